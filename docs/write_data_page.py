"""Writes docs/data.md, the analyst's dictionary, from the comments of the public views: `make docs`.

Nothing about a column is said here: its words stand once, beside its SQL. A test holds the page equal to them.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from pipeline.settings import Settings
from pipeline.store.analyst.publish import PUBLIC_VIEWS, publish
from pipeline.store.analyst.query import Described, describe, list_views
from pipeline.store.db.connection import open_store

PAGE = Path(__file__).with_name("data.md")
INTRODUCTION = """# Data

Every view that `cramplog sql` and the published snapshot hold, column by column. This page is made from the comments of the
views (`make docs`); `cramplog sql --describe VIEW` says the same on the command line.

    cramplog sql --list
    cramplog sql --describe v_hazard_row
    cramplog sql "SELECT answer, count(*) AS runs FROM v_run GROUP BY answer"

- The snapshot holds no names, no notes, no positions and no weather places. Runners are known by number.
- A column that ends in `_at` is an instant in UTC; `start_local` is the clock on the wall of the place.
- NULL means that it was not measured or not said. It is never a zero.
- `simulated` marks what comes from made-up runs, such as the sample cohort's.
- Words like segment, onset or exposure are explained in the [glossary](glossary.md).
"""


def data_page(home: Path) -> str:
    """The page's text, from an empty store made in `home`."""
    settings = Settings(home)
    with open_store(settings, write=True, create=True):
        pass
    publish(settings, datetime.now(UTC))
    views = sorted(list_views(settings), key=_place)
    index = ["| view | holds |", "| --- | --- |", *(f"| [{v.name}](#{v.name}) | {_cell(v.comment)} |" for v in views)]
    sections = [_section(view, describe(settings, view.name)) for view in views]
    return "\n".join([INTRODUCTION, *index, "", *sections])


def _place(view: Described) -> int:
    """The order in which they are published; those of the records, which lie in a file of their own, are last."""
    return PUBLIC_VIEWS.index(view.name) if view.name in PUBLIC_VIEWS else len(PUBLIC_VIEWS)


def _section(view: Described, columns: list[Described]) -> str:
    head = [f"## {view.name}", "", view.comment, "", "| column | type | meaning |", "| --- | --- | --- |"]
    rows = [f"| `{column.name}` | {column.type} | {_cell(column.comment)} |" for column in columns]
    return "\n".join([*head, *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(data_page(Path(folder) / "home"), encoding="utf-8")

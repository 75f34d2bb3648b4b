"""Shows the stages of a served night on stdout. For the flow of the nightly; the command line shows its own nights itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.actions.nightly.stage_lines import stages_shown
from pipeline.errors import CramplogError


@contextmanager
def shown_on_clock(zone: str | None, now: datetime) -> Iterator[None]:
    """Inside, each stage is shown as it ends, after a line with the moment on that zone's clock; nothing without a zone."""
    if zone is None:
        yield
        return
    _show(f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}  the night begins")
    with stages_shown(_show):
        try:
            yield
        except CramplogError as error:  # before any stage; Prefect's own log is not shown
            _show(f"the night could not begin: {error.message}")
            raise


def _show(line: str) -> None:
    sys.stdout.write(f"{line}\n")  # `print` would go into Prefect's log
    sys.stdout.flush()

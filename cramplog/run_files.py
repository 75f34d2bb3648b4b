"""`cramplog.read_runs`: one run file as values, without a store."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import FileRefused, NotFound
from pipeline.formats.read import read_runs as parse_runs
from pipeline.schema import ParsedRun


def read_runs(path: str | os.PathLike[str]) -> list[ParsedRun]:
    """The runs of a FIT, GPX or TCX file, also as .gz, cleaned, in the order of the file; most files hold one.

    Nothing is stored. Raises NotFound without such a file, and FileRefused for one that cannot be opened or holds no run;
    its `code` is a short stable word.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"there is no file '{path}'", "check the name") from error
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise FileRefused("unreadable", f"{path} cannot be read: {reason}", "check the file and its rights") from error
    return parse_runs(content, datetime.now(UTC))

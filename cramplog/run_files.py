"""`cramplog.read_runs`: the runs of one file, without a store."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import FileRefused, NotFound
from pipeline.formats.read import read_runs as parse_runs
from pipeline.schema import ParsedRun


def read_runs(path: str | os.PathLike[str]) -> list[ParsedRun]:
    """The cleaned runs of a FIT, GPX or TCX file, also as .gz, in the order of the file; most files hold one run.

    Nothing is stored. Raises NotFound if the file does not exist, and FileRefused if it cannot be opened or holds no run;
    the error's `code` is a short stable word.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"there is no file '{path}'", "check the path") from error
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise FileRefused("unreadable", f"{path} cannot be read: {reason}", "check the file and its rights") from error
    return parse_runs(content, datetime.now(UTC))

"""The files of a folder by name, whatever they are. Called by what takes weather files and by the inbox.

Recordings are found by `pipeline.formats.sources.find`, which looks into archives too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import NotFound
from pipeline.formats.sources.listing import files_in


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files meant: each path itself, folders with all they hold (hidden names left out), in order of name.

    Raises NotFound for a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += files_in(path)
        elif path.is_file():
            found.append(path)
        else:
            raise NotFound(f"there is no file or folder '{path}'", "check the name; nothing was changed")
    return list(dict.fromkeys(found))

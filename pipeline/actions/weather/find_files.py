"""Lists the files of a folder, of any kind. Called by the import of weather files and by the inbox.

Recordings are found by `pipeline.formats.sources.find`, which also looks into archives.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import NotFound
from pipeline.formats.sources.listing import files_in


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files: paths of files as given, and all files below folders, sorted by name, without hidden ones.

    Raises NotFound for a path that does not exist.
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

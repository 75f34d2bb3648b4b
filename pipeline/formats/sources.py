"""Where run files lie: on disk by themselves, in folders, or inside archives. Called by the actions that take files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import NotFound
from pipeline.schema import FileWords


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: `path` itself or, with `inside`, a member of the archive there (of an archive in it, and so on).

    `shown` is how it is named to people: the path, or 'export.zip: activities/1.fit.gz'. `words` are what an export says
    of it.
    """

    path: Path
    inside: tuple[str, ...]
    shown: str
    words: FileWords | None = None

    def read(self) -> bytes:
        """Its bytes. Raises OSError when it cannot be read, FileRefused for a member that is damaged or too large."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Refused:
    """An archive, or a member of one, that cannot be looked into: what is at `path` as `shown`, and the reason."""

    path: Path
    shown: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """Files to read, in order; what was refused; and how many members of archives were left alone as no recordings."""

    sources: tuple[Source, ...]
    refused: tuple[Refused, ...] = ()
    left_alone: int = 0


def find_sources(paths: Sequence[Path]) -> Found:
    """The files meant: each path itself, folders with all they hold (hidden names left out), in order of name.

    Raises NotFound for a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (one for one in path.rglob("*") if one.is_file())
            found += sorted(
                one for one in inside if not any(part.startswith(".") for part in one.relative_to(path).parts)
            )
        elif path.is_file():
            found.append(path)
        else:
            raise NotFound(f"there is no file or folder '{path}'", "check the name; nothing was changed")
    return Found(tuple(Source(path, (), str(path)) for path in dict.fromkeys(found)))

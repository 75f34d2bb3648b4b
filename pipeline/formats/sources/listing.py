"""What a folder or an archive holds, each with what its first bytes promise; and what of it may not be read.

Called by sources.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from pipeline.errors import FileRefused
from pipeline.formats.sources.gzip_files import too_dense
from pipeline.formats.sources.opened import archive_at, read_file_head
from pipeline.formats.sources.promises import Promise, claims_a_run, promise_of
from pipeline.formats.sources.zips import MAX_INNER_BYTES, MAX_MEMBERS, members, read_head, refusal

MAX_ARCHIVES = 200  # in one on disk, at whatever depth
MAX_HEALTH_BYTES = 20_000_000_000  # read in steps: 1 to 4 GB after ten years
_ALLOWED_BYTES = {"zip": MAX_INNER_BYTES, "apple health": MAX_HEALTH_BYTES}


@dataclass(frozen=True, slots=True)
class Listed:
    """One of them: where it lies, its name on disk or from the archive's top (with '/'), and its promise.

    `refused` is why it may not be read though it promises something, None when it may.
    """

    path: Path
    inside: tuple[str, ...]
    name: str
    promise: Promise
    refused: str | None = None


@dataclass
class Budget:
    """What is still allowed of one archive on disk, however deep its members lie."""

    members: int = MAX_MEMBERS
    archives: int = MAX_ARCHIVES

    def take(self, n_members: int) -> None:
        """Raises FileRefused when no export holds so many."""
        self.members -= n_members
        self.archives -= 1
        if self.members < 0 or self.archives < 0:
            raise FileRefused(
                "too_many", "it holds more files than any export does", "look what it is before you unpack it"
            )


def list_folder(folder: Path) -> list[Listed]:
    """Its files and those of the folders in it, hidden ones left out, in order of name."""
    return [list_file(path) for path in files_in(folder)]


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and of those in it, hidden ones left out, in order of name."""
    inside = (one for one in folder.rglob("*") if one.is_file())
    return sorted(one for one in inside if not any(part.startswith(".") for part in one.relative_to(folder).parts))


def list_file(path: Path) -> Listed:
    """A file on disk. One that cannot be opened promises a recording: reading it will say why not."""
    name = Path(os.path.abspath(path)).as_posix()  # noqa: PTH100 - links stay as they are named
    try:
        return Listed(path, (), name, promise_of(read_file_head(path), name))
    except (OSError, FileRefused):
        return Listed(path, (), name, "recording")


def list_archive(path: Path, inside: tuple[str, ...], budget: Budget) -> list[Listed]:
    """The members of the archive there, in its own order. Raises OSError, FileRefused."""
    with archive_at(path, inside) as archive:
        infos = members(archive)
        budget.take(len(infos))
        listed = [Listed(path, (*inside, info.filename), *_member(archive, info)) for info in infos]
    _refuse_bomb([info for info, one in zip(infos, listed, strict=True) if one.promise != "other" and not one.refused])
    return listed


def _member(archive: ZipFile, info: ZipInfo) -> tuple[str, Promise, str | None]:
    """Name, promise and refusal of a member."""
    name = info.filename.replace("\\", "/")
    refused = refusal(info, MAX_HEALTH_BYTES)
    if refused is not None and refused.code != "too_large":  # its first bytes cannot be had, or are not wanted
        worth_a_word = refused.code == "name" or claims_a_run(name) or name.lower().endswith(".zip")
        return name, "recording" if worth_a_word else "other", said(refused)
    try:
        promise = promise_of(read_head(archive, info), name)
    except FileRefused as damaged:
        return name, "recording" if claims_a_run(name) else "other", said(damaged)
    limit = _ALLOWED_BYTES.get(promise)
    refused = refusal(info) if limit is None else refusal(info, limit)
    return name, promise, said(refused) if refused else None


def _refuse_bomb(meant: list[ZipInfo]) -> None:
    """Many small members that together unpack to more than their archive can hold."""
    if too_dense(sum(info.file_size for info in meant), sum(info.compress_size for info in meant)):
        size = f"{sum(info.file_size for info in meant) // 1_000_000} MB"
        raise FileRefused(
            "too_large", f"unpacks to {size}: no export is packed so densely", "look what it is before you unpack it"
        )


def said(refused: FileRefused) -> str:
    """The reason and what to do: 'it is locked with a password; unpack the archive, then give the folder'."""
    return f"{refused.message}; {refused.hint}"


def grouped(listed: list[Listed]) -> Iterator[tuple[list[Listed], str]]:
    """The refused ones by their reason, so that an archive locked with a password is one line and not 5,000."""
    by_reason: dict[str, list[Listed]] = {}
    for one in listed:
        if one.refused is not None and one.promise != "other":
            by_reason.setdefault(one.refused, []).append(one)
    yield from ((those, reason) for reason, those in by_reason.items())

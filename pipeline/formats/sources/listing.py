"""Lists the files of a folder or an archive, with the kind that their first bytes promise, and refuses unsafe members.

Called by `find`.
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
from pipeline.formats.sources.promises import Promise, has_run_extension, promise_of
from pipeline.formats.sources.zips import MAX_INNER_BYTES, MAX_MEMBERS, members, read_head, refusal

MAX_ARCHIVES = 200  # inside one archive on disk, at any depth
MAX_HEALTH_BYTES = 20_000_000_000  # read in chunks: 1 to 4 GB after ten years
_ALLOWED_BYTES = {"zip": MAX_INNER_BYTES, "apple health": MAX_HEALTH_BYTES}


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed file: its location, its name on disk or within the archive (with '/'), and its promise.

    `refused` is the reason why it must not be read, None if it may be read.
    """

    path: Path
    inside: tuple[str, ...]
    name: str
    promise: Promise
    refused: str | None = None


@dataclass
class Budget:
    """The number of members and archives still allowed in one archive on disk, at any depth."""

    members: int = MAX_MEMBERS
    archives: int = MAX_ARCHIVES

    def spend(self, n_members: int) -> None:
        """Count one archive and its members. Raises FileRefused if no export contains so many."""
        self.members -= n_members
        self.archives -= 1
        if self.members < 0 or self.archives < 0:
            raise FileRefused(
                "too_many",
                "it contains more files than any export does",
                "check where it comes from before you unpack it",
            )


def list_folder(folder: Path) -> list[Listed]:
    """List the files of a folder and its subfolders, without hidden ones, sorted by name."""
    return [list_file(path) for path in files_in(folder)]


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder and its subfolders, without hidden ones, sorted by name."""
    inside = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in inside if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def list_file(path: Path) -> Listed:
    """List a file on disk. One that cannot be opened counts as a recording: reading it will report the reason."""
    name = Path(os.path.abspath(path)).as_posix()  # noqa: PTH100 - links keep their names
    try:
        return Listed(path, (), name, promise_of(read_file_head(path), name))
    except (OSError, FileRefused):
        return Listed(path, (), name, "recording")


def list_archive(path: Path, inside: tuple[str, ...], budget: Budget) -> list[Listed]:
    """List the members of an archive, in its own order. Raises OSError, FileRefused."""
    with archive_at(path, inside) as archive:
        infos = members(archive)
        budget.spend(len(infos))
        listed = [Listed(path, (*inside, info.filename), *_member(archive, info)) for info in infos]
    _refuse_bomb(
        [info for info, file in zip(infos, listed, strict=True) if file.promise != "other" and not file.refused]
    )
    return listed


def _member(archive: ZipFile, info: ZipInfo) -> tuple[str, Promise, str | None]:
    """Return name, promise and reason for refusal of a member."""
    name = info.filename.replace("\\", "/")
    refused = refusal(info, MAX_HEALTH_BYTES)
    if refused is not None and refused.code != "too_large":  # its first bytes cannot be read, or must not be
        report_it = refused.code == "name" or has_run_extension(name) or name.lower().endswith(".zip")
        return name, "recording" if report_it else "other", reason_and_hint(refused)
    try:
        promise = promise_of(read_head(archive, info), name)
    except FileRefused as damaged:
        return name, "recording" if has_run_extension(name) else "other", reason_and_hint(damaged)
    limit = _ALLOWED_BYTES.get(promise)
    refused = refusal(info) if limit is None else refusal(info, limit)
    return name, promise, reason_and_hint(refused) if refused else None


def _refuse_bomb(infos: list[ZipInfo]) -> None:
    """Refuse many small members that together unpack to more than a real archive."""
    if too_dense(sum(info.file_size for info in infos), sum(info.compress_size for info in infos)):
        size = f"{sum(info.file_size for info in infos) // 1_000_000} MB"
        raise FileRefused(
            "too_large",
            f"unpacks to {size}: no export is compressed this much",
            "check where it comes from before you unpack it",
        )


def reason_and_hint(refused: FileRefused) -> str:
    """Return reason and hint: 'it is protected by a password; unpack the archive, then import the folder'."""
    return f"{refused.message}; {refused.hint}"


def refused_by_reason(listed: list[Listed]) -> Iterator[tuple[list[Listed], str]]:
    """Yield the refused files by reason: an archive with a password gives one line, not 5,000."""
    by_reason: dict[str, list[Listed]] = {}
    for file in listed:
        if file.refused is not None and file.promise != "other":
            by_reason.setdefault(file.refused, []).append(file)
    yield from ((files, reason) for reason, files in by_reason.items())

"""Zip archives, one member at a time: what is in one, its first bytes, its bytes, and the guards against hostile ones.

A member's name is only ever compared and shown, never used on disk. Called by sources and opened.
"""

from __future__ import annotations

import io
import stat
import struct
import tempfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pipeline.errors import FileRefused
from pipeline.formats.sources.gzip_files import MAX_UNPACKED_BYTES, too_dense

MAX_MEMBERS = 200_000  # twenty years of two runs a day, ten files each
MAX_INNER_BYTES = 4_000_000_000  # an archive inside one: Garmin's parts are under 2 GB
HEAD_BYTES = 4096
_MAX_TABLE_BYTES = 40_000_000
_TABLE_ENTRY = b"PK\x01\x02"
STEP_BYTES = 1_000_000
# What zipfile raises for a damaged table or member: RuntimeError for a password and for a packing it does not know,
# ValueError for a name that is no UTF-8.
_DAMAGE = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError, struct.error)
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class _GuardedReader(io.BufferedReader):
    """A file that hands out no table of contents longer than any export has: zipfile reads it in one go."""

    guarding = True

    def read(self, size: int | None = -1, /) -> bytes:
        if self.guarding and size is not None and size > _MAX_TABLE_BYTES:
            raise _too_many()
        content = super().read(size)
        if self.guarding and content.count(_TABLE_ENTRY) > MAX_MEMBERS:
            raise _too_many()
        return content


def open_zip(raw: io.RawIOBase) -> ZipFile:
    """The archive in that unbuffered file, which it now owns. Raises FileRefused for one that is damaged or a bomb."""
    reader = _GuardedReader(raw)
    try:
        archive = ZipFile(reader)
        reader.guarding = False
        _refuse_overlaps(archive)
    except _DAMAGE as error:
        reader.close()
        raise FileRefused(
            "damaged", "the archive is cut or damaged: its table of contents cannot be read", "fetch it again"
        ) from error
    except BaseException:
        reader.close()
        raise
    return archive


def close_zip(archive: ZipFile) -> None:
    """Close it and the file under it, which zipfile leaves open as it was handed one."""
    reader = archive.fp
    archive.close()
    if reader is not None:
        reader.close()


def members(archive: ZipFile) -> list[ZipInfo]:
    """Its files, each name once (the last counts, as for every program that unpacks), without folders, links and junk."""
    once = {info.filename: info for info in archive.infolist()}
    named = (info for name, info in once.items() if name.rstrip("/"))  # zipfile stumbles over a name of no letters
    return [info for info in named if not info.is_dir() and not _is_link(info) and not _is_junk(info.filename)]


def refusal(info: ZipInfo, at_most_bytes: int = MAX_UNPACKED_BYTES) -> FileRefused | None:
    """Why that member is not to be read, None when it may be."""
    if info.filename.startswith(("/", "\\")) or info.filename[1:3] in (":\\", ":/") or ".." in _parts(info.filename):
        return FileRefused(
            "name",
            "its name leads out of the archive: nothing honest is named so",
            "look what it is before you unpack it",
        )
    if info.header_offset < 0:  # a table that says more than there is
        return _damaged()
    if info.flag_bits & 0x1:
        return FileRefused("password", "it is locked with a password", "unpack the archive, then give the folder")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return FileRefused("packing", "it is packed in a rare way", "unpack the archive, then give the folder")
    if info.file_size > at_most_bytes or too_dense(info.file_size, info.compress_size):
        size = f"{info.file_size // 1_000_000} MB"
        return FileRefused(
            "too_large", f"unpacks to {size}: no run is that large", "look what it is before you unpack it"
        )
    return None


def read_head(archive: ZipFile, info: ZipInfo) -> bytes:
    """Its first bytes. Raises FileRefused when they are damaged."""
    return _read(archive, info, HEAD_BYTES)


def read_member(archive: ZipFile, name: str) -> bytes:
    """Its bytes. Raises FileRefused when it is damaged, too large, locked or gone."""
    info = _info(archive, name)
    return _read(archive, info, info.file_size + 1)  # a stream longer than it claims is damaged


def steps_of_member(archive: ZipFile, name: str, at_most_bytes: int) -> Iterator[bytes]:
    """Its bytes in steps, for one too large to be held. Raises FileRefused, as late as the damage shows."""
    info = _info(archive, name, at_most_bytes)
    try:
        with archive.open(info) as member:
            yield from iter(lambda: member.read(STEP_BYTES), b"")
    except _DAMAGE as error:
        raise _damaged() from error


def unpack_inner(archive: ZipFile, name: str) -> io.RawIOBase:
    """The archive in the archive as a file without a name, mode 0600, gone when it is closed or the process ends."""
    # Unbuffered: what was written is there for the reader on top of it.
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it outlives this function
    try:
        for step in steps_of_member(archive, name, MAX_INNER_BYTES):
            file.write(step)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _info(archive: ZipFile, name: str, at_most_bytes: int = MAX_UNPACKED_BYTES) -> ZipInfo:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise FileRefused("gone", "it is no longer in the archive", "give the archive again") from None
    if refused := refusal(info, at_most_bytes):
        raise refused
    return info


def _read(archive: ZipFile, info: ZipInfo, at_most_bytes: int) -> bytes:
    try:
        with archive.open(info) as member:
            return member.read(at_most_bytes)
    except _DAMAGE as error:
        raise _damaged() from error


def _refuse_overlaps(archive: ZipFile) -> None:
    """Members that share bytes: a small archive that unpacks to anything."""
    in_order = sorted(archive.infolist(), key=lambda info: info.header_offset)
    for one, following in pairwise(in_order):
        if one.header_offset + 30 + one.compress_size > following.header_offset:
            raise FileRefused("bomb", "its members lie over one another: a zip bomb", "do not unpack it")


def _damaged() -> FileRefused:
    return FileRefused("damaged", "it is damaged inside the archive", "fetch the archive again")


def _too_many() -> FileRefused:
    return FileRefused(
        "too_many",
        f"it lists more than {MAX_MEMBERS:,} members: no export does",
        "look what it is before you unpack it",
    )


def _is_link(info: ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _is_junk(name: str) -> bool:
    """What systems add by themselves: 'export/__MACOSX/._1.fit', '.DS_Store'."""
    return any(part.startswith(".") and part not in (".", "..") for part in _parts(name)) or any(
        f"/{junk}" in f"/{name}" for junk in _JUNK
    )


def _parts(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")

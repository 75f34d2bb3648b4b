"""Reads zip archives, one member at a time: list, first bytes, all bytes; with guards against hostile archives.

A member's name is only compared and shown, never used on disk. Called by `listing` and `opened`.
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
MAX_INNER_BYTES = 4_000_000_000  # an archive inside an archive: Garmin's parts are under 2 GB
HEAD_BYTES = 4096
_MAX_TABLE_BYTES = 40_000_000
_TABLE_ENTRY = b"PK\x01\x02"
CHUNK_BYTES = 1_000_000
# Errors of zipfile for a damaged table or member; RuntimeError for a password or an unknown compression method,
# ValueError for a name that is not UTF-8.
_DAMAGE = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError, struct.error)
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class _GuardedReader(io.BufferedReader):
    """A file that refuses a table of contents longer than any export's: zipfile would read it into memory at once."""

    guarding = True

    def read(self, size: int | None = -1, /) -> bytes:
        if self.guarding and size is not None and size > _MAX_TABLE_BYTES:
            raise _too_many()
        content = super().read(size)
        if self.guarding and content.count(_TABLE_ENTRY) > MAX_MEMBERS:
            raise _too_many()
        return content


def open_zip(raw: io.RawIOBase) -> ZipFile:
    """Open the archive in that unbuffered file, and own the file. Raises FileRefused if it is damaged or a bomb."""
    reader = _GuardedReader(raw)
    try:
        archive = ZipFile(reader)
        reader.guarding = False
        _refuse_overlaps(archive)
    except _DAMAGE as error:
        reader.close()
        raise FileRefused(
            "damaged", "the archive is cut or damaged: its table of contents cannot be read", "download it again"
        ) from error
    except BaseException:
        reader.close()
        raise
    return archive


def close_zip(archive: ZipFile) -> None:
    """Close the archive and its file; zipfile leaves a file open that it did not open itself."""
    reader = archive.fp
    archive.close()
    if reader is not None:
        reader.close()


def members(archive: ZipFile) -> list[ZipInfo]:
    """Return its files without folders, links and junk. Of a repeated name the last counts, as in every unpacking program."""
    by_name = {info.filename: info for info in archive.infolist()}
    named = (info for name, info in by_name.items() if name.rstrip("/"))  # zipfile fails on an empty name
    return [info for info in named if not info.is_dir() and not _is_link(info) and not _is_junk(info.filename)]


def refusal(info: ZipInfo, at_most_bytes: int = MAX_UNPACKED_BYTES) -> FileRefused | None:
    """Return the reason why that member must not be read, None if it may be read."""
    if info.filename.startswith(("/", "\\")) or info.filename[1:3] in (":\\", ":/") or ".." in _parts(info.filename):
        return FileRefused(
            "name",
            "its name points outside the archive, which no normal archive does",
            "check where it comes from before you unpack it",
        )
    if info.header_offset < 0:  # the table points before the start of the file
        return _damaged()
    if info.flag_bits & 0x1:
        return FileRefused("password", "it is protected by a password", "unpack the archive, then import the folder")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return FileRefused(
            "packing", "its compression method is not supported", "unpack the archive, then import the folder"
        )
    if info.file_size > at_most_bytes or too_dense(info.file_size, info.compress_size):
        size = f"{info.file_size // 1_000_000} MB"
        return FileRefused(
            "too_large", f"unpacks to {size}: no run is that large", "check where it comes from before you unpack it"
        )
    return None


def read_head(archive: ZipFile, info: ZipInfo) -> bytes:
    """Return its first bytes. Raises FileRefused if they are damaged."""
    return _read(archive, info, HEAD_BYTES)


def read_member(archive: ZipFile, name: str) -> bytes:
    """Return its bytes. Raises FileRefused if it is damaged, too large, password-protected or missing."""
    info = _info(archive, name)
    return _read(archive, info, info.file_size + 1)  # a member longer than its stated size is damaged


def chunks_of_member(archive: ZipFile, name: str, at_most_bytes: int) -> Iterator[bytes]:
    """Yield its bytes in chunks, for a member too large for memory. Raises FileRefused when it reaches the damage."""
    info = _info(archive, name, at_most_bytes)
    try:
        with archive.open(info) as member:
            yield from iter(lambda: member.read(CHUNK_BYTES), b"")
    except _DAMAGE as error:
        raise _damaged() from error


def unpack_inner(archive: ZipFile, name: str) -> io.RawIOBase:
    """Unpack an inner archive to a temporary file without a name, mode 0600; closing it or the process removes it."""
    # Unbuffered, so that the reader on top sees everything that was written.
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it outlives this function
    try:
        for chunk in chunks_of_member(archive, name, MAX_INNER_BYTES):
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _info(archive: ZipFile, name: str, at_most_bytes: int = MAX_UNPACKED_BYTES) -> ZipInfo:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise FileRefused("gone", "it is no longer in the archive", "import the archive again") from None
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
    """Refuse members that share bytes: such a small archive can unpack to any size."""
    in_order = sorted(archive.infolist(), key=lambda info: info.header_offset)
    for member, following in pairwise(in_order):
        if member.header_offset + 30 + member.compress_size > following.header_offset:
            raise FileRefused("bomb", "its members overlap: a zip bomb", "do not unpack it")


def _damaged() -> FileRefused:
    return FileRefused("damaged", "it is damaged inside the archive", "download the archive again")


def _too_many() -> FileRefused:
    return FileRefused(
        "too_many",
        f"it lists more than {MAX_MEMBERS:,} members, which no export does",
        "check where it comes from before you unpack it",
    )


def _is_link(info: ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _is_junk(name: str) -> bool:
    """Return True for files that operating systems add: 'export/__MACOSX/._1.fit', '.DS_Store'."""
    return any(part.startswith(".") and part not in (".", "..") for part in _parts(name)) or any(
        f"/{junk}" in f"/{name}" for junk in _JUNK
    )


def _parts(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")

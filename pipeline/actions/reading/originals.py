"""Originals: every file we took, kept under the hash of its bytes. Called by ingest and by the reading of them again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.files import sync_files, write_whole
from pipeline.settings import Settings


def sha256_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes, hex."""
    return hashlib.sha256(content).hexdigest()


def original_of(settings: Settings, sha256: str) -> Path:
    """Where the file of that hash is kept."""
    return settings.originals.joinpath(sha256[:2], sha256)


class Kept:
    """The contents (SHA-256) of which a copy is in originals or quarantine; asked one at a time, without the store."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __contains__(self, sha256: object) -> bool:
        copies = (original_of(self.settings, str(sha256)), self.settings.quarantine / str(sha256))
        return any(copy.exists() for copy in copies)


def keep_original(settings: Settings, content: bytes, sha256: str) -> Path:
    """Copy the bytes to originals/ab/ab12..., whole or not at all, once; a damaged copy is replaced. Returns its path.

    Not yet durable: `pipeline.actions.ingest.batch` syncs the originals of a batch before the ledger names them.
    """
    kept = original_of(settings, sha256)
    if not _is_whole(kept, len(content)):
        write_whole(kept, content, durable=False)
    return kept


def sync_copies(settings: Settings, contents: Iterable[str]) -> None:
    """Return when the copies of these contents (SHA-256), in originals or quarantine, are on the disk.

    Called before the ledger says that a file was read: after a power cut it must not name a copy that is not there.
    """
    named = [sha256 for sha256 in contents if sha256]
    sync_files([copy for sha256 in named for copy in (original_of(settings, sha256), settings.quarantine / sha256)])


def _is_whole(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except FileNotFoundError:
        return False


def name_of(path: Path) -> str:
    """The file's name as the store keeps it: bytes that are no UTF-8, from an old disk, stand as U+FFFD."""
    return os.fsencode(path.name).decode("utf-8", "replace")

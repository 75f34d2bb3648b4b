"""Originals: a copy of every imported file, stored under the hash of its bytes. Called by ingest, also with --redo."""

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
    """The path of the original with that hash."""
    return settings.originals.joinpath(sha256[:2], sha256)


class StoredContents:
    """The contents (SHA-256) that have a copy in originals or quarantine. `in` looks for files; the store is not opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __contains__(self, sha256: object) -> bool:
        copies = (original_of(self.settings, str(sha256)), self.settings.quarantine / str(sha256))
        return any(copy.exists() for copy in copies)


def keep_original(settings: Settings, content: bytes, sha256: str) -> Path:
    """Write the bytes to originals/ab/ab12..., unless a complete copy exists. Returns its path.

    Not yet durable: `pipeline.actions.ingest.batch` syncs the originals of a batch before the ledger refers to them.
    """
    path = original_of(settings, sha256)
    if not _has_size(path, len(content)):
        write_whole(path, content, durable=False)
    return path


def sync_copies(settings: Settings, contents: Iterable[str]) -> None:
    """Return when the copies of these contents (SHA-256), in originals or quarantine, are on the disk.

    Called before the ledger records a file: after a power cut the ledger must not refer to a copy that is missing.
    """
    readable = [sha256 for sha256 in contents if sha256]
    sync_files([copy for sha256 in readable for copy in (original_of(settings, sha256), settings.quarantine / sha256)])


def _has_size(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except FileNotFoundError:
        return False


def name_of(path: Path) -> str:
    """The file's name as it is stored: bytes that are not UTF-8, from an old disk, become U+FFFD."""
    return os.fsencode(path.name).decode("utf-8", "replace")

"""Originals: every file we took, kept under the hash of its bytes. Called by ingest and by the reading of them again."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import BinaryIO

from pipeline.settings import PRIVATE_FILE, Settings, make_private_folder

_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
UNDIVIDED = threading.Lock()  # held while a file is written: who ends this process takes it first


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
    """Copy of the bytes under originals/ab/ab12...; whole or not at all, and only once; a damaged copy is replaced."""
    kept = original_of(settings, sha256)
    if not _is_whole(kept, len(content)):
        write_whole(kept, content)
    return kept


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner can open, whole or not at all."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with UNDIVIDED:
        try:
            with _new_file(half) as file:
                file.write(content)
            half.replace(path)
        except BaseException:  # a full disk, or Ctrl-C
            half.unlink(missing_ok=True)
            raise


def _new_file(path: Path) -> BinaryIO:
    """A file that only its owner can open; its folder is made when it is missing, as it seldom is."""
    try:
        return os.fdopen(os.open(path, _NEW, PRIVATE_FILE), "wb")
    except FileNotFoundError:
        make_private_folder(path.parent)
        return os.fdopen(os.open(path, _NEW, PRIVATE_FILE), "wb")


def _is_whole(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except FileNotFoundError:
        return False


def name_of(path: Path) -> str:
    """The file's name as the store keeps it: bytes that are no UTF-8, from an old disk, stand as U+FFFD."""
    return os.fsencode(path.name).decode("utf-8", "replace")

"""Originals: every file we took, kept under the hash of its bytes. Called by the ingest action."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pipeline.settings import Settings, make_private_folder


def sha256_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes, hex."""
    return hashlib.sha256(content).hexdigest()


def keep_original(settings: Settings, content: bytes, sha256: str) -> Path:
    """Copy of the bytes under originals/ab/ab12...; whole or not at all, and only once."""
    folder = settings.originals / sha256[:2]
    kept = folder / sha256
    if not kept.exists():
        make_private_folder(folder)
        half = folder / f".{sha256}.{os.getpid()}"
        half.write_bytes(content)
        half.chmod(0o600)
        half.replace(kept)
    return kept

"""Quarantine: a copy of every recording that could not be read, with the reason. Called when files are read.

`quarantine/ab12...` is the content; `quarantine/ab12....txt` holds the file's name, the reason and the date. The user's file
stays where it is. When a later version can read that content, both are deleted.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.files import write_whole
from pipeline.settings import Settings

LARGEST_UNKNOWN_BYTES = 1 << 20  # a folder of photos given by mistake is not copied


def quarantine(settings: Settings, content: bytes, sha256: str, name: str, reason: str, now: datetime) -> Path:
    """Write the content and the reason, once per content. Returns the path of the reason."""
    reason_path = _reason_path(settings, sha256)
    if not reason_path.exists():
        text = f"file: {name}\nreason: {reason}\nsince: {now:%Y-%m-%d}\n"
        write_whole(settings.quarantine / sha256, content, durable=False)
        write_whole(reason_path, text.encode("utf-8", "replace"), durable=False)
    return reason_path


def is_worth_keeping(code: str, content: bytes) -> bool:
    """True if a refused content may be a recording; `code` is the refusal's."""
    return code != "unknown" or len(content) <= LARGEST_UNKNOWN_BYTES


def release(settings: Settings, sha256: str) -> None:
    """Delete the copy and the reason of a content that can be read now."""
    for path in (settings.quarantine / sha256, _reason_path(settings, sha256)):
        if path.exists():  # rare; deleting a missing file takes much longer than this check
            path.unlink(missing_ok=True)


def _reason_path(settings: Settings, sha256: str) -> Path:
    return settings.quarantine / f"{sha256}.txt"

"""Quarantine: a copy of every recording that could not be read, with the reason beside it. Called by the reading of files.

`quarantine/ab12...` is the content, `quarantine/ab12....txt` says which file it was, why, and since when. The user's own file
stays where it is. When a later version reads that content, both go.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.files import write_whole
from pipeline.settings import Settings

LARGEST_UNKNOWN_BYTES = 1 << 20  # a folder of photos given by mistake is not copied


def quarantine(settings: Settings, content: bytes, sha256: str, name: str, reason: str, now: datetime) -> Path:
    """Keep the content and say why; once for each content. Returns where the reason stands."""
    said = _reason_of(settings, sha256)
    if not said.exists():
        text = f"file: {name}\nreason: {reason}\nsince: {now:%Y-%m-%d}\n"
        write_whole(settings.quarantine / sha256, content, durable=False)
        write_whole(said, text.encode("utf-8", "replace"), durable=False)
    return said


def is_worth_keeping(code: str, content: bytes) -> bool:
    """Whether a refused content may be a recording; `code` is the refusal's."""
    return code != "unknown" or len(content) <= LARGEST_UNKNOWN_BYTES


def release(settings: Settings, sha256: str) -> None:
    """The content can be read now: its copy and its reason go."""
    for path in (settings.quarantine / sha256, _reason_of(settings, sha256)):
        if path.exists():  # seldom; to delete what is not there takes much longer than to look
            path.unlink(missing_ok=True)


def _reason_of(settings: Settings, sha256: str) -> Path:
    return settings.quarantine / f"{sha256}.txt"

"""What a file is, by its content and never by its name. Called by read."""

from __future__ import annotations

import re

# Comments, a declaration and white space may stand before the root (Garmin's own TCX begins with spaces).
_ROOT = re.compile(rb"<\s*(?:[\w.-]+:)?(gpx|TrainingCenterDatabase)[\s>/]")
_LOOK_AT = 4096  # bytes in which a root element must show itself


def sniff(content: bytes) -> str:
    """One of 'empty', 'fit', 'gzip', 'zip', 'gpx', 'tcx', 'unknown'."""
    if not content.strip(b"\x00 \t\r\n"):
        return "empty"
    if content[8:12] == b".FIT":
        return "fit"
    if content[:2] == b"\x1f\x8b":
        return "gzip"
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "zip"
    root = _ROOT.search(_as_ascii(content[:_LOOK_AT]))
    if root is None:
        return "unknown"
    return "gpx" if root.group(1) == b"gpx" else "tcx"


def _as_ascii(head: bytes) -> bytes:
    """UTF-16 text without its zero bytes: enough to see the root element's name."""
    return head.replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head

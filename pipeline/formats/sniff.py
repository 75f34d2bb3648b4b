"""Recognises a file by its content, never by its name. Called by `read` and `sources.promises`."""

from __future__ import annotations

import re

# Comments, a declaration and white space may precede the root (Garmin's TCX begins with spaces).
_ROOT = re.compile(rb"<\s*(?:[\w.-]+:)?(gpx|TrainingCenterDatabase|HealthData)[\s>/]")
_KINDS = {b"gpx": "gpx", b"TrainingCenterDatabase": "tcx", b"HealthData": "apple"}
_LOOK_AT = 4096  # bytes in which the root element must begin
_SKIP_AT_MOST = 65536  # bytes of white space and of what follows it
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")  # the beginning of UTF-16, with and without its mark


def sniff(content: bytes) -> str:
    """Return one of 'empty', 'fit', 'gzip', 'zip', 'gpx', 'tcx', 'apple', 'unknown'."""
    if not content.strip(b"\x00 \t\r\n"):
        return "empty"
    if content[8:12] == b".FIT":
        return "fit"
    if content[:2] == b"\x1f\x8b":
        return "gzip"
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "zip"
    root = _ROOT.search(_as_ascii(content[:_SKIP_AT_MOST].lstrip()[:_LOOK_AT]))
    if root is None:
        return "unknown"
    return _KINDS[root.group(1)]


def _as_ascii(head: bytes) -> bytes:
    """Return UTF-16 text without its zero bytes: enough to find the root element's name."""
    return head.replace(b"\x00", b"") if head[:2] in _WIDE else head

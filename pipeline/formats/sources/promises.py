"""What the first bytes of a file promise: a recording, an archive, an export's table, or nothing of ours.

Called by sources, which asks thousands of members for 4 kB each before any is read.
"""

from __future__ import annotations

import re
import struct
from typing import Literal

from pipeline.formats.sniff import sniff
from pipeline.formats.sources.gzip_files import unwrap_head

Promise = Literal["recording", "zip", "strava table", "apple health", "other"]

_RECORDINGS = ("fit", "gpx", "tcx")
_RUN_NAMES = re.compile(r"\.(fit|gpx|tcx)(\.gz)?$", re.IGNORECASE)
_STRAVA_ROW = re.compile(rb"[\",;]activities/[^\",;\r\n]+\.(fit|gpx|tcx)", re.IGNORECASE)
# Apple's file begins with its document type, some 9 kB long; the root element follows out of sight.
_APPLE = re.compile(rb"<!DOCTYPE\s+HealthData|<HealthData[\s>]")
_ACTIVITY = 4  # file_id.type in the FIT profile; settings, courses, sleep and monitoring have other numbers
_FILE_ID, _TYPE = 0, 0


def promise_of(head: bytes, name: str) -> Promise:
    """What the file is, by its content.

    The name decides only whether one that is nothing known is still to be read, so that it gets its refusal: a
    damaged '1.fit' is worth a word, a photo is not.
    """
    kind = sniff(head)
    if kind == "gzip":
        head = unwrap_head(head)
        kind = sniff(head)
    elif kind == "zip":
        return "zip"
    if kind == "fit" and fit_type(head) not in (None, _ACTIVITY):
        return "other"
    if kind in _RECORDINGS or claims_a_run(name):
        return "recording"
    if _APPLE.search(head):
        return "apple health"
    return "strava table" if _is_strava_table(head, name) else "other"


def claims_a_run(name: str) -> bool:
    """Whether the name says that it is a recording."""
    return bool(_RUN_NAMES.search(name))


def fit_type(head: bytes) -> int | None:
    """The type that a FIT file's first message gives it; None where that message is no file_id or says nothing.

    One definition: header with 0x40, reserved, byte order, message number, n fields, then 3 bytes a field; then its data.
    """
    at = head[0] if head else 0
    if len(head) < at + 6 or not head[at] & 0x40 or head[at] & 0x80:
        return None
    order, n_fields = (">" if head[at + 2] else "<"), head[at + 5]
    (message,) = struct.unpack_from(f"{order}H", head, at + 3)
    if message != _FILE_ID or head[at] & 0x20:
        return None
    at_data = at + 6 + 3 * n_fields + 1
    for field in range(n_fields):
        number, size = head[at + 6 + 3 * field : at + 8 + 3 * field].ljust(2, b"\xff")
        if number == _TYPE:
            return head[at_data] if at_data < len(head) and head[at_data] != 0xFF else None
        at_data += size
    return None


def _is_strava_table(head: bytes, name: str) -> bool:
    """A table of activities: so called, or naming their files in its first rows, whatever its language."""
    called = name.replace("\\", "/").rsplit("/", 1)[-1].lower() == "activities.csv"
    return called or bool(_STRAVA_ROW.search(head))

"""What the first bytes of a file promise: a recording, an archive, an export's table, or something else.

Called by `listing` for the first 4 kB of thousands of members, before any of them is read.
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
# Apple's file begins with its document type of about 9 kB; the root element follows after the first 4 kB.
_APPLE = re.compile(rb"<!DOCTYPE\s+HealthData|<HealthData[\s>]")
_ACTIVITY = 4  # file_id.type in the FIT profile; settings, courses, sleep and monitoring have other numbers
_FILE_ID, _TYPE = 0, 0


def promise_of(head: bytes, name: str) -> Promise:
    """Return what the file is, by its content.

    The name matters only for unknown content: a damaged '1.fit' is read, so that it is reported; a photo is not.
    """
    kind = sniff(head)
    if kind == "gzip":
        head = unwrap_head(head)
        kind = sniff(head)
    elif kind == "zip":
        return "zip"
    if kind == "fit" and fit_type(head) not in (None, _ACTIVITY):
        return "other"
    if kind in _RECORDINGS or has_run_extension(name):
        return "recording"
    if _APPLE.search(head):
        return "apple health"
    return "strava table" if _is_strava_table(head, name) else "other"


def has_run_extension(name: str) -> bool:
    """Return True if the name has the extension of a recording."""
    return bool(_RUN_NAMES.search(name))


def fit_type(head: bytes) -> int | None:
    """Return the type in a FIT file's first message; None if that message is no file_id or has no type.

    A definition: header with 0x40, reserved, byte order, message number, n fields, then 3 bytes per field; then its data.
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
    """Return True for a table of activities: by its name, or by the file names in its first rows, in any language."""
    has_name = name.replace("\\", "/").rsplit("/", 1)[-1].lower() == "activities.csv"
    return has_name or bool(_STRAVA_ROW.search(head))

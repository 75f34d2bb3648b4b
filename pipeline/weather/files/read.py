"""Reads the bytes of a weather file into checked hours with WBGT. Called by `cramplog weather --file` and the inbox.

The content decides between three layouts: the service's JSON replies, its CSV download, and our plain CSV; each may be
gzipped. Interpolation along a run is done in SQL.
"""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import datetime
from pathlib import PurePath
from typing import Literal

from pipeline.errors import FileRefused
from pipeline.weather.files.checked import checked_place
from pipeline.weather.files.plain_csv import read_plain_table
from pipeline.weather.files.replies import read_replies
from pipeline.weather.files.service_csv import read_service_table
from pipeline.weather.place import SERVICE, SIMULATED, WeatherPlace, WrittenHours

Layout = Literal["reply", "plain", "service"]

GZIP_MARK = b"\x1f\x8b"
HEAD_BYTES = 4096  # enough to recognise the layout
LARGEST_BYTES = 64 * 2**20  # decompressed: about a million hours, a hundred years of one place


def read_weather(content: bytes, name: str, now: datetime) -> list[WeatherPlace]:
    """Returns the places of a weather file, each with its hours in order and exactly the weather columns.

    A file named 'simulated-*' belongs to the sample cohort: provider 'simulated'. `now` (aware) decides which hours are
    provisional. Raises FileRefused, for an error reply with the reason that the service gave.
    """
    written = _written(_text(_decompressed(content)), _provider(name))
    places = [checked_place(hours, now) for hours in written]
    with_hours = [place for place in places if len(place.hour_at)]
    if not with_hours:
        raise FileRefused(
            "weather_no_hours",
            "the file has no value at a full hour",
            "the archive ends about five days before today",
        )
    return with_hours


def is_weather_file(head: bytes) -> bool:
    """Returns True if a file that begins with these bytes (a few thousand) is one for `read_weather`. For the inbox."""
    if head.startswith(GZIP_MARK):
        try:
            head = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, HEAD_BYTES)
        except zlib.error:
            return False
    if b"\x00" in head:
        return False
    text = _text(head)
    if _layout(text) == "reply":
        return '"utc_offset_seconds"' in text or ('"error"' in text and '"reason"' in text)
    return _layout(text) is not None


def _provider(name: str) -> str:
    return SIMULATED if PurePath(name).name.startswith("simulated-") else SERVICE


def _decompressed(content: bytes) -> bytes:
    """Returns the bytes of the file, decompressed if it is gzipped; at most LARGEST_BYTES."""
    if content.startswith(GZIP_MARK):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                content = packed.read(LARGEST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FileRefused("weather_broken", "the compressed file is damaged", "download it again") from error
    if len(content) > LARGEST_BYTES:
        raise FileRefused("weather_too_big", "the file is larger than 64 MB", "split it by year or by place")
    return content


def _text(content: bytes) -> str:
    """Returns the text without byte order mark; a spreadsheet may have saved it in cp1252, with a different '°'."""
    if b"\x00" in content[:1000]:
        raise FileRefused("weather_unknown", "this is not a weather file: it is not text")
    try:
        return content.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").lstrip()


def _written(text: str, provider: str) -> list[WrittenHours]:
    """Returns the places of the file, by the reader of its layout."""
    if not text:
        raise FileRefused("weather_empty", "the file is empty")
    layout = _layout(text)
    if layout == "reply":
        return read_replies(text, provider)
    if layout == "plain":
        return read_plain_table(text)
    if layout == "service":
        return read_service_table(text, provider)
    raise FileRefused(
        "weather_unknown",
        "this is not a weather file in a known layout: it does not begin with a place",
        "save the service's CSV or JSON unchanged, or write a table that begins time_utc,latitude,longitude",
    )


def _layout(text: str) -> Layout | None:
    if text.startswith(("{", "[")):
        return "reply"
    names = text.split("\n", 1)[0].replace('"', "").strip().split(",")
    if "time_utc" in names:
        return "plain"
    return "service" if {"latitude", "utc_offset_seconds"} <= set(names) else None

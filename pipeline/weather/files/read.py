"""A weather file's bytes in, checked hours with WBGT out: what `cramplog weather --file` calls.

Three layouts, told apart by content: the service's JSON replies, its CSV download, and our plain CSV; each
may be gzipped. Interpolation along a run is SQL and not here.
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
HEAD_BYTES = 4096  # enough to tell the layout
LARGEST_BYTES = 64 * 2**20  # unpacked: about a million hours, a hundred years of one place


def read_weather(content: bytes, name: str, now: datetime) -> list[WeatherPlace]:
    """The places of a weather file, each with its hours in order and exactly the weather columns.

    A file named 'simulated-*' is the sample cohort's: provider 'simulated'. `now` (aware) decides what is
    provisional. Raises FileRefused, with the service's own words when it is an error reply.
    """
    written = _written(_text(_unpacked(content)), _provider(name))
    places = [checked_place(hours, now) for hours in written]
    held = [place for place in places if len(place.hour_at)]
    if not held:
        raise FileRefused(
            "weather_no_hours",
            "no full hour of the file has a value",
            "the archive ends about five days before today",
        )
    return held


def is_weather_file(head: bytes) -> bool:
    """Whether a file that begins with these bytes (a few thousand) is for `read_weather`: an inbox asks."""
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


def _unpacked(content: bytes) -> bytes:
    """The file's own bytes, gunzipped when packed, never more than LARGEST_BYTES."""
    if content.startswith(GZIP_MARK):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                content = packed.read(LARGEST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FileRefused("weather_broken", "the packed file is damaged", "download it again") from error
    if len(content) > LARGEST_BYTES:
        raise FileRefused("weather_too_big", "the file is over 64 MB", "split it by year or by place")
    return content


def _text(content: bytes) -> str:
    """The text without its byte order mark; a spreadsheet may have saved it in cp1252, with another '°'."""
    if b"\x00" in content[:1000]:
        raise FileRefused("weather_unknown", "this is no weather file: it is not text")
    try:
        return content.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").lstrip()


def _written(text: str, provider: str) -> list[WrittenHours]:
    """What the file says, by whichever reader knows its beginning."""
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
        "this is no weather file we know: it does not begin with a place",
        "save the service's CSV or JSON unchanged, or write a table that begins time_utc,latitude,longitude",
    )


def _layout(text: str) -> Layout | None:
    if text.startswith(("{", "[")):
        return "reply"
    names = text.split("\n", 1)[0].replace('"', "").strip().split(",")
    if "time_utc" in names:
        return "plain"
    return "service" if {"latitude", "utc_offset_seconds"} <= set(names) else None

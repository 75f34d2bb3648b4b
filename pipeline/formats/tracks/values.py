"""Numbers and times from the text of track points, as standard columns and as further fields of the file.

Called by the modules for GPX and TCX, which know the tags.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.geo import is_place
from pipeline.formats.decoded import DECODED_COLUMNS, empty_columns
from pipeline.schema import ParseNote, RecordField, Records

Floats = NDArray[np.float64]

END_S = datetime(2151, 1, 1, tzinfo=UTC).timestamp()  # no clock is this far ahead, but files with the year 9999 exist
MOST_FIELDS = 40  # more kinds of extensions than this are of no use

_IN_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_ODD_TIME = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?):(\d\d):(\d\d)(\.\d+)?\s*(Z|[+-]\d\d(?::?\d\d)?)?")
_BEGINS_NAME = re.compile(r"[^\W\d]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class TrackValues:
    """Collects the values of points in their order: numbers by the name of a column or field."""

    def __init__(self) -> None:
        self.n_points = 0
        self._rows: dict[str, array[int]] = {}
        self._numbers: dict[str, array[float]] = {}

    def add(self, name: str, value: float) -> None:
        """Add a value to the current point, NaN for text that is not a number. If a name occurs twice, the later value counts."""
        if name not in self._numbers:
            self._rows[name], self._numbers[name] = array("q"), array("d")
        self._rows[name].append(self.n_points)
        self._numbers[name].append(value)

    def next_point(self) -> None:
        """Finish the current point."""
        self.n_points += 1

    def columns(self) -> Records:
        """Return DECODED_COLUMNS except the time, each of shape (n_points,), NaN where not measured."""
        measured = {name: self._column(name) for name in self._numbers.keys() & set(DECODED_COLUMNS)}
        return {**empty_columns(self.n_points), **measured}

    def fields(self) -> dict[str, Floats]:
        """Return the other values, each of shape (n_points,), NaN where not measured; at most MOST_FIELDS of them."""
        names = sorted(self._numbers.keys() - set(DECODED_COLUMNS))
        measured = [name for name in names if np.isfinite(self._numbers[name]).any()]
        return {name: self._column(name) for name in measured[:MOST_FIELDS]}

    def _column(self, name: str) -> Floats:
        column = np.full(self.n_points, np.nan)
        column[self._rows[name]] = self._numbers[name]
        return column


def number(text: str | None) -> float:
    """Return the number in the text; NaN if it is not a number."""
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def instant(text: str) -> datetime | None:
    """Read '2025-06-14T07:30:00.123Z' in all forms seen: a month of one digit, a blank for the T, '+0200', no zone."""
    found = _ODD_TIME.fullmatch(text)
    if not found:
        return None
    *parts, fraction, zone = found.groups()
    year, month, day, hour, minute, second = map(int, parts)
    plain = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
    try:
        return datetime.fromisoformat(plain + (fraction or "") + (zone or ""))
    except ValueError:
        return None


def seconds(
    texts: Sequence[str | None], read_instant: Callable[[str], datetime | None] = instant
) -> tuple[Floats, int]:
    """Return seconds since 1970, NaN where the text is not a time; and the number of times without a zone, read as UTC.

    `read_instant` reads the texts if at least one of them is not plain UTC.
    """
    if all(_IN_UTC.fullmatch(text or "") for text in texts):
        try:
            instants = np.array([text[:-1] for text in texts if text], dtype="datetime64[us]")
        except ValueError:  # e.g. the 31st of February
            pass
        else:
            time_s = instants.astype(np.int64) / 1e6
            return np.where((time_s >= 0) & (time_s < END_S), time_s, np.nan), 0
    read = [read_instant((text or "").strip()) for text in texts]
    without_zone = sum(at is not None and at.tzinfo is None for at in read)
    return np.array([_seconds_since_1970(at) for at in read], dtype=np.float64), without_zone


def _seconds_since_1970(at: datetime | None) -> float:
    """Return seconds since 1970; NaN for impossible years. A time without a zone is UTC, as the standards define."""
    if at is None:
        return float("nan")
    at_s = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return at_s if 0 <= at_s < END_S else float("nan")


def field_name(name: str) -> str | None:
    """Return 'vertical_speed' for 'verticalSpeed'; None for an invalid name, and for a position, which has columns.

    From a broken '<gpxtpx:cad>' libxml2 may leave a tag named '0ad', or a tag without a name.
    """
    return None if not _BEGINS_NAME.match(name) or is_place(name) else _HUMP.sub("_", name).lower()[:40]


def record_fields(fields: dict[str, Floats], time_s: Floats, source: str) -> tuple[RecordField, ...]:
    """Return one RecordField per name, only where measured; the formats give no units."""
    measured_fields = []
    for name, values in fields.items():
        measured = np.isfinite(values) & np.isfinite(time_s)
        if measured.any():
            measured_fields.append(RecordField(name, None, source, time_s[measured], values[measured]))
    return tuple(measured_fields)


def notes_on_times(n_timeless: int, n_zoneless: int) -> tuple[ParseNote, ...]:
    """Return notes on points without a time, and on times without a zone."""
    notes = []
    if n_timeless:
        notes.append(ParseNote("no_time", "points without a time were left out", n_timeless))
    if n_zoneless:
        notes.append(ParseNote("no_zone", "times without a time zone were read as UTC", n_zoneless))
    return tuple(notes)

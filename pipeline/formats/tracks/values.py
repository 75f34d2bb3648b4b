"""Numbers and times from the text of track points, as columns of ours and as fields of the file's own.

Called by gpx and tcx, which know the points and the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.geo import is_place
from pipeline.formats.decoded import DECODED_COLUMNS, empty_columns
from pipeline.schema import ParseNote, RecordField, Records

Floats = NDArray[np.float64]

END_S = datetime(2151, 1, 1, tzinfo=UTC).timestamp()  # no clock runs ahead so far, but the year 9999 is written
MOST_FIELDS = 40  # a file with more kinds of extensions than this says nothing to anyone

_IN_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_ODD_TIME = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?):(\d\d):(\d\d)(\.\d+)?\s*(Z|[+-]\d\d(?::?\d\d)?)?")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class TrackValues:
    """What the points of a track say, point after point: texts by the name of a column or field."""

    def __init__(self) -> None:
        self.n_points = 0
        self._rows: dict[str, list[int]] = {}
        self._texts: dict[str, list[str]] = {}

    def add(self, name: str, text: str) -> None:
        """A value of the point that is being read; of two for one name the later one counts."""
        if name not in self._texts:
            self._rows[name], self._texts[name] = [], []
        self._rows[name].append(self.n_points)
        self._texts[name].append(text)

    def next_point(self) -> None:
        self.n_points += 1

    def columns(self) -> Records:
        """DECODED_COLUMNS but for the time, each of shape (n_points,), NaN where not told."""
        columns = empty_columns(self.n_points)
        for name in columns.keys() & self._texts.keys():
            columns[name][self._rows[name]] = numbers(self._texts[name])
        return columns

    def fields(self) -> dict[str, Floats]:
        """The rest of what is a number, each of shape (n_points,), NaN where not told."""
        found: dict[str, Floats] = {}
        for name in sorted(self._texts.keys() - set(DECODED_COLUMNS)):
            told = numbers(self._texts[name])
            if np.isfinite(told).any() and len(found) < MOST_FIELDS:
                found[name] = np.full(self.n_points, np.nan)
                found[name][self._rows[name]] = told
        return found


def numbers(texts: Sequence[str]) -> Floats:
    """The texts as numbers, shape (n,), NaN where one is none."""
    try:
        return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
    except ValueError:
        return np.array([number(text) for text in texts], dtype=np.float64)


def number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def seconds(texts: Sequence[str | None]) -> tuple[Floats, int]:
    """The instants in seconds since 1970, NaN where the text is none; and how many had no zone, taken for UTC."""
    if all(_IN_UTC.fullmatch(text or "") for text in texts):
        try:
            instants = np.array([text[:-1] for text in texts if text], dtype="datetime64[us]")
        except ValueError:  # the 31st of February
            pass
        else:
            told_s = instants.astype(np.int64) / 1e6
            return np.where((told_s >= 0) & (told_s < END_S), told_s, np.nan), 0
    read = [_instant((text or "").strip()) for text in texts]
    without_zone = sum(instant is not None and instant.tzinfo is None for instant in read)
    return np.array([seconds_since_1970(instant) for instant in read], dtype=np.float64), without_zone


def is_instant(text: str | None) -> bool:
    """Whether it is a whole date and time: '2025-06-14T07:30:1' is what a cut leaves of one."""
    return _instant((text or "").strip()) is not None


def seconds_since_1970(instant: datetime | None) -> float:
    """NaN for years of no watch. A time without zone is taken for UTC, as the standards say that they are."""
    if instant is None:
        return float("nan")
    told_s = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
    return told_s if 0 <= told_s < END_S else float("nan")


def _instant(text: str) -> datetime | None:
    """'2025-06-14T07:30:00.123Z' in the forms seen: one digit for a month, a blank for the T, '+0200', no zone."""
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


def field_name(name: str) -> str | None:
    """'verticalSpeed' as 'vertical_speed'; None for what may be a position, which is kept in its own columns only."""
    plain = _HUMP.sub("_", name).lower()[:40]
    return None if not plain or is_place(name) else plain


def record_fields(fields: dict[str, Floats], time_s: Floats, told_by: str) -> tuple[RecordField, ...]:
    """One RecordField a name, only where measured; the formats give no units."""
    told = []
    for name, values in fields.items():
        known = np.isfinite(values) & np.isfinite(time_s)
        if known.any():
            told.append(RecordField(name, None, told_by, time_s[known], values[known]))
    return tuple(told)


def notes_on_times(n_timeless: int, n_zoneless: int) -> tuple[ParseNote, ...]:
    """What was odd about the points' times: so many without one, so many whose zone is not told."""
    notes = []
    if n_timeless:
        notes.append(ParseNote("no_time", "points without a time were left out", n_timeless))
    if n_zoneless:
        notes.append(ParseNote("no_zone", "times without a zone were taken for UTC", n_zoneless))
    return tuple(notes)

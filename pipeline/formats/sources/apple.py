"""Cuts Apple Health's export.xml, which is gigabytes long, into one excerpt per workout. Called by `tables`.

The file is one long list: first millions of records, then the workouts, each with its metadata and the name of its
route. An excerpt is a small document for `apple_workout`: the workout's element as it is in the file, and the heart rates
and distances of its time. The file is searched as bytes, not parsed: a parser needs minutes for the parts that we skip, and
some versions of iOS wrote a document type that no parser accepts.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import FileRefused

_LONGEST_ELEMENT = 4_000_000  # a workout of a day with an event every ten seconds has 1 MB
_MOST_SAMPLES = 20_000_000  # ten years of workouts have 2 million
_LONGEST_S = 2 * 86400.0
_WORKOUTS = re.compile(rb"<Workout\s")
_RECORDS = re.compile(rb'<Record type="HKQuantityTypeIdentifier(?:HeartRate|DistanceWalkingRunning)"')
_END = b"</Workout>"
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_SAMPLE_ATTRIBUTES = (b"type", b"sourceName", b"unit", b"startDate", b"endDate", b"value")
_IN_ORDER = re.compile(b".*".join(rb'%s="([^"]*)"' % name for name in _SAMPLE_ATTRIBUTES), re.DOTALL)
_ROUTE = re.compile(rb'<FileReference\s+path="([^"]+)"')
_ADDRESS = re.compile(rb"HKDevice: 0x[0-9a-f]+")  # differs in each export
_METRES = {b"km": 1000.0, b"mi": 1609.344, b"m": 1.0}
HEART_RATE, DISTANCE = "HKQuantityTypeIdentifierHeartRate", "HKQuantityTypeIdentifierDistanceWalkingRunning"

Attributes = dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One workout: its compressed elements, its start, and its route's name as in the table, None without a route."""

    compressed: bytes
    start_at: datetime
    route: str | None

    def document(self, route: bytes = b"") -> bytes:
        """Return the document for `apple_workout`, with the text of the route."""
        return b"<HealthData>\n" + zlib.decompress(self.compressed) + route + b"\n</HealthData>\n"


@dataclass(frozen=True, slots=True)
class _Samples:
    """Records of one kind in time order. Columns: start and end (seconds since 1970), value, number of the source."""

    rows: NDArray[np.float64]

    def within(self, start_s: float, end_s: float, source: int | None) -> NDArray[np.float64]:
        """Return the rows within that time; with `source`, only that source's."""
        first, behind = np.searchsorted(self.rows[:, 0], (start_s, np.nextafter(end_s, np.inf)))
        rows = self.rows[first:behind]
        rows = rows[rows[:, 1] <= end_s]
        return rows if source is None else rows[rows[:, 3] == source]


class _SampleCollector:
    """Collects the records as numbers."""

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        self.hours = {hour for start_s, end_s in spans for hour in range(int(start_s // 3600), int(end_s // 3600) + 1)}
        self.numbers: dict[bytes, array[float]] = {kind.encode(): array("d") for kind in (HEART_RATE, DISTANCE)}
        self.sources: dict[bytes, int] = {}

    def add(self, record: bytes) -> None:
        """Add the record if any workout was in its hour. Most records have none, so the hour is checked first."""
        date = record[record.find(b' startDate="') + 12 :][:25]
        try:
            if _hour_s(date[:13], date[19:]) // 3600 not in self.hours:
                return
            kind, source, unit, start, end, text = _sample_values(record)
            numbers, value, start_s, end_s = self.numbers[kind], float(text), seconds(start), seconds(end)
        except (KeyError, ValueError):
            return  # an unreadable record, one of millions
        if len(numbers) > 4 * _MOST_SAMPLES:
            raise _too_large()
        numbers.extend((start_s, end_s, _METRES.get(unit, 1.0) * value, self.number_of(source)))

    def number_of(self, source: bytes) -> int:
        """Return the number of a source; new sources get the next one."""
        return self.sources.setdefault(source, len(self.sources))

    def samples(self, kind: str) -> _Samples:
        """Return the collected records of that kind, sorted by start."""
        rows = np.frombuffer(self.numbers[kind.encode()]).reshape(-1, 4)
        return _Samples(rows[np.argsort(rows[:, 0], kind="stable")])


def read_excerpts(read_chunks: Callable[[], Iterable[bytes]]) -> tuple[Excerpt, ...]:
    """Return one excerpt per workout of the table. `read_chunks` is called twice: the workouts come after the records.

    Raises FileRefused if the table contains more than one person can record.
    """
    elements = _elements(read_chunks(), _WORKOUTS)
    workouts = [(span, workout) for workout in elements if (span := _span(_attributes(workout))) is not None]
    collector = _SampleCollector(span for span, _ in workouts)
    for record in _elements(read_chunks(), _RECORDS) if workouts else ():
        collector.add(record)
    heart_rate, distance = collector.samples(HEART_RATE), collector.samples(DISTANCE)
    excerpts, n_left = [], _MOST_SAMPLES
    for (start_s, end_s), workout in workouts:
        # A phone in the pocket records the same distance again: only distances from the source of the workout count.
        distances = distance.within(start_s, end_s, collector.number_of(_attributes(workout).get(b"sourceName", b"")))
        rates = heart_rate.within(start_s, end_s, None)
        n_left -= len(distances) + len(rates)
        if n_left < 0:
            raise _too_large()
        excerpts.append(_excerpt(workout, start_s, rates, distances))
    return tuple(excerpts)


def _elements(chunks: Iterable[bytes], begins: re.Pattern[bytes]) -> Iterator[bytes]:
    """Yield the complete elements that begin so, also across the borders of chunks."""
    rest = b""
    for chunk in chunks:
        text, at = rest + chunk, 0
        while found := begins.search(text, at):
            end = _end_of(text, found.start())
            if end is None:
                break  # it ends in a later chunk
            yield text[found.start() : end]
            at = end
        rest = text[found.start() if found else max(text.rfind(b"<"), at) :]
        if len(rest) > _LONGEST_ELEMENT:
            rest = b""  # longer than any element that we need


def _end_of(text: bytes, start: int) -> int | None:
    """Return the end of the element: of a record its first tag, of a workout its last; None if not in the text."""
    end = text.find(b">", start) + 1
    if end and text.startswith(b"<Workout", start) and text[end - 2 : end] != b"/>":
        last = text.find(_END, end)
        end = last + len(_END) if last >= 0 else 0
    return end or None


def _too_large() -> FileRefused:
    return FileRefused(
        "too_large", "its table contains more data than one person can record", "check what this file is"
    )


def _attributes(element: bytes) -> Attributes:
    return dict(_ATTRIBUTE.findall(element[: element.find(b">")]))


def _sample_values(record: bytes) -> Sequence[bytes]:
    """Return the values of _SAMPLE_ATTRIBUTES; in Apple's usual order one search finds all. Raises KeyError."""
    if found := _IN_ORDER.search(record):
        return found.groups()
    attributes = _attributes(record)
    return [attributes[name] for name in _SAMPLE_ATTRIBUTES]


def _span(workout: Attributes) -> tuple[float, float] | None:
    """Return start and end of the workout; None if they are missing or impossible."""
    try:
        start_s, end_s = seconds(workout[b"startDate"]), seconds(workout[b"endDate"])
    except (KeyError, ValueError):
        return None
    return (start_s, end_s) if 0 < end_s - start_s <= _LONGEST_S else None


def _excerpt(workout: bytes, start_s: float, rates: NDArray[np.float64], distances: NDArray[np.float64]) -> Excerpt:
    lines = [*_lines(HEART_RATE, "count/min", rates), *_lines(DISTANCE, "m", distances)]
    route = _ROUTE.search(workout)
    return Excerpt(
        zlib.compress(_ADDRESS.sub(b"HKDevice: 0x0", workout) + "\n".join(["", *lines]).encode(), level=1),
        datetime.fromtimestamp(start_s, UTC),
        route.group(1).decode(errors="replace") if route else None,
    )


def _lines(kind: str, unit: str, samples: NDArray[np.float64]) -> list[str]:
    starts, ends = (np.datetime_as_string(samples[:, no].astype("M8[s]")).tolist() for no in (0, 1))
    return [
        f'<Record type="{kind}" unit="{unit}" startDate="{start}Z" endDate="{end}Z" value="{value:.10g}"/>'
        for start, end, value in zip(starts, ends, samples[:, 2].tolist(), strict=True)
    ]


def seconds(date: bytes) -> float:
    """Return seconds since 1970 for '2021-03-01 19:12:03 +0100' or '2021-03-01T18:12:03Z'. Raises ValueError."""
    return _hour_s(date[:13], date[19:]) + 60 * int(date[14:16]) + int(date[17:19])


@lru_cache(maxsize=1024)
def _hour_s(day_and_hour: bytes, zone: bytes) -> float:
    """Return seconds since 1970. Cached: a year of heart rates has 500,000 records in 9,000 hours, mostly in order."""
    text = (day_and_hour + zone.strip()).decode("ascii", "replace").replace("T", " ")
    return datetime.strptime(text, "%Y-%m-%d %H%z").timestamp()

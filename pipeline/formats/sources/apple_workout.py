"""Decodes one workout of Apple Health, cut out by `apple`, as a DecodedRun. Called by `read`.

<HealthData>
<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="31.2" durationUnit="min" startDate=... endDate=...>
  <MetadataEntry key="HKIndoorWorkout" value="1"/> <WorkoutEvent type="HKWorkoutEventTypePause" date=.../> ...
</Workout>
<Record type="HKQuantityTypeIdentifierHeartRate" startDate=... value="143"/> ...
<gpx ...> the content of the route's file </gpx>
</HealthData>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipeline.errors import FileRefused
from pipeline.formats.cleaning.sport import sport_of_word
from pipeline.formats.decoded import DECODED_COLUMNS, DecodedRun, empty_columns, rows_of
from pipeline.formats.sources.apple import DISTANCE, HEART_RATE, seconds
from pipeline.formats.tracks.gpx import decode_gpx
from pipeline.schema import Device, ParseNote, RecordedWeather, Records

_ROUTE = re.compile(rb"<gpx[\s>].*</gpx\s*>", re.DOTALL)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SECONDS = {"s": 1.0, "min": 60.0, "hr": 3600.0}
_METRES = {"m": 1.0, "km": 1000.0, "mi": 1609.344}
_STOPS = ("HKWorkoutEventTypePause", "HKWorkoutEventTypeMotionPaused")
_STARTS = ("HKWorkoutEventTypeResume", "HKWorkoutEventTypeMotionResumed")
_HARDWARE = re.compile(r"hardware:([\w,]+?)(?:, software|>|$)")


def decode_apple(content: bytes) -> tuple[DecodedRun, ...]:
    """Return the workout with its heart rates, and its route; without a route its distances.

    Raises FileRefused if the document contains no workout with a start and an end.
    """
    route = _ROUTE.search(content)
    sessions, notes = _route(route.group()) if route else ((), ())
    root = etree.fromstring(_ROUTE.sub(b"", content), _parser())
    workout = None if root is None else root.find("Workout")
    if workout is None:
        raise FileRefused("no_workout", "contains no workout", "use the whole export of Apple Health")
    return (_decoded(workout, root, sessions, notes),)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)


def _route(text: bytes) -> tuple[tuple[DecodedRun, ...], tuple[ParseNote, ...]]:
    """Return the route's tracks. If the route cannot be read, the workout is still read, with a note."""
    try:
        return decode_gpx(text), ()
    except FileRefused as refused:
        return (), (ParseNote("route", f"the workout's route was left out: {refused.message}"),)


def _decoded(
    workout: etree._Element, root: etree._Element, route: tuple[DecodedRun, ...], notes: tuple[ParseNote, ...]
) -> DecodedRun:
    try:
        start_s, end_s = _at(workout, "startDate"), _at(workout, "endDate")
    except ValueError:
        raise FileRefused("no_time", "the workout has no start or end time", "export it again") from None
    metadata = {entry.get("key"): entry.get("value") or "" for entry in workout.findall("MetadataEntry")}
    sport, sub_sport = _sport(workout.get("workoutActivityType") or "")
    hardware = _HARDWARE.search(workout.get("device") or "")
    device = f"Apple {hardware.group(1)}" if hardware else None
    return DecodedRun(
        session_no=0,
        sport=sport,
        sub_sport="indoor" if metadata.get("HKIndoorWorkout") == "1" else sub_sport,
        start_s=start_s,
        columns=_columns(root, route),
        elapsed_s=end_s - start_s,
        timer_s=_measure(workout.get("duration"), workout.get("durationUnit"), _SECONDS),
        distance_m=_distance_m(workout),
        stops=tuple(_stops(workout, end_s)) or tuple(stop for track in route for stop in track.stops),
        utc_offset_s=_utc_offset_s(metadata.get("HKTimeZone"), start_s),
        device=device,
        weather=_weather(metadata, start_s),
        devices=(Device(0, None, "Apple", hardware.group(1), None),) if hardware else (),
        notes=(*(note for track in route for note in track.notes), *notes),
    )


def _sport(kind: str) -> tuple[str | None, str | None]:
    """Return sport and sub-sport; 'HKWorkoutActivityTypeCrossCountrySkiing' is cross_country_skiing.

    A workout of three sports is 'multisport', not a run.
    """
    name = kind.removeprefix("HKWorkoutActivityType")
    return ("multisport", None) if name == "SwimBikeRun" else sport_of_word(_HUMP.sub("_", name))


def _columns(root: etree._Element, route: tuple[DecodedRun, ...]) -> Records:
    """Return the route's points and the heart rates in time order; without a route, the distances too."""
    points = [track.columns for track in route] or [empty_columns(0)]
    columns = {name: np.concatenate([part[name] for part in points]) for name in DECODED_COLUMNS}
    columns = _in_order(columns)
    if not route:
        at_s, steps_m = _samples(root, DISTANCE, "endDate")
        columns = _with_values(columns, "distance_m", at_s, np.cumsum(steps_m))
    return _with_values(columns, "heart_rate_bpm", *_samples(root, HEART_RATE, "startDate"))


def _with_values(columns: Records, name: str, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> Records:
    """Add values to a column: in the row of their second if it exists, otherwise in new rows."""
    at = np.searchsorted(columns["time_s"], time_s)
    has_row = np.isin(time_s, columns["time_s"])
    columns[name][at[has_row]] = values[has_row]
    more = {**empty_columns(int((~has_row).sum())), "time_s": time_s[~has_row], name: values[~has_row]}
    return _in_order({column: np.concatenate([columns[column], more[column]]) for column in DECODED_COLUMNS})


def _in_order(columns: Records) -> Records:
    return rows_of(columns, np.argsort(columns["time_s"], kind="stable"))


def _samples(root: etree._Element, kind: str, when: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times (seconds since 1970) and values, shape (n,), of the records of that kind, in time order."""
    read = []
    for record in root.findall(f"Record[@type='{kind}']"):
        try:
            read.append((_at(record, when), float(record.get("value") or "nan")))
        except ValueError:
            continue  # an unreadable record
    table = np.array(sorted(read), dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _stops(workout: etree._Element, end_s: float) -> Iterator[tuple[float, float]]:
    """Yield the stretches from a pause to the next resume."""
    events = []
    for event in workout.findall("WorkoutEvent"):
        try:
            events.append((_at(event, "date"), event.get("type") or ""))
        except ValueError:
            continue
    stopped_s = None
    for at_s, kind in sorted(events):
        if kind in _STOPS:
            stopped_s = at_s if stopped_s is None else stopped_s
        elif kind in _STARTS and stopped_s is not None:
            yield stopped_s, at_s
            stopped_s = None
    if stopped_s is not None and stopped_s < end_s:
        yield stopped_s, end_s


def _distance_m(workout: etree._Element) -> float | None:
    """Return the workout's distance: an attribute up to iOS 15, a separate element since then."""
    total_m = _measure(workout.get("totalDistance"), workout.get("totalDistanceUnit"), _METRES)
    for sums in workout.findall("WorkoutStatistics"):
        if (sums.get("type") or "").startswith("HKQuantityTypeIdentifierDistance"):
            total_m = total_m or _measure(sums.get("sum"), sums.get("unit"), _METRES)
    return total_m or None


def _weather(metadata: dict[str | None, str], start_s: float) -> tuple[RecordedWeather, ...]:
    """Return the weather, written as '50 degF' and '6700 %' (which is 67 %) in every version."""
    temp, temp_unit = _quantity(metadata.get("HKWeatherTemperature"))
    humidity, _ = _quantity(metadata.get("HKWeatherHumidity"))
    air_temp_c = None if temp is None else (temp - 32.0) / 1.8 if temp_unit == "degF" else temp
    rel_humidity_pct = None if humidity is None else humidity / 100.0 if humidity > 100.0 else humidity
    if air_temp_c is None and rel_humidity_pct is None:
        return ()
    return (RecordedWeather("apple health", start_s, air_temp_c=air_temp_c, rel_humidity_pct=rel_humidity_pct),)


def _quantity(text: str | None) -> tuple[float | None, str]:
    """Split a quantity: '50 degF' is (50.0, 'degF')."""
    number, _, unit = (text or "").partition(" ")
    return _float(number), unit


def _measure(text: str | None, unit: str | None, scales: dict[str, float]) -> float | None:
    value = _float(text)
    return None if value is None or unit not in scales else value * scales[unit]


def _float(text: str | None) -> float | None:
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _utc_offset_s(zone: str | None, start_s: float) -> int | None:
    """Return the UTC offset of the run's zone. The dates in the file use the zone of the day of the export."""
    if not zone:
        return None
    try:
        offset = datetime.fromtimestamp(start_s, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return None if offset is None else int(offset.total_seconds())


def _at(element: etree._Element, name: str) -> float:
    return seconds((element.get(name) or "").encode())

"""From the days that runs need of each cell to the fewest calls of the weather service. Values in, values out.

The service counts a call for each place and up to 14 days, and for longer spans by their days, so near days share a
window and near cells a place. Sending is open_meteo.py's, how fast is pace.py's; the fetching action calls both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pipeline.weather.along import SAME_WEATHER_KM
from pipeline.weather.cells import cell_centre, distance_km
from pipeline.weather.service.request import FREE_DAYS, FREE_VARIABLES, VARIABLES, Asked, Host, Request

MOST_PLACES = 50  # a request: with its days of each place the address stays under 2,400 letters
MOST_WEIGHT = 150.0  # a request: a stop in the middle loses little, and a reply is read in a second or two
SAME_HEIGHT_M = 300.0  # air cools by about 2 C on the way up
_FREE = FREE_VARIABLES * FREE_DAYS  # the smallest price, in whole numbers: a place costs max(_FREE, variables * days)
_LONGEST_DAYS = int(MOST_WEIGHT * _FREE) // len(VARIABLES)
_ONE_WINDOW = 2**20  # so much dearer is the smallest price than one window more: weights first, then few windows


@dataclass(frozen=True, slots=True)
class CellNeed:
    """The UTC days that runs need of one cell, ascending, and how high they ran there (None: no run knows)."""

    cell: str
    elevation_m: float | None
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask, in order, and which cells each asked cell answers for, itself among them if it has a need."""

    requests: tuple[Request, ...]
    served: Mapping[str, tuple[str, ...]]


def plan_requests(host: Host, needs: Iterable[CellNeed]) -> Plan:
    """The fewest weights that hold every needed day; the same needs give the same plan, in whatever order they come."""
    groups = _shared_places(needs)
    asked = [_asked(place, span) for place, group in groups for span in windows(_days_of(group))]
    known = [one for one in asked if one.elevation_m is not None]
    unknown = [one for one in asked if one.elevation_m is None]  # the service takes heights for all places or none
    packed = [*_packed(known), *_packed(unknown)]
    return Plan(
        requests=tuple(Request(host, tuple(places)) for places in packed),
        served={place.cell: tuple(need.cell for need in group) for place, group in groups},
    )


def windows(days: Sequence[date]) -> list[tuple[date, date]]:
    """First and last days of the windows of least weight that hold these days (ascending); of equals the fewest windows.

    The least price up to each day is the least over all windows that may end there.
    """
    if not days:
        return []
    at = np.array([day.toordinal() for day in days], dtype=np.int64)
    least = np.zeros(len(days) + 1, dtype=np.int64)
    begun = np.zeros(len(days), dtype=np.int64)
    for end, day in enumerate(at):
        first = int(np.searchsorted(at, day - _LONGEST_DAYS + 1))
        price = np.maximum(_FREE, len(VARIABLES) * (day - at[first : end + 1] + 1)) * _ONE_WINDOW + 1
        total = least[first : end + 1] + price
        begun[end] = first + int(np.argmin(total))
        least[end + 1] = total.min()
    return _traced(days, begun.tolist())


def _traced(days: Sequence[date], begun: Sequence[int]) -> list[tuple[date, date]]:
    """The windows, from where each best one that ends at a day begins."""
    found = []
    end = len(days) - 1
    while end >= 0:
        found.append((days[begun[end]], days[end]))
        end = begun[end] - 1
    return found[::-1]


def _shared_places(needs: Iterable[CellNeed]) -> list[tuple[CellNeed, list[CellNeed]]]:
    """Each place to ask with the needs it answers; the cells with the most days come first and take in their neighbours.

    A home at a cell's corner has four cells: asked one by one they would cost four times.
    """
    groups: list[tuple[CellNeed, list[CellNeed]]] = []
    for need in sorted((one for one in needs if one.days), key=lambda one: (-len(one.days), one.cell)):
        near = next((group for place, group in groups if _has_the_weather_of(place, need)), None)
        if near is None:
            groups.append((need, [need]))
        else:
            near.append(need)
    return groups


def _has_the_weather_of(place: CellNeed, need: CellNeed) -> bool:
    """Whether the hours of one cell may stand for another's: near it and as high. Unknown heights are not compared."""
    if place.elevation_m is None or need.elevation_m is None:
        return False
    if abs(place.elevation_m - need.elevation_m) >= SAME_HEIGHT_M:
        return False
    return distance_km(*cell_centre(place.cell), *cell_centre(need.cell)) <= SAME_WEATHER_KM


def _days_of(group: Iterable[CellNeed]) -> list[date]:
    return sorted({day for need in group for day in need.days})


def _asked(place: CellNeed, span: tuple[date, date]) -> Asked:
    return Asked(place.cell, *cell_centre(place.cell), place.elevation_m, *span)


def _packed(asked: Iterable[Asked]) -> list[list[Asked]]:
    """In order, as many to a request as it may hold."""
    packed: list[list[Asked]] = []
    weight = 0.0
    for one in asked:
        if not packed or len(packed[-1]) == MOST_PLACES or weight + one.weight > MOST_WEIGHT:
            packed.append([])
            weight = 0.0
        packed[-1].append(one)
        weight += one.weight
    return packed

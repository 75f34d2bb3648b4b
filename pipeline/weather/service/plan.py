"""Plans requests to the weather service: from the days that runs need per cell to the fewest calls. No I/O.

The service counts one call per place for up to 14 days, and more for longer spans. So near days share a window, and near
cells share a place. client.py sends requests, rate_limit.py times them; the fetching action calls all three.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pipeline.weather.along import SAME_WEATHER_KM
from pipeline.weather.cells import cell_centre, distance_km
from pipeline.weather.service.request import FREE_DAYS, FREE_VARIABLES, VARIABLES, CellDays, Host, Request

MOST_PLACES = 50  # per request: the address with the days of each place stays under 2,400 characters
MOST_WEIGHT = 150.0  # per request: little is lost if it fails, and its reply is read in one or two seconds
SAME_HEIGHT_M = 300.0  # 300 m up, air is about 2 °C cooler
_FREE = FREE_VARIABLES * FREE_DAYS  # the lowest price as an integer: a place costs max(_FREE, variables * days)
_LONGEST_DAYS = int(MOST_WEIGHT * _FREE) // len(VARIABLES)
_WINDOW_PRICE = 2**20  # the lowest price over that of one more window: minimise weights first, then windows


@dataclass(frozen=True, slots=True)
class CellNeed:
    """The UTC days that runs need in one cell, ascending, and the elevation of the runs there (None if unknown)."""

    cell: str
    elevation_m: float | None
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """The requests in order; `served`: the cells (with a need) that get their weather from each requested cell."""

    requests: tuple[Request, ...]
    served: Mapping[str, tuple[str, ...]]


def plan_requests(host: Host, needs: Iterable[CellNeed]) -> RequestPlan:
    """Returns the requests of the least weight for every needed day. The result does not depend on the order of needs."""
    groups = _shared_places(needs)
    cells = [_cell_days(place, span) for place, group in groups for span in windows(_days_of(group))]
    with_elevation = [cell for cell in cells if cell.elevation_m is not None]
    without = [cell for cell in cells if cell.elevation_m is None]  # the service takes elevations for all cells or none
    packed = [*_packed(with_elevation), *_packed(without)]
    return RequestPlan(
        requests=tuple(Request(host, tuple(part)) for part in packed),
        served={place.cell: tuple(need.cell for need in group) for place, group in groups},
    )


def windows(days: Sequence[date]) -> list[tuple[date, date]]:
    """Returns (first, last) day of the windows of the least weight for these days (ascending); if equal, the fewest windows.

    The least price up to each day is the minimum over all windows that may end there.
    """
    if not days:
        return []
    at = np.array([day.toordinal() for day in days], dtype=np.int64)
    least = np.zeros(len(days) + 1, dtype=np.int64)
    begun = np.zeros(len(days), dtype=np.int64)
    for end, day in enumerate(at):
        first = int(np.searchsorted(at, day - _LONGEST_DAYS + 1))
        price = np.maximum(_FREE, len(VARIABLES) * (day - at[first : end + 1] + 1)) * _WINDOW_PRICE + 1
        total = least[first : end + 1] + price
        begun[end] = first + int(np.argmin(total))
        least[end + 1] = total.min()
    return _traced(days, begun.tolist())


def _traced(days: Sequence[date], begun: Sequence[int]) -> list[tuple[date, date]]:
    """Returns the windows, from the beginning of the best window that ends at each day."""
    found = []
    end = len(days) - 1
    while end >= 0:
        found.append((days[begun[end]], days[end]))
        end = begun[end] - 1
    return found[::-1]


def _shared_places(needs: Iterable[CellNeed]) -> list[tuple[CellNeed, list[CellNeed]]]:
    """Returns each cell to request with the needs that it serves; cells with most days first, with their neighbours.

    A home at the corner of a cell has four cells, which would cost four times as much separately.
    """
    groups: list[tuple[CellNeed, list[CellNeed]]] = []
    for need in sorted((need for need in needs if need.days), key=lambda need: (-len(need.days), need.cell)):
        near = next((group for place, group in groups if _has_the_weather_of(place, need)), None)
        if near is None:
            groups.append((need, [need]))
        else:
            near.append(need)
    return groups


def _has_the_weather_of(place: CellNeed, need: CellNeed) -> bool:
    """Returns True if the hours of one cell may be used for another: near it and of similar, known elevation."""
    if place.elevation_m is None or need.elevation_m is None:
        return False
    if abs(place.elevation_m - need.elevation_m) >= SAME_HEIGHT_M:
        return False
    return distance_km(*cell_centre(place.cell), *cell_centre(need.cell)) <= SAME_WEATHER_KM


def _days_of(group: Iterable[CellNeed]) -> list[date]:
    return sorted({day for need in group for day in need.days})


def _cell_days(place: CellNeed, span: tuple[date, date]) -> CellDays:
    return CellDays(place.cell, *cell_centre(place.cell), place.elevation_m, *span)


def _packed(cells: Iterable[CellDays]) -> list[list[CellDays]]:
    """Returns the cells in order, as many per request as it may have."""
    packed: list[list[CellDays]] = []
    weight = 0.0
    for cell in cells:
        if not packed or len(packed[-1]) == MOST_PLACES or weight + cell.weight > MOST_WEIGHT:
            packed.append([])
            weight = 0.0
        packed[-1].append(cell)
        weight += cell.weight
    return packed

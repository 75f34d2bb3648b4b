"""A request to the weather service: some cells with their days, from one host, and how many calls it counts as.

Made by plan.py and by the forecast of a planned run, sent by client.py. A request cannot contain a position finer than a
0.1 degree cell, so none can leave the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.weather.cells import cell_centre

Host = Literal["archive", "forecast"]

VARIABLES = (
    "temperature_2m",
    "relative_humidity_2m",
    "dew_point_2m",
    "apparent_temperature",
    "precipitation",
    "wind_speed_10m",
    "shortwave_radiation",
    "direct_radiation",
    "surface_pressure",
)
FREE_VARIABLES = 10  # up to 10 variables and 14 days count as one call (calculateQueryWeight in the service's code)
FREE_DAYS = 14


@dataclass(frozen=True, slots=True)
class CellDays:
    """The UTC days `first` to `last` (inclusive) of one cell; latitude and longitude (degrees) are its centre.

    `elevation_m` is that of the runs there; None if no run has one, then the service uses its terrain model.
    """

    cell: str
    latitude: float
    longitude: float
    elevation_m: float | None
    first: date
    last: date

    def __post_init__(self) -> None:
        """Raises ValueError for a position that is not the centre of the cell, and for days in the wrong order."""
        if (self.latitude, self.longitude) != cell_centre(self.cell):
            raise ValueError("a request must name the centre of a cell, never a position inside it")
        if self.last < self.first:
            raise ValueError("the last day must not be before the first")

    @property
    def weight(self) -> float:
        """The number of calls that the service counts for this cell: one for up to 14 days."""
        share = len(VARIABLES) / FREE_VARIABLES
        return max(1.0, share, share * ((self.last - self.first).days + 1) / FREE_DAYS)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. The archive reaches from 1940 to a few days ago, the forecast from 93 days ago to 16 days ahead."""

    host: Host
    cells: tuple[CellDays, ...]

    @property
    def weight(self) -> float:
        """The number of calls that the service counts: the sum over its cells."""
        return sum(cell.weight for cell in self.cells)

"""What the weather service is asked for: some cells, each with its days, of one host, and what that counts there.

Made by plan.py and by the forecast of a planned run, sent by open_meteo.py. A place finer than its 0.1 degree
cell cannot be written down here, so none can leave the machine.
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
FREE_VARIABLES = 10  # so many count as one call, and so many days: calculateQueryWeight of the service's code
FREE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Asked:
    """The UTC days `first` to `last`, both whole, of one cell; latitude and longitude (degrees) are its centre.

    `elevation_m` is that of the runs there; None where no run knows it, and the service takes its own terrain's.
    """

    cell: str
    latitude: float
    longitude: float
    elevation_m: float | None
    first: date
    last: date

    def __post_init__(self) -> None:
        """Raises ValueError for a place that is not the cell's centre, and for days in the wrong order."""
        if (self.latitude, self.longitude) != cell_centre(self.cell):
            raise ValueError("the service is asked for the centre of a cell, never for a place inside it")
        if self.last < self.first:
            raise ValueError("the last day lies before the first")

    @property
    def weight(self) -> float:
        """How many calls the service counts for this cell: one for up to 14 days."""
        share = len(VARIABLES) / FREE_VARIABLES
        return max(1.0, share, share * ((self.last - self.first).days + 1) / FREE_DAYS)


@dataclass(frozen=True, slots=True)
class Request:
    """One request: the archive holds 1940 to a few days ago, the forecast 93 days back to 16 ahead."""

    host: Host
    asked: tuple[Asked, ...]

    @property
    def weight(self) -> float:
        """How many calls the service counts for it: locations are not free."""
        return sum(asked.weight for asked in self.asked)

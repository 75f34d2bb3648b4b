"""The hours of one place, as read from a file and as checked: the values that readers pass to the store."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.schema import ParseNote
from pipeline.weather.cells import cell_of

Instants = NDArray[np.datetime64]
Columns = dict[str, NDArray[np.float64]]

SIMULATED, SERVICE = "simulated", "open-meteo"  # providers; a plain table names its source


@dataclass(frozen=True, slots=True)
class WrittenHours:
    """One place as read from a file: with our names and units, in UTC, but unsorted, unchecked and possibly incomplete.

    `hour_at` is datetime64[s], shape (n_hours,). Columns have the same shape, NaN where the file has no value.
    """

    latitude: float
    longitude: float
    elevation_m: float | None
    provider: str
    model: str | None
    hour_at: Instants
    columns: Columns
    notes: tuple[ParseNote, ...] = ()

    def with_notes(self, notes: tuple[ParseNote, ...]) -> WrittenHours:
        """Returns the same hours with the notes of the file."""
        return replace(self, notes=notes)


@dataclass(frozen=True, slots=True)
class WeatherPlace:
    """Checked hours of one place, ascending, each hour once: the rows of the store's table weather_hour.

    `hour_at` is datetime64[s] in UTC, shape (n_hours,), full hours. `columns` holds exactly
    schema.WEATHER_COLUMNS, float64 of shape (n_hours,), NaN where unknown. Radiation and precipitation at H
    are those of the hour that ends at H; all other columns, also wbgt_c, are those of the instant H. `provisional`: some
    hours are so recent that the source may still revise them. `latitude` and `longitude` are the grid point of the source.
    `requested_cell` is the cell that was requested, None if unknown.
    """

    latitude: float
    longitude: float
    elevation_m: float | None
    provider: str
    model: str | None
    hour_at: Instants
    columns: Columns
    provisional: bool
    notes: tuple[ParseNote, ...] = ()
    requested_cell: str | None = None

    @property
    def cell(self) -> str:
        """The key of these hours in the store, '48.2,16.4': the requested cell, else the cell of the grid point."""
        return self.requested_cell or cell_of(self.latitude, self.longitude)

"""The hours of one place, as a file wrote them and as we keep them: from the readers here to the store."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.schema import ParseNote
from pipeline.weather.cells import cell_of

Instants = NDArray[np.datetime64]
Columns = dict[str, NDArray[np.float64]]

SIMULATED, SERVICE = "simulated", "open-meteo"  # providers; a plain table names its own


@dataclass(frozen=True, slots=True)
class WrittenHours:
    """One place as its file has it: our names and units, UTC, but unsorted, unchecked, columns missing.

    `hour_at` is datetime64[s], shape (n_hours,), and so is each column, NaN where the file has no value.
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
        """The same hours with the file's notes."""
        return replace(self, notes=notes)


@dataclass(frozen=True, slots=True)
class WeatherPlace:
    """Checked hours of one place, ascending, each hour once: what the store's weather_hour is filled from.

    `hour_at` is datetime64[s] in UTC, shape (n_hours,), full hours. `columns` holds exactly
    schema.WEATHER_COLUMNS, float64 of shape (n_hours,), NaN where unknown. Radiation and precipitation at H
    are of the hour that ends at H; all else, wbgt_c too, is of the instant H. `provisional`: some hours are
    so recent that the source may still revise them. `latitude` and `longitude` are the source's grid point,
    not what was asked for; `asked_cell` is, where we know it.
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
    asked_cell: str | None = None

    @property
    def cell(self) -> str:
        """The 0.1 degree cell, '48.2,16.4', that is the key of these hours in the store: the asked one, else the grid point's."""
        return self.asked_cell or cell_of(self.latitude, self.longitude)

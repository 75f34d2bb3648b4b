"""Groups the lines of a weather CSV by place and skips broken lines. Called by service_csv.py and plain_csv.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import FileRefused
from pipeline.schema import ParseNote
from pipeline.weather.files.instants import as_instants

Line = tuple[int, list[str]]  # line number in the file, from 1; its cells
Table = list[Line]  # the first line names the columns

LINES = "weather_line_skipped"  # kind of the note about broken lines
NAMED_LINES = 5  # a note names this many broken lines by number, and counts the rest


@dataclass(slots=True)
class PlaceRows:
    """The rows of one place in the file's order: unix seconds, and values in the order of `names`."""

    names: list[str]
    seconds: list[int] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)

    def hour_at(self) -> NDArray[np.datetime64]:
        """Returns datetime64[s], UTC, shape (n_rows,)."""
        return as_instants(self.seconds)

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Returns one float64 array of shape (n_rows,) per name."""
        matrix = np.array(self.values, dtype=np.float64).reshape(len(self.seconds), len(self.names))
        return {name: matrix[:, at].copy() for at, name in enumerate(self.names)}


def tables_of(text: str) -> list[Table]:
    """Returns the tables of a CSV text; empty lines separate them."""
    tables: list[Table] = [[]]
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip().strip('"') for cell in line.split(",")]
        if any(cells):
            tables[-1].append((number, cells))
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def gather(
    table: Table, column_at: dict[str, int], place_and_second: Callable[[list[str]], tuple[str, int]]
) -> tuple[dict[str, PlaceRows], tuple[ParseNote, ...]]:
    """Returns rows by place key, and a note that names the lines left out.

    `place_and_second` returns the place key and time (Unix seconds) of a line, or raises KeyError or ValueError. Raises
    FileRefused if no line can be read.
    """
    width = len(table[0][1])
    names = list(column_at)
    places: dict[str, PlaceRows] = {}
    broken = []
    for number, cells in table[1:]:
        try:
            if len(cells) != width:
                raise ValueError("not as many cells as the header")
            key, second = place_and_second(cells)
            values = [number_of(cells[at]) for at in column_at.values()]
        except (KeyError, ValueError):
            broken.append(number)
            continue
        rows = places.setdefault(key, PlaceRows(names))
        rows.seconds.append(second)
        rows.values.append(values)
    if not places:
        raise FileRefused("weather_no_hours", "no line of the table can be read")
    return places, _note_of(broken)


def number_of(cell: str) -> float:
    """Returns the number in a cell; NaN for 'NaN' and for an empty cell. Raises ValueError."""
    return float(cell) if cell else float("nan")


def _note_of(broken: list[int]) -> tuple[ParseNote, ...]:
    if not broken:
        return ()
    named = ", ".join(str(number) for number in broken[:NAMED_LINES])
    more = f" and {len(broken) - NAMED_LINES} more" if len(broken) > NAMED_LINES else ""
    lines = "line" if len(broken) == 1 else "lines"
    return (ParseNote(LINES, f"{lines} {named}{more} could not be read", len(broken)),)

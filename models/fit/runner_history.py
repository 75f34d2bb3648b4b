"""Each runner's part of the training rows, as arrays: what the hazard learns from. Called by models.fit.hazard.

Runners stand in the order of their ids and rows in the order of run and segment, whatever order the store gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.design import COVARIATE_COLUMNS, Prior, design_matrix
from models.fit.first_answer import FirstAnswer
from models.fit.likelihood import SegmentLikelihood

Floats = NDArray[np.float64]
FirstAnswers = Mapping[str, tuple[str | None, str | None]]  # runner_id: (cramps in the last 10 races, usual race)


DESIGN_COLUMNS = ("moving_start_s", "race", *COVARIATE_COLUMNS)
ROW_COLUMNS = ("run_id", "segment_no", *DESIGN_COLUMNS)


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One runner's segments at risk, perhaps none, and their first answer, if they gave one."""

    runner: str
    design: Floats  # (n_rows, n_features)
    minutes: Floats  # (n_rows,)
    onset: Floats  # (n_rows,)
    first_answer: FirstAnswer | None = None
    usual_race: str | None = None

    def under(self, mean: Floats, factor: Floats) -> SegmentLikelihood:
        """The log density of z where the coefficients are mean + factor z, z ~ N(0, 1) before any run.

        `mean` (n_features,), `factor` (n_features, n_dim).
        """
        answer = self.first_answer.whitened(mean, factor) if self.first_answer else None
        return SegmentLikelihood(self.design @ factor, self.design @ mean, self.minutes, self.onset, answer)


def empty_record(runner: str, n_features: int) -> Record:
    """A runner of whom nothing is known."""
    return Record(runner, np.empty((0, n_features)), np.empty(0), np.empty(0))


def split_records(
    rows: pl.DataFrame,
    priors: Sequence[Prior],
    onset: Floats | None,
    minutes: Floats | None,
    runner: Sequence[str] | None,
    first_answers: FirstAnswers,
) -> list[Record]:
    """A record a runner, by id; runners of `first_answers` without a row too.

    `onset`, `minutes` and `runner` (n_rows,) default to the rows' own columns. Raises TypeError and ValueError for
    rows, numbers and answers that are none.
    """
    check_frame(rows, (*ROW_COLUMNS, *(["runner_id"] if runner is None else [])))
    y, at_risk = checked_column(rows, onset, "onset"), checked_column(rows, minutes, "minutes")
    order = (
        rows.select("run_id", "segment_no", runner=runner_series(rows, runner))
        .with_row_index("row")
        .sort("runner", "run_id", "segment_no")
    )
    place = order["row"].to_numpy()
    design, y, at_risk = design_matrix(rows, priors)[place], y[place], at_risk[place]
    names = order["runner"].to_numpy().astype(str)
    found = []
    for name in sorted({*names.tolist(), *first_answers}):
        mine = slice(np.searchsorted(names, name), np.searchsorted(names, name, side="right"))
        answer, race = first_answers.get(name, (None, None))
        given = FirstAnswer.of(answer, race, priors) if answer and race else None
        found.append(Record(name, design[mine], at_risk[mine], y[mine], given, race if given else None))
    return found


def rows_by_runner(
    rows: pl.DataFrame, runner: Sequence[str] | str | None
) -> Iterator[tuple[str | None, NDArray[np.int64]]]:
    """Each runner with the places of their rows; one runner, perhaps None, where neither `runner` nor rows name more."""
    if isinstance(runner, str) or (runner is None and "runner_id" not in rows.columns):
        yield runner, np.arange(rows.height)
        return
    names = runner_series(rows, runner).to_numpy()
    for name in np.unique(names):
        yield str(name), np.flatnonzero(names == name)


def runner_series(rows: pl.DataFrame, runner: object) -> pl.Series:
    """Each row's runner as text (n_rows,), the caller's or the rows' own. Raises ValueError where one is missing."""
    given = rows["runner_id"] if runner is None else pl.Series("runner", np.asarray(runner).astype(str))
    if given.len() != rows.height or given.null_count():
        raise ValueError(f"runner needs an id for each of the {rows.height} rows")
    return given.cast(pl.String)


def check_frame(rows: object, columns: Sequence[str]) -> None:
    """Raises TypeError for anything but a polars frame, an array for one, and ValueError for missing columns."""
    if not isinstance(rows, pl.DataFrame):
        raise TypeError(f"rows are a polars frame of segments, not {type(rows).__name__} (dense or sparse)")
    if missing := [name for name in columns if name not in rows.columns]:
        raise ValueError(f"rows lack {', '.join(missing)}")


def checked_column(rows: pl.DataFrame, given: Floats | Sequence[float] | None, name: str) -> Floats:
    """A column (n_rows,), the caller's or the rows' own. Raises ValueError for a negative, infinite or missing one."""
    values = np.asarray(rows[name].to_numpy() if given is None else given, dtype=np.float64)
    if values.shape != (rows.height,) or not bool(np.all((values >= 0) & (values < np.inf))):
        raise ValueError(f"{name} needs a number of at least 0 for each of the {rows.height} rows")
    return values

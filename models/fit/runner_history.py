"""The training rows of each runner as arrays. Called by models.fit.hazard.

Runners are ordered by id, rows by run and segment, independent of the order in the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.design import COVARIATE_COLUMNS, Prior, design_matrix
from models.fit.first_answer import FirstAnswerTerm
from models.fit.likelihood import SegmentLikelihood

Floats = NDArray[np.float64]
FirstAnswers = Mapping[str, tuple[str | None, str | None]]  # runner_id: (cramps in the last 10 races, usual race)


DESIGN_COLUMNS = ("moving_start_s", "race", *COVARIATE_COLUMNS)
ROW_COLUMNS = ("run_id", "segment_no", *DESIGN_COLUMNS)


@dataclass(frozen=True, slots=True, eq=False)
class RunnerHistory:
    """The segments at risk of one runner (none is possible), and the first answer if there is one."""

    runner: str
    design: Floats  # (n_rows, n_features)
    minutes: Floats  # (n_rows,)
    onset: Floats  # (n_rows,)
    first_answer: FirstAnswerTerm | None = None
    usual_race: str | None = None

    def likelihood_under(self, mean: Floats, factor: Floats) -> SegmentLikelihood:
        """Returns the log density of z, where coefficients = mean + factor z and z ~ N(0, 1) before any run.

        `mean` (n_features,), `factor` (n_features, n_dim).
        """
        answer = self.first_answer.whitened(mean, factor) if self.first_answer else None
        return SegmentLikelihood(self.design @ factor, self.design @ mean, self.minutes, self.onset, answer)


def empty_history(runner: str, n_features: int) -> RunnerHistory:
    """Returns the history of a runner without any data."""
    return RunnerHistory(runner, np.empty((0, n_features)), np.empty(0), np.empty(0))


def split_histories(
    rows: pl.DataFrame,
    priors: Sequence[Prior],
    onset: Floats | None,
    minutes: Floats | None,
    runner: Sequence[str] | None,
    first_answers: FirstAnswers,
) -> list[RunnerHistory]:
    """Returns one history per runner, ordered by id, including runners of `first_answers` without rows.

    `onset`, `minutes` and `runner` (n_rows,) default to the columns of the rows. Raises TypeError or ValueError for
    invalid rows, numbers and answers.
    """
    check_frame(rows, (*ROW_COLUMNS, *(["runner_id"] if runner is None else [])))
    y, at_risk = checked_column(rows, onset, "onset"), checked_column(rows, minutes, "minutes")
    order = (
        rows.select("run_id", "segment_no", runner=runner_series(rows, runner))
        .with_row_index("row")
        .sort("runner", "run_id", "segment_no")
    )
    index = order["row"].to_numpy()
    design, y, at_risk = design_matrix(rows, priors)[index], y[index], at_risk[index]
    names = order["runner"].to_numpy().astype(str)
    found = []
    for name in sorted({*names.tolist(), *first_answers}):
        mine = slice(np.searchsorted(names, name), np.searchsorted(names, name, side="right"))
        answer, race = first_answers.get(name, (None, None))
        term = FirstAnswerTerm.of(answer, race, priors) if answer and race else None
        found.append(RunnerHistory(name, design[mine], at_risk[mine], y[mine], term, race if term else None))
    return found


def rows_by_runner(
    rows: pl.DataFrame, runner: Sequence[str] | str | None
) -> Iterator[tuple[str | None, NDArray[np.int64]]]:
    """Yields each runner with the indices of their rows; a single runner (or None) if `runner` and rows name no others."""
    if isinstance(runner, str) or (runner is None and "runner_id" not in rows.columns):
        yield runner, np.arange(rows.height)
        return
    names = runner_series(rows, runner).to_numpy()
    for name in np.unique(names):
        yield str(name), np.flatnonzero(names == name)


def runner_series(rows: pl.DataFrame, runner: object) -> pl.Series:
    """Returns the runner of each row as text (n_rows,): `runner`, or else the column. Raises ValueError if one is missing."""
    given = rows["runner_id"] if runner is None else pl.Series("runner", np.asarray(runner).astype(str))
    if given.len() != rows.height or given.null_count():
        raise ValueError(f"runner needs an id for each of the {rows.height} rows")
    return given.cast(pl.String)


def check_frame(rows: object, columns: Sequence[str]) -> None:
    """Raises TypeError if `rows` is not a polars frame (an array, for example), ValueError if columns are missing."""
    if not isinstance(rows, pl.DataFrame):
        raise TypeError(f"rows must be a polars frame of segments, not {type(rows).__name__} (dense or sparse)")
    if missing := [name for name in columns if name not in rows.columns]:
        raise ValueError(f"rows lack {', '.join(missing)}")


def checked_column(rows: pl.DataFrame, given: Floats | Sequence[float] | None, name: str) -> Floats:
    """Returns a column (n_rows,): `given`, or that of the rows. Raises ValueError for negative, infinite or missing values."""
    values = np.asarray(rows[name].to_numpy() if given is None else given, dtype=np.float64)
    if values.shape != (rows.height,) or not bool(np.all((values >= 0) & (values < np.inf))):
        raise ValueError(f"{name} needs a number of at least 0 for each of the {rows.height} rows")
    return values

"""What is known of everybody's runs, and what of it was known at an earlier instant. Called by models.scoring.forward.

Each runner's log stands by itself, oldest run first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.dataset import check_rows, planned_rows, runs_of
from models.fit.runner_history import FirstAnswers


@dataclass(frozen=True, slots=True, eq=False)
class OwnLog:
    """One runner's rows, runs (models.fit.dataset.runs_of) and plans (planned_rows), oldest first.

    `first_row` (n_runs,): the place of each run's first row.
    """

    runner: str
    rows: pl.DataFrame
    runs: pl.DataFrame
    plans: pl.DataFrame
    first_row: NDArray[np.int64]

    def before(self, run_no: int) -> pl.DataFrame:
        """The rows of all runs before this one."""
        return self.rows.head(int(self.first_row[run_no]))


@dataclass(frozen=True, eq=False)  # no slots: the logs are kept once made
class Known:
    """Everyone's hazard rows, and their first answers with the instant each was given (naive UTC).

    An answer without an instant was given before every run. One that came later may hold the very cramps that are
    to be forecast, so it is not used for runs before it.
    """

    rows: pl.DataFrame
    first_answers: FirstAnswers
    answered_at: Mapping[str, datetime]

    @cached_property
    def logs(self) -> dict[str, OwnLog]:
        """Everyone's log by runner id."""
        return own_logs(self.rows)

    def answers(self, at: datetime) -> FirstAnswers:
        """The first answers that had been given by then."""
        given = self.answered_at
        return {name: said for name, said in self.first_answers.items() if name not in given or given[name] <= at}

    def answer_of(self, runner: str, at: datetime) -> FirstAnswers:
        """One runner's, empty-handed where they had given none."""
        return {runner: self.answers(at).get(runner, (None, None))}


def own_logs(rows: pl.DataFrame) -> dict[str, OwnLog]:
    """Everyone's log by runner id."""
    logs = {}
    for (runner,), own in check_rows(rows).group_by("runner_id", maintain_order=True):
        starts = np.flatnonzero(np.diff(own["run_id"].rle_id().to_numpy().astype(np.int64), prepend=-1))
        runs = runs_of(own)
        logs[str(runner)] = OwnLog(str(runner), own, runs, planned_rows(runs), starts)
    return dict(sorted(logs.items()))

"""The training data of all runners, and what of it was available at an earlier time. Called by models.scoring.forward.

Each runner has a log of their own runs, oldest first.
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
class RunnerLog:
    """One runner's rows, runs (models.fit.dataset.runs_of) and plans (planned_rows), oldest first.

    `first_row` (n_runs,): the index of each run's first row.
    """

    runner: str
    rows: pl.DataFrame
    runs: pl.DataFrame
    plans: pl.DataFrame
    first_row: NDArray[np.int64]

    def before(self, run_no: int) -> pl.DataFrame:
        """Returns the rows of all runs before this one."""
        return self.rows.head(int(self.first_row[run_no]))


@dataclass(frozen=True, eq=False)  # no slots: `logs` is cached
class HistoryAsOf:
    """The hazard rows of all runners, their first answers, and the instant of each answer (naive UTC).

    An answer without an instant counts as given before every run. A later answer may contain the very cramps that are to
    be forecast, so it is not used for runs before it.
    """

    rows: pl.DataFrame
    first_answers: FirstAnswers
    answered_at: Mapping[str, datetime]

    @cached_property
    def logs(self) -> dict[str, RunnerLog]:
        """The log of each runner, by runner id."""
        return runner_logs(self.rows)

    def answers(self, at: datetime) -> FirstAnswers:
        """Returns the first answers given until then."""
        given = self.answered_at
        return {runner: answer for runner, answer in self.first_answers.items() if given.get(runner, at) <= at}

    def answer_of(self, runner: str, at: datetime) -> FirstAnswers:
        """Returns one runner's first answer until then, (None, None) if there is none."""
        return {runner: self.answers(at).get(runner, (None, None))}


def runner_logs(rows: pl.DataFrame) -> dict[str, RunnerLog]:
    """Returns the log of each runner, by runner id."""
    logs = {}
    for (runner,), mine in check_rows(rows).group_by("runner_id", maintain_order=True):
        starts = np.flatnonzero(np.diff(mine["run_id"].rle_id().to_numpy().astype(np.int64), prepend=-1))
        runs = runs_of(mine)
        logs[str(runner)] = RunnerLog(str(runner), mine, runs, planned_rows(runs), starts)
    return dict(sorted(logs.items()))

"""CrampHazard: the probability of a cramp's onset per segment, from published evidence and all runners' runs.

eta = x' theta_i is runner i's log hazard of onset per minute at risk, constant within a segment;
log likelihood = sum(y eta - minutes exp(eta)) over the segments up to the first onset (y: its share in each);
P(cramp in a run) = 1 - exp(-sum(minutes exp(eta))). theta_i = beta + b_i: the group's coefficients (models.fit.pooled)
plus the deviation of the runner (models.fit.runner_posterior). Called by pipeline.actions and models.scoring.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import xlogy
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from models.fit.design import EVIDENCE_PRIORS, Prior, design_matrix
from models.fit.explain import Contribution, contributions
from models.fit.likelihood import hazards
from models.fit.longest import longest_duration_s
from models.fit.pooled import fit_group
from models.fit.posterior import weighted_mean
from models.fit.run_risk import RunRisk
from models.fit.runner_history import (
    DESIGN_COLUMNS,
    FirstAnswers,
    check_frame,
    checked_column,
    empty_history,
    rows_by_runner,
    split_histories,
)
from models.fit.runner_posterior import RunnerPosterior, sample_runner
from models.fit.saved_model import SavedModel, as_json, from_json
from models.fit.version import MODEL_VERSION as MODEL_VERSION

Floats = NDArray[np.float64]


class CrampHazard(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A piecewise-exponential classifier of segments for one runner or many.

    `regime_`: "alone" (one runner: theta ~ N(mean, sd_group^2 + sd_between^2)), "few" (runners share the group's
    coefficients, the SDs between runners are fixed) or "pooled" (from 20 runners with 20 cramps: the SDs are estimated too).
    Each runner's posterior comes from importance sampling around its mode. Predictions are weighted means and quantiles
    over the draws, never the mode: with few cramps the mode lies far below the mean.
    Fitted: `group_`, `posteriors_` (a RunnerPosterior by runner id), `regime_`, `classes_`, `data_hash_`.
    `runner` may be left out if one runner is fitted. A runner who is not in the fit gets the posterior of a newcomer.
    """

    def __init__(self, priors: tuple[Prior, ...] = EVIDENCE_PRIORS, seed: int = 20240617) -> None:
        self.priors = priors
        self.seed = seed

    def fit(
        self,
        rows: pl.DataFrame,
        onset: Floats | None = None,
        *,
        minutes: Floats | None = None,
        runner: Sequence[str] | None = None,
        first_answers: FirstAnswers | None = None,
        data_hash: str | None = None,
    ) -> CrampHazard:
        """Fits to segments at risk (HAZARD_ROW_COLUMNS); without rows the fit is the evidence alone.

        `onset` (n_rows,) 0..1, `minutes` (n_rows,) and `runner` (n_rows,) default to the columns of the rows. A first
        answer counts only together with a usual race; its runner needs no rows. The result does not depend on the order of
        the rows. Raises ValueError for negative or missing minutes or onsets, and for answers that do not exist.
        """
        histories = split_histories(rows, self.priors, onset, minutes, runner, first_answers or {})
        self.data_hash_, self.classes_ = data_hash, np.array([0, 1])
        self.group_, beliefs = fit_group(histories, self.priors, self.seed)
        self.posteriors_ = {
            history.runner: sample_runner(history, beliefs[history.runner], self.seed) for history in histories
        }
        return self

    def fold_in(
        self,
        rows: pl.DataFrame,
        onset: Floats | None = None,
        minutes: Floats | None = None,
        *,
        runner: str | None = None,
        first_answers: FirstAnswers | None = None,
    ) -> CrampHazard:
        """Returns a classifier with a new posterior of this runner and the same group: no refit.

        `rows` are all rows of the runner, including those of the new run. The belief about the runner from the group does
        not contain their own runs, so no run counts twice. The first answer is that of the fit unless given. A runner who
        is not in the fit starts as a newcomer.
        """
        check_is_fitted(self, "posteriors_")
        name = runner if runner is not None else self._only_runner()
        fitted = self.posteriors_.get(name)
        answers = first_answers or ({name: (fitted.first_answer, fitted.usual_race)} if fitted else {})
        given = {name: answers.get(name, (None, None))}
        (history,) = split_histories(rows, self.priors, onset, minutes, [name] * rows.height, given)
        posterior = sample_runner(history, fitted.before if fitted else self.group_.newcomer(), self.seed)
        return self._of(SavedModel(self.priors, self.seed, None, self.group_, self.posteriors_ | {name: posterior}))

    @property
    def regime_(self) -> str:
        """How much other runners count: 'alone', 'few' or 'pooled'."""
        return self.group_.regime

    def runner_posterior(self, runner: str | None = None) -> RunnerPosterior:
        """Returns this runner's posterior: `coefficients` (n_draws, n_features) and `weights` (n_draws,)."""
        check_is_fitted(self, "posteriors_")
        if runner is None:
            runner = self._only_runner()
        if runner in self.posteriors_:
            return self.posteriors_[runner]
        return sample_runner(empty_history(runner, len(self.priors)), self.group_.newcomer(), self.seed)

    def predict_proba(
        self, rows: pl.DataFrame, minutes: Floats | None = None, runner: Sequence[str] | str | None = None
    ) -> Floats:
        """Returns P(no onset), P(onset) per segment given no earlier onset, shape (n_rows, 2); posterior means.

        `runner`: one id for all rows, or (n_rows,); defaults to the column `runner_id` if the rows have it.
        """
        check_is_fitted(self, "posteriors_")
        check_frame(rows, DESIGN_COLUMNS)
        at_risk = checked_column(rows, minutes, "minutes")
        onset = np.empty(rows.height)
        for name, mine in rows_by_runner(rows, runner):
            posterior = self.runner_posterior(name)
            exposure = at_risk[mine, None] * hazards(design_matrix(rows[mine], self.priors), posterior.coefficients)
            onset[mine] = np.minimum(weighted_mean(-np.expm1(-exposure), posterior.weights), 1.0)
        return np.column_stack([1.0 - onset, onset])

    def score(self, rows: pl.DataFrame, onset: Floats | None = None) -> float:
        """Returns the mean log likelihood per segment. Never accuracy: not one segment in a thousand has an onset."""
        y = checked_column(rows, onset, "onset")
        clean, cramp = self.predict_proba(rows).T
        return float(np.mean(xlogy(y, cramp) + xlogy(1.0 - y, clean)))

    def run_risk(self, plan: pl.DataFrame, minutes: Floats | None = None, runner: str | None = None) -> RunRisk:
        """Returns the risk of one run, given as its segments (PLAN_COLUMNS)."""
        posterior = self.runner_posterior(runner)
        return RunRisk.of(self._exposure(plan, posterior, minutes).sum(axis=0), posterior.weights)

    def run_risks(self, plans: pl.DataFrame, runner: str | None = None) -> dict[str, RunRisk]:
        """Returns the risk per `run_id` in the frame, in order of appearance: many plans of one runner at once."""
        posterior = self.runner_posterior(runner)
        exposure, ids = self._exposure(plans, posterior), plans["run_id"].to_numpy()
        return {
            str(run_id): RunRisk.of(exposure[ids == run_id].sum(axis=0), posterior.weights)
            for run_id in plans["run_id"].unique(maintain_order=True)
        }

    def risk_so_far(self, plan: pl.DataFrame, runner: str | None = None) -> list[RunRisk]:
        """Returns the risk from the start to the end of each segment of a run: the curve by duration."""
        posterior = self.runner_posterior(runner)
        return [
            RunRisk.of(expected, posterior.weights) for expected in np.cumsum(self._exposure(plan, posterior), axis=0)
        ]

    def longest_under(self, risk: float, plan: pl.DataFrame, runner: str | None = None, sure: float = 0.9) -> float:
        """Returns the longest duration (s) with a risk under `risk` (0..1) in a share `sure` (0..1) of the draws.

        `plan` is a long run under the conditions in question. Returns its full duration if its risk stays under `risk`.
        """
        posterior = self.runner_posterior(runner)
        return longest_duration_s(
            risk, self._exposure(plan, posterior), posterior.weights, plan["minutes"].to_numpy(), sure
        )

    def explain(self, plan: pl.DataFrame, reference: pl.DataFrame, runner: str | None = None) -> list[Contribution]:
        """Returns what makes the risk of the plan differ from that of the reference run (models.fit.explain)."""
        posterior = self.runner_posterior(runner)
        return contributions(plan, reference, self.priors, posterior.coefficients, posterior.weights)

    def probability_positive(self, column: str, runner: str | None = None) -> float:
        """Returns P(this runner's coefficient of this column > 0)."""
        posterior, index = self.runner_posterior(runner), [prior.column for prior in self.priors].index(column)
        return float(posterior.weights[posterior.coefficients[:, index] > 0].sum() / posterior.weights.sum())

    def to_json(self, runner: str | None = None) -> str:
        """Returns everything that predictions rest on as JSON, for one runner (under 100 kB) or for all; without draws."""
        check_is_fitted(self, "posteriors_")
        posteriors = {name: posterior for name, posterior in self.posteriors_.items() if runner in (None, name)}
        return as_json(SavedModel(self.priors, self.seed, self.data_hash_, self.group_, posteriors))

    @classmethod
    def from_json(cls, text: str) -> CrampHazard:
        """Returns the classifier of `to_json`. Raises ValueError for another model version or if the draws differ."""
        return cls._of(from_json(text))

    @classmethod
    def _of(cls, saved: SavedModel) -> CrampHazard:
        model = cls(saved.priors, saved.seed)
        model.data_hash_, model.classes_ = saved.data_hash, np.array([0, 1])
        model.group_, model.posteriors_ = saved.group, saved.posteriors
        return model

    def _only_runner(self) -> str:
        """Returns the only fitted runner, or "" (a newcomer) if none is fitted. Raises ValueError if there are several."""
        if len(self.posteriors_) > 1:
            raise ValueError(f"{len(self.posteriors_)} runners are fitted: pass `runner`")
        return next(iter(self.posteriors_), "")

    def _exposure(self, rows: pl.DataFrame, posterior: RunnerPosterior, minutes: Floats | None = None) -> Floats:
        """Returns minutes * exp(eta), shape (n_rows, n_draws)."""
        at_risk = checked_column(rows, minutes, "minutes")
        return at_risk[:, None] * hazards(design_matrix(rows, self.priors), posterior.coefficients)

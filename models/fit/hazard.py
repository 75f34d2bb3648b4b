"""CrampHazard: the chance of a cramp's onset, segment by segment, from evidence, the runner's own runs and others'.

eta = x' theta_i is runner i's log hazard of onset per minute at risk, constant within a segment;
log likelihood = sum(y eta - minutes exp(eta)) over segments up to the first onset (y: its share in each);
P(cramp in a run) = 1 - exp(-sum(minutes exp(eta))). theta_i = beta + b_i: the group's coefficients (models.fit.pooled)
and the runner's own part (models.fit.runner_posterior). Called by pipeline.actions and models.scoring.evaluate.
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
    empty_record,
    rows_by_runner,
    split_records,
)
from models.fit.runner_posterior import OwnFit, own_fit
from models.fit.saved_model import Kept, as_json, from_json
from models.fit.version import MODEL_VERSION as MODEL_VERSION

Floats = NDArray[np.float64]


class CrampHazard(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A piecewise-exponential classifier of segments for one runner or many.

    `regime_` is "alone" (one runner: theta ~ N(mean, sd_group^2 + sd_own^2)), "few" (the group's coefficients are
    shared, the SDs between runners fixed) or "pooled" (from 20 runners with 20 cramps: the SDs learnt too).
    Each runner's posterior comes by importance sampling around its mode. Said are weighted means and quantiles
    over the draws, never the mode: at few cramps it lies far below the mean.
    Fitted: `group_`, `own_` (an OwnFit by runner id), `regime_`, `classes_`, `data_hash_`.
    Where `runner` may be left out, one runner is fitted; a runner never seen is told what the group's newcomer is.
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
        """Fit to segments at risk (HAZARD_ROW_COLUMNS; no rows are fine: the evidence alone).

        `onset` (n_rows,) 0..1, `minutes` (n_rows,) and `runner` (n_rows,) default to the rows' own. A first answer
        counts only with its usual race; its runner needs no rows. Equal results in whatever order the rows come.
        Raises ValueError for negative or missing minutes or onsets, and for answers that are not offered.
        """
        records = split_records(rows, self.priors, onset, minutes, runner, first_answers or {})
        self.data_hash_, self.classes_ = data_hash, np.array([0, 1])
        self.group_, beliefs = fit_group(records, self.priors, self.seed)
        self.own_ = {record.runner: own_fit(record, beliefs[record.runner], self.seed) for record in records}
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
        """A classifier with this runner's posterior made anew, the group's part as it was: no refit.

        `rows` are all of the runner's, the new run's among them. What the group says of a runner leaves their own
        runs out, so none counts twice. The first answer is that of the fit unless given. A runner who is new starts
        as the newcomer.
        """
        check_is_fitted(self, "own_")
        name = runner if runner is not None else self._only_runner()
        known = self.own_.get(name)
        answers = first_answers or ({name: (known.first_answer, known.usual_race)} if known else {})
        given = {name: answers.get(name, (None, None))}
        (record,) = split_records(rows, self.priors, onset, minutes, [name] * rows.height, given)
        own = self.own_ | {name: own_fit(record, known.before if known else self.group_.newcomer(), self.seed)}
        return self._of(Kept(self.priors, self.seed, None, self.group_, own))

    @property
    def regime_(self) -> str:
        """How much is learnt from others: 'alone', 'few' or 'pooled'."""
        return self.group_.regime

    def own(self, runner: str | None = None) -> OwnFit:
        """This runner's posterior: `coefficients` (n_draws, n_features) and `weights` (n_draws,)."""
        check_is_fitted(self, "own_")
        if runner is None:
            runner = self._only_runner()
        if runner in self.own_:
            return self.own_[runner]
        return own_fit(empty_record(runner, len(self.priors)), self.group_.newcomer(), self.seed)

    def predict_proba(
        self, rows: pl.DataFrame, minutes: Floats | None = None, runner: Sequence[str] | str | None = None
    ) -> Floats:
        """P(no onset), P(onset) in each segment given none before it, shape (n_rows, 2); posterior means.

        `runner`: one for all rows, or (n_rows,); the rows' own where they name them.
        """
        check_is_fitted(self, "own_")
        check_frame(rows, DESIGN_COLUMNS)
        at_risk = checked_column(rows, minutes, "minutes")
        onset = np.empty(rows.height)
        for name, mine in rows_by_runner(rows, runner):
            own = self.own(name)
            exposure = at_risk[mine, None] * hazards(design_matrix(rows[mine], self.priors), own.coefficients)
            onset[mine] = np.minimum(weighted_mean(-np.expm1(-exposure), own.weights), 1.0)
        return np.column_stack([1.0 - onset, onset])

    def score(self, rows: pl.DataFrame, onset: Floats | None = None) -> float:
        """Mean log likelihood a segment. Never accuracy: hardly a segment in a thousand holds an onset."""
        y = checked_column(rows, onset, "onset")
        clean, cramp = self.predict_proba(rows).T
        return float(np.mean(xlogy(y, cramp) + xlogy(1.0 - y, clean)))

    def run_risk(self, plan: pl.DataFrame, minutes: Floats | None = None, runner: str | None = None) -> RunRisk:
        """The risk of one run, given as its segments (PLAN_COLUMNS)."""
        own = self.own(runner)
        return RunRisk.of(self._exposure(plan, own, minutes).sum(axis=0), own.weights)

    def run_risks(self, plans: pl.DataFrame, runner: str | None = None) -> dict[str, RunRisk]:
        """The risk of each `run_id` in the frame, in order of appearance: one runner's many plans in one go."""
        own = self.own(runner)
        exposure, ids = self._exposure(plans, own), plans["run_id"].to_numpy()
        return {
            str(run_id): RunRisk.of(exposure[ids == run_id].sum(axis=0), own.weights)
            for run_id in plans["run_id"].unique(maintain_order=True)
        }

    def risk_so_far(self, plan: pl.DataFrame, runner: str | None = None) -> list[RunRisk]:
        """For each segment of a run the risk from the start to the segment's end: the curve by duration."""
        own = self.own(runner)
        return [RunRisk.of(expected, own.weights) for expected in np.cumsum(self._exposure(plan, own), axis=0)]

    def longest_under(self, risk: float, plan: pl.DataFrame, runner: str | None = None, sure: float = 0.9) -> float:
        """The longest duration (s) that stays under `risk` (0..1) in a share `sure` of the plausible cases.

        `plan` is a long run under the conditions asked about; its whole length is returned where even that stays
        under.
        """
        own = self.own(runner)
        return longest_duration_s(risk, self._exposure(plan, own), own.weights, plan["minutes"].to_numpy(), sure)

    def explain(self, plan: pl.DataFrame, reference: pl.DataFrame, runner: str | None = None) -> list[Contribution]:
        """What makes the plan's risk differ from the reference run's: models.fit.explain."""
        own = self.own(runner)
        return contributions(plan, reference, self.priors, own.coefficients, own.weights)

    def probability_positive(self, column: str, runner: str | None = None) -> float:
        """P(this runner's coefficient of this column > 0)."""
        own, place = self.own(runner), [prior.column for prior in self.priors].index(column)
        return float(own.weights[own.coefficients[:, place] > 0].sum() / own.weights.sum())

    def to_json(self, runner: str | None = None) -> str:
        """All that predictions rest on, of one runner (under 100 kB) or of all; the draws are made again."""
        check_is_fitted(self, "own_")
        own = {name: own for name, own in self.own_.items() if runner in (None, name)}
        return as_json(Kept(self.priors, self.seed, self.data_hash_, self.group_, own))

    @classmethod
    def from_json(cls, text: str) -> CrampHazard:
        """The same classifier again. Raises ValueError for another version or when its draws differ."""
        return cls._of(from_json(text))

    @classmethod
    def _of(cls, kept: Kept) -> CrampHazard:
        model = cls(kept.priors, kept.seed)
        model.data_hash_, model.classes_ = kept.data_hash, np.array([0, 1])
        model.group_, model.own_ = kept.group, kept.own
        return model

    def _only_runner(self) -> str:
        """The runner meant where none is named: the one fitted, or a newcomer where there is none."""
        if len(self.own_) > 1:
            raise ValueError(f"{len(self.own_)} runners are fitted: say which one is meant")
        return next(iter(self.own_), "")

    def _exposure(self, rows: pl.DataFrame, own: OwnFit, minutes: Floats | None = None) -> Floats:
        """minutes * exp(eta), shape (n_rows, n_draws)."""
        at_risk = checked_column(rows, minutes, "minutes")
        return at_risk[:, None] * hazards(design_matrix(rows, self.priors), own.coefficients)

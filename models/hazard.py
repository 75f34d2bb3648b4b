"""CrampHazard: one runner's chance of a cramp's onset, segment by segment, from evidence and their own runs.

eta = x' theta is the log hazard of onset per minute at risk, constant within a segment;
log likelihood = sum(y eta - minutes exp(eta)) over segments up to the first onset (y: its share in each);
P(cramp in a run) = 1 - exp(-sum(minutes exp(eta))). Called by pipeline.actions and models.evaluate.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from models.design import EVIDENCE_PRIORS, Prior, design_matrix
from models.first_answer import FirstAnswer
from models.likelihood import SegmentLikelihood, hazards
from models.posterior import Posterior, proposal_draws, sample_posterior, weighted_mean, weighted_quantile
from models.version import MODEL_VERSION as MODEL_VERSION

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RunRisk:
    """P(cramp in a run): weighted mean, 5 % and 95 % quantiles, the draws (n_draws,) and their weights."""

    mean: float
    low: float
    high: float
    draws: Floats = field(repr=False)
    weights: Floats = field(repr=False)

    @classmethod
    def of(cls, draws: Floats, weights: Floats) -> RunRisk:
        low, high = (weighted_quantile(draws, weights, q) for q in (0.05, 0.95))
        return cls(min(float(weighted_mean(draws, weights)), 1.0), low, high, draws, weights)

    def quantile(self, q: float) -> float:
        """The risk under which a share q (0..1) of the plausible cases lies."""
        return weighted_quantile(self.draws, self.weights, q)


class CrampHazard(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A piecewise-exponential classifier of segments, one runner alone (a store under 20 runners or cramps).

    theta_k ~ N(mean_k, sd_group_k^2 + sd_own_k^2); the posterior by importance sampling around its mode. Said
    are weighted means and quantiles over the draws, never the mode: at few cramps it lies far below the mean.
    Fitted: `posterior_` (whitened draws), `coefficients_` (n_draws, n_features), `classes_`, `n_segments_`,
    `n_onsets_`, `data_hash_`, `first_answer_`, `usual_race_`.
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
        first_answer: str | None = None,
        usual_race: str | None = None,
        data_hash: str | None = None,
    ) -> CrampHazard:
        """Fit to segments at risk (HAZARD_ROW_COLUMNS; no rows are fine: the evidence alone).

        `onset` (n_rows,) 0..1 and `minutes` (n_rows,) default to the rows' own. The first answer counts only
        with its usual race. Raises ValueError for negative or missing minutes or onsets.
        """
        y, at_risk = _checked(rows, onset, "onset"), _checked(rows, minutes, "minutes")
        means, sds = self._prior()
        design = design_matrix(rows, self.priors)
        answer = FirstAnswer.of(first_answer, usual_race, self.priors) if first_answer and usual_race else None
        segments = SegmentLikelihood(design * sds, design @ means, at_risk, y, answer)
        self.first_answer_, self.usual_race_ = (first_answer, usual_race) if answer else (None, None)
        self.data_hash_, self.n_segments_, self.n_onsets_ = data_hash, rows.height, float(y.sum())
        n_dim = len(self.priors)
        return self._take(sample_posterior(segments.log_density, segments.components(), n_dim, self.seed))

    def predict_proba(self, rows: pl.DataFrame, minutes: Floats | None = None) -> Floats:
        """P(no onset), P(onset) in each segment given none before it, shape (n_rows, 2); posterior means."""
        exposure = self._exposure(rows, minutes)
        onset = np.minimum(weighted_mean(-np.expm1(-exposure), self.posterior_.weights), 1.0)
        return np.column_stack([1.0 - onset, onset])

    def score(self, rows: pl.DataFrame, onset: Floats | None = None) -> float:
        """Mean log likelihood a segment. Never accuracy: hardly a segment in a thousand holds an onset."""
        y = _checked(rows, onset, "onset")
        clean, cramp = self.predict_proba(rows).T
        return float(np.mean(y * np.log(cramp) + (1 - y) * np.log(clean)))

    def run_risk(self, plan: pl.DataFrame) -> RunRisk:
        """The risk of one run, given as its segments (PLAN_COLUMNS)."""
        return RunRisk.of(-np.expm1(-self._exposure(plan).sum(axis=0)), self.posterior_.weights)

    def run_risks(self, plans: pl.DataFrame) -> dict[str, RunRisk]:
        """The risk of each `run_id` in the frame, in order of appearance: many plans in one go."""
        exposure, ids = self._exposure(plans), plans["run_id"].to_numpy()
        return {
            str(run_id): RunRisk.of(-np.expm1(-exposure[ids == run_id].sum(axis=0)), self.posterior_.weights)
            for run_id in plans["run_id"].unique(maintain_order=True)
        }

    def risk_so_far(self, plan: pl.DataFrame) -> list[RunRisk]:
        """For each segment of a run the risk from the start to the segment's end: the curve by duration."""
        so_far = -np.expm1(-np.cumsum(self._exposure(plan), axis=0))
        return [RunRisk.of(draws, self.posterior_.weights) for draws in so_far]

    def probability_positive(self, column: str) -> float:
        """P(coefficient of this column > 0)."""
        place = [prior.column for prior in self.priors].index(column)
        weights = self.posterior_.weights
        return float(weights[self.coefficients_[:, place] > 0].sum() / weights.sum())

    def to_json(self) -> str:
        """All that predictions rest on, under 100 kB; the draws are made again from mode and seed."""
        check_is_fitted(self, "posterior_")
        found = self.posterior_
        kept = {
            "model_version": MODEL_VERSION,
            "priors": [asdict(prior) for prior in self.priors],
            "seed": self.seed,
            "data_hash": self.data_hash_,
            "first_answer": self.first_answer_,
            "usual_race": self.usual_race_,
            "n_segments": self.n_segments_,
            "n_onsets": self.n_onsets_,
            "modes": found.modes.tolist(),
            "factors": found.factors.tolist(),
            "weights": found.weights.tolist(),
            "draws_sum": float(found.draws.sum()),
        }
        return json.dumps(kept, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> CrampHazard:
        """The same classifier again. Raises ValueError for another version or when its draws differ."""
        kept = json.loads(text)
        if kept["model_version"] != MODEL_VERSION:
            raise ValueError(f"fit of {kept['model_version']}, this is {MODEL_VERSION}: train again")
        model = cls(tuple(Prior(**prior) for prior in kept["priors"]), kept["seed"])
        modes, factors, weights = (np.array(kept[name]) for name in ("modes", "factors", "weights"))
        draws = proposal_draws(modes, factors, weights.size.bit_length() - 1, model.seed)
        if not np.isclose(draws.sum(), kept["draws_sum"], rtol=1e-9, atol=1e-6):
            raise ValueError("this numerical library makes other draws than those of the fit: train again")
        for name in ("data_hash", "n_segments", "n_onsets", "first_answer", "usual_race"):
            setattr(model, f"{name}_", kept[name])
        return model._take(Posterior(modes, factors, draws, weights))

    def _take(self, posterior: Posterior) -> CrampHazard:
        means, sds = self._prior()
        self.posterior_, self.coefficients_ = posterior, means + sds * posterior.draws
        self.classes_ = np.array([0, 1])
        return self

    def _prior(self) -> tuple[Floats, Floats]:
        """Means and lone-runner SDs, both (n_features,)."""
        return np.array([p.mean for p in self.priors]), np.array([p.sd_alone for p in self.priors])

    def _exposure(self, rows: pl.DataFrame, minutes: Floats | None = None) -> Floats:
        """minutes * exp(eta), shape (n_rows, n_draws)."""
        check_is_fitted(self, "posterior_")
        at_risk = _checked(rows, minutes, "minutes")
        return at_risk[:, None] * hazards(design_matrix(rows, self.priors), self.coefficients_)


def _checked(rows: pl.DataFrame, given: Floats | Sequence[float] | None, name: str) -> Floats:
    """A column (n_rows,), the caller's or the rows' own. Raises ValueError for a negative or missing one."""
    values = np.asarray(rows[name].to_numpy() if given is None else given, dtype=np.float64)
    if values.shape != (rows.height,) or not bool(np.all(values >= 0)):
        raise ValueError(f"{name} needs a number of at least 0 for each of the {rows.height} rows")
    return values

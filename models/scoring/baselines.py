"""The baselines that the hazard must beat: the runner's rate, planned duration, the runner's level x published shape.

They are fitted to the same rows and predict the same planned runs as the hazard, one probability per run. Called by
models.scoring.forward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from models.fit.dataset import runs_of
from models.fit.design import EVIDENCE_PRIORS, design_matrix

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]


class RunForecaster(Protocol):
    """Has a name, `fit` on hazard rows, and a predicted probability for each planned run."""

    name: str

    def fit(self, rows: pl.DataFrame) -> Self: ...

    def predict_runs(self, plans: pl.DataFrame) -> Floats: ...


class RunnerRate:
    """The runner's onsets per hour at risk, the same for every run: rate ~ Gamma(.5, 50 h) before any run.

    P(run of h hours) = 1 - (b / (b + h))^a with a = .5 + onsets, b = 50 + hours. The prior of half a cramp in 50 hours
    prevents 0 and 1 after the first runs.
    """

    name = "own rate"

    def fit(self, rows: pl.DataFrame) -> Self:
        self.onsets = 0.5 + float(rows["onset"].sum())
        self.hours = 50.0 + float(rows["minutes"].sum()) / 60.0
        return self

    def predict_runs(self, plans: pl.DataFrame) -> Floats:
        hours = _per_run(plans, plans["minutes"].to_numpy()) / 60.0
        return -np.expm1(-self.onsets * np.log1p(hours / self.hours))


class PlannedLogistic:
    """scikit-learn's logistic regression (C = 1) of a run's cramp on the log of its planned hours.

    If no run or every run has a cramp, it predicts (cramps + .5) / (runs + 1) instead.
    """

    name = "planned duration"

    def fit(self, rows: pl.DataFrame) -> Self:
        runs = runs_of(rows).filter(pl.col("planned_s") > 0)
        cramp = runs["cramp"].to_numpy()
        self.share = (float(cramp.sum()) + 0.5) / (runs.height + 1.0)
        both = 0 < cramp.sum() < runs.height
        self.regression = _regression(_log_hours(runs["planned_s"]), cramp) if both else None
        return self

    def predict_runs(self, plans: pl.DataFrame) -> Floats:
        planned_s = plans.group_by("run_id", maintain_order=True).agg(pl.col("planned_s").first())["planned_s"]
        if self.regression is None:
            return np.full(planned_s.len(), self.share)
        return np.asarray(self.regression.predict_proba(_log_hours(planned_s))[:, 1])


class LevelTimesShape:
    """The shape of the evidence with the level of the runner: onsets ~ Poisson(level x exposure), in closed form.

    exposure = sum(minutes exp(x' prior means)); level ~ Gamma(a, b); its log has mean 0 and the SD of the
    intercept's prior (trigamma(a) = SD^2, b = exp(digamma(a))). P = 1 - (b / (b + e))^a after the runner's runs.
    """

    name = "own level x published shape"

    def fit(self, rows: pl.DataFrame) -> Self:
        variance = EVIDENCE_PRIORS[0].sd_alone ** 2
        prior_shape = brentq(lambda a: polygamma(1, a) - variance, 1e-2, 1e2)
        self.shape = float(prior_shape) + float(rows["onset"].sum())
        self.rate = float(np.exp(digamma(prior_shape))) + float(_prior_exposure(rows).sum())
        return self

    def predict_runs(self, plans: pl.DataFrame) -> Floats:
        exposure = _per_run(plans, _prior_exposure(plans))
        return np.asarray(-np.expm1(-self.shape * np.log1p(exposure / self.rate)))


def baselines() -> list[RunForecaster]:
    """Returns new baselines, in the order of the report."""
    return [RunnerRate(), PlannedLogistic(), LevelTimesShape()]


def _regression(log_hours: Floats, cramp: NDArray[np.bool_]) -> LogisticRegression:
    """Returns a regression on log_hours (n_runs, 1). scikit-learn is imported here, because it loads slowly."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(log_hours, cramp)


def _prior_exposure(rows: pl.DataFrame) -> Floats:
    means = np.array([prior.mean for prior in EVIDENCE_PRIORS])
    return np.asarray(rows["minutes"].to_numpy() * np.exp(design_matrix(rows) @ means))


def _per_run(plans: pl.DataFrame, values: Floats) -> Floats:
    """Returns sums (n_runs,) of row values, in order of appearance of the runs."""
    summed = plans.select("run_id", value=pl.Series(values)).group_by("run_id", maintain_order=True)
    return summed.agg(pl.col("value").sum())["value"].to_numpy()


def _log_hours(planned_s: pl.Series) -> Floats:
    return np.asarray(np.log(planned_s.to_numpy() / 3600.0))[:, None]

"""How accurate forecasts were: proper scores, order within a kind of run, differences with ranges. For scoring.evaluate.

predicted: P(cramp) of each run (n_runs,), 0..1; cramp: (n_runs,) bool; cluster: (n_runs,) the runner of each run, or a
number per run. Accuracy is never used: "never a cramp" would be right 97 times of 100. scikit-learn's scores are imported
where they are used: the import takes half a second, and a few forecasts need none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.int64]

RESAMPLES = 1000
RESAMPLE_SEED = 20250309
THRESHOLDS = (0.05, 0.10, 0.20)  # the risk from which a runner would act
FEWEST_OF_A_KIND = 5  # of cramp runs and of clean runs, before their order is scored (assumed)


@dataclass(frozen=True, slots=True)
class BaselineScore:
    """A baseline on the same runs. `worse_by`: its log loss minus that of the hazard, mean per run, with SE and 95 % range.

    `saved`: the share of the baseline's log loss that the hazard saves (negative: adds), with its 95 % range.
    """

    name: str
    log_loss: float
    brier: float
    expected: float
    worse_by: float
    worse_by_se: float
    worse_by_low: float
    worse_by_high: float
    saved: float
    saved_low: float
    saved_high: float

    @property
    def verdict(self) -> str:
        """How the hazard compares with the baseline: 'better', 'worse' or 'unclear'."""
        if self.worse_by_low > 0:
            return "better"
        return "worse" if self.worse_by_high < 0 else "unclear"


@dataclass(frozen=True, slots=True)
class NetBenefit:
    """Net benefit per run of acting from a risk `threshold`: by our forecasts (`ours`), and on every run (`always`).

    Cramp runs acted on, minus clean runs acted on weighted by the odds of the threshold.
    """

    threshold: float
    ours: float
    always: float


def run_losses(predicted: Floats, cramp: Bools) -> Floats:
    """Returns the log loss of each run (n_runs,): -log of the probability of the outcome."""
    tiny = np.finfo(np.float64).eps
    inside = np.clip(predicted, tiny, 1 - tiny)
    return -np.where(cramp, np.log(inside), np.log1p(-inside))


def proper_scores(predicted: Floats, cramp: Bools) -> tuple[float, float]:
    """Returns scikit-learn's log loss and Brier score."""
    from sklearn.metrics import brier_score_loss, log_loss

    loss = log_loss(cramp, predicted, labels=[0, 1])
    return float(loss), float(brier_score_loss(cramp, predicted, labels=[0, 1], pos_label=1))


def brier_skill(brier: float, cramp: Bools) -> float:
    """Returns 1 - Brier / Brier of predicting the observed share for every run; above 0 is better than that."""
    share = float(cramp.mean())
    return 1.0 - brier / (share * (1.0 - share))


def average_precision(predicted: Floats, cramp: Bools) -> float:
    """Returns the area under precision and recall; compare it with the share of cramp runs."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(cramp, predicted))


def order_within_kind(predicted: Floats, cramp: Bools) -> float | None:
    """Returns the AUROC among runs of one kind; None with under five cramp runs or under five clean runs.

    Over all kinds together it would mostly measure that races are longer than training runs.
    """
    from sklearn.metrics import roc_auc_score

    if min(int(cramp.sum()), int((~cramp).sum())) < FEWEST_OF_A_KIND:
        return None
    return float(roc_auc_score(cramp, predicted))


def net_benefits(predicted: Floats, cramp: Bools) -> tuple[NetBenefit, ...]:
    """Returns the net benefits at 5, 10 and 20 of 100. Never acting has a net benefit of 0."""
    return tuple(
        NetBenefit(at, _net_benefit(predicted >= at, cramp, at), _net_benefit(np.ones_like(cramp), cramp, at))
        for at in THRESHOLDS
    )


def compare_with_baseline(
    name: str, baseline: Floats, predicted: Floats, cramp: Bools, cluster: Indices
) -> BaselineScore:
    """Returns the scores of a baseline's predictions against the hazard's; ranges by resampling clusters (fixed seed)."""
    baseline_losses, losses = run_losses(baseline, cramp), run_losses(predicted, cramp)
    loss, brier = proper_scores(baseline, cramp)
    weights = _resampled(int(cluster.max()) + 1)
    runs, baseline_sums, sums = (
        weights @ _per_cluster(values, cluster) for values in (np.ones(cramp.size), baseline_losses, losses)
    )
    low, high = np.quantile((baseline_sums - sums) / runs, [0.025, 0.975])
    saved_low, saved_high = np.quantile(1.0 - sums / baseline_sums, [0.025, 0.975])
    worse_by, se = paired_difference(baseline_losses, losses, cluster)
    return BaselineScore(
        name=name,
        log_loss=loss,
        brier=brier,
        expected=float(baseline.sum()),
        worse_by=worse_by,
        worse_by_se=se,
        worse_by_low=float(low),
        worse_by_high=float(high),
        saved=float(1.0 - losses.sum() / baseline_losses.sum()),
        saved_low=float(saved_low),
        saved_high=float(saved_high),
    )


def paired_difference(first: Floats, second: Floats, cluster: Indices) -> tuple[float, float]:
    """Returns the mean of first - second (n_runs,) and its standard error by cluster: runs of a runner are correlated."""
    difference = first - second
    mean = float(difference.mean())
    deviations = _per_cluster(difference - mean, cluster)
    n = deviations.size
    return mean, float(np.sqrt(n / (n - 1) * np.square(deviations).sum()) / difference.size) if n > 1 else np.inf


def _net_benefit(acts: Bools, cramp: Bools, at: float) -> float:
    hits, false_alarms = (acts & cramp).mean(), (acts & ~cramp).mean()
    return float(hits - false_alarms * at / (1.0 - at))


def _per_cluster(values: Floats, cluster: Indices) -> Floats:
    return np.bincount(cluster, values).astype(np.float64)


def _resampled(n_clusters: int) -> Floats:
    """Returns how often each cluster is drawn (RESAMPLES, n_clusters): n draws with replacement per resample."""
    rng = np.random.default_rng(RESAMPLE_SEED)
    return rng.multinomial(n_clusters, np.full(n_clusters, 1.0 / n_clusters), RESAMPLES).astype(np.float64)

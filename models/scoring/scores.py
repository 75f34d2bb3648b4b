"""How near forecasts came: proper scores, order within a kind of run, differences with their range. For models.scoring.evaluate.

said: P(cramp) of each run (n_runs,), 0..1; cramp (n_runs,) bool; cluster (n_runs,) the runner of each run, or its own.
Accuracy is never used: saying "no cramp" always would be right 97 times of 100. scikit-learn's scores are loaded where
they are used: that takes half a second, and a short record needs none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

RESAMPLES = 1000
RESAMPLE_SEED = 20250309
THRESHOLDS = (0.05, 0.10, 0.20)  # of 100: who would act at which risk
FEWEST_OF_A_KIND = 5  # cramps, and clean runs, before their order is scored (assumed)


@dataclass(frozen=True, slots=True)
class BaselineScore:
    """A simpler way on the same runs. `worse_by`: its log loss minus the hazard's, mean a run, its SE and 95 % range.

    `saved`: the share of its log loss that the hazard saves (negative: adds), with its 95 % range.
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
        """'better', 'worse' or 'unclear': how the hazard stands beside it."""
        if self.worse_by_low > 0:
            return "better"
        return "worse" if self.worse_by_high < 0 else "unclear"


@dataclass(frozen=True, slots=True)
class NetBenefit:
    """At a risk from which a runner would act: cramps met less runs changed in vain, a run; and acting always."""

    threshold: float
    ours: float
    always: float


def run_losses(said: Floats, cramp: Bools) -> Floats:
    """Log loss of each run (n_runs,): -log of the probability given to what came."""
    tiny = np.finfo(np.float64).eps
    inside = np.clip(said, tiny, 1 - tiny)
    return -np.where(cramp, np.log(inside), np.log1p(-inside))


def proper_scores(said: Floats, cramp: Bools) -> tuple[float, float]:
    """scikit-learn's log loss and Brier score."""
    from sklearn.metrics import brier_score_loss, log_loss

    loss = log_loss(cramp, said, labels=[0, 1])
    return float(loss), float(brier_score_loss(cramp, said, labels=[0, 1], pos_label=1))


def brier_skill(brier: float, cramp: Bools) -> float:
    """1 - Brier over that of saying the share that came, to everyone: above 0 is better than that."""
    share = float(cramp.mean())
    return 1.0 - brier / (share * (1.0 - share))


def average_precision(said: Floats, cramp: Bools) -> float:
    """Area under precision and recall, to be held against the share of cramps."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(cramp, said))


def order_within_kind(said: Floats, cramp: Bools) -> float | None:
    """AUROC among runs of one kind; None under five cramps or five clean runs.

    Over all kinds at once it would mostly say that races are longer than Tuesdays.
    """
    from sklearn.metrics import roc_auc_score

    if min(int(cramp.sum()), int((~cramp).sum())) < FEWEST_OF_A_KIND:
        return None
    return float(roc_auc_score(cramp, said))


def net_benefits(said: Floats, cramp: Bools) -> tuple[NetBenefit, ...]:
    """At 5, 10 and 20 of 100. Acting never is 0."""
    return tuple(
        NetBenefit(at, _net_benefit(said >= at, cramp, at), _net_benefit(np.ones_like(cramp), cramp, at))
        for at in THRESHOLDS
    )


def compared(name: str, theirs: Floats, ours: Floats, cramp: Bools, cluster: Places) -> BaselineScore:
    """A simpler way beside the hazard, with ranges by resampling the clusters (fixed seed)."""
    their_losses, our_losses = run_losses(theirs, cramp), run_losses(ours, cramp)
    loss, brier = proper_scores(theirs, cramp)
    counts, lost, kept = (_per_cluster(values, cluster) for values in (np.ones(cramp.size), their_losses, our_losses))
    weights = _resampled(counts.size)
    runs, lost_again, kept_again = weights @ counts, weights @ lost, weights @ kept
    low, high = np.quantile((lost_again - kept_again) / runs, [0.025, 0.975])
    saved_low, saved_high = np.quantile(1.0 - kept_again / lost_again, [0.025, 0.975])
    worse_by, se = paired_difference(their_losses, our_losses, cluster)
    return BaselineScore(
        name=name,
        log_loss=loss,
        brier=brier,
        expected=float(theirs.sum()),
        worse_by=worse_by,
        worse_by_se=se,
        worse_by_low=float(low),
        worse_by_high=float(high),
        saved=float(1.0 - our_losses.sum() / their_losses.sum()),
        saved_low=float(saved_low),
        saved_high=float(saved_high),
    )


def paired_difference(one: Floats, other: Floats, cluster: Places) -> tuple[float, float]:
    """Mean of one - other, of values (n_runs,), and its standard error by cluster: runs of a runner go together."""
    difference = one - other
    mean = float(difference.mean())
    apart = _per_cluster(difference - mean, cluster)
    n = apart.size
    return mean, float(np.sqrt(n / (n - 1) * np.square(apart).sum()) / difference.size) if n > 1 else np.inf


def _net_benefit(acts: Bools, cramp: Bools, at: float) -> float:
    met, in_vain = (acts & cramp).mean(), (acts & ~cramp).mean()
    return float(met - in_vain * at / (1.0 - at))


def _per_cluster(values: Floats, cluster: Places) -> Floats:
    return np.bincount(cluster, values).astype(np.float64)


def _resampled(n_clusters: int) -> Floats:
    """How often each cluster is drawn (RESAMPLES, n_clusters): n with replacement, each time."""
    rng = np.random.default_rng(RESAMPLE_SEED)
    return rng.multinomial(n_clusters, np.full(n_clusters, 1.0 / n_clusters), RESAMPLES).astype(np.float64)

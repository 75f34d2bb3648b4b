"""The group's coefficients from several runners' records, and what each runner is then believed to be.

beta ~ N(evidence) moves by the marginal score sum_i dl_i/dbeta, each runner's own part averaged out (models.fit.marginal),
with the Schur complements as its curvature. From 20 runners with 20 cramps the SDs between runners are learnt too,
by empirical Bayes (docs/method.md#how-it-is-fitted). Called by models.fit.hazard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fit.design import Prior
from models.fit.group import FEW, POOLED, Group, evidence
from models.fit.marginal import Site, take_site
from models.fit.runner_history import Record
from models.fit.runner_posterior import Belief

Floats = NDArray[np.float64]

# The columns in which the runs of many can show how far runners differ.
OWN_COLUMNS = ("intercept", "log_duration", "pace", "heat", "hour_sin", "hour_cos")
FEWEST_RUNNERS, FEWEST_CRAMPS = 20, 20.0
SD_PRIOR_RUNNERS = 15.0  # nu: the evidence on the SDs counts as so many runners
ROUNDS = 40
SETTLED = 1e-2  # of the group's own doubt
SETTLED_SD = 2e-3  # of an SD between runners
LONGEST_STEP = 1.5  # SDs of the evidence, so that the first rounds do not overshoot


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """Where the group stands: beta, its log posterior's score and precision there, every runner's site."""

    beta: Floats  # (n_features,)
    own_sds: Floats  # (n_features,), 0 where no runner differs
    score: Floats  # (n_features,)
    precision: Floats  # (n_features, n_features)
    sites: tuple[Site, ...]


def fit_group(records: Sequence[Record], priors: Sequence[Prior], seed: int) -> tuple[Group, dict[str, Belief]]:
    """The group, and by runner the belief about them before their own record is looked at.

    With one runner (or none) that is the published evidence. With more it is what the others say: a runner's own
    say is taken out of the group's, so that none of their runs counts twice. Same seed, same result. Raises
    ValueError for several runners where the priors let no column differ between runners.
    """
    start = evidence(priors, len(records), float(sum(record.onset.sum() for record in records)))
    if len(records) < 2:
        return start, {record.runner: start.newcomer() for record in records}
    differs = np.array([prior.column in OWN_COLUMNS and prior.sd_own > 0 for prior in priors])
    if not differs.any():
        raise ValueError("several runners need a column that differs between them (sd_own above 0)")
    learn = start.n_runners >= FEWEST_RUNNERS and start.n_onsets > FEWEST_CRAMPS - 1e-6
    last = _settle(records, start.belief, np.where(differs, start.own_sds, 0.0), learn, seed)
    own_sds = np.where(differs, last.own_sds, start.own_sds)
    group = Group(POOLED if learn else FEW, _believed(last), own_sds, start.n_runners, start.n_onsets)
    return group, {
        record.runner: _believed(last, site).widened(own_sds) for record, site in zip(records, last.sites, strict=True)
    }


def _settle(records: Sequence[Record], evidence: Belief, expected_sds: Floats, learn: bool, seed: int) -> Round:
    """Round after round until neither beta nor the SDs move, at most 40."""
    beta, own_sds = evidence.mean, expected_sds
    sites: Sequence[Site | None] = [None] * len(records)
    for _ in range(ROUNDS):
        now = _look(records, evidence, beta, own_sds, sites, seed)
        step = np.linalg.solve(now.precision, now.score)
        next_sds = learnt_sds(now.sites, own_sds, expected_sds) if learn else own_sds
        if step @ now.score < SETTLED**2 and np.allclose(next_sds, own_sds, rtol=SETTLED_SD):
            break
        strides = np.abs(step) / np.sqrt(np.diag(evidence.covariance))
        beta = beta + step / max(1.0, float(strides.max()) / LONGEST_STEP)
        own_sds, sites = next_sds, now.sites
    return now


def _look(
    records: Sequence[Record],
    evidence: Belief,
    beta: Floats,
    own_sds: Floats,
    before: Sequence[Site | None],
    seed: int,
) -> Round:
    """Every runner's site at beta, each sought from where it was before, and their sum with the evidence."""
    sites = tuple(
        take_site(record, beta, own_sds, site.modes if site else None, seed)
        for record, site in zip(records, before, strict=True)
    )
    precision = np.asarray(np.linalg.inv(evidence.covariance))
    score = precision @ (evidence.mean - beta) + np.sum([site.score for site in sites], axis=0)
    return Round(beta, own_sds, score, precision + np.sum([site.information for site in sites], axis=0), sites)


def learnt_sds(sites: Sequence[Site], own_sds: Floats, expected_sds: Floats) -> Floats:
    """The SDs between runners (n_features,) once more, from the runners' own parts.

    sigma^2 = (sum m^2 + nu s0^2) / (n - sum V / sigma^2 + nu), m and V a runner's posterior mean and variance, s0
    the evidence's SD: MacKay's fixed point under a scaled inverse chi2 prior.
    """
    differs = own_sds > 0
    squares = np.sum([np.square(site.own_mean) for site in sites], axis=0)
    unknown = np.sum([site.own_variance for site in sites], axis=0) / np.square(own_sds[differs])
    known = np.maximum(len(sites) - unknown, 0.0)  # runners' worth of knowledge
    found = np.zeros_like(own_sds)
    prior_squares = SD_PRIOR_RUNNERS * np.square(expected_sds[differs])
    found[differs] = np.sqrt((squares + prior_squares) / (known + SD_PRIOR_RUNNERS))
    return found


def _believed(last: Round, left_out: Site | None = None) -> Belief:
    """The group's coefficients after all records, or after all but one: a Newton step from where the group stands."""
    score, precision = last.score, last.precision
    if left_out is not None:
        score, precision = score - left_out.score, precision - left_out.information
    covariance = np.linalg.inv(precision)
    return Belief(last.beta + covariance @ score, (covariance + covariance.T) / 2.0)

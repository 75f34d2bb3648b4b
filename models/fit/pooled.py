"""Estimates the group's coefficients from the histories of several runners, and the belief about each runner.

beta ~ N(evidence) moves by the marginal score sum_i dl_i/dbeta, with each runner's deviation integrated out
(models.fit.marginal) and with the Schur complements as curvature. From 20 runners with 20 cramps the SDs between runners
are estimated too, by empirical Bayes (docs/method.md#how-it-is-fitted). Called by models.fit.hazard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fit.design import Prior
from models.fit.group import FEW, POOLED, Group, evidence
from models.fit.marginal import MarginalTerm, marginal_term
from models.fit.runner_history import RunnerHistory
from models.fit.runner_posterior import Belief

Floats = NDArray[np.float64]

# The columns in which the runs of many runners can show how far runners differ.
VARYING_COLUMNS = ("intercept", "log_duration", "pace", "heat", "hour_sin", "hour_cos")
FEWEST_RUNNERS, FEWEST_CRAMPS = 20, 20.0
SD_PRIOR_RUNNERS = 15.0  # nu: the evidence on the SDs counts as this many runners
ROUNDS = 40
BETA_TOLERANCE = 1e-2  # relative to the uncertainty of the group's coefficients
SD_TOLERANCE = 2e-3  # relative to an SD between runners
LONGEST_STEP = 1.5  # SDs of the evidence, so that the first rounds do not overshoot


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """The state of the search: beta, the score and precision of its log posterior, and every runner's term."""

    beta: Floats  # (n_features,)
    sds_between: Floats  # (n_features,), 0 where runners do not differ
    score: Floats  # (n_features,)
    precision: Floats  # (n_features, n_features)
    terms: tuple[MarginalTerm, ...]


def fit_group(
    histories: Sequence[RunnerHistory], priors: Sequence[Prior], seed: int
) -> tuple[Group, dict[str, Belief]]:
    """Returns the group, and by runner id the belief about each runner before their own history is used.

    With one runner or none, the belief is the published evidence. With more, it rests on the other runners: the runner's
    own term is removed from the group's, so that no run counts twice. Same seed, same result. Raises ValueError for
    several runners if the priors let no column differ between runners.
    """
    start = evidence(priors, len(histories), float(sum(history.onset.sum() for history in histories)))
    if len(histories) < 2:
        return start, {history.runner: start.newcomer() for history in histories}
    differs = np.array([prior.column in VARYING_COLUMNS and prior.sd_between > 0 for prior in priors])
    if not differs.any():
        raise ValueError("several runners need a column that differs between them (sd_between above 0)")
    estimate = start.n_runners >= FEWEST_RUNNERS and start.n_onsets > FEWEST_CRAMPS - 1e-6
    last = _iterate(histories, start.belief, np.where(differs, start.sds_between, 0.0), estimate, seed)
    sds_between = np.where(differs, last.sds_between, start.sds_between)
    group = Group(POOLED if estimate else FEW, _group_belief(last), sds_between, start.n_runners, start.n_onsets)
    return group, {
        history.runner: _group_belief(last, term).widened(sds_between)
        for history, term in zip(histories, last.terms, strict=True)
    }


def _iterate(
    histories: Sequence[RunnerHistory], evidence: Belief, expected_sds: Floats, estimate: bool, seed: int
) -> Round:
    """Returns the round in which neither beta nor the SDs move any more, at most the 40th."""
    beta, sds_between = evidence.mean, expected_sds
    terms: Sequence[MarginalTerm | None] = [None] * len(histories)
    for _ in range(ROUNDS):
        now = _next_round(histories, evidence, beta, sds_between, terms, seed)
        step = np.linalg.solve(now.precision, now.score)
        next_sds = estimate_sds(now.terms, sds_between, expected_sds) if estimate else sds_between
        if step @ now.score < BETA_TOLERANCE**2 and np.allclose(next_sds, sds_between, rtol=SD_TOLERANCE):
            break
        strides = np.abs(step) / np.sqrt(np.diag(evidence.covariance))
        beta = beta + step / max(1.0, float(strides.max()) / LONGEST_STEP)
        sds_between, terms = next_sds, now.terms
    return now


def _next_round(
    histories: Sequence[RunnerHistory],
    evidence: Belief,
    beta: Floats,
    sds_between: Floats,
    before: Sequence[MarginalTerm | None],
    seed: int,
) -> Round:
    """Returns every runner's term at beta, each search starting from the last mode, and their sum with the evidence."""
    terms = tuple(
        marginal_term(history, beta, sds_between, term.modes if term else None, seed)
        for history, term in zip(histories, before, strict=True)
    )
    precision = np.asarray(np.linalg.inv(evidence.covariance))
    score = precision @ (evidence.mean - beta) + np.sum([term.score for term in terms], axis=0)
    return Round(beta, sds_between, score, precision + np.sum([term.information for term in terms], axis=0), terms)


def estimate_sds(terms: Sequence[MarginalTerm], sds_between: Floats, expected_sds: Floats) -> Floats:
    """Returns the next estimate of the SDs between runners (n_features,), from the runners' deviations.

    sigma^2 = (sum m^2 + nu s0^2) / (n - sum V / sigma^2 + nu): m and V are a runner's posterior mean and variance, s0 is
    the SD of the evidence. This is MacKay's fixed point under a scaled inverse chi2 prior.
    """
    differs = sds_between > 0
    squares = np.sum([np.square(term.deviation_mean) for term in terms], axis=0)
    uncertain = np.sum([term.deviation_variance for term in terms], axis=0) / np.square(sds_between[differs])
    informative = np.maximum(len(terms) - uncertain, 0.0)  # effective number of runners
    found = np.zeros_like(sds_between)
    prior_squares = SD_PRIOR_RUNNERS * np.square(expected_sds[differs])
    found[differs] = np.sqrt((squares + prior_squares) / (informative + SD_PRIOR_RUNNERS))
    return found


def _group_belief(last: Round, left_out: MarginalTerm | None = None) -> Belief:
    """Returns the group's coefficients after all histories, or all but one, by a Newton step from the last round."""
    score, precision = last.score, last.precision
    if left_out is not None:
        score, precision = score - left_out.score, precision - left_out.information
    covariance = np.linalg.inv(precision)
    return Belief(last.beta + covariance @ score, (covariance + covariance.T) / 2.0)

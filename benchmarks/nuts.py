"""The hazard of models/fit/hazard.py by NUTS (numpyro): the same design, priors and likelihood, sampled without shortcuts.

The reference for quality and cost. Needs the extra `bench`; called by benchmarks.model_quality for cohorts of 20.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.cohort import Task
from models.fit.design import EVIDENCE_PRIORS, design_matrix
from models.fit.pooled import SD_PRIOR_RUNNERS, VARYING_COLUMNS

Floats = NDArray[np.float64]

WARMUP, DRAWS = 250, 250  # one chain, only as long as means need, because its cost is compared


def nuts_forecast(task: Task, seed: int) -> tuple[Floats, Floats]:
    """Returns the mean risk of each run to forecast (n_runs,), and its draws (n_runs, n_draws)."""
    import jax
    from numpyro.infer import MCMC, NUTS

    jax.config.update("jax_enable_x64", True)
    names = {name: k for k, name in enumerate(task.cohort.runs["runner_id"].unique(maintain_order=True))}
    sampler = MCMC(
        NUTS(_model, target_accept_prob=0.8), num_warmup=WARMUP, num_samples=DRAWS, num_chains=1, progress_bar=False
    )
    rows = task.past
    sampler.run(
        jax.random.PRNGKey(seed),
        design_matrix(rows),
        rows["minutes"].to_numpy(),
        rows["onset"].to_numpy(),
        _runner_indices(rows, names),
        len(names),
    )
    drawn = {name: np.asarray(values) for name, values in sampler.get_samples().items()}
    draws = _risks(drawn, task.plans, names)
    return draws.mean(axis=1), draws


def _model(design: Floats, minutes: Floats, onset: Floats, runner: NDArray[np.int64], n_runners: int) -> None:
    """beta ~ N(evidence), SDs between runners ~ scaled inverse chi2, deviations ~ N(0, SDs^2); Poisson by segments."""
    import jax.numpy as jnp
    import numpyro
    from numpyro import distributions as dist

    varying = _varying_indices()
    expected_sds = np.array([EVIDENCE_PRIORS[k].sd_between for k in varying])
    means, sds = (np.array([getattr(prior, name) for prior in EVIDENCE_PRIORS]) for name in ("mean", "sd_group"))
    beta = means + sds * numpyro.sample("z", dist.Normal(0.0, 1.0).expand([means.size]).to_event(1))
    half = SD_PRIOR_RUNNERS / 2.0
    variances = numpyro.sample("variances", dist.InverseGamma(half, half * expected_sds**2).to_event(1))
    deviation_z = numpyro.sample("deviation_z", dist.Normal(0.0, 1.0).expand([n_runners, len(varying)]).to_event(2))
    numpyro.deterministic("beta", beta)
    b = numpyro.deterministic("b", deviation_z * jnp.sqrt(variances))
    eta = design @ beta + (design[:, varying] * b[runner]).sum(axis=1)
    numpyro.factor("likelihood", jnp.sum(onset * eta - minutes * jnp.exp(eta)))


def _risks(drawn: dict[str, Floats], plans: pl.DataFrame, names: dict[str, int]) -> Floats:
    """Returns P(cramp) of each run (n_runs, n_draws)."""
    design, runner = design_matrix(plans), _runner_indices(plans, names)
    theta = np.repeat(drawn["beta"][:, None, :], len(names), axis=1)
    theta[:, :, _varying_indices()] += drawn["b"]
    expected = plans["minutes"].to_numpy()[:, None] * np.exp(np.einsum("rk,drk->rd", design, theta[:, runner, :]))
    first = np.flatnonzero(np.append(True, np.diff(plans["run_id"].rle_id().to_numpy()) > 0))
    return -np.expm1(-np.add.reduceat(expected, first, axis=0))


def _varying_indices() -> list[int]:
    return [k for k, prior in enumerate(EVIDENCE_PRIORS) if prior.column in VARYING_COLUMNS and prior.sd_between > 0]


def _runner_indices(rows: pl.DataFrame, names: dict[str, int]) -> NDArray[np.int64]:
    return np.array([names[name] for name in rows["runner_id"]])

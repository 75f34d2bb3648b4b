"""Writes a fitted model as plain JSON and reads it back; never a pickle. Called by models.fit.hazard.

The JSON of one runner is complete: it contains the group's part and the runner's own part. The keys of the JSON are fixed:
stores hold fits that were written with them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.fit.design import Prior
from models.fit.group import Group
from models.fit.posterior import Posterior
from models.fit.runner_posterior import Belief, RunnerPosterior
from models.fit.version import MODEL_VERSION


@dataclass(frozen=True, slots=True, eq=False)
class SavedModel:
    """Everything that predictions rest on; `posteriors` by runner id."""

    priors: tuple[Prior, ...]
    seed: int
    data_hash: str | None
    group: Group
    posteriors: dict[str, RunnerPosterior]


def as_json(saved: SavedModel) -> str:
    """Returns the model as JSON, under 100 kB per runner."""
    values = {
        "model_version": MODEL_VERSION,
        "priors": [_prior_values(prior) for prior in saved.priors],
        "seed": saved.seed,
        "data_hash": saved.data_hash,
        "group": _group_values(saved.group),
        "own": {runner: _runner_values(posterior) for runner, posterior in saved.posteriors.items()},
    }
    return json.dumps(values, separators=(",", ":"))


def from_json(text: str) -> SavedModel:
    """Returns the saved model. Raises ValueError for another model version and for draws that differ from the fit's."""
    values = json.loads(text)
    if values["model_version"] != MODEL_VERSION:
        raise ValueError(f"fit of {values['model_version']}, this is {MODEL_VERSION}: train again")
    return SavedModel(
        priors=tuple(_prior(prior) for prior in values["priors"]),
        seed=values["seed"],
        data_hash=values["data_hash"],
        group=_group(values["group"]),
        posteriors={runner: _runner_posterior(part, values["seed"]) for runner, part in values["own"].items()},
    )


def _prior_values(prior: Prior) -> dict[str, Any]:
    return {"column": prior.column, "mean": prior.mean, "sd_group": prior.sd_group, "sd_own": prior.sd_between}


def _prior(values: dict[str, Any]) -> Prior:
    return Prior(values["column"], values["mean"], values["sd_group"], values["sd_own"])


def _group_values(group: Group) -> dict[str, Any]:
    return {
        "regime": group.regime,
        "belief": _belief_values(group.belief),
        "own_sds": group.sds_between.tolist(),
        "n_runners": group.n_runners,
        "n_onsets": group.n_onsets,
    }


def _group(values: dict[str, Any]) -> Group:
    return Group(
        regime=values["regime"],
        belief=_belief(values["belief"]),
        sds_between=np.array(values["own_sds"]),
        n_runners=values["n_runners"],
        n_onsets=values["n_onsets"],
    )


def _runner_values(posterior: RunnerPosterior) -> dict[str, Any]:
    """The posterior without its draws: modes, factors and seed reproduce them."""
    return {
        "before": _belief_values(posterior.before),
        "n_segments": posterior.n_segments,
        "n_onsets": posterior.n_onsets,
        "first_answer": posterior.first_answer,
        "usual_race": posterior.usual_race,
        "modes": posterior.sample.modes.tolist(),
        "factors": posterior.sample.factors.tolist(),
        "weights": posterior.sample.weights.tolist(),
        "coefficients_sum": float(posterior.coefficients.sum()),
    }


def _runner_posterior(values: dict[str, Any], seed: int) -> RunnerPosterior:
    """Returns one runner's posterior. Raises ValueError if the draws are not those of the fit."""
    modes, factors, weights = (np.array(values[name]) for name in ("modes", "factors", "weights"))
    posterior = RunnerPosterior(
        before=_belief(values["before"]),
        sample=Posterior(modes, factors, weights, seed),
        n_segments=values["n_segments"],
        n_onsets=values["n_onsets"],
        first_answer=values["first_answer"],
        usual_race=values["usual_race"],
    )
    if not np.isclose(posterior.coefficients.sum(), values["coefficients_sum"], rtol=1e-9, atol=1e-6):
        raise ValueError("this numerical library makes other draws than those of the fit: train again")
    return posterior


def _belief_values(belief: Belief) -> dict[str, Any]:
    return {"mean": belief.mean.tolist(), "covariance": belief.covariance.tolist()}


def _belief(values: dict[str, Any]) -> Belief:
    return Belief(np.array(values["mean"]), np.array(values["covariance"]))

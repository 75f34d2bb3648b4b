"""A fit as plain JSON and back, never a pickle. Called by models.fit.hazard.

One runner's text stands alone: the group's part and the runner's own.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.fit.design import Prior
from models.fit.group import Group
from models.fit.posterior import Posterior
from models.fit.runner_posterior import Belief, OwnFit
from models.fit.version import MODEL_VERSION


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """All that predictions rest on; `own` by runner id."""

    priors: tuple[Prior, ...]
    seed: int
    data_hash: str | None
    group: Group
    own: dict[str, OwnFit]


def as_json(kept: Kept) -> str:
    """Under 100 kB a runner."""
    values = {
        "model_version": MODEL_VERSION,
        "priors": [asdict(prior) for prior in kept.priors],
        "seed": kept.seed,
        "data_hash": kept.data_hash,
        "group": _group_values(kept.group),
        "own": {name: _own_values(own) for name, own in kept.own.items()},
    }
    return json.dumps(values, separators=(",", ":"))


def from_json(text: str) -> Kept:
    """The same again. Raises ValueError for another version or when its draws differ."""
    values = json.loads(text)
    if values["model_version"] != MODEL_VERSION:
        raise ValueError(f"fit of {values['model_version']}, this is {MODEL_VERSION}: train again")
    return Kept(
        priors=tuple(Prior(**prior) for prior in values["priors"]),
        seed=values["seed"],
        data_hash=values["data_hash"],
        group=_group_from(values["group"]),
        own={name: _own_from(own, values["seed"]) for name, own in values["own"].items()},
    )


def _group_values(group: Group) -> dict[str, Any]:
    """The group's part."""
    return {
        "regime": group.regime,
        "belief": _belief_values(group.belief),
        "own_sds": group.own_sds.tolist(),
        "n_runners": group.n_runners,
        "n_onsets": group.n_onsets,
    }


def _group_from(kept: dict[str, Any]) -> Group:
    """The group's part again."""
    return Group(
        kept["regime"], _belief(kept["belief"]), np.array(kept["own_sds"]), kept["n_runners"], kept["n_onsets"]
    )


def _own_values(own: OwnFit) -> dict[str, Any]:
    """A runner's part, without its draws: modes, factors and seed make them again."""
    return {
        "before": _belief_values(own.before),
        "n_segments": own.n_segments,
        "n_onsets": own.n_onsets,
        "first_answer": own.first_answer,
        "usual_race": own.usual_race,
        "modes": own.posterior.modes.tolist(),
        "factors": own.posterior.factors.tolist(),
        "weights": own.posterior.weights.tolist(),
        "coefficients_sum": float(own.coefficients.sum()),
    }


def _own_from(kept: dict[str, Any], seed: int) -> OwnFit:
    """A runner's part again. Raises ValueError when the draws are not those of the fit."""
    modes, factors, weights = (np.array(kept[name]) for name in ("modes", "factors", "weights"))
    own = OwnFit(
        _belief(kept["before"]),
        Posterior(modes, factors, weights, seed),
        kept["n_segments"],
        kept["n_onsets"],
        kept["first_answer"],
        kept["usual_race"],
    )
    if not np.isclose(own.coefficients.sum(), kept["coefficients_sum"], rtol=1e-9, atol=1e-6):
        raise ValueError("this numerical library makes other draws than those of the fit: train again")
    return own


def _belief_values(belief: Belief) -> dict[str, Any]:
    return {"mean": belief.mean.tolist(), "covariance": belief.covariance.tolist()}


def _belief(kept: dict[str, Any]) -> Belief:
    return Belief(np.array(kept["mean"]), np.array(kept["covariance"]))

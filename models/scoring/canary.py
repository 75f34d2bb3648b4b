"""An alarm for leaks: forecasts that part cramp runs from clean ones better than anything known at the start can.

Called by models.scoring.evaluate, with models.scoring.scores.order_within_kind. An alarm and no proof: the ceilings are those
of the published worlds with everything but a run's own noise known.
"""

from __future__ import annotations

CEILINGS = {"race": 0.88, "long": 0.89, "other": 0.92}  # AUROC within a kind of run, runners known
CEILING_NEW = 0.80  # of runners of whom no run was learnt, whatever the kind


def looks_leaked(order: float | None, kind: str, *, known_runners: bool) -> bool:
    """Whether an AUROC within a kind of run is too good to come from what was known when the runs began."""
    return order is not None and order > (CEILINGS[kind] if known_runners else CEILING_NEW)

"""An alarm for leaks: forecasts that separate cramp runs from clean runs better than the data at the start allow.

Called by models.scoring.evaluate with models.scoring.scores.order_within_kind. It is an alarm, not a proof: the ceilings
come from the published simulated worlds if everything but the noise of a run is known.
"""

from __future__ import annotations

CEILINGS = {"race": 0.88, "long": 0.89, "other": 0.92}  # AUROC within a kind of run, for runners with runs in the fit
CEILING_NEW = 0.80  # for runners without runs in the fit, any kind of run


def looks_leaked(order: float | None, kind: str, *, seen_runners: bool) -> bool:
    """Returns True if an AUROC within a kind of run is too high for what was known when the runs began."""
    return order is not None and order > (CEILINGS[kind] if seen_runners else CEILING_NEW)

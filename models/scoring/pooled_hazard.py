"""A baseline: the hazard without deviations between runners, with the same columns and evidence.

Called by models.scoring.forward.
"""

from __future__ import annotations

from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.hazard import CrampHazard

Floats = NDArray[np.float64]


class PooledHazard:
    """All rows fitted as if they were one runner's: theta ~ N(evidence), no first answers."""

    name = "pooled hazard"

    def fit(self, rows: pl.DataFrame) -> Self:
        self.model = CrampHazard().fit(rows, runner=["everyone"] * rows.height)
        return self

    def predict_runs(self, plans: pl.DataFrame) -> Floats:
        return np.array([risk.mean for risk in self.model.run_risks(plans, runner="everyone").values()])

"""The inputs of the hazard model: the columns of the training rows, the evidence priors, and the design matrix.

The priors are defined only here; docs/method.md explains them. Called by models.fit.hazard and models.scoring.baselines.
The view v_hazard_row has exactly these columns (tested).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# One row per segment at risk: 300 s of moving time; the last segment ends at the onset.
HAZARD_ROW_COLUMNS = (
    "runner_id",
    "run_id",
    "segment_no",
    "start_at",
    "minutes",
    "onset",
    "moving_start_s",
    "longest30_s",
    "pace_faster_pct",
    "race",
    "air_temp_c",
    "wbgt_c",
    "descent_so_far_m",
    "load_3d_z",
    "start_hour_local",
    "planned_s",
    "simulated",
)
PLAN_COLUMNS = tuple(name for name in HAZARD_ROW_COLUMNS if name not in {"runner_id", "start_at", "onset", "simulated"})
COVARIATE_COLUMNS = (
    "longest30_s",
    "pace_faster_pct",
    "wbgt_c",
    "descent_so_far_m",
    "load_3d_z",
    "start_hour_local",
)
SEGMENT_S = 300.0
MORNING_ENDS_H = 10.0

# A value outside of these limits is an error of the sensor or the source, and counts as not measured.
PHYSICAL_LIMITS = {
    "longest30_s": (0.0, 172_800.0),
    "pace_faster_pct": (-50.0, 50.0),
    "wbgt_c": (-40.0, 45.0),
    "descent_so_far_m": (0.0, 15_000.0),
    "load_3d_z": (-10.0, 10.0),
    "start_hour_local": (0.0, 24.0),
}


@dataclass(frozen=True, slots=True)
class Prior:
    """The prior of one column's coefficient, from studies: mean, SD of the evidence, SD between runners."""

    column: str
    mean: float
    sd_group: float
    sd_between: float

    @property
    def sd_alone(self) -> float:
        """The SD for a runner who is fitted alone: both uncertainties together."""
        return math.hypot(self.sd_group, self.sd_between)


# Source: docs/method.md, the table of priors. Level: -12.3 from studies, +1.0 (uncertain) because people who cramp look for
# such a tool, +0.1 for noise between runs. Slopes: from the studies named there. Unit: log hazard per
# minute, per unit of the column.
EVIDENCE_PRIORS = (
    Prior("intercept", -11.2, 1.3, 1.6),  # 60 min, WBGT 15, usual pace, training
    Prior("log_duration", 2.2, 0.4, 0.3),  # half of the onsets in a race's last quarter [S10, S11]
    Prior("log_habit", 1.2, 0.5, 0.3),  # assumed: relative muscular demand [S4]
    Prior("beyond_longest", 0.4, 0.4, 0.0),  # distance spikes, from injuries [S27]
    Prior("pace", 0.6, 0.35, 0.3),  # per 10 % faster: odds ratio 2.1 (1.2-3.6) [S2]
    Prior("race", 1.1, 0.6, 0.3),  # half of the cramps in 4 % of the runs [S11, S14]
    Prior("heat", 0.25, 0.35, 0.4),  # per 10 C WBGT: weak and contradictory [S1, S26, S28]
    Prior("descent", 0.3, 0.35, 0.2),  # per km: assumed, from muscle damage and downhill years [S26]
    Prior("load", 0.2, 0.2, 0.1),  # per SD: shrunk from p = .077 [S2]
    Prior("hour_sin", 0.0, 0.2, 0.15),  # no study found
    Prior("hour_cos", 0.0, 0.2, 0.15),
)


def design_matrix(rows: pl.DataFrame, priors: Sequence[Prior] = EVIDENCE_PRIORS) -> Floats:
    """Returns X, shape (n_rows, n_priors): the columns named by the priors, in that order and in fixed units.

    t = (moving_start_s + 150 s) in minutes is the nominal middle of the segment. It is positive in the first segment,
    and does not depend on where an onset ended the segment. A missing covariate takes the reference value (effect 0).
    """
    return np.column_stack([np.nan_to_num(_COLUMNS[prior.column](rows)) for prior in priors])


def plan_rows(
    planned_s: float,
    *,
    run_id: str = "plan",
    longest30_s: float | None = None,
    pace_faster_pct: float | None = 0.0,
    race: bool = False,
    air_temp_c: float | None = None,
    wbgt_c: float | None = None,
    descent_m: float | None = None,
    load_3d_z: float | None = None,
    start_hour_local: float | None = None,
) -> pl.DataFrame:
    """Returns a planned run as PLAN_COLUMNS, one row per 5-minute segment; `descent_m` is spread evenly over the run.

    A remainder under 150 s is added to the last segment, as in the store. Raises ValueError if `planned_s` is not above 0.
    """
    if not planned_s > 0:
        raise ValueError(f"a plan needs a duration above 0 s, not {planned_s}")
    n = max(1, int((planned_s + SEGMENT_S / 2) // SEGMENT_S))
    starts = np.arange(n) * SEGMENT_S
    minutes = np.append(np.diff(starts), planned_s - starts[-1]) / 60.0
    constant = {
        "longest30_s": longest30_s,
        "pace_faster_pct": pace_faster_pct,
        "air_temp_c": air_temp_c,
        "wbgt_c": wbgt_c,
        "load_3d_z": load_3d_z,
        "start_hour_local": start_hour_local,
        "planned_s": planned_s,
    }
    segments = pl.DataFrame({"segment_no": np.arange(n), "minutes": minutes, "moving_start_s": starts})
    share = pl.col("moving_start_s") / planned_s
    return segments.with_columns(
        pl.lit(run_id).alias("run_id"),
        pl.lit(race).alias("race"),
        (share * pl.lit(descent_m, dtype=pl.Float64)).alias("descent_so_far_m"),
        *(pl.lit(value, dtype=pl.Float64).alias(name) for name, value in constant.items()),
    )[list(PLAN_COLUMNS)]


def _physical(rows: pl.DataFrame, name: str) -> Floats:
    """A column as float64 (n_rows,), NaN where missing or outside its physical limits."""
    values = rows[name].cast(pl.Float64).to_numpy().astype(np.float64)
    low, high = PHYSICAL_LIMITS[name]
    return np.where((values >= low) & (values <= high), values, np.nan)


def _middle_min(rows: pl.DataFrame) -> Floats:
    return (rows["moving_start_s"].cast(pl.Float64).to_numpy() + SEGMENT_S / 2) / 60.0


def _longest_min(rows: pl.DataFrame) -> Floats:
    return np.maximum(_physical(rows, "longest30_s") / 60.0, 45.0)


def _hour_angle(rows: pl.DataFrame) -> Floats:
    return _physical(rows, "start_hour_local") * (2 * np.pi / 24)


def _hour_part(rows: pl.DataFrame, part: Callable[[Floats], Floats]) -> Floats:
    return part(_hour_angle(rows))


def _morning(rows: pl.DataFrame) -> Floats:
    hour = _physical(rows, "start_hour_local")
    return np.where(np.isnan(hour), np.nan, hour < MORNING_ENDS_H)


_COLUMNS: dict[str, Callable[[pl.DataFrame], Floats]] = {
    "intercept": lambda rows: np.ones(rows.height),
    "log_duration": lambda rows: np.log(np.minimum(_middle_min(rows), 300.0) / 60.0),
    "log_habit": lambda rows: np.log(120.0 / _longest_min(rows)),
    "beyond_longest": lambda rows: np.clip(_middle_min(rows) / _longest_min(rows) - 1.0, 0.0, 1.0),
    "pace": lambda rows: np.clip(_physical(rows, "pace_faster_pct"), -30.0, 20.0) / 10.0,
    "race": lambda rows: rows["race"].cast(pl.Float64).to_numpy().astype(np.float64),
    "heat": lambda rows: np.clip((_physical(rows, "wbgt_c") - 15.0) / 10.0, -1.0, 2.0),
    "descent": lambda rows: np.minimum(_physical(rows, "descent_so_far_m") / 1000.0, 1.5),
    "load": lambda rows: np.clip(_physical(rows, "load_3d_z"), -3.0, 3.0),
    "hour_sin": lambda rows: _hour_part(rows, np.sin),
    "hour_cos": lambda rows: _hour_part(rows, np.cos),
    "morning": _morning,  # only in the claim fit (models.scoring.crossover)
}

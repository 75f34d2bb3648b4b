"""The training rows as runs: the covariates at each run's start, whether it had a cramp, and a hash of all rows.

No I/O; the rows are the frame of v_hazard_row. Called by models.scoring (as_of, baselines, crossover, evaluate) and by
pipeline.actions.
"""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl

from models.fit.design import HAZARD_ROW_COLUMNS, PLAN_COLUMNS, plan_rows

RUN_COLUMNS = (
    "run_id",
    "start_at",
    "planned_s",
    "longest30_s",
    "race",
    "air_temp_c",
    "wbgt_c",
    "load_3d_z",
    "start_hour_local",
    "at_risk_min",
    "cramp",
)


def check_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the rows in canonical column and row order. Raises ValueError with the names of missing columns."""
    missing = [name for name in HAZARD_ROW_COLUMNS if name not in rows.columns]
    if missing:
        raise ValueError(f"hazard rows lack {', '.join(missing)}")
    return rows.select(HAZARD_ROW_COLUMNS).sort("start_at", "run_id", "segment_no")


def runs_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns RUN_COLUMNS, one row per run in order of start; covariates are those of the first segment.

    The first segment's covariates do not depend on an onset. `cramp` (bool): more than half of an onset's weight lies
    inside the run. `at_risk_min` is an outcome: use it for rates, never as a covariate.
    """
    ordered = check_rows(rows)
    first = [name for name in RUN_COLUMNS if name not in {"run_id", "at_risk_min", "cramp"}]
    return (
        ordered.group_by("run_id", maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in first),
            pl.col("minutes").sum().alias("at_risk_min"),
            (pl.col("onset").sum() > 0.5).alias("cramp"),
        )
        .select(RUN_COLUMNS)
    )


def planned_rows(runs: pl.DataFrame) -> pl.DataFrame:
    """Returns PLAN_COLUMNS for every run as planned at its start: planned duration, usual pace, weather at the start.

    The descent stays unknown. Runs without a planned duration are left out.
    """
    plans = [
        plan_rows(
            run["planned_s"],
            run_id=run["run_id"],
            longest30_s=run["longest30_s"],
            race=run["race"],
            air_temp_c=run["air_temp_c"],
            wbgt_c=run["wbgt_c"],
            load_3d_z=run["load_3d_z"],
            start_hour_local=run["start_hour_local"],
        )
        for run in runs.iter_rows(named=True)
        if run["planned_s"]
    ]
    return pl.concat(plans) if plans else plan_rows(3600.0).clear().select(PLAN_COLUMNS)


def data_hash(rows: pl.DataFrame) -> str:
    """Returns the SHA-256 (hex) of the rows' values, independent of row order: equal rows give an equal fit.

    Columns are hashed as null mask plus little-endian numbers or UTF-8, never as text printed by a library.
    """
    ordered = check_rows(rows).sort("runner_id", "run_id", "segment_no")
    digest = hashlib.sha256()
    for column in ordered:
        digest.update(f"{column.name}\n{column.len()}\n".encode())
        digest.update(column.is_null().to_numpy().astype("u1").tobytes())
        if column.dtype == pl.String:
            digest.update("\n".join(column.fill_null("").to_list()).encode())
        elif isinstance(column.dtype, pl.Datetime):
            digest.update(column.dt.epoch("us").fill_null(0).to_numpy().astype("<i8").tobytes())
        else:
            values = column.cast(pl.Float64).fill_null(0.0).to_numpy().astype("<f8")
            digest.update((values + np.float64(0.0)).tobytes())  # -0.0 becomes 0.0
    return digest.hexdigest()

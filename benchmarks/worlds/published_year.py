"""A runner's year in the published worlds: plans as hazard rows, their true risk, and the year as run.

The calendar is that of docs/method.md with assumed spreads; the hazard is sample_data/world/simulate.py's. No I/O.
Called by the benchmarks and by the tests of models; nothing here is evidence about people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import polars as pl
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray

from models.fit.design import HAZARD_ROW_COLUMNS, PLAN_COLUMNS, SEGMENT_S
from sample_data.world import simulate
from sample_data.world.simulate import SCENARIOS, Offered, Truth, World, log_hazard

Floats = NDArray[np.float64]

YEAR = {"easy": 130, "long run": 28, "10k": 3, "half": 2, "marathon": 1}
SUMMER_DAYS_SD = 45.0  # of long runs and races around the warmest day, if they are in summer
_NODES, _NODE_WEIGHTS = hermegauss(15)


def runners(world: World, n: int, shift: float, rng: np.random.Generator) -> Iterator[Truth]:
    """n runners of the world, one by one."""
    drawn = simulate.draw_runners(world, n, rng, shift)
    columns = [np.ravel(getattr(drawn, field.name)) for field in fields(Truth)]
    return (Truth(*map(float, values)) for values in zip(*columns, strict=True))


def year(
    n_answered: int, rng: np.random.Generator, *, long_in_summer: bool = False, first: str = "2024-01-01"
) -> pl.DataFrame:
    """PLAN_COLUMNS and `start_at` of runs to their planned ends. The year is a ring: longest run and seasons wrap.

    `long_in_summer`: long runs and races lie around the warmest day, so that heat and duration go together.
    """
    kinds = [SCENARIOS[kind] for kind in rng.permutation(np.repeat(list(YEAR), list(YEAR.values())))]
    n, race = len(kinds), np.array([kind.race for kind in kinds])
    length = np.clip(rng.normal(1.0, 0.14, n), 0.6, 1.5)
    planned_s = np.round(60.0 * np.array([kind.moving_min for kind in kinds]) * length)
    warmest = 365.0 * rng.random()
    day = rng.uniform(0.0, 365.0, n)
    if long_in_summer:
        day = np.where(planned_s > 5400, (warmest + rng.normal(0.0, SUMMER_DAYS_SD, n)) % 365.0, day)
    ago = (day[:, None] - day) % 365.0
    runs = {
        "race": race,
        "planned_s": planned_s,
        "longest30_s": np.where((ago > 0) & (ago <= 30), planned_s, 2700.0).max(axis=1),
        "pace_faster_pct": np.array([kind.faster_pct for kind in kinds]) + rng.normal(0.0, 5.0, n),
        "wbgt_c": 13.0 + 8.0 * np.cos(2 * np.pi * (day - warmest) / 365.0) + rng.normal(0.0, 3.0, n),
        "load_3d_z": rng.normal(-0.4 * race, 1.0),
        "start_hour_local": np.where(race | (planned_s > 5400), 8.5, rng.choice([7.0, 12.0, 18.5], n)),
        "descent_m": np.array([kind.descent_m for kind in kinds]) * rng.uniform(0.5, 1.5, n),
        "start_at": np.datetime64(first, "us") + (day * 86_400e6).astype("timedelta64[us]"),
    }
    answered = rng.choice(n, n_answered, replace=False)
    answered = answered[np.argsort(day[answered])]
    return cut({name: values[answered] for name, values in runs.items()})


def cut(runs: dict[str, NDArray[np.generic]]) -> pl.DataFrame:
    """Runs, one value each, as PLAN_COLUMNS and `start_at`: cut as models.fit.design.plan_rows cuts a plan."""
    n_segments = np.maximum(1, (runs["planned_s"].astype(float) + SEGMENT_S / 2) // SEGMENT_S).astype(int)
    run = np.repeat(np.arange(n_segments.size), n_segments)
    number = np.concatenate([np.arange(n) for n in n_segments])
    start = pl.col("moving_start_s")
    end = pl.when(pl.Series(number == n_segments[run] - 1)).then("planned_s").otherwise(start + SEGMENT_S)
    same = {name: values[run] for name, values in runs.items()}
    names = {"run_id": [f"r{k:04d}" for k in run], "segment_no": number, "moving_start_s": number * SEGMENT_S}
    return pl.DataFrame(names | same).with_columns(
        pl.lit(None, dtype=pl.Float64).alias("air_temp_c"),
        ((end - start) / 60.0).alias("minutes"),
        (pl.col("descent_m") * start / pl.col("planned_s")).alias("descent_so_far_m"),
    )[[*PLAN_COLUMNS, "start_at"]]


def true_hazard(world: World, truth: Truth, rows: pl.DataFrame, wbgt_error_c: Floats | float = 0.0) -> Floats:
    """Per minute (n_rows,), without run noise, at the segment's nominal middle as in the model's own design."""
    has = {name: rows[name].cast(pl.Float64).to_numpy() for name in PLAN_COLUMNS if name != "run_id"}
    offered = Offered(
        minute=(has["moving_start_s"] + SEGMENT_S / 2) / 60.0,
        width_min=has["minutes"],
        longest30_min=has["longest30_s"] / 60.0,
        pace_faster_pct=has["pace_faster_pct"],
        wbgt_c=has["wbgt_c"] + wbgt_error_c,
        descent_m=has["descent_so_far_m"],
        load_z=has["load_3d_z"],
        race=has["race"],
        morning=(has["start_hour_local"] < 10.0).astype(np.float64),
    )
    return np.exp(log_hazard(world, truth, offered))


def true_risks(world: World, truth: Truth, rows: pl.DataFrame) -> Floats:
    """P(cramp) of each run in the frame (n_runs,), averaged over the run's own noise."""
    exposure = rows.select("run_id", e=pl.Series(rows["minutes"].to_numpy() * true_hazard(world, truth, rows)))
    per_run = exposure.group_by("run_id", maintain_order=True).agg(pl.col("e").sum())["e"].to_numpy()
    risk: Floats = -np.expm1(-per_run[:, None] * np.exp(world.sd_run * _NODES)) @ _NODE_WEIGHTS
    return np.asarray(risk / _NODE_WEIGHTS.sum())


def lived(
    world: World, truth: Truth, rows: pl.DataFrame, rng: np.random.Generator, missed: float = 0.0
) -> pl.DataFrame:
    """HAZARD_ROW_COLUMNS of the year as it came: runs end with their onset; the course is not the weather station.

    A share `missed` (0..1) of the cramps is reported as no cramp.
    """
    run = rows["run_id"].rle_id().to_numpy()
    noise, error_c = rng.normal(0.0, world.sd_run, run[-1] + 1), rng.normal(0.0, simulate.STATION_ERROR_C, run[-1] + 1)
    hazard = true_hazard(world, truth, rows, error_c[run]) * np.exp(noise[run])
    if missed:
        hazard = np.where((rng.random(noise.size) < missed)[run], 1e-12, hazard)
    return ended_by_onset(rows, hazard, rng).with_columns(pl.lit("one").alias("runner_id")).select(HAZARD_ROW_COLUMNS)


def ended_by_onset(rows: pl.DataFrame, hazard: Floats, rng: np.random.Generator) -> pl.DataFrame:
    """The rows up to each run's first onset under the hazard per minute (n_rows,), `onset` and `minutes` as lived."""
    until_onset, minutes = rng.exponential(size=hazard.size) / hazard, rows["minutes"].to_numpy()
    onset = pl.Series("onset", (until_onset < minutes).astype(np.float64))
    earlier = (pl.col("onset").cum_sum() - pl.col("onset")).over("run_id")
    return (
        rows.with_columns(onset, pl.Series("minutes", np.minimum(until_onset, minutes)))
        .filter(earlier == 0)
        .with_columns(pl.lit(True).alias("simulated"))
    )


def first_answer(world: World, truth: Truth, race: str, rng: np.random.Generator) -> str:
    """Ten races of that kind, run and counted; one answer of ten is given at random."""
    if rng.random() < 0.1:
        return str(rng.choice(["0", "1-2", "3+"]))
    onsets = simulate.draw_onsets(world, truth, simulate.offer(SCENARIOS[race], 10, rng), rng)
    cramps = int((onsets >= 0).sum())
    return "0" if cramps == 0 else "1-2" if cramps <= 2 else "3+"

"""Do the personal numbers hold on runners whose truth is known? One runner alone, a year of answered runs each.

Runners and hazards come from models.simulate; what is printed judges the method and is no evidence about people.
By hand: python -m benchmarks.one_runner_alone 200   (runners a world, of ten; about 15-20 CPU seconds a world)
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np
import polars as pl
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray

from models import simulate
from models.baselines import LevelTimesShape
from models.design import HAZARD_ROW_COLUMNS, PLAN_COLUMNS, SEGMENT_S, plan_rows
from models.hazard import CrampHazard
from models.simulate import SCENARIOS, Offered, Truth, World, log_hazard

Floats = NDArray[np.float64]

SEED = 20240617
YEAR = {"easy": 130, "long run": 28, "10k": 3, "half": 2, "marathon": 1}  # SCIENCE section 2
FEWEST_RUNS, MOST_RUNS = 60, 150  # of these so many are answered
NEXT_RUNS = 40  # of the following year, for the share of the attainable gain
USUAL_RACES = ("10k", "half", "marathon")
PLANS = {"easy": (48.0, "easy"), "2 h": (120.0, "long run"), "half": (119.0, "half"), "marathon": (245.0, "marathon")}
WORLDS = {
    f"{name} {shift:+.1f} heat {heat:.2f}": (replace(world, b_heat=heat), shift)
    for heat in (0.03, 0.0, 0.10)
    for name, world in (("LOW", simulate.LOW), ("MID", simulate.MID), ("HIGH", simulate.HIGH))
    for shift in (0.0, 1.5)
    if heat == 0.03 or name == "MID"
}
_NODES, _NODE_WEIGHTS = hermegauss(15)


def year(n_answered: int, rng: np.random.Generator) -> pl.DataFrame:
    """PLAN_COLUMNS and `start_at` of runs to their planned ends. The year is a ring: longest run and seasons wrap."""
    kinds = [SCENARIOS[kind] for kind in rng.permutation(np.repeat(list(YEAR), list(YEAR.values())))]
    n, race = len(kinds), np.array([kind.race for kind in kinds])
    day = np.sort(rng.uniform(0.0, 365.0, n))
    length = np.clip(rng.normal(1.0, 0.14, n), 0.6, 1.5)
    planned_s = np.round(60.0 * np.array([kind.moving_min for kind in kinds]) * length)
    ago = (day[:, None] - day) % 365.0
    runs = {
        "race": race,
        "planned_s": planned_s,
        "longest30_s": np.where((ago > 0) & (ago <= 30), planned_s, 2700.0).max(axis=1),
        "pace_faster_pct": np.array([kind.faster_pct for kind in kinds]) + rng.normal(0.0, 5.0, n),
        "wbgt_c": 13.0 + 8.0 * np.cos(2 * np.pi * (day / 365.0 - rng.random())) + rng.normal(0.0, 3.0, n),
        "load_3d_z": rng.normal(-0.4 * race, 1.0),
        "start_hour_local": np.where(race | (planned_s > 5400), 8.5, rng.choice([7.0, 12.0, 18.5], n)),
        "descent_m": np.array([kind.descent_m for kind in kinds]) * rng.uniform(0.5, 1.5, n),
        "start_at": np.datetime64("2024-01-01", "us") + (day * 86_400e6).astype("timedelta64[us]"),
    }
    answered = np.sort(rng.choice(n, n_answered, replace=False))
    return _segments({name: values[answered] for name, values in runs.items()})


def _segments(runs: dict[str, NDArray[np.generic]]) -> pl.DataFrame:
    """Runs, one value each, cut as models.design.plan_rows cuts a plan."""
    n_segments = np.maximum(1, (runs["planned_s"].astype(float) + SEGMENT_S / 2) // SEGMENT_S).astype(int)
    run = np.repeat(np.arange(n_segments.size), n_segments)
    number = np.concatenate([np.arange(n) for n in n_segments])
    start = pl.col("moving_start_s")
    end = pl.when(pl.Series(number == n_segments[run] - 1)).then("planned_s").otherwise(start + SEGMENT_S)
    cut = {"run_id": [f"r{k:03d}" for k in run], "segment_no": number, "moving_start_s": number * SEGMENT_S}
    same = {name: values[run] for name, values in runs.items()}
    return pl.DataFrame(cut | same).with_columns(
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


def lived(world: World, truth: Truth, rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """HAZARD_ROW_COLUMNS of the year as it came: runs end with their onset; the course is not the weather station."""
    run = rows["run_id"].rank("dense").to_numpy().astype(int) - 1
    noise, error_c = rng.normal(0.0, world.sd_run, run[-1] + 1), rng.normal(0.0, simulate.STATION_ERROR_C, run[-1] + 1)
    hazard = true_hazard(world, truth, rows, error_c[run]) * np.exp(noise[run])
    until_onset, minutes = rng.exponential(size=hazard.size) / hazard, rows["minutes"].to_numpy()
    onset = pl.Series("onset", (until_onset < minutes).astype(np.float64))
    earlier = (pl.col("onset").cum_sum() - pl.col("onset")).over("run_id")
    return (
        rows.with_columns(onset, pl.Series("minutes", np.minimum(until_onset, minutes)))
        .filter(earlier == 0)
        .with_columns(pl.lit("one").alias("runner_id"), pl.lit(True).alias("simulated"))
        .select(HAZARD_ROW_COLUMNS)
    )


def first_answer(world: World, truth: Truth, race: str, rng: np.random.Generator) -> str:
    """Ten races of that kind, run and counted; one answer of ten is given at random."""
    if rng.random() < 0.1:
        return str(rng.choice(["0", "1-2", "3+"]))
    onsets = simulate.draw_onsets(world, truth, simulate.offer(SCENARIOS[race], 10, rng), rng)
    cramps = int((onsets >= 0).sum())
    return "0" if cramps == 0 else "1-2" if cramps <= 2 else "3+"


def plans(rows: pl.DataFrame) -> pl.DataFrame:
    """PLANS as the runner stands at the end of the year: the longest run and the weather of the last one."""
    frames, known = [], {name: rows[name][-1] for name in ("longest30_s", "wbgt_c")}
    for name, (minutes, scenario) in PLANS.items():
        kind = SCENARIOS[scenario]
        known |= {"descent_m": kind.descent_m, "pace_faster_pct": kind.faster_pct, "start_hour_local": 8.5}
        frames.append(plan_rows(60 * minutes, run_id=name, race=kind.race, load_3d_z=0.0, **known))
    return pl.concat(frames)


def runners(world: World, n: int, shift: float, rng: np.random.Generator) -> Iterator[Truth]:
    """n runners of the world, one by one."""
    drawn = simulate.draw_runners(world, n, rng, shift)
    columns = [np.ravel(getattr(drawn, field.name)) for field in fields(Truth)]
    return (Truth(*map(float, values)) for values in zip(*columns, strict=True))


def measure(world: World, shift: float, n: int, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of n runners what was said of each of PLANS, and each method's forecasts of the next year's runs."""
    told, coming = [], []
    for truth in runners(world, n, shift, rng):
        rows = lived(world, truth, year(int(rng.integers(FEWEST_RUNS, MOST_RUNS + 1)), rng), rng)
        race = str(rng.choice(USUAL_RACES))
        answer = first_answer(world, truth, race, rng)
        wanted, ahead = plans(rows), year(NEXT_RUNS, rng).drop("start_at")
        true = dict(zip(PLANS, true_risks(world, truth, wanted), strict=True))
        forecasts = {"true": true_risks(world, truth, ahead), "level": LevelTimesShape().fit(rows).predict_runs(ahead)}
        for asked, given in (("no", None), ("yes", answer)):
            risks = CrampHazard().fit(rows, first_answer=given, usual_race=race).run_risks(pl.concat([wanted, ahead]))
            plain = {name: (risk.mean, risk.low, risk.high) for name, risk in risks.items()}
            told += [(name, asked, *plain.pop(name), p) for name, p in true.items()]
            forecasts[f"hazard, answer {asked}"] = np.array([mean for mean, _, _ in plain.values()])
        coming.append(pl.DataFrame(forecasts))
    return pl.DataFrame(told, schema=["plan", "answer", "said", "low", "high", "true"], orient="row"), pl.concat(coming)


def table(told: pl.DataFrame) -> pl.DataFrame:
    """A line a plan: the 90 % range's coverage, how often the truth lay outside, and the means, all of 100."""
    true, high, low = pl.col("true"), pl.col("high"), pl.col("low")
    above, below, error = (true > high).mean(), (true < low).mean(), (pl.col("said") - true).std() / pl.len().sqrt()
    shown = {"covered": 1 - above - below, "above": above, "below": below}
    shown |= {"said": pl.col("said").mean(), "true": true.mean(), "error": error}
    lines = told.group_by("plan", "answer", maintain_order=True).agg((100 * e).alias(name) for name, e in shown.items())
    return lines.with_columns((pl.col("said") / pl.col("true")).alias("said/true"))


def shares(coming: pl.DataFrame) -> dict[str, float]:
    """Each method's part of what the truth gains in expected log loss over the world's mean risk for every run."""
    true = pl.col("true")
    said = {name: pl.col(name).clip(1e-12, 1 - 1e-12) for name in coming.columns} | {"flat": true.mean()}
    loss = coming.select((-(true * p.log() + (1 - true) * (1 - p).log())).mean().alias(n) for n, p in said.items())
    lost = loss.row(0, named=True)
    gain = lost["flat"] - lost["true"]
    return {name: round((lost["flat"] - lost[name]) / gain, 3) for name in coming.columns[1:]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runners", type=int, nargs="?", default=200, help="runners a world")
    n = parser.parse_args().runners
    pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, float_precision=2)
    pl.Config(tbl_cols=-1, tbl_width_chars=100)
    for number, (name, (world, shift)) in enumerate(WORLDS.items()):
        told, coming = measure(world, shift, n, np.random.default_rng([SEED, number]))
        print(f"\n{name}: {n} runners", table(told), f"share of the gain: {shares(coming)}", sep="\n", flush=True)


if __name__ == "__main__":
    main()

"""Checks personal numbers on simulated runners with a known truth: each fitted alone, with a year of answered runs.

Runners and hazards come from sample_data.world.simulate; the figures judge the method and are no evidence about people.
By hand: python -m benchmarks.one_runner_alone 200   (runners per world, of 18; about 10-20 CPU seconds per world)
benchmarks.model_quality calls it too and compares the figures with goals.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.scores import share_of_gain
from benchmarks.worlds.claim_worlds import NOTHING_ACTS
from benchmarks.worlds.published_year import first_answer, lived, runners, true_risks, year
from models.fit.design import plan_rows
from models.fit.hazard import CrampHazard
from models.scoring.baselines import LevelTimesShape
from sample_data.world import simulate
from sample_data.world.simulate import MID, SCENARIOS, Truth, World

Floats = NDArray[np.float64]

SEED = 20240617
FEWEST_RUNS, MOST_RUNS = 60, 150  # answered runs per year
NEXT_RUNS = 40  # of the following year, for the share of the attainable gain
USUAL_RACES = ("10k", "half", "marathon")
PLANS = {"easy": (48.0, "easy"), "2 h": (120.0, "long run"), "half": (119.0, "half"), "marathon": (245.0, "marathon")}
LONGEST_PLAN_S, RISK_LIMIT = 6 * 3600.0, 0.10


@dataclass(frozen=True, slots=True)
class Published:
    """A published world, how much more the tool's users cramp (`shift`), and the share of cramps not reported (`missed`)."""

    world: World
    shift: float = 0.0
    missed: float = 0.0
    long_in_summer: bool = False


WORLDS = {
    f"{name} {shift:+.1f} heat {heat:.2f}": Published(replace(world, b_heat=heat), shift)
    for heat in (0.03, 0.0, 0.10)
    for name, world in (("LOW", simulate.LOW), ("MID", MID), ("HIGH", simulate.HIGH))
    for shift in (0.0, 1.5)
    if heat == 0.03 or name == "MID"
} | {
    "MID +1.5 pace 0": Published(replace(MID, b_pace=0.0, sd_pace=0.0), 1.5),
    "MID +1.5 pace half": Published(replace(MID, b_pace=MID.b_pace / 2), 1.5),
    "MID +1.5 pace double": Published(replace(MID, b_pace=MID.b_pace * 2), 1.5),
    "MID +1.5 duration steep": Published(replace(MID, k=2.9), 1.5),
    "MID +1.5 duration flat": Published(replace(MID, k=1.5), 1.5),
    "MID +1.5 a quarter missed": Published(MID, 1.5, missed=0.25),
    "N0: only duration acts": Published(NOTHING_ACTS, 1.5),
    "N1: long runs in summer": Published(replace(simulate.HIGH, b_heat=0.0, sd_heat=0.0), 1.5, long_in_summer=True),
}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """`predicted`: one row per runner, plan and first answer. `coming`: each method's forecasts. `cpu_s`: seconds per runner."""

    predicted: pl.DataFrame
    coming: pl.DataFrame
    too_long: float
    cpu_s: float


@dataclass(slots=True)
class _Tally:
    predicted: list[tuple[object, ...]] = field(default_factory=list)
    coming: list[pl.DataFrame] = field(default_factory=list)
    too_long: list[bool] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)


def plans(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns PLANS at the end of the runner's year, with the longest run and the weather of the last run."""
    frames, covariates = [], {name: rows[name][-1] for name in ("longest30_s", "wbgt_c")}
    for name, (minutes, scenario) in PLANS.items():
        kind = SCENARIOS[scenario]
        covariates |= {"descent_m": kind.descent_m, "pace_faster_pct": kind.faster_pct, "start_hour_local": 8.5}
        frames.append(plan_rows(60 * minutes, run_id=name, race=kind.race, load_3d_z=0.0, **covariates))
    return pl.concat(frames)


def measure(published: Published, n: int, rng: np.random.Generator) -> Measured:
    """Returns the predictions of PLANS for n runners, and each method's forecasts of the next year's runs."""
    tally = _Tally()
    for truth in runners(published.world, n, published.shift, rng):
        _measure_runner(published, truth, rng, tally)
    columns = ["plan", "answer", "predicted", "low", "high", "true"]
    predicted = pl.DataFrame(tally.predicted, schema=columns, orient="row")
    return Measured(predicted, pl.concat(tally.coming), float(np.mean(tally.too_long)), float(np.mean(tally.cpu_s)))


def _measure_runner(published: Published, truth: Truth, rng: np.random.Generator, tally: _Tally) -> None:
    n_answered = int(rng.integers(FEWEST_RUNS, MOST_RUNS + 1))
    rows = lived(
        published.world, truth, year(n_answered, rng, long_in_summer=published.long_in_summer), rng, published.missed
    )
    race = str(rng.choice(USUAL_RACES))
    answer = first_answer(published.world, truth, race, rng)
    wanted, ahead = plans(rows), year(NEXT_RUNS, rng, long_in_summer=published.long_in_summer).drop("start_at")
    true = dict(zip(PLANS, true_risks(published.world, truth, wanted), strict=True))
    forecasts = {
        "true": true_risks(published.world, truth, ahead),
        "level": LevelTimesShape().fit(rows).predict_runs(ahead),
    }
    for given, answers in (("no", {}), ("yes", {"one": (answer, race)})):
        begun_s = time.process_time()
        model = CrampHazard().fit(rows, first_answers=answers)
        risks = model.run_risks(wanted)
        tally.cpu_s.append(time.process_time() - begun_s)
        tally.predicted += [
            (name, given, risks[name].mean, risks[name].low, risks[name].high, p) for name, p in true.items()
        ]
        forecasts[f"hazard, answer {given}"] = np.array([risk.mean for risk in model.run_risks(ahead).values()])
    tally.coming.append(pl.DataFrame(forecasts))
    tally.too_long.append(_too_long(published.world, truth, model, rows))


def _too_long(world: World, truth: Truth, model: CrampHazard, rows: pl.DataFrame) -> bool:
    """Returns True if the duration predicted to stay under 10 of 100 (in nine of ten draws) exceeds it for this runner."""
    same = {name: rows[name][-1] for name in ("longest30_s", "wbgt_c")} | {"load_3d_z": 0.0, "start_hour_local": 8.5}
    longest_s = model.longest_under(RISK_LIMIT, plan_rows(LONGEST_PLAN_S, descent_m=300.0, **same), sure=0.9)
    if longest_s <= 0:
        return False
    plan = plan_rows(longest_s, descent_m=300.0 * longest_s / LONGEST_PLAN_S, **same)
    return bool(true_risks(world, truth, plan)[0] > RISK_LIMIT)


def table(forecasts: pl.DataFrame) -> pl.DataFrame:
    """Returns one line per plan: coverage of the 90 % range, how often the truth is outside, and means, all of 100."""
    true, high, low = pl.col("true"), pl.col("high"), pl.col("low")
    above, below, error = (
        (true > high).mean(),
        (true < low).mean(),
        (pl.col("predicted") - true).std() / pl.len().sqrt(),
    )
    shown = {"covered": 1 - above - below, "above": above, "below": below}
    shown |= {"predicted": pl.col("predicted").mean(), "true": true.mean(), "error": error}
    lines = forecasts.group_by("plan", "answer", maintain_order=True).agg(
        (100 * e).alias(name) for name, e in shown.items()
    )
    return lines.with_columns((pl.col("predicted") / pl.col("true")).alias("predicted/true"))


def shares(coming: pl.DataFrame) -> dict[str, float]:
    """Returns each method's share of the gain (benchmarks.scores) on the next year's runs."""
    true = coming["true"].to_numpy()
    return {name: round(share_of_gain(coming[name].to_numpy(), true), 3) for name in coming.columns[1:]}


def measure_all(n: int, names: list[str], seed: int) -> dict[str, Measured]:
    """Measures and prints each world; its runners depend only on the seed and its index."""
    pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, float_precision=2)
    pl.Config(tbl_cols=-1, tbl_width_chars=100)
    found = {}
    for number, name in enumerate(WORLDS):
        if name in names:
            found[name] = measure(WORLDS[name], n, np.random.default_rng([seed, number]))
            print(f"\n{name}: {n} runners", table(found[name].predicted), sep="\n")
            print(f"share of the gain: {shares(found[name].coming)}", flush=True)
            print(
                f"too long: {100 * found[name].too_long:.1f} of 100; {1000 * found[name].cpu_s:.1f} CPU ms per runner"
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runners", type=int, nargs="?", default=200, help="runners per world")
    measure_all(parser.parse_args().runners, list(WORLDS), SEED)


if __name__ == "__main__":
    main()

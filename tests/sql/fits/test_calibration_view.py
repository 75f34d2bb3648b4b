"""The record of forecasts as sums: by hand for a few, and against a slow telling of the same for many."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipeline.report.numbers.of_100 import LEVELS, level_of, runs_of_100
from pipeline.store.answers.cramps import set_answer
from pipeline.store.answers.runners import Runner
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from pipeline.store.fits.forecasts import NewForecast
from tests.sql.fits.slow_predictions import slow_calibration, slow_states
from tests.support.forecast_store import PLAN_AT, asked, automatic, keep
from tests.support.stores import cramp_at, even_run, make_store, put_runs

KNOWN = "SELECT runs, cramp_runs, expected, brier_sum, log_loss_sum FROM v_calibration"


def day(n: int) -> timedelta:
    return timedelta(days=n)


def test_a_group_sums_what_was_said_and_what_came(tmp_path: Path) -> None:
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    runs = [even_run(60, PLAN_AT + day(n)) for n in range(3)]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, runs)
        for run, mean in zip(runs, (0.25, 0.3, 0.02), strict=True):
            keep(con, automatic(anna, run, run.start_at + timedelta(hours=2), mean))
        answer(con, runs[0].run_id)
        cramp_at(con, anna, runs[1], 1800.0)
        answer(con, runs[2].run_id)
        rows = con.execute(f"{KNOWN} ORDER BY from_of_100").fetchall()
        ends = con.execute("SELECT from_of_100, to_of_100 FROM v_calibration ORDER BY from_of_100").fetchall()
    assert ends == [(0, 4), (20, 34)]
    assert rows[0] == pytest.approx((1, 0, 0.02, 0.0004, 0.020203), abs=1e-6)  # -ln .98
    assert rows[1] == pytest.approx((2, 1, 0.55, 0.5525, 1.491655), abs=1e-6)  # .0625 + .49; -ln .75 - ln .3


@pytest.mark.parametrize("mean", [0.0, 1.0])
def test_a_forecast_that_was_certain_and_wrong_costs_much_and_not_everything(tmp_path: Path, mean: float) -> None:
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    run = even_run(60, PLAN_AT)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, [run])
        keep(con, automatic(anna, run, PLAN_AT + timedelta(hours=2), mean))
        if mean:
            answer(con, run.run_id)
        else:
            cramp_at(con, anna, run, 1800.0)
        ((loss,),) = con.execute("SELECT log_loss_sum FROM v_calibration").fetchall()
    assert loss == pytest.approx(20.723, abs=0.001)  # -ln 1e-9


def test_many_forecasts_are_told_as_the_slow_way_tells_them(tmp_path: Path) -> None:
    settings, runners = make_store(tmp_path / "home", "anna", "ben")
    rng = Random(20261125)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        for runner in runners:
            fill(con, runner, rng)
        told = {
            key: (state, run_id)
            for key, state, run_id in con.execute("SELECT prediction_id, state, run_id FROM v_prediction").fetchall()
        }
        assert told == slow_states(con)
        assert {state for state, _ in told.values()} == {
            "scored", "unanswered", "waiting", "expired", "replaced", "late",
        }  # fmt: skip
        sums = {
            tuple(row[:3]): row[3:]
            for row in con.execute(
                "SELECT runner_id, kind, from_of_100, runs, cramp_runs, expected, brier_sum, log_loss_sum FROM v_calibration"
            ).fetchall()
        }
        slow = slow_calibration(con)
    assert sums.keys() == slow.keys()
    for key, values in slow.items():
        assert sums[key] == pytest.approx(values, abs=1e-9)


def test_groups_are_the_levels_in_which_risks_are_told(tmp_path: Path) -> None:
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    means = [0.001, 0.0099, 0.0449, 0.045, 0.0949, 0.095, 0.1949, 0.195, 0.3449, 0.345, 0.96]
    runs = [even_run(30, PLAN_AT + day(n)) for n in range(len(means))]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, runs)
        for run, mean in zip(runs, means, strict=True):
            keep(con, automatic(anna, run, run.start_at + timedelta(hours=1), mean))
            answer(con, run.run_id)
        counted = con.execute("SELECT from_of_100, runs FROM v_calibration ORDER BY from_of_100").fetchall()
    starts = [0, *(low for _, low, _ in LEVELS[1:])]
    levels = [max(level_of(runs_of_100(mean)) - 1, 0) for mean in means]
    assert counted == [(start, levels.count(place)) for place, start in enumerate(starts)]


def answer(con: duckdb.DuckDBPyConnection, run_id: str, word: str = "no cramp", hours: float = 5) -> None:
    """An answer given so many hours after the run's start."""
    ((start_at,),) = con.execute("SELECT start_at FROM run WHERE run_id = ?", [run_id]).fetchall()
    at = start_at.replace(tzinfo=PLAN_AT.tzinfo) + timedelta(hours=hours)
    with change(con, "tag", word, "single", at) as step:
        set_answer(step, run_id, word)


def fill(con: duckdb.DuckDBPyConnection, runner: Runner, rng: Random) -> None:
    """Fifty days of runs, some a ride, some answered, with forecasts of either kind at all sorts of times."""
    starts = sorted(PLAN_AT + timedelta(hours=rng.uniform(0, 50 * 24)) for _ in range(40))
    apart = [one for one, following in pairwise(starts) if following - one > timedelta(hours=1)]
    runs = [even_run(20, at, sport=rng.choice(["running"] * 5 + ["cycling"])) for at in apart]
    put_runs(con, runner, runs)
    made: list[NewForecast] = []
    for run in runs:
        hours = rng.uniform(0, 10)
        word = rng.choice(["no cramp", "no cramp", "cramp", "not sure", "unanswered"])
        if word == "cramp":
            cramp_at(con, runner, run, 600.0)
        elif word != "unanswered":
            answer(con, run.run_id, word, hours)
        mean = rng.uniform(0.001, 0.6)
        kept_at = run.start_at + timedelta(hours=hours + rng.choice([-0.5, -0.5, 0.5]))
        made += [automatic(runner, run, kept_at, mean)] * (run.sport == "running") * rng.choice([0, 1, 2])
        plan_at = run.start_at + timedelta(hours=rng.uniform(-9, 9))
        for _ in range(rng.choice([0, 1, 3])):
            made.append(asked(runner, plan_at - timedelta(hours=rng.uniform(0, 30)), plan_at, rng.uniform(0.001, 0.6)))
    made.append(asked(runner, starts[-1], starts[-1] + timedelta(days=3)))
    keep(con, *made)

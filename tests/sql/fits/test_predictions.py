"""What becomes of a forecast: which run it is of, whether it counts, and what came. The store's own view, real runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import Settings
from pipeline.store.answers.cramps import set_answer
from pipeline.store.answers.runners import Runner
from pipeline.store.answers.undo import undo_change
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from pipeline.store.fits.forecasts import forecasts_of
from pipeline.store.runs.duplicates import link_pair
from tests.support.forecast_store import ASKED_AT, FIT_AT, PLAN_AT, asked, automatic, keep, matched, run_in, states
from tests.support.stores import NOW, answer, cramp_at, even_run, make_store, put_runs

Con = duckdb.DuckDBPyConnection
Store = tuple[Con, Runner]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        yield con, anna


def answer_at(con: Con, run_id: str, word: str, at: datetime) -> int:
    """An answer given then; the number of the change."""
    with change(con, "tag", word, "single", at) as step:
        set_answer(step, run_id, word)
        return step.change_no


@pytest.mark.parametrize(("hours", "state"), [(5 + 59 / 60, "unanswered"), (6 + 1 / 60, "expired")])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_plan_is_of_a_run_that_starts_within_six_hours(store: Store, hours: float, sign: int, state: str) -> None:
    con, anna = store
    keep(con, asked(anna))
    put_runs(con, anna, [run_in(sign * hours), run_in(48)])
    assert states(con) == [state]


def test_a_plan_waits_until_the_log_goes_on_without_it(store: Store) -> None:
    con, anna = store
    keep(con, asked(anna))
    put_runs(con, anna, [run_in(-100)])
    assert states(con) == ["waiting"]
    put_runs(con, anna, [run_in(30)])
    assert states(con) == ["expired"]
    late = run_in(0)  # the watch was read days later
    put_runs(con, anna, [late])
    assert states(con) == ["unanswered"]


def test_of_two_runs_the_next_one_is_meant(store: Store) -> None:
    con, anna = store
    first, second = run_in(-1), run_in(2)
    (one,) = keep(con, asked(anna))
    put_runs(con, anna, [second, first])
    assert matched(con, one) == [first.run_id]


def test_a_run_that_had_begun_when_one_asked_is_not_forecast(store: Store) -> None:
    con, anna = store
    keep(con, asked(anna, made_at=PLAN_AT - timedelta(minutes=5)))
    put_runs(con, anna, [run_in(-1), run_in(48)])
    assert states(con) == ["expired"]


def test_a_ride_is_no_answer_to_a_plan_for_a_run(store: Store) -> None:
    con, anna = store
    keep(con, asked(anna))
    put_runs(con, anna, [even_run(60, PLAN_AT, sport="cycling"), run_in(48)])
    assert states(con) == ["expired"]


def test_another_runners_run_does_not_count(tmp_path: Path) -> None:
    settings, (anna, ben) = make_store(tmp_path / "home", "anna", "ben")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        keep(con, asked(anna))
        put_runs(con, ben, [run_in(0), run_in(48)])
        assert states(con) == ["waiting"]


def test_asked_twice_the_last_before_the_start_counts_and_all_are_kept(store: Store) -> None:
    con, anna = store
    run = run_in(0)
    made = [ASKED_AT, ASKED_AT + timedelta(hours=3), ASKED_AT + timedelta(hours=1)]
    keep(con, *(asked(anna, at) for at in made))
    put_runs(con, anna, [run])
    answer(con, run)
    assert states(con) == ["replaced", "scored", "replaced"]


@pytest.mark.parametrize(
    ("word", "state", "cramp"),
    [("no cramp", "scored", False), ("cramp", "scored", True), ("not sure", "unanswered", None)],
)
def test_a_forecast_is_held_against_the_answer(store: Store, word: str, state: str, cramp: bool | None) -> None:
    con, anna = store
    run = run_in(0)
    keep(con, asked(anna))
    put_runs(con, anna, [run])
    if word == "cramp":
        cramp_at(con, anna, run, 1800.0)
    else:
        answer(con, run, word)
    (told,) = forecasts_of(con, anna.runner_id)
    assert (told.state, told.cramp, told.run_id) == (state, cramp, run.run_id)


@pytest.mark.parametrize("how", [{"severity": "tightness"}, {"phase": "after", "moving_s": None}])
def test_tightness_and_a_cramp_after_the_run_are_no_cramp(store: Store, how: dict[str, str]) -> None:
    con, anna = store
    run = run_in(0)
    keep(con, asked(anna))
    put_runs(con, anna, [run])
    cramp_at(con, anna, run, **{"moving_s": 1800.0, **how})  # type: ignore[arg-type]
    assert [one.cramp for one in forecasts_of(con, anna.runner_id)] == [False]


def test_an_automatic_forecast_made_after_the_answer_counts_nowhere(store: Store) -> None:
    con, anna = store
    run = run_in(0)
    put_runs(con, anna, [run])
    answered_at = PLAN_AT + timedelta(hours=3)
    answer_at(con, run.run_id, "no cramp", answered_at)
    keep(con, automatic(anna, run, answered_at + timedelta(seconds=1)), automatic(anna, run, answered_at))
    assert states(con) == ["late", "scored"]


def test_an_answer_that_was_taken_back_was_known_all_the_same(store: Store) -> None:
    con, anna = store
    run = run_in(0)
    put_runs(con, anna, [run])
    answer_at(con, run.run_id, "cramp", PLAN_AT + timedelta(hours=3))
    answer_at(con, run.run_id, "unanswered", PLAN_AT + timedelta(hours=4))
    keep(con, automatic(anna, run, PLAN_AT + timedelta(hours=5)))
    answer_at(con, run.run_id, "no cramp", PLAN_AT + timedelta(hours=6))
    assert states(con) == ["late"]


def test_a_fit_made_after_the_start_knew_too_much(store: Store) -> None:
    con, anna = store
    run = even_run(60, FIT_AT - timedelta(hours=1))
    put_runs(con, anna, [run])
    keep(con, automatic(anna, run, NOW))
    assert states(con) == ["late"]


def test_asked_and_automatic_forecasts_of_one_run_both_count_each_for_its_kind(store: Store) -> None:
    con, anna = store
    run = run_in(0)
    keep(con, asked(anna))
    put_runs(con, anna, [run])
    keep(con, automatic(anna, run, PLAN_AT + timedelta(hours=2)))
    answer(con, run)
    assert states(con) == ["scored", "scored"]


def test_a_richer_recording_takes_the_forecast_over_and_of_two_the_first_counts(store: Store) -> None:
    con, anna = store
    watch, phone = run_in(0), even_run(60, PLAN_AT, speed_ms=3.001, step_s=1.0)
    put_runs(con, anna, [watch])
    (first,) = keep(con, automatic(anna, watch, PLAN_AT + timedelta(hours=2)))
    links = put_runs(con, anna, [phone])
    assert links == {watch.run_id: phone.run_id}
    (second,) = keep(con, automatic(anna, phone, PLAN_AT + timedelta(hours=3)))
    answer(con, phone)
    assert matched(con, first, second) == [phone.run_id, phone.run_id]
    assert states(con) == ["scored", "replaced"]


def test_joined_with_a_run_that_was_answered_before_a_forecast_is_late_and_parted_it_counts_again(store: Store) -> None:
    con, anna = store
    morning, other = run_in(0), run_in(20)
    put_runs(con, anna, [morning, other])
    answer_at(con, other.run_id, "no cramp", PLAN_AT + timedelta(hours=22))
    keep(con, automatic(anna, morning, PLAN_AT + timedelta(hours=23)))
    assert states(con) == ["unanswered"]
    with change(con, "runs merge", "", "single", NOW) as step:
        link_pair(step, morning.run_id, other.run_id)
        merged = step.change_no
    assert states(con) == ["late"]
    undo_change(con, merged, NOW)
    assert states(con) == ["unanswered"]


def test_a_deleted_run_takes_its_forecast_along_and_brings_it_back(store: Store) -> None:
    con, anna = store
    run, next_one = run_in(0), run_in(48)
    (plan,) = keep(con, asked(anna))
    put_runs(con, anna, [run, next_one])
    (own,) = keep(con, automatic(anna, run, PLAN_AT + timedelta(hours=2)))
    answer(con, run)
    assert states(con) == ["scored", "scored"]
    with change(con, "runs rm", "", "single", NOW) as step:
        step.update("run", run.run_id, {"deleted_at": NOW.replace(tzinfo=None)})
        deleted = step.change_no
    assert con.execute("SELECT prediction_id, state FROM v_prediction").fetchall() == [(plan, "expired")]
    undo_change(con, deleted, NOW)
    assert states(con) == ["scored", "scored"]
    assert matched(con, plan, own) == [run.run_id, run.run_id]


def test_a_run_said_to_be_a_ride_has_no_forecast(store: Store) -> None:
    con, anna = store
    run = run_in(0)
    put_runs(con, anna, [run])
    keep(con, automatic(anna, run, PLAN_AT + timedelta(hours=2)))
    with change(con, "runs edit", "", "single", NOW) as step:
        step.update("run", run.run_id, {"sport": "cycling", "sport_said": "cycling"})
    assert states(con) == []


def test_simulated_runs_are_marked_wherever_they_are_told(tmp_path: Path) -> None:
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    _simulated_day(settings, anna)
    with open_store(settings, write=False) as con:
        assert con.execute("SELECT simulated, state FROM v_prediction").fetchall() == [(True, "scored")]
        assert con.execute("SELECT simulated, runs FROM v_calibration").fetchall() == [(True, 1)]


def _simulated_day(settings: Settings, anna: Runner) -> None:
    run = replace(run_in(0), simulated=True)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, [run])
        keep(con, automatic(anna, run, PLAN_AT + timedelta(hours=2)))
        answer(con, run)

"""Automatic forecasts on a real store with a real fit: of which runs, from what, when; and how each way to answer makes them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.fit.design import plan_rows
from models.fit.hazard import CrampHazard
from pipeline.actions.ingest.inbox import take_answers
from pipeline.actions.risk.automatic_forecasts import forecast_new_runs
from pipeline.actions.tagging.tag import CrampText, answer_none_between, answer_run, tag_cramp
from pipeline.actions.tagging.tag_file import import_tags
from pipeline.actions.training.train import train
from pipeline.schema import ParsedRun
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from pipeline.store.db.rows import first_value
from pipeline.store.fits.forecasts import forecasts_of
from tests.architecture.test_imports import loaded
from tests.support.planned import planned_store
from tests.support.stores import NOW, answer, even_run, put_runs

EVENING = NOW + timedelta(hours=5)  # Sunday, 17:00 UTC, after the fit; her only other Sunday evening was 90 minutes
NIGHT = NOW + timedelta(hours=10)
Store = tuple[Settings, Runner]


def new_run(store: Store, at: datetime = EVENING, minutes: float = 75) -> ParsedRun:
    """A run that nobody has answered yet."""
    settings, anna = store
    run = even_run(minutes, at)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, [run])
    return run


def kept(store: Store) -> list[dict[str, Any]]:
    """The forecasts in the ledger."""
    with open_store(store[0], write=False) as con:
        found = con.execute("SELECT * FROM prediction ORDER BY length(prediction_id), prediction_id")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def states(store: Store) -> list[str]:
    with open_store(store[0], write=False) as con:
        return [one.state for one in forecasts_of(con, store[1].runner_id)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Thirteen answered runs and the fit to them, made at NOW."""
    return planned_store(tmp_path / "home", fitted=True)


def test_a_new_run_is_told_as_it_stood_at_its_start(store: Store) -> None:
    run = new_run(store)
    assert forecast_new_runs(store[0], NIGHT) == 1
    (told,) = kept(store)
    assert (told["kind"], told["run_id"], told["made_at"]) == ("automatic", run.run_id, NIGHT.replace(tzinfo=None))
    assert (told["start_at"], told["planned_s"], told["weather_source"]) == (
        EVENING.replace(tzinfo=None),
        5400.0,
        "start",
    )
    assert told["air_temp_c"] == pytest.approx(21 - 2.5 / 60, abs=0.01)  # two and a half minutes into the first hour
    seen = json.loads(told["features"])
    assert (seen["longest30_s"], seen["start_hour_local"]) == ([7200.0] * 18, [19.0] * 18)
    with open_store(store[0], write=False) as con:
        model = first_value(con, "SELECT CAST(model AS VARCHAR) FROM fit WHERE fit_id = ?", [told["fit_id"]])
    plan = plan_rows(
        5400.0,
        longest30_s=7200.0,
        air_temp_c=told["air_temp_c"],
        wbgt_c=told["wbgt_c"],
        load_3d_z=seen["load_3d_z"][0],
        start_hour_local=19.0,
    )
    risk = CrampHazard.from_json(model).run_risk(plan)
    assert (told["mean"], told["low"], told["high"]) == pytest.approx((risk.mean, risk.low, risk.high))


def test_the_runs_own_length_is_not_in_its_forecast(tmp_path: Path) -> None:
    told = []
    for minutes in (30, 150):
        store = planned_store(tmp_path / str(minutes), fitted=True)
        new_run(store, minutes=minutes)
        forecast_new_runs(store[0], NIGHT)
        told.append({name: kept(store)[0][name] for name in ("mean", "low", "high", "features")})
    assert told[0] == told[1]


def test_a_forecast_is_made_once(store: Store) -> None:
    new_run(store)
    assert [forecast_new_runs(store[0], NIGHT + timedelta(hours=n)) for n in range(2)] == [1, 0]


def test_runs_from_before_the_first_fit_are_not_forecast(tmp_path: Path) -> None:
    store = planned_store(tmp_path / "home", answered=10)
    assert forecast_new_runs(store[0], NOW) == 0
    train(store[0], NOW)
    assert forecast_new_runs(store[0], NIGHT) == 0
    new_run(store, NOW - timedelta(days=400))  # an old file turns up
    assert forecast_new_runs(store[0], NIGHT) == 0


def test_a_fit_to_fewer_than_ten_runs_tells_nothing(tmp_path: Path) -> None:
    store = planned_store(tmp_path / "home", answered=9, fitted=True)
    new_run(store)
    assert forecast_new_runs(store[0], NIGHT) == 0


def test_an_answered_run_and_a_ride_are_not_forecast(store: Store) -> None:
    settings, anna = store
    ride = even_run(60, EVENING + timedelta(hours=20), sport="cycling")
    run = new_run(store)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, [ride])
        answer(con, run)
    assert forecast_new_runs(settings, NIGHT) == 0


def test_the_fit_in_use_at_the_start_tells_it_though_another_replaced_it_since(store: Store) -> None:
    settings, _ = store
    new_run(store)
    other = new_run(store, EVENING + timedelta(days=1))
    with open_store(settings, write=True) as con:
        answer(con, other)
    assert train(settings, NIGHT + timedelta(days=2)).outcome == "fitted"
    assert forecast_new_runs(settings, NIGHT + timedelta(days=3)) == 1
    assert kept(store)[0]["fit_made_at"] == NOW.replace(tzinfo=None)


def test_a_fit_of_other_libraries_tells_nothing_and_stops_nobody(store: Store) -> None:
    with open_store(store[0], write=True) as con:
        con.execute(
            "UPDATE fit SET model = json_merge_patch(model, json_object('own', json_object(runner_id,"
            " json_object('coefficients_sum', 0))))"
        )
    new_run(store)
    assert forecast_new_runs(store[0], NIGHT) == 0
    answer_run(store[0], "last", None, "no cramp", NIGHT)


def by_tag(settings: Settings, folder: Path) -> None:
    tag_cramp(settings, "last", None, CrampText("0:50:00", "calf", "left", "mild"), NIGHT)


def by_answer(settings: Settings, folder: Path) -> None:
    answer_run(settings, "last", None, "no cramp", NIGHT)


def by_many(settings: Settings, folder: Path) -> None:
    assert answer_none_between(settings, None, EVENING.date(), None, NIGHT) == 1


def by_file(settings: Settings, folder: Path) -> None:
    path = folder / "answers.csv"
    path.write_text("run,at\n2026-11-22,none\n")
    assert import_tags(settings, path, None, NIGHT).imported == 1


def by_night(settings: Settings, folder: Path) -> None:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "answers.csv").write_text("run,at\n2026-11-22,none\n")
    assert take_answers(settings, NIGHT) == "1 lines, 0 cramps, forecast before their answer: 1"


@pytest.mark.parametrize("way", [by_tag, by_answer, by_many, by_file, by_night])
def test_whichever_way_a_run_is_answered_its_forecast_was_made_first(store: Store, tmp_path: Path, way: Any) -> None:
    new_run(store)
    way(store[0], tmp_path)
    assert states(store) == ["scored"]
    with open_store(store[0], write=False) as con:
        assert [one.cramp for one in forecasts_of(con, store[1].runner_id)] == [way is by_tag]


def test_looking_at_what_would_be_answered_makes_no_forecast(store: Store) -> None:
    new_run(store)
    assert answer_none_between(store[0], None, EVENING.date(), None, NIGHT, dry_run=True) == 1
    assert kept(store) == []


def test_a_run_whose_answer_was_taken_back_is_not_forecast_anew(store: Store) -> None:
    run = new_run(store)
    with open_store(store[0], write=True) as con:
        answer(con, run)
        answer(con, run, "unanswered")
    assert forecast_new_runs(store[0], NIGHT) == 0


def test_tagging_loads_no_model_where_nothing_can_be_forecast(tmp_path: Path) -> None:
    planned_store(tmp_path / "home", answered=12)
    found = loaded(tmp_path / "home", "tag", "last", "--none")
    assert not {"polars", "scipy", "sklearn"} & set(found)

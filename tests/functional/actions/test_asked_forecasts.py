"""Forecasts that `cramplog risk` tells of a plan: which are kept, and that the record is told by it and by the report."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from models.fit.hazard import CrampHazard
from pipeline.actions.report.make_report import make_report
from pipeline.actions.risk.parse_plan import PlanText
from pipeline.actions.risk.result import RiskAnswer
from pipeline.actions.risk.risk import risk_of_plan
from pipeline.actions.tagging.flags import set_flags
from pipeline.actions.tagging.tag import CrampText, answer_run, tag_cramp
from pipeline.actions.training.evidence import evidence_of, forecast_record
from pipeline.cli.lines.risk_lines import so_far
from pipeline.rules import Evidence, may_say
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from pipeline.store.fits.forecasts import StoredForecast, forecasts_of
from tests.support.forecast_store import automatic, keep
from tests.support.planned import planned_store
from tests.support.stores import NOW, even_run, put_runs

TOMORROW = "tomorrow 18:00"
Store = tuple[Settings, Runner]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return planned_store(tmp_path / "home", fitted=True)


def ask(store: Store, now: datetime = NOW, **words: str | bool) -> RiskAnswer:
    """The answer to `cramplog risk`, no service asked."""
    plan = PlanText(**{"time": "1:30", **words})  # type: ignore[arg-type]
    return risk_of_plan(store[0], None, plan, "off", now)


def kept(store: Store) -> list[tuple[str, float]]:
    """State and mean of each forecast in the ledger."""
    with open_store(store[0], write=False) as con:
        return [(one.state, one.mean) for one in forecasts_of(con, store[1].runner_id)]


def test_a_plan_with_a_start_is_kept_as_it_was_told_and_can_be_told_again(store: Store) -> None:
    told = ask(store, at=TOMORROW, pace="5%", race=True)
    assert told.plan is not None
    assert told.stored
    assert kept(store) == [("waiting", told.plan.risk.mean)]
    with open_store(store[0], write=False) as con:
        columns = (
            "start_at, planned_s, pace_faster_pct, race, weather_source, simulated, CAST(features AS VARCHAR), fit_id"
        )
        row = con.execute(f"SELECT {columns} FROM prediction").fetchall()[0]
        ((model,),) = con.execute("SELECT CAST(model AS VARCHAR) FROM fit WHERE fit_id = ?", [row[-1]]).fetchall()
    assert row[:6] == (datetime(2026, 11, 23, 17, 0), 5400.0, 5.0, True, "own month", False)
    again = CrampHazard.from_json(model).run_risk(pl.DataFrame(json.loads(row[6])))
    assert again.mean == pytest.approx(told.plan.risk.mean)


def test_a_plan_without_a_start_is_not_kept(store: Store) -> None:
    assert not ask(store).stored
    assert kept(store) == []


def test_a_plan_of_which_nothing_is_told_is_not_kept(store: Store) -> None:
    assert not ask(store, at=TOMORROW, time="6:00").stored  # thrice as long as any own run
    set_flags(store[0], None, ("dark_urine",), (), NOW)
    assert not ask(store, at=TOMORROW).stored
    assert kept(store) == []


def test_asking_again_keeps_both_and_the_run_decides(store: Store) -> None:
    settings, anna = store
    ask(store, at=TOMORROW)
    told = ask(store, NOW + timedelta(hours=3), at=TOMORROW, race=True)
    assert [state for state, _ in kept(store)] == ["waiting", "waiting"]
    run = even_run(80, NOW + timedelta(hours=30))
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, [run])
    tag_cramp(settings, "last", None, CrampText("0:50:00", "calf", "left", "mild"), NOW + timedelta(days=2))
    assert [state for state, _ in kept(store)] == ["replaced", "scored", "scored"]  # the last is the automatic one
    assert told.plan is not None
    later = ask(store, NOW + timedelta(days=3), at=TOMORROW)
    assert (later.so_far.runs, later.so_far.observed) == (1, 1)
    assert later.so_far.expected == pytest.approx(told.plan.risk.mean)
    assert so_far(later)[0] == (
        "So far: of 1 run that was forecast before the answer, fewer than 1 expected to bring a cramp; 1 did."
    )


def _forecasts(store: Store) -> tuple[StoredForecast, ...]:
    with open_store(store[0], write=False) as con:
        return forecasts_of(con, store[1].runner_id)


def test_a_simulated_runners_forecasts_are_kept_as_simulated(tmp_path: Path) -> None:
    store = planned_store(tmp_path / "home", simulated=True, fitted=True)
    assert ask(store, at=TOMORROW).stored
    assert [one.simulated for one in _forecasts(store)] == [True]


def forecast(
    run: int, mean: float, cramp: bool | None, kind: str = "automatic", state: str = "scored"
) -> StoredForecast:
    return StoredForecast(kind, state, f"run {run}", mean, cramp, False)


def test_each_run_counts_once_as_it_was_asked_for() -> None:
    told = forecast_record(
        [
            forecast(1, 0.1, True),
            forecast(1, 0.3, True, kind="asked"),
            forecast(2, 0.2, False),
            forecast(3, 0.9, None, state="unanswered"),
            forecast(4, 0.9, False, kind="asked", state="replaced"),
        ]
    )
    assert (told.runs, told.observed) == (2, 1)
    assert told.expected == pytest.approx(0.5)


@pytest.mark.parametrize(("runs", "came", "off"), [(100, 8, True), (100, 9, False), (99, 8, False)])
def test_twenty_cramps_expected_and_too_few_came_says_that_the_model_is_off(runs: int, came: int, off: bool) -> None:
    told = [forecast(n, 0.2, n < came) for n in range(runs)]  # of a hundred 20 are expected, of 99 fewer
    assert may_say(evidence(told)).old_model_is_off is off


def test_the_record_of_what_would_have_been_said_is_no_forecast_that_was_made() -> None:
    found = evidence([], {"evaluation": {"expected": 40.0, "cramps": 2}, "claims": {}})
    assert (found.forecasts_expected, found.forecasts_ratio) == (0.0, None)


def evidence(forecasts: list[StoredForecast], record: dict[str, object] | None = None) -> Evidence:
    counts = {
        "store_cramps": 9, "store_runners_with_cramp": 1, "answered_runs": 100, "runs_since_first_answer": 100,
        "answered_since_first_answer": 100, "cramps": 9,
    }  # fmt: skip
    return evidence_of(Runner("r1", "anna"), pl.DataFrame(), counts, record or {"claims": {}}, forecasts)


def test_the_report_tells_the_record_and_is_written_anew_when_it_grows(store: Store) -> None:
    settings, anna = store
    assert "No forecast was stored before an answer yet." in page(settings)
    run = even_run(60, NOW + timedelta(hours=5))
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, [run])
        keep(con, replace(automatic(anna, run, NOW + timedelta(hours=7)), fit_made_at=NOW.replace(tzinfo=None)))
    assert "1 forecast will count once you answer its run." in page(settings)
    answer_run(settings, "last", None, "no cramp", NOW + timedelta(hours=8))
    told = page(settings)
    assert '<th scope="row">for new runs</th><td>1</td><td>fewer than 1</td><td>0</td>' in told
    assert "outcomes are simulated" not in told


def page(settings: Settings) -> str:
    return make_report(settings, None, NOW + timedelta(days=1)).read_text(encoding="utf-8")

"""The risk of a planned run on a real store, with the weather service on a loopback socket: what is told, and why not more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.actions.report.make_report import make_report
from pipeline.actions.risk.air_sources import forecasts
from pipeline.actions.risk.parse_plan import PlanText
from pipeline.actions.risk.result import RiskAnswer, ShownPlan
from pipeline.actions.risk.risk import risk_of_plan
from pipeline.actions.tagging.flags import set_flags
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.rows import first_value
from tests.support.planned import planned_store
from tests.support.stores import NOW
from tests.support.weather.server import Answer, WeatherServer, error

TOMORROW = "tomorrow 18:00"
OVERLOADED = error(503, "The service is overloaded")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Anna's autumn and the fit to it, to be read."""
    return planned_store(tmp_path_factory.mktemp("planned") / "home", fitted=True)[0]


def asked(store: Settings, url: str = "off", now: datetime = NOW, **words: str | bool) -> RiskAnswer:
    """The answer to `cramplog risk` with these words."""
    settings = replace(store, weather_url=url)
    plan = PlanText(**{"time": "1:30", **words})  # type: ignore[arg-type]
    return risk_of_plan(settings, None, plan, forecasts(settings, now), now)


def asked_with(store: Settings, *script: Answer, **words: str) -> tuple[RiskAnswer, WeatherServer]:
    """The same with a weather service that answers by a script, then with weather."""
    with WeatherServer(*script, now=NOW) as server:
        return asked(store, server.url, NOW, **words), server


@pytest.fixture(scope="module")
def tomorrow(store: Settings) -> tuple[RiskAnswer, WeatherServer]:
    """The answer for tomorrow evening, asked once for all that is said of it, and what the service heard."""
    return asked_with(store, at=TOMORROW)


def plan_of(answer: RiskAnswer) -> ShownPlan:
    assert answer.plan is not None
    return answer.plan


def air_of(answer: RiskAnswer) -> tuple[str, str | None]:
    """Where the air is known from, and why it is no forecast."""
    assert answer.air is not None
    return answer.air.source, answer.air.why_not


def test_a_plan_gets_its_number_from_the_forecast_for_where_one_usually_runs(
    tomorrow: tuple[RiskAnswer, WeatherServer],
) -> None:
    answer, server = tomorrow
    (heard,) = server.heard
    assert (heard.host, heard.params["latitude"], heard.params["longitude"]) == ("forecast", "48.2", "16.4")
    assert air_of(answer) == ("forecast", None)
    assert answer.planned_run.start_at == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    plan = plan_of(answer)
    assert plan.shown.risk is not None
    assert 0 < plan.risk.low < plan.risk.mean < plan.risk.high < 1


def test_the_air_changes_along_the_plan(tomorrow: tuple[RiskAnswer, WeatherServer]) -> None:
    rows = plan_of(tomorrow[0]).rows
    assert rows["air_temp_c"].is_sorted(descending=True)  # an evening cools
    assert rows["air_temp_c"][0] - rows["air_temp_c"][-1] > 1.0
    assert rows["wbgt_c"].n_unique() == rows.height == 18


def test_a_plan_across_midnight_asks_for_the_next_day_too(store: Settings) -> None:
    answer, server = asked_with(store, time="3:00", at="tomorrow 23:00")
    assert (server.heard[0].params["start_date"], server.heard[0].params["end_date"]) == ("2026-11-23", "2026-11-24")
    assert plan_of(answer).rows["air_temp_c"].null_count() == 0


def test_a_place_leaves_as_its_cell_and_is_met_on_its_own_clock(store: Settings) -> None:
    answer, server = asked_with(store, at="18:00", place="-34.77777,138.64321")
    assert answer.planned_run.start_at == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert "77777" not in server.heard[0].target
    assert (server.heard[0].params["latitude"], server.heard[0].params["longitude"]) == ("-34.8", "138.6")


def test_a_forecast_is_no_weather_that_was(store: Settings) -> None:
    count = "SELECT count(*) FROM weather_hour"
    with open_store(store, write=False) as con:
        before = first_value(con, count)
    asked_with(store, at=TOMORROW)
    with open_store(store, write=False) as con:
        assert first_value(con, count) == before


def test_other_hours_of_the_day_are_told_where_the_forecast_covers_them(
    tomorrow: tuple[RiskAnswer, WeatherServer],
) -> None:
    answer, _ = tomorrow
    starts = [plan.start_local.hour for plan in answer.by_hour if plan.start_local]
    assert starts == [6, 8, 10, 12, 14, 16, 18, 20]
    assert plan_of(answer) in answer.by_hour


def test_a_silent_service_leaves_the_runners_own_evenings_of_that_month(store: Settings) -> None:
    answer, server = asked_with(store, OVERLOADED, OVERLOADED, at=TOMORROW)
    assert len(server.heard) == 2
    assert air_of(answer) == ("own month", "silent")
    assert answer.air is not None
    assert "overloaded" in str(answer.air.reason)
    assert plan_of(answer).shown.risk is not None
    assert plan_of(answer).air_temp_c == pytest.approx((20.0, 19.0), abs=1.0)  # 21 at six, a degree less each hour
    assert [plan.start_local.hour for plan in answer.by_hour if plan.start_local] == [18, 20]  # never in the morning


@pytest.mark.parametrize(("at", "source"), [("2026-12-08 18:00", "none"), ("2027-11-28 18:00", "own month")])
def test_beyond_the_forecast_nothing_is_asked_and_only_months_one_ran_in_are_known(
    store: Settings, at: str, source: str
) -> None:
    answer, server = asked_with(store, at=at, place="home")
    assert server.heard == []
    assert air_of(answer) == (source, "beyond")


def test_the_last_day_of_the_forecast_is_asked_for(store: Settings) -> None:
    answer, server = asked_with(store, at="2026-12-07 18:00")
    assert server.heard[0].params["end_date"] == "2026-12-07"
    assert air_of(answer) == ("forecast", None)


def test_a_plan_that_outlasts_the_forecast_has_none(store: Settings) -> None:
    answer, server = asked_with(store, time="3:00", at="2026-12-07 23:00")
    assert len(server.heard) == 1
    assert air_of(answer) == ("none", "beyond")
    assert plan_of(answer).rows["wbgt_c"].null_count() == plan_of(answer).rows.height


def test_where_asking_is_switched_off_ones_own_runs_stand_in(store: Settings) -> None:
    assert air_of(asked(store, at=TOMORROW)) == ("own month", "off")


def test_a_temperature_of_ones_own_is_not_asked_for(store: Settings) -> None:
    answer, server = asked_with(store, at=TOMORROW, temp="22")
    assert server.heard == []
    assert air_of(answer) == ("given", None)
    assert plan_of(answer).air_temp_c == (22.0, 22.0)
    assert answer.by_hour == ()


def test_a_plan_without_a_time_is_like_ones_last_runs(store: Settings) -> None:
    answer, server = asked_with(store)
    assert server.heard == []
    assert air_of(answer) == ("usual", None)


def test_a_race_and_a_faster_pace_carry_more(store: Settings) -> None:
    mean = {
        "plain": plan_of(asked(store)).risk.mean,
        "race": plan_of(asked(store, race=True)).risk.mean,
        "fast": plan_of(asked(store, pace="10%")).risk.mean,
    }
    assert mean["race"] > mean["plain"]
    assert mean["fast"] > mean["plain"]


def test_a_plan_far_longer_than_any_own_run_gets_no_number(store: Settings) -> None:
    plan = plan_of(asked(store, time="3:30"))
    assert (plan.shown.risk, plan.why_none) == (None, "too long")
    assert plan_of(asked(store, time="2:30")).beyond == ("longer",)


def test_a_simulated_runner_makes_no_request(tmp_path: Path) -> None:
    simulated, _ = planned_store(tmp_path / "home", simulated=True, fitted=True)
    answer, server = asked_with(simulated, at=TOMORROW)
    assert server.heard == []
    assert (answer.simulated, air_of(answer)) == (True, ("own month", "simulated"))


def test_with_too_few_answers_there_is_no_number_and_no_request(tmp_path: Path) -> None:
    quiet, _ = planned_store(tmp_path / "home", answered=6)
    answer, server = asked_with(quiet, at=TOMORROW)
    assert (answer.withheld, answer.answers_missing, answer.plan) == ("too few answers", 4, None)
    assert server.heard == []


def test_a_ticked_warning_sign_withholds_the_number(tmp_path: Path) -> None:
    flagged, _ = planned_store(tmp_path / "home", fitted=True)
    set_flags(flagged, None, ("dark_urine",), (), NOW)
    answer, server = asked_with(flagged, at=TOMORROW)
    assert (answer.withheld, answer.plan, server.heard) == ("red flag", None, [])


def test_the_same_plan_has_the_same_number_in_the_report(store: Settings) -> None:
    the_last_evening = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    plan = plan_of(asked(store, time="1:15", now=the_last_evening))
    page = make_report(store, None, the_last_evening).read_text(encoding="utf-8")
    assert plan.shown.risk is not None
    assert f"about <strong>{round(100 * plan.risk.mean)} of 100</strong> runs like it would bring you a cramp" in page


def test_the_answer_holds_all_that_a_record_of_it_needs(tomorrow: tuple[RiskAnswer, WeatherServer]) -> None:
    answer, _ = tomorrow
    assert answer.fit is not None
    assert (answer.fit.fit_id, len(answer.fit.data_hash)) == ("f1", 64)
    assert plan_of(answer).rows.columns[:2] == ["run_id", "segment_no"]
    assert answer.made_at.date() == date(2026, 11, 22)

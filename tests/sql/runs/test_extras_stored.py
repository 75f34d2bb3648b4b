"""What files carry beside the records: fields, devices and weather come back as they were, and weather only stands in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pytest

from pipeline.actions.weather.cells import map_all_cells
from pipeline.schema import Device, FieldSummary, ParsedRun, RecordedWeather, RecordField
from pipeline.settings import Settings
from pipeline.store.analyst.publish import publish
from pipeline.store.analyst.snapshot import open_snapshot
from pipeline.store.answers.details import RunDetails, run_details
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from pipeline.store.fits.inputs import hazard_rows, report_runs, usual_hours
from pipeline.store.health.counts import store_counts
from pipeline.store.runs.find import run_by_id
from pipeline.store.runs.redo import redo_runs
from pipeline.store.runs.runs import NewRun
from tests.sql.weather.test_run_weather import put_day
from tests.support.cli import Home
from tests.support.stores import NOW, START, answer, even_run, make_store, new_run, put_runs

TWO_HOURS_S = 7200
POWER = RecordField("Form Power", "Watts", "developer", np.array([0.0, 5.0, 10.0]), np.array([71.0, 72.5, 70.0]))
STANCE = RecordField("stance_time", "ms", "fit", np.array([2.0, 4.0]), np.array([240.0, 238.0]))
WATCH = Device(0, None, "garmin", "fr255", "19.18")
STRAP = Device(1, "heart_rate", "wahoo", None, None)


def said(provider: str, elapsed_s: float, air_temp_c: float | None, **more: float) -> RecordedWeather:
    return RecordedWeather(provider, elapsed_s, air_temp_c, **more)


def carrying(*weather: RecordedWeather, **run: object) -> ParsedRun:
    return replace(even_run(**run), weather=weather)  # type: ignore[arg-type]


def details_of(con: duckdb.DuckDBPyConnection, runner: Runner, run: ParsedRun) -> RunDetails:
    return run_details(con, runner, run_by_id(con, run.run_id))


def weather_rows(con: duckdb.DuckDBPyConnection, run: ParsedRun) -> list[tuple[object, ...]]:
    """Air temperature, humidity, WBGT, provider and provisional of each segment of the run."""
    return con.execute(
        "SELECT air_temp_c, rel_humidity_pct, wbgt_c, provider, provisional FROM v_run_weather"
        " WHERE run_id = ? ORDER BY segment_no",
        [run.run_id],
    ).fetchall()


def values_of(settings: Settings, run: ParsedRun) -> list[tuple[object, ...]]:
    """Field, elapsed time and value of each that the run has, as analysts see them."""
    publish(settings, NOW)
    with open_snapshot(settings) as con:
        return con.execute(
            "SELECT field, elapsed_s, value FROM v_record_field WHERE run_id = ? ORDER BY ALL", [run.run_id]
        ).fetchall()


def test_fields_devices_and_weather_of_a_run_come_back_as_they_were_written(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    weather = said("watch", 60.0, 21.5, rel_humidity_pct=40.0)
    plain, full = even_run(), even_run(start_at=START + timedelta(days=1))
    full = replace(full, fields=(POWER, STANCE), devices=(WATCH, STRAP), weather=(weather,))
    full = replace(full, title="Long one", description="legs of wood", gear="old shoes")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [plain, full])
        details = details_of(con, runner, full)
        nothing = details_of(con, runner, plain)
    assert details.fields == (
        FieldSummary("Form Power", "Watts", "developer", 3),
        FieldSummary("stance_time", "ms", "fit", 2),
    )
    assert details.devices == (WATCH, STRAP)
    assert details.carried_weather == (weather,)
    assert (details.title, details.description, details.gear) == ("Long one", "legs of wood", "old shoes")
    assert values_of(settings, full) == [
        ("Form Power", 0.0, 71.0),
        ("Form Power", 5.0, 72.5),
        ("Form Power", 10.0, 70.0),
        ("stance_time", 2.0, 240.0),
        ("stance_time", 4.0, 238.0),
    ]
    assert (nothing.fields, nothing.devices, nothing.carried_weather, nothing.title) == ((), (), (), None)


def test_any_number_of_fields_with_gaps_and_beats_come_back_value_for_value(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    rng = np.random.default_rng(4)
    seconds = np.arange(0.0, 60.0)
    fields = [
        RecordField(
            f"field {n:02}", None, "developer", seconds[measured := rng.random(60) < 0.8], seconds[measured] + n
        )
        for n in range(19)
    ]
    beats = RecordField("rr_interval", "s", "fit", np.array([1.0, 1.0, 2.0]), np.array([0.4, 0.41, 0.39]))
    fields.insert(3, beats)
    runs = [
        replace(even_run(), fields=tuple(fields)),
        replace(even_run(start_at=START + timedelta(days=1)), fields=(beats,)),
    ]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, runs)
        kept = details_of(con, runner, runs[0]).fields
    said = [(one.name, at_s, value) for one in fields for at_s, value in zip(one.elapsed_s, one.values, strict=True)]
    assert values_of(settings, runs[0]) == sorted(said)
    assert values_of(settings, runs[1]) == [
        ("rr_interval", 1.0, 0.4),
        ("rr_interval", 1.0, 0.41),
        ("rr_interval", 2.0, 0.39),
    ]
    assert {one.name: one.n for one in kept} == {one.name: one.values.size for one in fields}


def test_a_run_read_again_has_what_is_read_then_and_nothing_of_before(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    before = replace(even_run(), fields=(POWER, STANCE), devices=(WATCH,), weather=(said("watch", 0.0, 20.0),))
    after = replace(before, fields=(STANCE,), devices=(STRAP,), weather=(said("watch", 0.0, 25.0),), gear="new shoes")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [before])
        again: list[NewRun] = [new_run(after, runner)]
        redo_runs(con, again)
        details = details_of(con, runner, before)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:  # clears what has no run
        assert con.execute("SELECT value_1, value_2 FROM records.record_field").fetchall() == [(240, None), (238, None)]
    assert details.fields == (FieldSummary("stance_time", "ms", "fit", 2),)
    assert details.devices == (STRAP,)
    assert details.carried_weather == (said("watch", 0.0, 25.0),)
    assert details.gear == "new shoes"


def test_field_values_without_a_run_go_at_the_next_opening_for_writing(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [replace(even_run(), fields=(STANCE,))])
        con.execute("INSERT INTO records.record_field (run_no, block_no, elapsed_s) VALUES (77, 0, 0)")
    with open_store(settings, write=True, with_records=True) as con:
        assert con.execute("SELECT DISTINCT run_no FROM records.record_field").fetchall() == [(1,)]


def test_fields_are_published_with_their_names_and_leave_with_their_run(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    runs = [
        replace(even_run(), fields=(STANCE,)),
        replace(even_run(start_at=START + timedelta(days=1)), fields=(POWER,)),
    ]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, runs)
    publish(settings, NOW)
    question = (
        "SELECT run_no, field, unit, elapsed_s, value FROM v_record_field JOIN v_run_field USING (run_id, field, unit)"
    )
    first = [(1, "stance_time", "ms", 2.0, 240.0), (1, "stance_time", "ms", 4.0, 238.0)]
    with open_snapshot(settings) as con:
        assert con.execute(f"{question} WHERE run_id = '{runs[0].run_id}' ORDER BY ALL").fetchall() == first
        assert con.execute("SELECT field, unit, told_by, n FROM v_run_field ORDER BY ALL").fetchall() == [
            ("Form Power", "Watts", "developer", 3),
            ("stance_time", "ms", "fit", 2),
        ]
    with open_store(settings, write=True) as con:
        con.execute("UPDATE run SET deleted_at = TIMESTAMP '2026-06-20' WHERE run_no = 2")
    publish(settings, NOW)
    with open_snapshot(settings) as con:
        assert con.execute(f"{question} ORDER BY ALL").fetchall() == first


def test_a_snapshot_of_a_program_that_knew_no_fields_can_still_be_asked(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    publish(settings, NOW)
    records = settings.analyst / "records.duckdb"
    records.chmod(0o600)
    with duckdb.connect(str(records)) as con:
        con.execute("DROP TABLE record_field")
    with open_snapshot(settings) as con:
        assert con.execute("SELECT count(*) FROM v_record").fetchall() == [(0,)]


def nearest_temp(at: datetime, moments: list[tuple[datetime, float]]) -> float | None:
    """The slow reference: the temperature nearest in time, none beyond 2 hours."""
    near = sorted((abs((known_at - at).total_seconds()), temp) for known_at, temp in moments)
    return near[0][1] if near and near[0][0] <= TWO_HOURS_S else None


@pytest.mark.parametrize("seed", range(6))
def test_without_hours_the_carried_value_nearest_in_time_stands_in_up_to_two_hours(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    offsets = [rng.uniform(-10_000, 25_000) for _ in range(seed)]
    run = carrying(*(said("watch", at_s, 15.0 + n) for n, at_s in enumerate(offsets)), minutes=300)
    moments = [(START + timedelta(seconds=at_s), 15.0 + n) for n, at_s in enumerate(offsets)]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        middles = con.execute("SELECT middle_at FROM v_segment ORDER BY segment_no").fetchall()
        found = weather_rows(con, run)
    expected = [nearest_temp(middle_at.replace(tzinfo=START.tzinfo), moments) for (middle_at,) in middles]
    assert len(expected) == 60
    assert [row[0] for row in found] == expected
    assert {row[2] for row in found} == {None}  # no sun, no WBGT
    assert [row[3] for row in found] == [None if temp is None else "watch" for temp in expected]


def test_one_value_of_an_export_says_nothing_of_the_end_of_a_long_run(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = carrying(said("strava export", 0.0, 18.0), minutes=300)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        found = weather_rows(con, run)
    # middles lie at 2.5, 7.5, ... minutes: 24 of them within 120
    assert [row[0] for row in found] == [18.0] * 24 + [None] * 36


def test_hours_come_before_what_a_run_carried_and_gaps_are_filled_by_it(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = carrying(said("strava export", 0.0, 99.0, rel_humidity_pct=55.0), minutes=60)  # 5:30 to 6:30 UTC
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        put_day(con, "48.2,16.4", {5: 10.0, 6: 10.0})
        found = weather_rows(con, run)
    assert found == [(10.0, None, 5.0, "open-meteo", False)] * 6 + [(99.0, 55.0, None, "strava export", False)] * 6


def test_another_recordings_weather_counts_from_its_own_start(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    rich = even_run(minutes=60)
    poor = carrying(said("apple health", -120.0, 12.0), minutes=55, step_s=20.0, start_at=START + timedelta(minutes=2))
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        assert put_runs(con, runner, [rich, poor]) == {poor.run_id: rich.run_id}
        found = weather_rows(con, rich)
        carried = details_of(con, runner, rich).carried_weather
    assert {row[0] for row in found} == {12.0}
    assert carried == (said("apple health", 0.0, 12.0),)


@pytest.mark.parametrize("odd", ["indoor", "clock_wrong"])
def test_indoors_and_under_a_wrong_clock_carried_weather_is_none_either(tmp_path: Path, odd: str) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = replace(carrying(said("watch", 0.0, 18.0)), **{odd: True})  # type: ignore[arg-type]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        assert weather_rows(con, run) == []


def test_a_row_without_air_temperature_stands_in_for_nothing(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = carrying(said("watch", 0.0, None, rel_humidity_pct=60.0), said("strava export", 5000.0, 18.0))
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        assert {row[:4] for row in weather_rows(con, run)} == {(18.0, None, None, "strava export")}


@pytest.fixture
def three_runs(tmp_path: Path) -> tuple[Settings, Runner]:
    """One run with hours and a carried value, one with a carried value only, one with neither; all answered."""
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    runs = [
        carrying(said("strava export", 0.0, 30.0)),
        carrying(said("strava export", 0.0, 20.0), start_at=START + timedelta(days=1)),
        even_run(start_at=START + timedelta(days=2)),
    ]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, runs)
        put_day(con, "48.2,16.4", {5: 10.0, 6: 10.0, 7: 10.0})
        map_all_cells(con)
        for run in runs:
            answer(con, run)
    return settings, runner


def test_the_model_has_the_temperature_of_a_carried_value_but_no_heat(three_runs: tuple[Settings, Runner]) -> None:
    settings, runner = three_runs
    with open_store(settings, write=False) as con:
        rows = hazard_rows(con, runner.runner_id)
    by_run = rows.select("start_at", "air_temp_c", "wbgt_c").unique(maintain_order=True).rows()
    assert [row[1:] for row in by_run] == [(10.0, 5.0), (20.0, None), (None, None)]


def test_counts_tell_runs_with_hours_from_runs_that_carry_a_temperature(three_runs: tuple[Settings, Runner]) -> None:
    settings, _ = three_runs
    with open_store(settings, write=False) as con:
        standing = store_counts(con)
    assert (standing.outdoor_runs, standing.weathered_runs, standing.carried_runs) == (3, 1, 1)


def test_bare_cramplog_counts_runs_that_carry_a_temperature(three_runs: tuple[Settings, Runner]) -> None:
    settings, _ = three_runs
    assert "weather for 1 of 3 outdoor runs, a temperature from the file for 1 more; " in Home(settings.home)().stdout


def test_the_report_knows_every_source_of_its_temperatures(three_runs: tuple[Settings, Runner]) -> None:
    settings, runner = three_runs
    with open_store(settings, write=False) as con:
        runs = report_runs(con, runner.runner_id)
        hours = usual_hours(con, runner.runner_id)
    assert runs.select("air_temp_c", "wbgt_c", "providers").rows() == [
        (10.0, 5.0, "open-meteo"),
        (20.0, None, "strava export"),
        (None, None, None),
    ]
    assert hours["air_temp_c"].to_list() == [10.0] * 12  # the carried run's air is not known well enough for plans

"""Mistakes met once: each would have lost a run, a cramp or some weather without a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from pipeline.actions.ingest.ingest import ingest
from pipeline.actions.weather.cells import map_all_cells
from pipeline.schema import WEATHER_COLUMNS
from pipeline.store.db.connection import open_store
from pipeline.store.weather.hours import put_hours
from tests.support.cli import recording
from tests.support.stores import NAIVE_NOW, NOW, START, cramp_at, even_run, make_store, put_runs

HOURS = np.array([START.replace(hour=h, minute=0, tzinfo=None) for h in range(4, 10)], dtype="datetime64[us]")


def put(con: object, cell: str, hour_at: object, **known: float) -> None:
    columns = {name: np.full(6, known.get(name, np.nan)) for name in WEATHER_COLUMNS}
    facts = {"provider": "x", "model": None, "elevation_m": 0.0, "fetched_at": NAIVE_NOW, "provisional": False}
    put_hours(con, cell, hour_at, columns, facts)  # type: ignore[arg-type]
    map_all_cells(con)  # type: ignore[arg-type]


def test_the_same_bytes_twice_in_a_folder_are_one_run_kept(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    folder = tmp_path / "files"
    folder.mkdir()
    content = recording()
    for name in ("a.fit", "b.fit"):
        (folder / name).write_bytes(content)
    assert sorted(one.outcome for one in ingest(settings, [folder], "sam", NOW)) == ["known", "new"]
    with open_store(settings, write=False) as con:
        assert con.execute("SELECT count(*) FROM run").fetchall() == [(1,)]
    assert {one.outcome for one in ingest(settings, [folder], "sam", NOW)} == {"known"}


def test_a_nearer_place_without_those_hours_takes_no_weather_away(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run(minutes=60)])
        put(con, "48.3,16.4", HOURS, air_temp_c=20.0)
        put(con, "48.2,16.4", HOURS - np.timedelta64(40, "D"), air_temp_c=5.0)
        rows = con.execute("SELECT DISTINCT air_temp_c FROM v_run_weather").fetchall()
    assert rows == [(20.0,)]


def test_hours_that_know_less_replace_none(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run(minutes=60)])
        put(con, "48.2,16.4", HOURS, air_temp_c=20.0, wbgt_c=17.0)
        put(con, "48.2,16.4", HOURS, air_temp_c=21.0)
        assert con.execute("SELECT DISTINCT air_temp_c, wbgt_c FROM v_run_weather").fetchall() == [(20.0, 17.0)]
        put(con, "48.2,16.4", HOURS, air_temp_c=22.0, wbgt_c=18.0)
        assert con.execute("SELECT DISTINCT air_temp_c, wbgt_c FROM v_run_weather").fetchall() == [(22.0, 18.0)]


def test_a_richer_copy_of_unknown_sport_stays_a_run(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        poor, rich = even_run(minutes=60, step_s=10), even_run(minutes=60, step_s=1, sport="unknown")
        put_runs(con, runner, [poor])
        cramp_at(con, runner, poor, 1000)
        put_runs(con, runner, [rich])
        assert con.execute("SELECT DISTINCT run_id, sum(onset) FROM v_hazard_row GROUP BY 1").fetchall() == [
            (rich.run_id, 1.0)
        ]


def test_a_fragment_of_a_run_is_a_copy_of_it_however_many_values_it_holds(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    whole = even_run(minutes=60, step_s=10)
    parts = [even_run(minutes=20, step_s=1, start_at=START + timedelta(minutes=m)) for m in (2, 30)]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, parts)
        put_runs(con, runner, [whole])
        counted = con.execute("SELECT run_id FROM run WHERE duplicate_of IS NULL").fetchall()
    assert counted == [(whole.run_id,)]


def test_a_cramp_said_again_is_corrected_and_not_doubled(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = even_run(minutes=60)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        cramp_at(con, runner, run, 1000, severity="tightness")
        assert con.execute("SELECT answer FROM run").fetchall() == [("no cramp",)]
        cramp_at(con, runner, run, 1020, severity="severe")
        assert con.execute("SELECT severity FROM cramp").fetchall() == [("severe",)]
        assert con.execute("SELECT answer FROM run").fetchall() == [("cramp",)]
        cramp_at(con, runner, run, 1400, severity="mild")
        assert con.execute("SELECT count(*) FROM cramp").fetchall() == [(2,)]


def test_a_cramp_in_the_first_segment_has_its_way(tmp_path: Path) -> None:
    from pipeline.store.fits.inputs import report_cramps

    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = even_run(minutes=60)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        cramp_at(con, runner, run, 100)
        assert report_cramps(con, runner.runner_id)["distance_m"].to_list() == [pytest.approx(300.0)]


def test_two_runs_of_one_file_are_legs_and_no_copies(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    first = even_run(minutes=60)
    second = replace(even_run(minutes=30), start_at=START + timedelta(minutes=61))
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        assert put_runs(con, runner, [first, second]) == {}

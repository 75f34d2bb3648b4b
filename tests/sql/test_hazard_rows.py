"""v_hazard_row holds exactly the time at risk: laws of exposure, onset, lag and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models.fit.design import HAZARD_ROW_COLUMNS
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from tests.support.stores import START, answer, cramp_at, even_run, make_store, put_runs, with_records

Store = tuple[duckdb.DuckDBPyConnection, Runner]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        yield con, runner


def rows_of(con: duckdb.DuckDBPyConnection, columns: str = "segment_no, minutes, onset") -> list[Any]:
    return con.execute(f"SELECT {columns} FROM v_hazard_row ORDER BY start_at, run_id, segment_no").fetchall()


def test_columns_of_the_view_are_the_models_columns(store: Store) -> None:
    con, _ = store
    names = [row[0] for row in con.execute("DESCRIBE v_hazard_row").fetchall()]
    assert tuple(names) == HAZARD_ROW_COLUMNS


def test_clean_run_is_at_risk_for_all_its_moving_time(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=62)
    put_runs(con, runner, [run])
    answer(con, run)
    rows = rows_of(con)
    assert len(rows) == 12  # the last two minutes belong to the twelfth segment
    assert sum(row[1] for row in rows) == pytest.approx(62)
    assert rows[-1][1] == pytest.approx(7)
    assert sum(row[2] for row in rows) == 0


def test_pause_does_not_count_as_exposure(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60, pause=(1000, 1600))
    put_runs(con, runner, [run])
    answer(con, run)
    assert sum(row[1] for row in rows_of(con)) == pytest.approx(50)


def test_nothing_after_the_onset_is_at_risk(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, 1000)
    rows = rows_of(con)
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert [row[2] for row in rows] == [0, 0, 0, 1]
    assert sum(row[1] for row in rows) == pytest.approx(1000 / 60)


def test_onset_on_a_boundary_belongs_to_the_segment_it_ends(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, 600)
    assert rows_of(con) == [(1, 5.0, 0.0), (2, 5.0, 1.0)]


def test_onset_in_the_first_instant_keeps_a_row_with_exposure(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, 0)
    assert rows_of(con) == [(1, pytest.approx(1 / 60), 1.0)]


def test_second_cramp_changes_nothing(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, 1000)
    before = rows_of(con)
    cramp_at(con, runner, run, 2000)
    assert rows_of(con) == before


@pytest.mark.parametrize("severity_phase", [("tightness", "during"), ("mild", "after")])
def test_tightness_and_cramps_afterwards_are_no_onset(store: Store, severity_phase: tuple[str, str]) -> None:
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    severity, phase = severity_phase
    cramp_at(con, runner, run, 1000 if phase == "during" else None, severity=severity, phase=phase)
    rows = rows_of(con)
    assert sum(row[1] for row in rows) == pytest.approx(60)
    assert sum(row[2] for row in rows) == 0


def test_cramp_somewhere_in_the_run_shares_its_weight_over_all_of_it(store: Store) -> None:
    """Left out, only the clean runs would stay, and the risk would come out too low."""
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, None)
    rows = rows_of(con)
    assert [row[2] for row in rows] == pytest.approx([1 / 12] * 12)
    assert sum(row[1] for row in rows) == pytest.approx(30)


def test_cramp_somewhere_before_a_known_one_lies_before_it(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, 1500)
    cramp_at(con, runner, run, None)
    assert [row[2] for row in rows_of(con)] == pytest.approx([0.2] * 5)


@pytest.mark.parametrize("word", ["unanswered", "not sure", "cramp"])
def test_only_told_runs_are_rows(store: Store, word: str) -> None:
    """'cramp' without any tag tells no onset either."""
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    if word != "unanswered":
        answer(con, run, word)
    assert rows_of(con) == []


def test_rides_are_no_rows(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60, sport="cycling")
    put_runs(con, runner, [run])
    answer(con, run)
    assert rows_of(con) == []


def test_uncertain_onset_shares_its_weight_and_its_exposure(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, 1500, uncertainty_s=600)  # anywhere from 900 to 2100 s
    rows = rows_of(con)
    assert [row[2] for row in rows] == [0, 0, 0, 0.25, 0.25, 0.25, 0.25]
    # Fully at risk for 900 s, then half of the window's 1200 s on average.
    assert sum(row[1] for row in rows) == pytest.approx((900 + 600) / 60)
    assert [row[1] for row in rows[3:]] == pytest.approx([5 * 0.875, 5 * 0.625, 5 * 0.375, 5 * 0.125])


def test_window_past_the_end_is_cut_there(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, 3500, uncertainty_s=600)
    assert sum(row[2] for row in rows_of(con)) == pytest.approx(1.0)


def test_pace_is_that_of_ten_minutes_ending_a_segment_before(store: Store) -> None:
    """A slow-down at the onset must not reach the row that holds the onset."""
    con, runner = store
    earlier = [even_run(minutes=60, start_at=START - timedelta(days=day), speed_ms=3.0) for day in range(2, 8)]
    run = even_run(minutes=60, speed_ms=3.3)
    slow_from = 2400
    elapsed = run.records["elapsed_s"]
    way_m = 3.3 * elapsed.clip(max=slow_from) + 1.0 * (elapsed - slow_from).clip(min=0)
    run = with_records(run, distance_m=way_m)
    put_runs(con, runner, [*earlier, run])
    cramp_at(con, runner, run, 2600)
    paces = [row[0] for row in rows_of(con, "pace_faster_pct") if row[0] is not None]
    assert paces[:3] == [0, 0, 0]  # the first 15 minutes count as usual
    assert paces[3:] == pytest.approx([10.0] * 6)


def test_history_rests_on_earlier_runs_only(store: Store) -> None:
    con, runner = store
    first = even_run(minutes=40, start_at=START)
    second = even_run(minutes=90, start_at=START + timedelta(days=2))
    third = even_run(minutes=60, start_at=START + timedelta(days=40))
    put_runs(con, runner, [first, second, third])
    found = con.execute("SELECT longest30_s, planned_s, load_3d_min FROM v_run ORDER BY start_at").fetchall()
    assert found == [(None, None, 0), (2400, 2400, 40), (0, 3900, 0)]


def test_runs_of_others_do_not_reach_into_the_history(store: Store) -> None:
    con, runner = store
    other = Runner("r99", "other")
    put_runs(con, other, [even_run(minutes=180, start_at=START)])
    run = even_run(minutes=60, start_at=START + timedelta(days=1))
    put_runs(con, runner, [run])
    row = con.execute("SELECT longest30_s, planned_s, load_3d_min FROM v_run WHERE run_id = ?", [run.run_id]).fetchone()
    assert row == (None, None, 0)


def test_duplicate_counts_once_and_keeps_the_answer(store: Store) -> None:
    con, runner = store
    poor = even_run(minutes=60, step_s=10)
    put_runs(con, runner, [poor])
    cramp_at(con, runner, poor, 1000)
    rich = even_run(minutes=60, step_s=1)
    linked = put_runs(con, runner, [rich])
    assert linked == {poor.run_id: rich.run_id}
    rows = rows_of(con, "run_id, minutes")
    assert {row[0] for row in rows} == {rich.run_id}
    assert sum(row[1] for row in rows) == pytest.approx(1000 / 60)


def test_run_with_a_wrong_clock_counts_nowhere(store: Store) -> None:
    con, runner = store
    run = even_run(minutes=60)
    object.__setattr__(run, "clock_wrong", True)
    put_runs(con, runner, [run])
    answer(con, run)
    assert rows_of(con) == []

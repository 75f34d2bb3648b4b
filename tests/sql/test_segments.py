"""Segments cut in SQL agree with a slow cut in plain Python, and keep what the run adds up to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.schema import ParsedRun
from pipeline.store.db.connection import open_store
from tests.support.stores import even_run, make_store, put_runs, with_records

COLUMNS = (
    "segment_no, moving_start_s, elapsed_start_s, moving_s, distance_m, ascent_m, descent_m, speed_ms, gap_speed_ms, "
    "heart_rate_bpm"
)


def segments_of(home: Path, *runs: ParsedRun) -> list[list[Any]]:
    """The stored segments of each run."""
    settings, (runner,) = make_store(home, "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, runs)
        sql = f"SELECT {COLUMNS} FROM v_segment WHERE run_id = ? ORDER BY segment_no"
        return [con.execute(sql, [run.run_id]).fetchall() for run in runs]


def uneven_run(seed: int) -> ParsedRun:
    """A run with smart recording, hills, a pause and heart rate now and then."""
    rng = np.random.default_rng(seed)
    run = even_run(minutes=float(rng.uniform(20, 90)), pause=(700.0, 700.0 + rng.uniform(30, 400)))
    n = run.records["elapsed_s"].size
    kept = np.sort(rng.choice(np.arange(1, n - 1), size=n - n // 3, replace=False))
    kept = np.concatenate([[0], kept, [n - 1]])
    run = with_records(run, **{name: column[kept] for name, column in run.records.items()})
    moving = run.records["moving_s"]
    return with_records(
        run,
        distance_m=moving * 3.0 + 40 * np.sin(moving / 500),
        altitude_m=300 + 40 * np.sin(run.records["elapsed_s"] / 400),
        heart_rate_bpm=np.where(rng.random(moving.size) < 0.2, np.nan, 120 + moving / 60),
    )


def slow_segments(run: ParsedRun) -> list[list[float]]:
    """Number, start, moving time, way and heart rate of each segment, by one pass over the steps."""
    records = run.records
    moving, way, heart = records["moving_s"], records["distance_m"], records["heart_rate_bpm"]
    total = float(moving[-1])
    count, rest = int(total // 300), total % 300
    count = max(1, count + (1 if rest >= 150 else 0))
    sums = [[float(n + 1), n * 300.0, 0.0, 0.0, 0.0, 0.0] for n in range(count)]
    for before, here in zip(range(moving.size - 1), range(1, moving.size), strict=True):
        n = min(int(np.ceil(max(moving[here], 1e-9) / 300)), count) - 1
        step = moving[here] - moving[before]
        sums[n][3] += way[here] - way[before]
        if not np.isnan(heart[here]):
            sums[n][4] += heart[here] * step
            sums[n][5] += step
    for n, row in enumerate(sums):
        row[2] = (total if n == count - 1 else (n + 1) * 300.0) - n * 300.0
        row[4] = row[4] / row[5]
    return [row[:5] for row in sums]


@pytest.mark.parametrize("seed", range(4))
def test_sql_agrees_with_a_slow_cut(tmp_path: Path, seed: int) -> None:
    run = uneven_run(seed)
    (found,) = segments_of(tmp_path / "home", run)
    fast = [[row[0], row[1], row[3], row[4], row[9]] for row in found]
    assert len(fast) == len(slow_segments(run))
    for theirs, ours in zip(fast, slow_segments(run), strict=True):
        assert theirs == pytest.approx(ours)


def test_segments_add_up_to_the_run(tmp_path: Path) -> None:
    run = uneven_run(9)
    (found,) = segments_of(tmp_path / "home", run)
    assert sum(row[3] for row in found) == pytest.approx(run.records["moving_s"][-1])
    assert sum(row[4] for row in found) == pytest.approx(run.records["distance_m"][-1])
    starts = [row[2] for row in found]
    assert starts == sorted(starts)


@pytest.mark.parametrize(("minutes", "count"), [(1, 1), (5, 1), (7.4, 1), (7.5, 2), (60, 12), (62.4, 12), (62.5, 13)])
def test_piece_under_half_a_segment_joins_the_one_before(tmp_path: Path, minutes: float, count: int) -> None:
    (found,) = segments_of(tmp_path / "home", even_run(minutes=minutes, step_s=1))
    assert len(found) == count


def test_runs_stored_together_are_cut_apart(tmp_path: Path) -> None:
    first, second = uneven_run(1), uneven_run(2)
    together = segments_of(tmp_path / "together", first, second)
    alone = [*segments_of(tmp_path / "one", first), *segments_of(tmp_path / "two", second)]
    for here, there in zip(together, alone, strict=True):
        for theirs, ours in zip(here, there, strict=True):
            assert theirs == pytest.approx(ours)


def test_flat_ground_changes_no_pace(tmp_path: Path) -> None:
    (found,) = segments_of(tmp_path / "home", even_run(minutes=60))
    assert [row[8] for row in found] == pytest.approx([3.0] * 12)


def test_uphill_counts_as_faster_on_the_flat(tmp_path: Path) -> None:
    """At a grade of 10 % running costs 5.97 J/kg/m by Minetti's curve, 3.6 on the flat: 1.66 times."""
    run = even_run(minutes=60)
    run = with_records(run, altitude_m=100 + 0.10 * run.records["distance_m"])
    (found,) = segments_of(tmp_path / "home", run)
    assert found[5][8] / found[5][7] == pytest.approx(1.66, abs=0.01)
    assert found[5][5] == pytest.approx(90, abs=0.5)


def test_height_not_measured_is_no_climb_of_zero(tmp_path: Path) -> None:
    (found,) = segments_of(tmp_path / "home", even_run(minutes=20, altitude_m=None))
    assert {(row[5], row[6]) for row in found} == {(None, None)}
    assert [row[8] for row in found] == pytest.approx([3.0] * 4)


def test_jitter_of_the_barometer_is_no_climb(tmp_path: Path) -> None:
    run = even_run(minutes=60, step_s=1)
    altitude_m = run.records["altitude_m"]
    run = with_records(run, altitude_m=altitude_m + np.random.default_rng(0).normal(0, 0.4, altitude_m.size))
    (found,) = segments_of(tmp_path / "home", run)
    raw = np.abs(np.diff(run.records["altitude_m"])).sum() / 2
    assert raw > 500
    assert sum(row[5] for row in found) < 40

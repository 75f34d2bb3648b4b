"""What a session says of itself against what its records show: start, length, way and laps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from pipeline.formats.cleaning.session import clean_session
from pipeline.formats.decoded import DecodedRun, empty_columns
from pipeline.schema import Lap, ParsedRun

START = 1_748_759_400.0
NOW = datetime(2025, 6, 2, tzinfo=UTC)


def _settled(**said: object) -> ParsedRun:
    """Ten minutes at 3 m/s, a record a second, and what the session says of it."""
    columns = empty_columns(601)
    columns["time_s"], columns["distance_m"] = START + np.arange(601), np.arange(601) * 3.0
    usual = DecodedRun(0, "running", None, START, columns, elapsed_s=600.0, distance_m=1800.0)
    return clean_session(replace(usual, **said), "id", NOW)  # type: ignore[arg-type]


def _kinds(run: ParsedRun) -> list[str]:
    return [note.kind for note in run.notes]


def _lap(start_s: float = 0.0, elapsed_s: float = 300.0, timer_s: float = 300.0, distance_m: float = 900.0) -> Lap:
    return Lap(0, START + start_s, elapsed_s, timer_s, distance_m, "manual")


def test_a_start_after_which_the_session_would_have_ended_before_its_first_record_is_not_believed() -> None:
    run = _settled(start_s=START - 2**16)
    assert (run.start_at.timestamp(), run.elapsed_s, _kinds(run)) == (START, 600.0, ["start"])
    late_fix = _settled(start_s=START - 300, elapsed_s=900.0)
    assert (late_fix.start_at.timestamp(), late_fix.elapsed_s, _kinds(late_fix)) == (START - 300, 900.0, [])


@pytest.mark.parametrize(("said_s", "elapsed_s"), [(599.0, 600.0), (9_000.0, 9_000.0), (600.0 + 2**17, 600.0)])
def test_the_watchs_length_is_taken_unless_records_go_on_or_it_is_beyond_belief(
    said_s: float, elapsed_s: float
) -> None:
    assert _settled(elapsed_s=said_s).elapsed_s == elapsed_s


@pytest.mark.parametrize(
    ("said_m", "distance_m"), [(1800.0, 1800.0), (2400.0, 2400.0), (5000.0, 1800.0), (400.0, 1800.0), (None, 1800.0)]
)
def test_the_watchs_way_is_taken_when_its_records_bear_it(said_m: float | None, distance_m: float) -> None:
    assert _settled(distance_m=said_m).distance_m == distance_m


def test_way_after_the_last_record_is_the_watchs_word() -> None:
    assert _settled(elapsed_s=3600.0, distance_m=12_000.0).distance_m == 12_000.0


def test_laps_are_counted_from_the_start_and_those_outside_are_left_out() -> None:
    run = _settled(laps=(_lap(-1.0), _lap(300.0), _lap(700.0), _lap(-50.0)))
    assert [lap.elapsed_start_s for lap in run.laps] == [0.0, 300.0]
    assert [(note.kind, note.n) for note in run.notes] == [("lap", 2)]


def test_sums_no_lap_of_the_session_can_have_are_left_out() -> None:
    run = _settled(laps=(_lap(300.0, 2.0**22), _lap(0.0, 300.0, 400.0, 42_949_124.0)))
    long, far = run.laps
    assert (long.elapsed_s, long.timer_s, long.distance_m) == (300.0, 300.0, 900.0)
    assert (far.elapsed_s, far.timer_s, far.distance_m) == (300.0, None, None)
    assert [(note.kind, note.n) for note in run.notes] == [("lap", 2)]

"""TCX as watches and programs write it: laps, pauses, extensions, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest

from pipeline.formats.read import read_runs
from pipeline.schema import Lap
from tests.support.reading import only_run, refusal_of
from tests.support.track_writer import Points, WrittenLap, write_tcx

START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
NOW = datetime(2025, 6, 2, tzinfo=UTC)
NORTH_DEG_PER_M = 1 / 111_195  # along a meridian of a sphere of 6,371,008.8 m
CREATOR = "<Creator><Name>Forerunner 35</Name><UnitId>3812</UnitId></Creator>"


def _at_3_ms(seconds: range, **others: float) -> Points:
    """Points a second apart at 3 m/s, distance counted from second 0."""
    at_s = np.array(seconds)
    constant = {name: np.full(at_s.size, value) for name, value in others.items()}
    places = {"latitude": 52.5 + 3.0 * at_s * NORTH_DEG_PER_M, "longitude": np.full(at_s.size, 13.4)}
    return Points(at_s, {**places, "distance_m": 3.0 * at_s, **constant})


def _one_lap(*tracks: Points, timer_s: float | None = None) -> bytes:
    return write_tcx(START, (WrittenLap(0, tracks, timer_s),))


_run, _refused = partial(only_run, now=NOW), partial(refusal_of, now=NOW)


def test_an_activity_is_a_run_with_its_values_and_its_watch() -> None:
    track = _at_3_ms(range(601), altitude_m=35.0, heart_rate_bpm=151.0, cadence_rpm=86.0, speed_ms=3.0, power_w=240.0)
    lap = WrittenLap(0, (track,), 600.0, 1800.0)
    run = _run(write_tcx(START, (lap,), beside=f"<Notes> calves hard </Notes>{CREATOR}"))
    assert (run.sport, run.device, run.description) == ("running", "Forerunner 35", "calves hard")
    assert (run.start_at, run.elapsed_s, run.timer_s, run.distance_m) == (START, 600.0, 600.0, 1800.0)
    told = {"altitude_m": 35.0, "heart_rate_bpm": 151.0, "cadence_spm": 172.0, "speed_ms": 3.0, "power_w": 240.0}
    assert {name: set(run.records[name]) for name in told} == {name: {value} for name, value in told.items()}
    assert run.records["latitude"][100] == pytest.approx(52.5 + 300 * NORTH_DEG_PER_M, abs=1e-9)
    assert run.notes == ()


def test_laps_keep_their_length_their_sums_and_what_closed_them() -> None:
    laps = (
        WrittenLap(0, (_at_3_ms(range(300)),), 300.0, 900.0, "Distance"),
        WrittenLap(300, (_at_3_ms(range(300, 400)),), 100.0, 300.0, "Manual"),
        WrittenLap(400, (_at_3_ms(range(400, 481)),), 80.0, 240.0, "Manual"),
    )
    run = _run(write_tcx(START, laps))
    assert run.laps == (
        Lap(0, 0.0, 300.0, 300.0, 900.0, "distance"),
        Lap(1, 300.0, 100.0, 100.0, 300.0, "manual"),
        Lap(2, 400.0, 80.0, 80.0, 240.0, "session_end"),  # the press that ended the run
    )
    assert run.distance_m == 1440.0
    assert run.pauses == ()


def test_a_new_track_in_a_lap_is_the_end_of_a_pause() -> None:
    run = _run(_one_lap(_at_3_ms(range(101)), _at_3_ms(range(160, 261)), timer_s=200.0))
    assert [(p.elapsed_start_s, p.elapsed_end_s, p.kind) for p in run.pauses] == [(100.0, 160.0, "timer")]
    assert (run.elapsed_s, run.timer_s) == (260.0, 200.0)
    assert run.notes == ()


def test_a_track_for_every_point_is_no_pause_where_the_timer_ran() -> None:
    tracks = tuple(_at_3_ms(range(second, second + 1)) for second in range(0, 121, 2))
    assert _run(_one_lap(*tracks, timer_s=120.0)).timer_s == 120.0


def test_seconds_between_two_laps_that_no_timer_counted_are_a_pause() -> None:
    at_work = WrittenLap(0, (_at_3_ms(range(101)),), 100.0)
    laps = (at_work, WrittenLap(140, (_at_3_ms(range(140, 241)),), 100.0))
    assert [(p.elapsed_start_s, p.elapsed_end_s) for p in _run(write_tcx(START, laps)).pauses] == [(100.0, 140.0)]


def test_a_silence_at_the_end_of_a_lap_is_no_pause_where_the_timer_ran() -> None:
    laps = (WrittenLap(0, (_at_3_ms(range(81)),), 100.0), WrittenLap(100, (_at_3_ms(range(100, 201)),), 100.0))
    assert _run(write_tcx(START, laps)).timer_s == 200.0


def test_a_pause_of_negative_length_is_none() -> None:
    run = _run(_one_lap(_at_3_ms(range(101)), _at_3_ms(range(90, 201)), timer_s=200.0))
    assert run.pauses == ()
    assert (run.elapsed_s, run.timer_s) == (200.0, 200.0)


def test_a_treadmill_run_needs_no_position() -> None:
    run = _run(
        _one_lap(Points(np.arange(61), {"distance_m": 2.5 * np.arange(61), "heart_rate_bpm": np.full(61, 140.0)}))
    )
    assert run.indoor
    assert run.distance_m == 150.0


def test_laps_without_any_point_are_a_run_with_its_sums() -> None:
    run = _run(write_tcx(START, (WrittenLap(0, (), 1800.0, 5000.0),)))
    assert (run.start_at, run.elapsed_s, run.timer_s, run.distance_m) == (START, 1800.0, 1800.0, 5000.0)


def test_a_lap_without_its_start_begins_with_its_first_point() -> None:
    content = write_tcx(START, (WrittenLap(7, (_at_3_ms(range(7, 68)),), 60.0),))
    run = _run(content.replace(b'StartTime="2025-06-01T06:30:07Z"', b""))
    assert run.start_at == datetime(2025, 6, 1, 6, 30, 7, tzinfo=UTC)
    assert run.laps[0].elapsed_s == 60.0


@pytest.mark.parametrize(("word", "sport"), [("Running", "running"), ("Biking", "cycling"), ("Other", "other")])
def test_the_sport_is_the_files_word(word: str, sport: str) -> None:
    assert _run(write_tcx(START, (WrittenLap(0, (_at_3_ms(range(60)),)),), sport=word)).sport == sport


def test_each_activity_is_a_run_of_its_own() -> None:
    first = write_tcx(START, (WrittenLap(0, (_at_3_ms(range(60)),)),))
    second = write_tcx(datetime(2025, 6, 1, 18, tzinfo=UTC), (WrittenLap(0, (_at_3_ms(range(90)),)),), sport="Biking")
    inner = second[second.index(b"<Activity ") : second.index(b"</Activities>")]
    runs = read_runs(first.replace(b"</Activities>", inner + b"</Activities>"), NOW)
    assert [(run.session_no, run.sport, run.elapsed_s) for run in runs] == [(0, "running", 59.0), (1, "cycling", 89.0)]


def test_the_legs_of_a_multisport_session_and_the_way_between_are_runs_of_their_own() -> None:
    leg = _one_lap(_at_3_ms(range(60)))
    lap = leg[leg.index(b"<Lap") : leg.index(b"</Activity>")]
    later = lap.replace(b"06:3", b"07:3")
    changing = b'<Transition StartTime="2025-06-01T07:00:00Z"><TotalTimeSeconds>90</TotalTimeSeconds></Transition>'
    legs = b"<FirstSport><Activity Sport='Biking'>%b</Activity></FirstSport>" % lap
    legs += b"<NextSport>%b<Activity Sport='Running'>%b</Activity></NextSport>" % (changing, later)
    head, tail = leg[: leg.index(b"<Activities>")], leg[leg.index(b"</TrainingCenterDatabase>") :]
    runs = read_runs(
        b"%b<Activities><MultiSportSession>%b</MultiSportSession></Activities>%b" % (head, legs, tail), NOW
    )
    assert [(run.sport, run.elapsed_s) for run in runs] == [("cycling", 59.0), ("transition", 90.0), ("running", 59.0)]


def test_values_without_a_column_of_ours_are_kept_by_their_own_name() -> None:
    beside = b"<Extensions><x:TPX xmlns:x='x'><x:GroundTime>241</x:GroundTime></x:TPX></Extensions></Trackpoint>"
    run = _run(_one_lap(_at_3_ms(range(60))).replace(b"</Trackpoint>", beside))
    (field,) = run.fields
    assert (field.name, field.unit, field.told_by) == ("ground_time", None, "tcx")
    assert field.values.tolist() == [241.0] * 60
    assert field.elapsed_s.tolist() == list(range(60))


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        (b"<Time>2025-06-01T06:30:05Z</Time>", b"", "no_time"),
        (b"<Time>2025-06-01T06:30:05Z</Time>", b"<Time>2025-02-31T06:30:05Z</Time>", "no_time"),
        (b"<Time>2025-06-01T06:30:05Z</Time>", b"<Time>9999-12-31T23:59:59-14:00</Time>", "no_time"),
        (b"06:30:05Z", b"06:30:05", "no_zone"),
    ],
)
def test_points_without_a_time_and_times_without_a_zone_are_said(wrong: bytes, right: bytes, kind: str) -> None:
    run = _run(_one_lap(_at_3_ms(range(60))).replace(wrong, right, 1))
    assert [(note.kind, note.n) for note in run.notes] == [(kind, 1)]
    assert run.elapsed_s == 59.0


def test_times_with_a_zone_are_turned_to_utc() -> None:
    content = _one_lap(_at_3_ms(range(60))).replace(b"Z<", b".250+02:00<").replace(b'Z"', b'.25+0200"')
    assert _run(content).start_at == datetime(2025, 6, 1, 4, 30, 0, 250_000, tzinfo=UTC)


def test_numbers_that_are_none_are_not_measured() -> None:
    content = _one_lap(_at_3_ms(range(60), heart_rate_bpm=150.0)).replace(b"<Value>150.0<", b"<Value>--<", 1)
    assert np.isnan(_run(content).records["heart_rate_bpm"]).tolist() == [True] + [False] * 59


def test_white_space_before_the_declaration_is_garmins_own_and_no_fault() -> None:
    run = _run(write_tcx(START, (WrittenLap(0, (_at_3_ms(range(60)),)),), before="          "))
    assert (run.elapsed_s, run.notes) == (59.0, ())


def test_a_cut_file_keeps_what_came_before_the_cut_and_says_so() -> None:
    content = _one_lap(_at_3_ms(range(600)), timer_s=599.0)
    run = _run(content[: content.index(b"06:35:00Z")])
    assert run.records["elapsed_s"].tolist() == list(range(300))
    assert run.elapsed_s == 599.0  # as the lap's head says
    assert [note.kind for note in run.notes if note.kind != "no_time"] == ["damaged"]


def test_a_lost_end_of_a_point_costs_no_other_point() -> None:
    content = _one_lap(_at_3_ms(range(60)))
    at = content.index(b"</Trackpoint>", 3000)
    run = _run(content[:at] + content[at + 13 :])
    assert run.records["elapsed_s"].tolist() == list(range(60))
    assert [note.kind for note in run.notes] == ["damaged"]


def test_an_undeclared_prefix_is_mended_and_said_and_nothing_is_lost() -> None:
    track = _at_3_ms(range(60), power_w=200.0)
    content = _one_lap(track).replace(b'xmlns:ext="http://www.garmin.com/xmlschemas/ActivityExtension/v2"', b"")
    run = _run(content)
    assert set(run.records["power_w"]) == {200.0}
    assert [(note.kind, "undeclared prefix" in note.detail) for note in run.notes] == [("repaired", True)]


def test_a_course_is_not_a_run_and_an_empty_file_holds_none() -> None:
    point = "<Trackpoint><Time>2025-06-01T06:30:00Z</Time></Trackpoint>"
    course = f"<Courses><Course><Name>hills</Name><Lap></Lap><Track>{point * 2}</Track></Course></Courses>"
    assert _refused(f"<TrainingCenterDatabase>{course}</TrainingCenterDatabase>".encode()).code == "planned"
    assert _refused(b"<TrainingCenterDatabase></TrainingCenterDatabase>").code == "no_records"
    assert _refused(b"<TrainingCenterDatabase><Activities>").message == "not readable: cut or broken at line 1"

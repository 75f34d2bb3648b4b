"""GPX as watches and programs write it, and what is refused."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.schema import ParsedRun

NOW = datetime(2025, 6, 2, tzinfo=UTC)
NAMES = (
    'xmlns="http://www.topografix.com/GPX/1/1" '
    'xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1" '
    'xmlns:data="http://www.cluetrust.com/XML/GPXDATA/1/0"'
)
NORTH_DEG_PER_M = 1 / 111_195  # along a meridian of a sphere of 6,371,008.8 m


def _point(second: int, speed_ms: float = 3.0, inner: str = "", zone: str = "Z") -> str:
    at = f"2025-06-01T06:{30 + second // 60:02d}:{second % 60:02d}{zone}"
    latitude = 52.5 + second * speed_ms * NORTH_DEG_PER_M
    return f'<trkpt lat="{latitude:.9f}" lon="13.4"><ele>35.0</ele><time>{at}</time>{inner}</trkpt>'


def _points(seconds: range, speed_ms: float = 3.0, inner: str = "", zone: str = "Z") -> str:
    return "<trkseg>" + "".join(_point(s, speed_ms, inner, zone) for s in seconds) + "</trkseg>"


def _gpx(body: str, creator: str = "a program") -> bytes:
    return f'<?xml version="1.0"?>\n<gpx version="1.1" creator="{creator}" {NAMES}>{body}</gpx>'.encode()


def _track(segments: str, kind: str | None = "running") -> str:
    word = f"<type>{kind}</type>" if kind is not None else ""
    return f"<trk><name>Lunch run</name>{word}{segments}</trk>"


def _run(content: bytes) -> ParsedRun:
    (run,) = read_runs(content, NOW)
    return run


def _refused(content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_runs(content, NOW)
    return refused.value


def test_a_track_is_a_run_with_its_distance_from_the_positions() -> None:
    run = _run(_gpx(_track(_points(range(0, 601, 5)))))
    assert (run.sport, run.title, run.device) == ("running", "Lunch run", "a program")
    assert run.start_at == datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
    assert (run.elapsed_s, run.timer_s, run.moving_s) == (600.0, 600.0, 600.0)
    assert run.distance_m == pytest.approx(1800.0, abs=0.5)
    assert run.records["speed_ms"][1:] == pytest.approx(np.full(120, 3.0), abs=0.01)
    assert run.records["altitude_m"][0] == 35.0
    assert run.notes == ()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_garmins_extension_gives_heart_rate_steps_and_temperature(version: str) -> None:
    inner = (
        "<extensions><power>240</power><tpx:TrackPointExtension>"
        "<tpx:atemp>21.5</tpx:atemp><tpx:hr>151</tpx:hr><tpx:cad>86</tpx:cad>"
        "</tpx:TrackPointExtension></extensions>"
    )
    content = _gpx(_track(_points(range(10), inner=inner))).replace(b"Extension/v1", b"Extension/" + version.encode())
    records = _run(content).records
    assert set(records["heart_rate_bpm"]) == {151.0}
    assert set(records["cadence_spm"]) == {172.0}
    assert set(records["device_temp_c"]) == {21.5}
    assert set(records["power_w"]) == {240.0}


def test_cluetrusts_extension_is_read_too() -> None:
    inner = "<extensions><data:hr>140</data:hr><data:cadence>80</data:cadence></extensions>"
    records = _run(_gpx(_track(_points(range(10), inner=inner)))).records
    assert set(records["heart_rate_bpm"]) == {140.0}
    assert set(records["cadence_spm"]) == {160.0}


def test_a_new_segment_is_a_pause_and_the_way_in_it_is_not_run() -> None:
    run = _run(_gpx(_track(_points(range(0, 101)) + _points(range(220, 321)))))
    assert [(p.elapsed_start_s, p.elapsed_end_s, p.kind) for p in run.pauses] == [(100.0, 220.0, "timer")]
    assert (run.elapsed_s, run.timer_s, run.moving_s) == (320.0, 200.0, 200.0)
    assert run.distance_m == pytest.approx(600.0, abs=0.5)


def test_tracks_that_follow_each_other_are_one_run_and_others_their_own() -> None:
    near = _gpx(_track(_points(range(0, 100))) + _track(_points(range(200, 300))))
    assert _run(near).elapsed_s == 299.0
    ride = _gpx(_track(_points(range(0, 100))) + _track(_points(range(200, 300)), kind="cycling"))
    assert [run.sport for run in read_runs(ride, NOW)] == ["running", "cycling"]


@pytest.mark.parametrize(
    ("kind", "speed_ms", "sport", "sub_sport"),
    [
        ("Trail Running", 3.0, "running", "trail"),
        ("9", 3.0, "running", None),  # Strava's number
        ("mountain_biking", 3.0, "cycling", None),
        ("rowing", 3.0, "rowing", None),
        (None, 3.0, "running", None),
        (None, 1.2, "unknown", None),
        (None, 8.0, "unknown", None),
        ("", 3.0, "running", None),
    ],
)
def test_the_sport_is_the_files_word_else_the_speeds(
    kind: str | None, speed_ms: float, sport: str, sub_sport: str | None
) -> None:
    run = _run(_gpx(_track(_points(range(60), speed_ms), kind)))
    assert (run.sport, run.sub_sport) == (sport, sub_sport)


def test_points_without_time_are_left_out_and_said() -> None:
    timeless = '<trkpt lat="52.5" lon="13.4"></trkpt>' * 3
    run = _run(_gpx(_track(_points(range(60)).replace("<trkseg>", "<trkseg>" + timeless))))
    assert [(note.kind, note.n) for note in run.notes] == [("no_time", 3)]
    assert run.records["elapsed_s"].size == 60


def test_times_without_zone_are_utc_and_said() -> None:
    run = _run(_gpx(_track(_points(range(60), zone=""))))
    assert run.start_at == datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
    assert [(note.kind, note.n) for note in run.notes] == [("no_zone", 60)]


def test_times_with_a_zone_are_turned_to_utc() -> None:
    run = _run(_gpx(_track(_points(range(60), zone="+02:00"))))
    assert run.start_at == datetime(2025, 6, 1, 4, 30, tzinfo=UTC)


def test_the_mark_of_a_simulated_file_is_seen() -> None:
    assert _run(_gpx(_track(_points(range(60))), creator="cramplog simulated")).simulated
    assert not _run(_gpx(_track(_points(range(60))))).simulated


def test_a_declaration_out_of_place_and_other_encodings_are_read() -> None:
    text = _gpx(_track(_points(range(60)))).decode()
    assert _run(b"\n  " + text.encode()).elapsed_s == 59.0
    assert _run(text.encode("utf-16")).elapsed_s == 59.0
    assert _run(text.replace("Lunch", "Käse").encode("cp1252")).title == "Käse run"


def test_a_planned_route_is_not_a_run() -> None:
    as_track = _refused(_gpx('<trk><trkseg><trkpt lat="52.5" lon="13.4"></trkpt></trkseg></trk>'))
    as_route = _refused(_gpx('<rte><rtept lat="52.5" lon="13.4"></rtept></rte>'))
    assert (as_track.code, as_route.code) == ("planned", "planned")
    assert "planned route" in as_track.message


def test_waypoints_or_nothing_are_refused_with_their_reason() -> None:
    assert _refused(_gpx('<wpt lat="52.5" lon="13.4"></wpt>')).message == "holds only waypoints"
    assert _refused(_gpx("")).message == "holds no track"
    assert _refused(_gpx(_track(_points(range(1))))).code == "too_short"


def test_broken_text_is_refused_with_its_line_and_without_its_places() -> None:
    broken = _refused(b'<?xml version="1.0"?>\n<gpx>\n<trk>\n</gpx>')
    assert broken.message == "not readable as GPX at line 4"
    wrong = _refused(_gpx(_track(_points(range(60)).replace("35.0", "52.51 high", 1))))
    assert wrong.code == "damaged"
    assert "52.5" not in wrong.message


def test_an_entity_bomb_is_refused_at_once() -> None:
    levels = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<!DOCTYPE gpx [<!ENTITY a0 "cramp">{levels}]><gpx><trk><name>&a11;</name></trk></gpx>'
    began = time.perf_counter()
    assert _refused(bomb.encode()).code == "damaged"
    assert time.perf_counter() - began < 1.0


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a name nobody else may know")
    body = _track(_points(range(60))).replace("Lunch run", "&secret;")
    head = f'<!DOCTYPE gpx [<!ENTITY secret SYSTEM "{secret.as_uri()}">]>'
    content = f'{head}<gpx version="1.1" creator="x" {NAMES}>{body}</gpx>'.encode()
    assert _refused(content).code == "damaged"

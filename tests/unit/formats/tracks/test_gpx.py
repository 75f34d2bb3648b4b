"""GPX as watches and programs write it, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest

from pipeline.formats.read import read_runs
from tests.support.reading import only_run, refusal_of

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


_run, _refused = partial(only_run, now=NOW), partial(refusal_of, now=NOW)


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
        ("TrailRun", 3.0, "running", "trail"),
        ("VirtualRun", 3.0, "running", "virtual"),
        ("RUNNING", 3.0, "running", None),
        ("treadmill", 3.0, "running", "treadmill"),
        ("treadmill_walking", 1.2, "walking", "treadmill"),
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


@pytest.mark.parametrize("year", ["1869", "9999"])
def test_a_time_of_no_watch_is_none(year: str) -> None:
    run = _run(_gpx(_track(_points(range(60)).replace("2025", year, 1))))
    assert [(note.kind, note.n) for note in run.notes] == [("no_time", 1)]
    assert _refused(_gpx(_track(_points(range(60), zone="-14:00").replace("2025", year)))).code == "planned"


def test_times_with_a_zone_are_turned_to_utc() -> None:
    run = _run(_gpx(_track(_points(range(60), zone="+02:00"))))
    assert run.start_at == datetime(2025, 6, 1, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "form",
    [
        "\n  {}-06-01T06:30:{:02d}Z ",
        "{}-6-1T6:30:{}Z",
        "{}-06-01T08:30:{:02d}.0+0200",
        "{}-06-01T04:30:{:02d}\N{MINUS SIGN}02:00",
    ],
)
def test_times_in_the_forms_that_programs_write_are_read(form: str) -> None:
    points = "".join(f'<trkpt lat="52.5" lon="13.4"><time>{form.format(2025, s)}</time></trkpt>' for s in range(60))
    run = _run(_gpx(_track(f"<trkseg>{points}</trkseg>")))
    assert run.start_at == datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
    assert run.records["elapsed_s"].tolist() == list(range(60))
    assert run.notes == ()


def test_of_broken_text_the_half_of_a_time_is_none() -> None:
    content = _gpx(_track(_points(range(60)))).replace(b"06:30:59Z", b"06:30:5", 1)
    assert _run(content).records["elapsed_s"].tolist() == [*range(59)]  # whole text: second 5, once more
    cut = content.replace(b"</gpx>", b"")
    assert [(note.kind, note.n) for note in _run(cut).notes] == [("damaged", 1), ("no_time", 1)]


@pytest.mark.parametrize("time", ["Sat, 14 Jun 2025 07:00 GMT", "2025-06-31T06:30:00Z", "2025-06-01T06:30:00+99:00"])
def test_a_time_that_nobody_can_read_is_none(time: str) -> None:
    run = _run(_gpx(_track(_points(range(60)).replace("2025-06-01T06:30:00Z", time))))
    assert run.records["elapsed_s"].size == 59
    assert [(note.kind, note.n) for note in run.notes] == [("no_time", 1)]


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
    assert _refused(_gpx('<wpt lat="52.5" lon="13.4"></wpt>')).message == "contains only waypoints"
    assert _refused(_gpx("")).message == "contains no track"
    assert _refused(_gpx(_track(_points(range(1))))).code == "too_short"


def test_broken_text_without_a_point_is_refused_with_its_line() -> None:
    broken = _refused(b'<?xml version="1.0"?>\n<gpx>\n<trk>\n</gpx>')
    assert (broken.code, broken.message) == ("damaged", "not readable: cut or broken at line 4")


def test_a_height_that_is_no_number_costs_no_point() -> None:
    run = _run(_gpx(_track(_points(range(60)).replace("35.0", "52.51 high", 1))))
    assert np.isnan(run.records["altitude_m"]).tolist() == [True] + [False] * 59
    assert [(note.kind, note.n) for note in run.notes] == [("repaired", 1)]
    assert "altitudes" in run.notes[0].detail
    assert "52.5" not in run.notes[0].detail


@pytest.mark.parametrize("wrong", ["", "--"])
def test_a_point_without_latitude_is_left_out_and_said(wrong: str) -> None:
    points = _points(range(60))
    first = points[points.index('lat="') : points.index(' lon="')]
    run = _run(_gpx(_track(points.replace(first, f'lat="{wrong}"' if wrong else "", 1))))
    assert run.records["elapsed_s"].tolist() == list(range(59))
    assert ("no_position", 1) in [(note.kind, note.n) for note in run.notes]


@pytest.mark.parametrize(
    ("oddity", "where", "said"),
    [
        ("<data:hr>140</data:hr>", "</time>", "undeclared prefix"),
        ("Run & cramp &nbsp;", "<name>", "bare &"),
        ("I <3 this", "<name>", "a < outside of tags"),
        ("\x01\x0b", "<name>", "control characters"),
    ],
)
def test_text_that_is_no_proper_xml_is_mended_and_nothing_is_lost(oddity: str, where: str, said: str) -> None:
    content = _gpx(_track(_points(range(60)))).decode().replace("xmlns:data", "about")
    run = _run(content.replace(where, where + oddity, 1).encode())
    assert run.records["elapsed_s"].tolist() == list(range(60))
    assert [(note.kind, said in note.detail) for note in run.notes] == [("repaired", True)]


def test_strava_exports_with_an_undeclared_prefix_keep_their_heart_rates() -> None:
    inner = "<extensions><data:hr>140</data:hr><data:cadence>80</data:cadence></extensions>"
    content = _gpx(_track(_points(range(10), inner=inner))).replace(b"xmlns:data", b"about")
    assert set(_run(content).records["heart_rate_bpm"]) == {140.0}
    assert _run(content).title == "Lunch run"


@pytest.mark.parametrize("rest", ["\n\n<b>page 2</b> \x01", "</gpx>", "\x00\x00", "<gpx/>"])
def test_what_follows_the_end_is_left_out(rest: str) -> None:
    run = _run(_gpx(_track(_points(range(60)))) + rest.encode())
    assert run.records["elapsed_s"].tolist() == list(range(60))


def test_a_cut_file_keeps_what_came_before_the_cut_and_says_so() -> None:
    content = _gpx(_track(_points(range(0, 300)) + _points(range(400, 600))))
    run = _run(content[: content.index(b"06:38:20Z")])
    assert run.records["elapsed_s"].tolist() == [*range(300), *range(400, 500)]
    assert [(p.elapsed_start_s, p.elapsed_end_s) for p in run.pauses] == [(299.0, 400.0)]
    assert [note.kind for note in run.notes if note.kind != "no_time"] == ["damaged"]


def test_a_lost_end_of_a_point_costs_no_other_point() -> None:
    content = _gpx(_track(_points(range(60))))
    at = content.index(b"</trkpt>", 3000)
    run = _run(content[:at] + content[at + 8 :])
    assert run.records["elapsed_s"].tolist() == list(range(60))
    assert [note.kind for note in run.notes] == ["damaged"]


@pytest.mark.parametrize("broken", ["tpx:0ad", "tpx:", "tpx:-cad", "tpx:\N{MIDDLE DOT}cad"])
def test_a_value_whose_name_is_none_costs_no_other_value(broken: str) -> None:
    inner = f"<extensions><tpx:hr>131</tpx:hr><{broken}>84</{broken}></extensions>"
    run = _run(_gpx(_track(_points(range(0, 60), inner=inner))))
    assert [note.kind for note in run.notes] == ["damaged"]
    assert (run.records["heart_rate_bpm"] == 131.0).sum() == 60
    assert run.fields == ()


def test_a_broken_quote_after_the_creator_costs_no_point() -> None:
    broken = _gpx(_track(_points(range(0, 60)))).replace(b'program" xmlns="http', b'program xmlns="http')
    run = _run(broken)
    assert run.records["elapsed_s"].size == 60
    assert str(run.device).startswith("a program xmlns=")


def test_a_zeroed_block_costs_its_points_only() -> None:
    content = _gpx(_track(_points(range(600))))
    run = _run(content[:20000] + bytes(512) + content[20512:])
    assert run.records["elapsed_s"].size >= 593  # a point has 102 bytes
    assert "damaged" in [note.kind for note in run.notes]


def test_gpx_1_0_tells_its_speed() -> None:
    content = _gpx(_track(_points(range(60), inner="<speed>2.9</speed>"))).replace(b'"1.1"', b'"1.0"')
    assert set(_run(content).records["speed_ms"]) == {2.9}


def test_extensions_are_read_whatever_version_the_file_calls_itself() -> None:
    content = _gpx(_track(_points(range(10), inner="<extensions><tpx:hr>150</tpx:hr></extensions>")))
    for version in (b'version="1.0"', b""):
        assert set(_run(content.replace(b'version="1.1"', version)).records["heart_rate_bpm"]) == {150.0}


def test_a_root_with_a_prefix_is_gpx_too() -> None:
    content = _gpx(_track(_points(range(60)))).decode()
    for tag in ("gpx", "trk", "trkseg", "trkpt", "time", "ele", "name", "type"):
        content = content.replace(f"<{tag}", f"<g:{tag}").replace(f"</{tag}", f"</g:{tag}")
    content = content.replace("<g:trkpt", "<g:trkpt").replace('xmlns="', 'xmlns:g="')
    assert _run(content.encode()).records["elapsed_s"].tolist() == list(range(60))
    assert _run(content.encode()).notes == ()


def test_extensions_may_come_before_the_time_and_have_times_of_their_own() -> None:
    inner = "<extensions><data:time>17</data:time><data:ele>99</data:ele></extensions>"
    points = "".join(_point(s, inner=inner) for s in range(60))
    run = _run(_gpx(_track(f"<trkseg>{points}</trkseg>")))
    assert set(run.records["altitude_m"]) == {35.0}
    assert {one.name: set(one.values) for one in run.fields} == {"time": {17.0}, "ele": {99.0}}
    before = points.replace(inner, "").replace("<ele>", "<extensions><data:hr>150</data:hr></extensions><ele>")
    run = _run(_gpx(_track(f"<trkseg>{before}</trkseg>")))
    assert run.records["elapsed_s"].tolist() == list(range(60))
    assert set(run.records["heart_rate_bpm"]) == {150.0}


def test_gpx_1_0_has_no_type_of_a_track() -> None:
    content = _gpx(_track(_points(range(60)), kind="rowing")).replace(b'"1.1"', b'"1.0"')
    assert _run(content).sport == "running"  # by its speed


def test_each_point_in_a_segment_of_its_own_is_read() -> None:
    run = _run(_gpx(_track("".join(f"<trkseg>{_point(s)}</trkseg>" for s in range(60)))))
    assert run.records["elapsed_s"].tolist() == list(range(60))


def test_apples_routes_tell_their_speed_and_their_accuracy() -> None:
    inner = "<extensions><speed>2.75</speed><course>181.5</course><hAcc>4.2</hAcc></extensions>"
    run = _run(_gpx(_track(_points(range(10), inner=inner))))
    assert set(run.records["speed_ms"]) == {2.75}
    assert [(one.name, one.told_by, set(one.values)) for one in run.fields] == [
        ("course", "gpx", {181.5}),
        ("h_acc", "gpx", {4.2}),
    ]


def test_extensions_without_a_column_are_kept_where_they_were_measured_but_never_a_position() -> None:
    some = (
        "<extensions><data:seaLevelPressure>101.3</data:seaLevelPressure><lat>52.5</lat><myLon>13</myLon></extensions>"
    )
    points = _points(range(10), inner=some) + _points(range(10, 20), inner="<extensions><note>hard</note></extensions>")
    (field,) = _run(_gpx(_track(points))).fields
    assert field.name == "sea_level_pressure"
    assert field.elapsed_s.tolist() == list(range(10))


def test_what_the_runner_wrote_beside_the_track_is_kept() -> None:
    words = "<trk><cmt>third loop</cmt><desc>both calves from km 12</desc>"
    run = _run(_gpx(_track(_points(range(60))).replace("<trk>", words)))
    assert run.description == "both calves from km 12"


def test_points_of_one_second_are_one_record_and_a_step_back_is_sorted() -> None:
    twice = _run(_gpx(_track("<trkseg>" + "".join(_point(s // 2) for s in range(120)) + "</trkseg>")))
    assert twice.records["elapsed_s"].tolist() == list(range(60))
    back = _run(_gpx(_track("<trkseg>" + "".join(map(_point, [0, 1, 3, 2, 4, 5])) + "</trkseg>")))
    assert back.records["elapsed_s"].tolist() == [0, 1, 2, 3, 4, 5]
    assert [note.kind for note in back.notes] == ["order"]


def test_a_long_file_is_one_run() -> None:
    inner = "<extensions><course>90</course><hr>150</hr></extensions>" + " " * 2000
    run = _run(_gpx(_track(_points(range(0, 800), 1.0, inner) + _points(range(900, 1700), 1.0, inner))))
    assert run.records["elapsed_s"].tolist() == [*range(800), *range(900, 1700)]
    assert [(p.elapsed_start_s, p.elapsed_end_s) for p in run.pauses] == [(799.0, 900.0)]
    assert run.fields[0].values.size == 1600
    assert run.notes == ()

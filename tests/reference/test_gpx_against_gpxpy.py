"""Every point that gpxpy reads of a proper GPX file is read the same, to the last bit: times, places, heights, extensions."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import gpxpy
import numpy as np
import pytest
from gpxpy.gpx import GPX, GPXTrackPoint
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.formats.decoded import DecodedRun
from pipeline.formats.tracks.gpx import decode_gpx
from tests.support.folders import ROOT

REAL = ROOT / ".." / "shared" / "real_runs"
SAMPLES = ROOT / "sample_data" / "runs"
START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
NAMES = 'xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1" xmlns:data="urn:data"'
# As gpxpy names an extension, and the column or field that it stands for.
COLUMN_OF = {
    "hr": "heart_rate_bpm",
    "cad": "cadence_rpm",
    "atemp": "device_temp_c",
    "power": "power_w",
    "speed": "speed_ms",
    "distance": "distance_m",
}
FIELD_OF = {"verticalSpeed": "vertical_speed", "course": "course"}
TIME_FORMS = (
    "{0:%Y-%m-%dT%H:%M:%SZ}",
    "{0:%Y-%m-%dT%H:%M:%S}.504Z",
    "{0:%Y-%m-%dT%H:%M:%S}.609273374Z",
    "{0:%Y-%m-%d %H:%M:%SZ}",
    "{0:%Y-%m-%dT%H:%M:%S}",
    "{0:%Y-%m-%dT%H:%M:%S}+0000",
    "{1:%Y-%m-%dT%H:%M:%S}.25+02:00",
    "{2:%Y-%m-%dT%H:%M:%S}\N{MINUS SIGN}02:00",
    "{0.year}-{0.month}-{0.day}T{0.hour}:{0.minute}:{0.second}Z",
    "{0:%d.%m.%Y %H:%M}",  # gpxpy reads none of these
    "",
)


def _parsed(content: bytes) -> GPX:
    """What gpxpy reads; a file with extensions is GPX 1.1, whatever it calls itself."""
    return gpxpy.parse(content.decode("utf-8"), "1.1" if b"extensions>" in content else None)


def _seconds(point: GPXTrackPoint) -> float:
    if point.time is None:
        return np.nan
    return (point.time if point.time.tzinfo else point.time.replace(tzinfo=UTC)).timestamp()


def _extensions(point: GPXTrackPoint) -> dict[str, float]:
    """The extensions that are numbers, by our names."""
    read = {}
    for extension in point.extensions:
        for element in extension.iter():
            name = element.tag.rpartition("}")[2]
            if element.text and element.text.strip():
                read[COLUMN_OF.get(name) or FIELD_OF[name]] = float(element.text)
    return read


def _rows(points: list[GPXTrackPoint]) -> list[dict[str, float]]:
    return [
        {
            "speed_ms": getattr(point, "speed", None),
            **_extensions(point),
            "time_s": _seconds(point),
            "latitude": point.latitude,
            "longitude": point.longitude,
            "altitude_m": point.elevation,
        }
        for point in points
    ]


def _assert_same_points(runs: tuple[DecodedRun, ...], gpx: GPX) -> int:
    """The runs' columns, one run after the other, hold the points that have a time; returns their number."""
    points = [point for track in gpx.tracks for segment in track.segments for point in segment.points]
    rows = [row for row in _rows(points) if not np.isnan(row["time_s"])]
    for name in runs[0].columns:
        expected = np.array([row.get(name) for row in rows], dtype=np.float64)
        np.testing.assert_array_equal(np.concatenate([run.columns[name] for run in runs]), expected, err_msg=name)
    for name in FIELD_OF.values():
        expected_field = {(row["time_s"], row[name]) for row in rows if name in row}
        assert expected_field == {
            pair
            for run in runs
            for field in run.fields
            if field.name == name
            for pair in zip(field.elapsed_s.tolist(), field.values.tolist(), strict=True)
        }
    return len(rows)


def _gaps(gpx: GPX) -> tuple[tuple[float, float], ...]:
    """From the last instant of each segment to the first one of the next."""
    times = [[_seconds(point) for point in one.points] for track in gpx.tracks for one in track.segments]
    known = [[at_s for at_s in segment if not np.isnan(at_s)] for segment in times]
    return tuple((a[-1], b[0]) for a, b in pairwise(segment for segment in known if segment) if b[0] > a[-1])


words = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=12))
numbers = st.one_of(st.none(), st.integers(-50, 300), st.floats(-400, 9000, allow_nan=False))


@st.composite
def gpx_files(draw: st.DrawFn) -> bytes:
    """Proper GPX of either version, its tracks one after the other within an hour."""
    version = draw(st.sampled_from(["1.0", "1.1"]))
    file_words = _words(draw, ("name", "desc"))
    head = f"<metadata>{file_words}</metadata>" if version == "1.1" else file_words
    others = draw(st.sampled_from(["", '<wpt lat="1" lon="2"><ele>3</ele><time>2020-01-01T00:00:00Z</time></wpt>']))
    route = draw(st.sampled_from(["", '<rte><name>plan</name><rtept lat="1" lon="2"/></rte>']))
    space = draw(st.sampled_from(["", f'xmlns="http://www.topografix.com/GPX/{version.replace(".", "/")}"']))
    seconds = iter(np.cumsum(draw(st.lists(st.integers(0, 60), min_size=60, max_size=60))).tolist())
    tracks = "".join(_track(draw, version, seconds) for _ in range(draw(st.integers(1, 3))))
    creator = quoteattr(draw(words) or "")
    root = f'<gpx version="{version}" creator={creator} {space} {NAMES}>'
    return f'<?xml version="1.0"?>\n{root}{head}{others}{route}{tracks}</gpx>'.encode()


def _words(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    texts = {name: draw(words) for name in names}
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in texts.items() if text is not None)


def _track(draw: st.DrawFn, version: str, seconds: Iterator[int]) -> str:
    segments = ""
    for _ in range(draw(st.integers(0, 3))):
        points = "".join(_point(draw, version, next(seconds)) for _ in range(draw(st.integers(0, 6))))
        segments += f"<trkseg>{points}</trkseg>"
    kind = "<type>running</type>" if version == "1.1" else ""
    return f"<trk>{_words(draw, ('name', 'cmt', 'desc'))}{kind}<!-- a comment -->{segments}</trk>"


def _point(draw: st.DrawFn, version: str, at_s: int) -> str:
    at = START + timedelta(seconds=at_s)
    time = draw(st.sampled_from(TIME_FORMS)).format(at, at + timedelta(hours=2), at - timedelta(hours=2))
    height, place = draw(numbers), (draw(st.floats(-90, 90)), draw(st.floats(-180, 180)))
    inner = "" if height is None else f"<ele>{height!r}</ele>"
    inner += f"<time>{time}</time>" if time else ""
    inner += "<name>turn</name><sat>7</sat>" if draw(st.booleans()) else ""
    if version == "1.0":
        speed = draw(numbers)
        inner += "" if speed is None else f"<speed>{speed!r}</speed>"
    else:
        inner += _point_extensions(draw)
    return f'<trkpt lat="{place[0]!r}" lon="{place[1]!r}">\n{inner}\n</trkpt>'


def _point_extensions(draw: st.DrawFn) -> str:
    measured = {name: draw(numbers) for name in draw(st.sets(st.sampled_from([*COLUMN_OF, *FIELD_OF]), max_size=4))}
    tags = "".join(f"<data:{name}> {value!r} </data:{name}>" for name, value in measured.items() if value is not None)
    nested = f"<tpx:TrackPointExtension>\n{tags}</tpx:TrackPointExtension>"
    return f"<extensions>{draw(st.sampled_from([tags, nested]))}</extensions>"


@settings(deadline=None, max_examples=150)
@given(gpx_files())
def test_generated_files_equal_gpxpy_in_points_words_and_pauses(content: bytes) -> None:
    gpx = _parsed(content)
    timed = [track for track in gpx.tracks if any(point.time for segment in track.segments for point in segment.points)]
    if not timed:
        return
    (run,) = decode_gpx(content)
    _assert_same_points((run,), gpx)
    assert run.stops == _gaps(gpx)
    assert (run.title or "") == (timed[0].name or gpx.name or "")
    assert (run.description or "") == (timed[0].description or timed[0].comment or gpx.description or "")
    assert (run.device or "") == gpx.creator
    assert run.sport == timed[0].type
    assert {note.kind for note in run.notes} <= {"no_time", "no_zone"}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/2*.gpx*")), ids=lambda path: path.name)
def test_simulated_files_equal_gpxpy(path: Path) -> None:
    content = path.read_bytes()
    content = gzip.decompress(content) if path.suffix == ".gz" else content
    assert _assert_same_points(decode_gpx(content), _parsed(content)) > 0


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real recordings is not here")
@pytest.mark.parametrize("name", ["activity_5039744860.gpx", "korita-zbevnica.gpx"])
def test_real_files_equal_gpxpy(name: str) -> None:
    content = (REAL / name).read_bytes()
    assert _assert_same_points(decode_gpx(content), _parsed(content)) > 0

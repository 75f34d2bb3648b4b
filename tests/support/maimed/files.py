"""Short files of every format, and the endless row of their maimed variants. Called by the tests of maimed files."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np

from tests.support.exports import apple_export, garmin_export, strava_export
from tests.support.fit.writer import FitActivity, FitEvent, FitLap, FitRecords, FitSession, write_fit
from tests.support.folders import REAL_RUNS, SAMPLE
from tests.support.maimed.maiming import maimed
from tests.support.track_writer import Points, WrittenLap, write_gpx, write_tcx

START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
_SHORT_BYTES = 12_000  # of a long file: then damage is met at every place, and a variant is read in a moment
_POINT_ENDS = (b"</trkpt>", b"</Trackpoint>")

Named = tuple[str, bytes]


def whole_files() -> list[Named]:
    """Written ones, samples plain and packed, real ones where they are at hand, exports; always in this order."""
    samples = sorted((SAMPLE / "runs").rglob("2*"))
    packed = [(path.name, path.read_bytes()) for path in samples if path.suffix == ".gz"][::90]
    points = [(path.name, path.read_bytes()) for path in samples if path.suffix == ".gpx"][:2]
    real = sorted(path for path in REAL_RUNS.glob("*") if path.suffix in (".fit", ".gpx", ".tcx"))
    plain = [("two-sessions.fit", _two_sessions()), ("two-laps.tcx", _two_laps()), ("odd-name.gpx", _odd_name())]
    plain += [(name.removesuffix(".gz"), gzip.decompress(content)) for name, content in packed]
    files = [*plain, *packed, *points, *((path.name, path.read_bytes()) for path in real)]
    exports = {"strava": strava_export(), "garmin": garmin_export(), "apple": apple_export()}
    zips = [(f"{name}.zip", _zipped(members)) for name, members in exports.items()]
    return [(name, _shortened(content)) for name, content in files] + zips


def variant(files: list[Named], seed: int, number: int) -> Named:
    """The maimed file of that number: what it was and suffered, and its bytes."""
    rng = Random(f"{seed}/{number}")
    name, content = rng.choice(files)
    suffered, content = maimed(content, rng)
    return f"{seed}-{number}-{suffered}-{name}", content


def _two_sessions() -> bytes:
    """A run with laps and a pause, and a ride after it, all in one short file."""
    at_s = np.concatenate([np.arange(60), np.arange(120, 181)])
    way_m = 3.0 * np.minimum(np.arange(121), at_s)
    places = {"latitude": 52.5 + way_m / 111_195, "longitude": np.full(121, 13.4)}
    records = FitRecords(at_s, **places, heart_rate_bpm=np.full(121, 150), distance_m=way_m, speed_ms=np.full(121, 3.0))
    laps = (FitLap(0.0, 60.0, 60.0, 180.0), FitLap(60.0, 120.0, 60.0, 183.0, "session_end"))
    timer = (FitEvent(0, "start"), FitEvent(60, "stop"), FitEvent(119, "start"), FitEvent(180, "stop_all"))
    run = FitSession(START, 180.0, 121.0, records, distance_m=363.0, laps=laps, events=timer)
    ride = FitSession(START + timedelta(seconds=200), 180.0, 180.0, records, "cycling", distance_m=363.0)
    return write_fit(FitActivity((run, ride), "a watch", local_offset_s=7200))


def _two_laps() -> bytes:
    """Half a minute, and another one after a pause, without places."""
    first, second = (np.arange(since, since + 31) for since in (0, 100))
    tracks = [Points(at_s, {"distance_m": way_m + np.arange(31) * 3.0}) for at_s, way_m in ((first, 0), (second, 90))]
    laps = (WrittenLap(0, (tracks[0],), 30.0, 90.0), WrittenLap(100, (tracks[1],), 30.0, 90.0, "Distance"))
    return write_tcx(START, laps)


def _odd_name() -> bytes:
    """A minute whose name is no proper XML: the two halves of an emoji, and a control character."""
    at_s = np.arange(61)
    places = {"latitude": 52.5 + 3.0 * at_s / 111_195, "longitude": np.full(61, 13.4)}
    return write_gpx(START, (Points(at_s, places),), name="Run &#55357;&#56842; &#27;")


def _shortened(content: bytes) -> bytes:
    """Text keeps its first points and its end, so that it is well formed; of a FIT file the first bytes stay."""
    for mark in _POINT_ENDS:
        if mark in content[_SHORT_BYTES:]:
            return content[: content.index(mark, _SHORT_BYTES)] + content[content.rindex(mark) :]
    return content if content[:2] == b"\x1f\x8b" else content[:_SHORT_BYTES]


def _zipped(members: dict[str, bytes]) -> bytes:
    """An archive whose bytes do not depend on the hour."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()

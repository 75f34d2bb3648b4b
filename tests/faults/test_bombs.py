"""Archives and files that mean harm: each refused in about a second of computing, in little memory, with a reason.

Each is taken as `ingest` takes it, found, read and decoded, in a process of its own.
"""

from __future__ import annotations

import gzip
import json
import random
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.formats.sources.find import find_sources
from pipeline.formats.sources.opened import close_archives
from tests.support.exports import fit_run, overlapping_zip, raw_zip, zip_bytes

MB = 1_000_000
MOST_SECONDS = 1.0  # of computing; the dearest takes 0.2
MOST_MB_MORE = 100

# A child of its own for each path, so that each peak is its own; what they share is loaded once.
TAKE = """
import json, os, re, sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.formats.sources.find import find_sources

def peak_mb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)) / 1000

def take(path):
    before_mb, began_s = peak_mb(), time.process_time()
    found = find_sources([Path(path)])
    reasons, n_runs = [one.reason for one in found.refused], 0
    for source in found.sources:
        try:
            n_runs += len(read_runs(source.read(), datetime.now(UTC), source.details))
        except FileRefused as refused:
            reasons.append(refused.message)
    return time.process_time() - began_s, peak_mb() - before_mb, n_runs, reasons

for path in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        print(json.dumps(take(path)), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def zeros(unpacked_mb: int) -> bytes:
    """A deflate stream of that many MB of zeros, made without holding or packing them all."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first * unpacked_mb + packer.flush()


def flat(path: Path) -> None:
    path.write_bytes(raw_zip([("1.gpx", zeros(10_000), 10_000 * MB % 2**32), ("2.gpx", zeros(250), 250 * MB)]))


def lying(path: Path) -> None:
    """It unpacks to 10 GB and says one megabyte."""
    path.write_bytes(raw_zip([("1.fit", zeros(10_000), MB)]))


def many(path: Path) -> None:
    """A thousand members, each a bomb that stays under the limit by itself."""
    packed = zeros(9)
    path.write_bytes(raw_zip([(f"{no}.gpx", packed, 9 * MB) for no in range(1000)]))


def nested(path: Path) -> None:
    """Ten archives in each of ten in each of ten: a thousand lie two deep, ten thousand one deeper."""
    content = zip_bytes({f"{no}.fit": bytes(100) for no in range(10)})
    for _ in range(4):
        content = zip_bytes({f"{no}.zip": content for no in range(10)})
    path.write_bytes(content)


def inner(path: Path) -> None:
    """An archive inside that unpacks to 3 GB."""
    path.write_bytes(raw_zip([("in.zip", zlib_of(b"PK\x03\x04") + zeros(3000), 3000 * MB)]))


def zlib_of(head: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)


def overlapping(path: Path) -> None:
    path.write_bytes(overlapping_zip(20_000, 20 * MB))


def crowded(path: Path) -> None:
    """A table of 300,000 members."""
    path.write_bytes(raw_zip([(f"{no}", b"", 0) for no in range(300_000)]))


def vast_table(path: Path) -> None:
    """Its end says that the table is 3 GB long, and so it is."""
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(3_000 * MB)
        file.seek(3_000 * MB)
        file.write(struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, 2_999 * MB, MB, 0))


def gzip_bomb(path: Path) -> None:
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
    path.write_bytes(head + zlib_of(b"<gpx version='1.1'>") + zeros(10_000))


def gzip_bomb_in_zip(path: Path) -> None:
    bomb = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + zlib_of(b"<gpx version='1.1'>") + zeros(10_000)
    path.write_bytes(zip_bytes({"1.gpx.gz": bomb}))


def table_bomb(path: Path) -> None:
    """A table of activities with forty million cells beside a file."""
    path.mkdir()
    (path / "activities.csv").write_bytes(b"Filename\nactivities/1.fit\n" + b"," * 40 * MB)
    (path / "1.fit").write_bytes(b"nothing")


def health_bomb(path: Path) -> None:
    """A table of health that is thirty megabytes of workouts that never end."""
    path.write_bytes(b"<HealthData>" + b"<Workout a='b'>" * (2 * MB))


def empty_segments(path: Path) -> None:
    """A track of 200,000 segments without a point: as objects they would be 500 MB."""
    path.write_bytes(b"<gpx version='1.1'><trk>" + b"<trkseg/>" * 200_000 + b"</trk></gpx>")


def sparse(head: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(head)
            file.truncate(10_000 * MB)

    return make


HARM: dict[str, tuple[Callable[[Path], None], str]] = {
    "flat": (flat, "unpacks to"),
    "lying": (lying, "damaged inside the archive"),
    "many": (many, "no export is compressed this much"),
    "nested": (nested, "more files than any export"),
    "inner": (inner, "unpacks to 3000 MB"),
    "overlapping": (overlapping, "zip bomb"),
    "crowded": (crowded, "more than 200,000 members"),
    "vast table": (vast_table, "more than 200,000 members"),
    "gzip": (gzip_bomb, "unpacks to"),
    "gzip in zip": (gzip_bomb_in_zip, "unpacks to"),
    "table": (table_bomb, "the table of activities is too large"),
    "health": (health_bomb, "no recording"),
    "empty segments": (empty_segments, "contains no track"),
    "sparse fit": (sparse(fit_run()[:64]), "10000 MB: no run is that large"),
    "sparse gpx": (sparse(b"<gpx version='1.1'>"), "10000 MB: no run is that large"),
    "sparse zip": (sparse(b"PK\x03\x04"), "cut or damaged"),
    "sparse health": (sparse(b"<HealthData>"), "mostly empty"),
    "sparse nothing": (sparse(b""), "10000 MB: no run is that large"),
}


def beside(path: Path) -> None:
    """A bomb, and a run that is worth reading."""
    good = gzip.compress(fit_run())
    path.write_bytes(zip_bytes({"good.fit.gz": good, "bomb.gpx": b"<gpx>" + bytes(50 * MB)}))


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, float, int, list[str]]]:
    """By name: seconds of computing, MB of memory more than before, runs read, reasons."""
    folder = tmp_path_factory.mktemp("bombs")
    makers = {harm: make for harm, (make, _) in HARM.items()} | {"beside": beside}
    for name, make in makers.items():
        make(folder / name)
    paths = [str(folder / name) for name in makers]
    took = subprocess.run([sys.executable, "-c", TAKE, *paths], capture_output=True, text=True, check=True, timeout=120)
    assert took.stderr == ""
    return dict(zip(makers, map(json.loads, took.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("harm", HARM)
def test_what_means_harm_is_refused_soon_and_in_little_memory(
    harm: str, taken: dict[str, tuple[float, float, int, list[str]]]
) -> None:
    seconds, more_mb, n_runs, reasons = taken[harm]
    assert n_runs == 0
    assert any(HARM[harm][1] in reason for reason in reasons), reasons[:5]
    assert seconds < MOST_SECONDS
    assert more_mb < MOST_MB_MORE


def test_a_good_run_beside_a_bomb_is_read(taken: dict[str, tuple[float, float, int, list[str]]]) -> None:
    _, _, n_runs, reasons = taken["beside"]
    assert (n_runs, reasons) == (
        1,
        ["unpacks to 50 MB: no run is that large; check where it comes from before you unpack it"],
    )


def test_no_room_to_unpack_an_archive_inside_is_a_reason_and_the_rest_is_read(
    small_disk: Callable[[int], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk(1)))
    inner = zip_bytes({"noise": random.Random(1).randbytes(3 * MB)})
    (tmp_path / "a.zip").write_bytes(zip_bytes({"part.zip": inner, "1.fit": fit_run()}))
    found = find_sources([tmp_path / "a.zip"])
    assert [source.inside for source in found.sources] == [("1.fit",)]
    assert [refused.reason for refused in found.refused] == ["it cannot be read: No space left on device"]
    close_archives()

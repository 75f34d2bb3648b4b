"""The way in: wrappings, refusals, and the same run from the same content."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np
import pytest

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from tests.support.exports import zip_bytes
from tests.support.fit.writer import FitActivity, FitRecords, FitSession, write_fit

START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
NOW = datetime(2025, 6, 2, tzinfo=UTC)


def _file(heart_rate_bpm: int = 150) -> bytes:
    seconds = np.arange(301)
    records = FitRecords(at_s=seconds, distance_m=seconds * 3.0, heart_rate_bpm=np.full(301, heart_rate_bpm))
    return write_fit(FitActivity((FitSession(START, 300.0, 300.0, records),), "a watch"))


def test_a_gzipped_file_is_the_same_run() -> None:
    (plain,), (packed,) = read_runs(_file(), NOW), read_runs(gzip.compress(_file()), NOW)
    assert plain.run_id == packed.run_id
    assert packed.notes == ()


def test_a_cut_gzip_gives_what_is_left_and_says_so() -> None:
    packed = gzip.compress(_file())
    (run,) = read_runs(packed[: len(packed) // 2], NOW)
    assert 0 < run.records["elapsed_s"].size < 301
    assert run.notes[0].kind == "cut_archive"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (bytes(100), "empty"),
        (b"date,distance\n", "unknown"),
        (b"PK\x03\x04rest", "archive"),
        (gzip.compress(gzip.compress(b"x")), "archive"),
        (gzip.compress(b"\n"), "empty"),
        (b"<TrainingCenterDatabase>", "damaged"),
    ],
)
def test_what_holds_no_run_is_refused_with_a_reason_and_a_way_on(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_runs(content, NOW)
    assert refused.value.code == code
    assert refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_zip_archive_is_named_as_one_with_or_without_gzip(pack: Callable[[bytes], bytes]) -> None:
    archive = zip_bytes({"1.fit": _file()})
    with pytest.raises(FileRefused) as refused:
        read_runs(pack(archive), NOW)
    assert refused.value.message == "a zip archive, not a recording"
    assert refused.value.hint == "unpack it, then use the recordings in it"


def test_two_files_read_at_once_do_not_mix() -> None:
    """fitparse keeps developer fields in a table of the whole process; ours must not touch it."""
    hearts = [100 + i for i in range(8)]
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda heart: read_runs(_file(heart), NOW)[0], hearts))
    assert [set(run.records["heart_rate_bpm"]) for run in runs] == [{float(heart)} for heart in hearts]

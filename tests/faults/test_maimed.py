"""Maimed files: read or refused, never a traceback, never a row that cannot be; and what was whole is recovered."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from statistics import median

import pytest

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from tests.support.daily import seed_of_the_day
from tests.support.exports import fit_run
from tests.support.folders import REAL_RUNS, ROOT
from tests.support.maimed.files import whole_files
from tests.support.maimed.maiming import SECTOR, Maiming, duplicate_block, lose_block
from tests.support.maimed.plausible import breaches

SEED = 20_261_124
NOW = datetime(2026, 1, 1, tzinfo=UTC)

with_real_runs = pytest.mark.skipif(not REAL_RUNS.is_dir(), reason="the folder of real recordings is not here")
# Long enough that a sector is a small part: every one is a run or ride of over 100 kB.
LONG_FILES = (
    "activity-small-fenix2-run.fit",
    "coros-pace-2-cycling-misaligned-fields.fit",
    "running-with-developer-data.fit",
    "sample.fit",
    "triathlon_summary_first.fit",
)


def _read_maimed(folder: Path, seed: int, variants: int) -> int:
    """How many runs so many variants gave; fails when one of them broke a law."""
    command = [sys.executable, "-m", "tests.support.maimed.read", str(folder)]
    command += ["--seed", str(seed), "--variants", str(variants)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    n_read, _, _, n_runs, *_ = done.stdout.splitlines()[-1].split()
    assert int(n_read) == variants
    return int(n_runs)


@pytest.mark.parametrize(
    ("seed", "variants"),
    [
        pytest.param(seed_of_the_day(), 1_000, id="of the day"),
        pytest.param(SEED, 3_000, marks=pytest.mark.release, id="always the same"),
    ],
)
def test_thousands_of_maimed_files_are_read_or_refused_within_the_guard(
    seed: int, variants: int, tmp_path: Path
) -> None:
    assert _read_maimed(tmp_path, seed, variants) > variants / 2  # most of them hold something worth keeping


def test_files_of_every_format_are_maimed() -> None:
    kinds = {name.rpartition(".")[2] for name, _ in whole_files()}
    assert kinds == {"fit", "gpx", "tcx", "gz", "zip"}


def test_the_laws_tell_a_run_that_cannot_be() -> None:
    (run,) = read_runs(fit_run(), NOW)
    assert breaches(run) == []
    back, far = run.records["elapsed_s"][::-1], run.records["distance_m"] * 10
    assert breaches(replace(run, records={**run.records, "elapsed_s": back})) != []
    assert breaches(replace(run, records={**run.records, "distance_m": far})) == ["distance_m leaps"]
    assert breaches(replace(run, moving_s=run.timer_s + 1)) != []
    assert breaches(replace(run, device="a\x00watch")) != []


def _instants(content: bytes) -> set[float]:
    """When the runs of the file have records, in seconds since 1970; none when it is refused."""
    try:
        runs = read_runs(content, NOW)
    except FileRefused:
        return set()
    return {run.start_at.timestamp() + at_s for run in runs for at_s in run.records["elapsed_s"].tolist()}


@cache
def _read_back(name: str, maim: Maiming, times: int) -> tuple[float, int]:
    """Of so many maimed copies: the median share of the whole file's records that is read, and the most invented ones."""
    content, rng = (REAL_RUNS / name).read_bytes(), Random(f"{SEED}/{name}")
    whole = _instants(content)
    read = [_instants(maim(content, rng)) for _ in range(times)]
    return median(len(one & whole) / len(whole) for one in read), max(len(one - whole) for one in read)


def _flip_a_bit(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(14, len(content) - 2)
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _zero_a_sector(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(14, len(content) - SECTOR)
    return content[:at] + bytes(SECTOR) + content[at + SECTOR :]


def _cut_at_60_percent(content: bytes, rng: Random) -> bytes:
    return content[: int(len(content) * 0.6)]


def _zero_from_60_percent(content: bytes, rng: Random) -> bytes:
    """A crashed watch: nothing after that, and the header's size still 0."""
    kept = int(len(content) * 0.6)
    return content[:4] + bytes(4) + content[8:kept] + bytes(len(content) - kept)


def _say_no_size(content: bytes, rng: Random) -> bytes:
    return content[:4] + bytes(4) + content[8:]


@with_real_runs
@pytest.mark.parametrize("name", LONG_FILES)
@pytest.mark.parametrize(
    ("maim", "times", "share"),
    [
        (_flip_a_bit, 15, 1.0),
        (_zero_a_sector, 15, 0.99),
        (lose_block, 15, 0.99),
        (duplicate_block, 15, 0.99),
        (_cut_at_60_percent, 1, 0.59),
        (_zero_from_60_percent, 1, 0.59),
        (_say_no_size, 1, 1.0),
    ],
)
def test_of_a_damaged_recording_what_is_whole_is_recovered(name: str, maim: Maiming, times: int, share: float) -> None:
    recovered, _ = _read_back(name, maim, times)
    assert recovered >= share


@with_real_runs
@pytest.mark.parametrize("name", LONG_FILES)
@pytest.mark.parametrize(("maim", "times"), [(_zero_a_sector, 15), (_zero_from_60_percent, 1), (_cut_at_60_percent, 1)])
def test_of_what_was_never_written_nothing_is_invented(name: str, maim: Maiming, times: int) -> None:
    _, invented = _read_back(name, maim, times)
    assert invented == 0

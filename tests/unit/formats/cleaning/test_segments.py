"""What steps add up to in 30 s of moving time, and the smoothed altitude: against the slow way, record by record."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.formats.cleaning.segments import smooth_heights, sum_in_bins

Columns = dict[str, NDArray[np.float64]]


def some_records(seed: int) -> Columns:
    """A run: gaps, standing still, values that are missing."""
    rng = np.random.default_rng(seed)
    n = 300
    elapsed_s = np.cumsum(rng.choice([1.0, 1.0, 1.0, 4.0, 45.0], n)) - 1.0
    moved_s = np.diff(elapsed_s, prepend=elapsed_s[0]) * rng.choice([0.0, 1.0, 1.0], n)
    columns = {
        "elapsed_s": elapsed_s,
        "moving_s": np.cumsum(moved_s),
        "distance_m": np.cumsum(np.round(3.1 * moved_s, 2)),
        "altitude_m": np.round(200 + rng.normal(0, 2, n), 1),
        "heart_rate_bpm": np.round(rng.normal(140, 9, n)),
        "cadence_spm": np.round(rng.normal(170, 4, n)),
        "device_temp_c": np.round(rng.normal(20, 1, n)),
    }
    for name in ("distance_m", "altitude_m", "heart_rate_bpm", "cadence_spm", "device_temp_c"):
        columns[name][rng.random(n) < 0.1] = np.nan
    return columns


def a_record_each_second(seed: int) -> Columns:
    """A run of 300 s on a watch that misses nothing, standing still for a while in every second one."""
    rng = np.random.default_rng(seed)
    moves = np.ones(300)
    moves[0] = 0.0
    moves[100:170] = seed % 2
    return {
        "elapsed_s": seed // 2 + np.arange(300.0),
        "moving_s": np.cumsum(moves),
        "distance_m": np.cumsum(np.round(3.1 * moves, 2)),
        "altitude_m": np.round(200 + rng.normal(0, 2, 300), 1),
        "heart_rate_bpm": np.round(rng.normal(140, 9, 300)),
        "cadence_spm": np.round(rng.normal(170, 4, 300)),
        "device_temp_c": np.round(rng.normal(20, 1, 300)),
    }


RUNS = [some_records(seed) for seed in range(5)] + [a_record_each_second(seed) for seed in range(4)]
# nothing known for more than a minute
RUNS += [{**RUNS[5], "altitude_m": np.where(np.arange(300) % 200 < 130, np.nan, RUNS[5]["altitude_m"])}]
RUNS += [{**RUNS[5], "elapsed_s": RUNS[5]["elapsed_s"] + 0.25}]


@pytest.mark.parametrize("told", RUNS)
def test_a_height_is_the_mean_of_what_is_known_within_half_a_minute(told: Columns) -> None:
    heights = smooth_heights(told["elapsed_s"], told["altitude_m"])
    for at, height in enumerate(heights):
        near = np.abs(told["elapsed_s"] - told["elapsed_s"][at]) <= 30
        known = told["altitude_m"][near & np.isfinite(told["altitude_m"])]
        assert math.isnan(height) if known.size == 0 else height == pytest.approx(known.mean(), abs=1e-6)


@pytest.mark.parametrize("told", RUNS)
def test_a_piece_is_the_sum_of_its_steps(told: Columns) -> None:
    found = sum_in_bins(told)
    expected: dict[str, dict[tuple[int, int], list[float]]] = defaultdict(lambda: defaultdict(list))
    for at, moving_s in enumerate(told["moving_s"]):
        piece = (math.ceil(moving_s / 30), math.floor(moving_s / 30))
        for name, step in _slow_steps(told, at).items():
            expected[name][piece].append(step)
    keys = list(zip(found["piece_no"].tolist(), found["begun_no"].tolist(), strict=True))
    for name, steps in expected.items():
        assert keys == list(steps)
        for key, value in zip(keys, found[name], strict=True):
            known = [one for one in steps[key] if not math.isnan(one)]
            assert math.isnan(value) if not known else value == pytest.approx(1e6 * sum(known), abs=10)


def _slow_steps(told: Columns, at: int) -> dict[str, float]:
    beats, strides, warmth = (told[name][at] for name in ("heart_rate_bpm", "cadence_spm", "device_temp_c"))
    moved_s = told["moving_s"][at] - told["moving_s"][at - 1] if at else math.nan
    way_m = told["distance_m"][at] - told["distance_m"][at - 1] if at else math.nan
    return {
        "way_um": way_m,
        "moving_way_um": way_m if moved_s > 0 else math.nan,
        "beats": beats * moved_s,
        "beating": math.nan if math.isnan(beats) else moved_s,
        "striding": math.nan if math.isnan(strides) else moved_s,
        "warmth": warmth,
        "warmths": math.nan if math.isnan(warmth) else 1.0,
    }


def test_a_run_of_no_record_has_no_piece() -> None:
    none = sum_in_bins({name: column[:0] for name, column in some_records(0).items()})
    assert {column.size for column in none.values()} == {0}

"""What steps add up to in 30 s of moving time, and the smoothed altitude: against the slow way, record by record."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.formats.pieces import pieces, smooth_heights


def some_records(seed: int) -> dict[str, NDArray[np.float64]]:
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


@pytest.mark.parametrize("seed", range(5))
def test_a_height_is_the_mean_of_what_is_known_within_half_a_minute(seed: int) -> None:
    told = some_records(seed)
    heights = smooth_heights(told["elapsed_s"], told["altitude_m"])
    for at, height in enumerate(heights):
        near = np.abs(told["elapsed_s"] - told["elapsed_s"][at]) <= 30
        known = told["altitude_m"][near & np.isfinite(told["altitude_m"])]
        assert math.isnan(height) if known.size == 0 else height == pytest.approx(known.mean(), abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_piece_is_the_sum_of_its_steps(seed: int) -> None:
    told = some_records(seed)
    found = pieces(told)
    way, beats = defaultdict(list[float]), defaultdict(list[float])
    for at, moving_s in enumerate(told["moving_s"]):
        key = (math.ceil(moving_s / 30), math.floor(moving_s / 30))
        moved_s = moving_s - told["moving_s"][at - 1] if at else math.nan
        way[key].append(told["distance_m"][at] - told["distance_m"][at - 1] if at else math.nan)
        beats[key].append(told["heart_rate_bpm"][at] * moved_s)
    keys = list(zip(found["piece_no"].tolist(), found["begun_no"].tolist(), strict=True))
    assert keys == list(way)
    for name, expected in (("way_um", way), ("beats", beats)):
        for key, value in zip(keys, found[name], strict=True):
            known = [one for one in expected[key] if not math.isnan(one)]
            assert math.isnan(value) if not known else value == pytest.approx(1e6 * sum(known), abs=10)


def test_a_run_of_no_record_has_no_piece() -> None:
    none = pieces({name: column[:0] for name, column in some_records(0).items()})
    assert {column.size for column in none.values()} == {0}

"""Every record field of real and simulated FIT files equals fitparse's to the last bit, where fitparse reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.formats.fit.messages import read_messages
from tests.support.daily import drawn_daily
from tests.support.fit.columns import our_records
from tests.support.fit.plain_fitparse import fit_records
from tests.support.fit.walk import unpacked
from tests.support.folders import REAL_RUNS, SAMPLE

NAMED_SINCE = {  # fitparse's profile is of 2019
    "unknown_87": ("cycle_length16", 100),
    "unknown_99": ("respiration_rate", 1),
    "unknown_108": ("enhanced_respiration_rate", 100),
    "unknown_116": ("current_stress", 100),
    "unknown_139": ("core_temperature", 100),
}


def _as_we_say(fields: dict[Any, Any]) -> dict[Any, Any]:
    """fitparse's fields with the names that came later, every number a float, arrays without unknowns at their end."""
    said = {}
    for key, value in fields.items():
        name, scale = NAMED_SINCE.get(key, (key, 1))
        said[name] = _as_floats(value, scale)
    return said


def _as_floats(value: Any, scale: int) -> Any:
    if isinstance(value, tuple):
        several = [None if one is None else _as_floats(one, scale) for one in value]
        while several[-1] is None:
            several.pop()
        return tuple(several)
    return float(value) / scale if isinstance(value, int | float) else value


def _assert_equal(content: bytes) -> int:
    theirs, whole = fit_records(content)
    parts, notes = read_messages(content)
    ours = our_records(parts)
    assert whole or any(note.kind == "misaligned_field" for note in notes) or len(ours) == len(theirs)
    for i, fields in enumerate(theirs):
        assert ours[i] == _as_we_say(fields), f"record {i}"
    if whole:
        assert len(ours) == len(theirs)
    return sum(len(fields) for fields in theirs)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(REAL_RUNS.glob("*.fit")), ids=lambda path: path.name)
def test_real_records_equal_fitparse_in_every_field(path: Path) -> None:
    assert _assert_equal(path.read_bytes()) > 0 or "coros" in path.name


if not REAL_RUNS.is_dir():

    @pytest.mark.skip(reason="the folder of real recordings is not here")
    def test_real_records_equal_fitparse_in_every_field_() -> None: ...


def _samples(every: int) -> list[Path]:
    whole = [path for path in sorted((SAMPLE / "runs").glob("*/*.fit*")) if not path.name.startswith("damaged")]
    return whole[::every]


@pytest.mark.parametrize("path", _samples(180), ids=lambda path: path.name)
def test_simulated_records_equal_fitparse_in_every_field(path: Path) -> None:
    assert _assert_equal(unpacked(path)) > 0


@pytest.mark.slow
@pytest.mark.parametrize("quarter", drawn_daily(range(4), [], 1))
def test_all_simulated_records_equal_fitparse_in_every_field(quarter: int) -> None:
    for path in _samples(6)[quarter::4]:
        assert _assert_equal(unpacked(path)) > 0, path.name

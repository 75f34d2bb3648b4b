"""Records as Garmin's own SDK reads them, in files that fitparse gives up on. Its licence is Garmin's: never needed.

Runs where garmin-fit-sdk is installed (requirements-bench.lock), which `make test` does not do.
"""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.formats.fit.messages import read_messages
from tests.support.fit.columns import our_records
from tests.support.folders import REAL_RUNS

pytestmark = pytest.mark.slow
sdk = pytest.importorskip("garmin_fit_sdk", reason="garmin-fit-sdk is not installed (requirements-bench.lock)")

WORDS = ("activity_type", "left_right_balance", "device_index", "stroke_type")  # the SDK has words for numbers
UNFOLDED = ("cycles", "total_cycles", "accumulated_power", "compressed_accumulated_power")  # counted otherwise there


def _theirs(content: bytes) -> list[dict[str, Any]]:
    stream = sdk.Stream.from_byte_array(bytearray(content))
    messages, errors = sdk.Decoder(stream).read(
        convert_datetimes_to_dates=False,
        convert_types_to_strings=False,
        merge_heart_rates=False,
        enable_crc_check=False,
    )
    assert not errors
    return [_numbers(one) for one in messages["record_mesgs"]]


def _numbers(fields: dict[Any, Any]) -> dict[str, Any]:
    """FIT's own single numbers by name; fields without a name and arrays are left to fitparse."""
    return {
        key: float(value)
        for key, value in fields.items()
        if isinstance(key, str) and isinstance(value, int | float) and key not in (*WORDS, *UNFOLDED)
    }


def _assert_equal(content: bytes) -> None:
    theirs = _theirs(content)
    ours = [_numbers(one) for one in our_records(read_messages(content)[0])]
    assert len(ours) == len(theirs) > 0
    for i, fields in enumerate(theirs):
        known = {key: value for key, value in ours[i].items() if key in fields or not key.startswith("unknown_")}
        assert known == pytest.approx(fields, rel=1e-15), f"record {i}"


@pytest.mark.skipif(not REAL_RUNS.is_dir(), reason="the folder of real recordings is not here")
@pytest.mark.parametrize(
    "name", ["coros-pace-2-cycling-misaligned-fields.fit", "running-with-developer-data.fit", "sample.fit"]
)
def test_real_records_equal_garmins(name: str) -> None:
    _assert_equal((REAL_RUNS / name).read_bytes())

"""Each repair of a session's columns, one at a time: what is taken out, what stays, what is said."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.formats.cleaning.columns import clean_columns
from pipeline.formats.decoded import empty_columns
from pipeline.schema import Records

NORTH_DEG_PER_M = 1 / 111_195
START = 1_748_759_400.0
ON_FOOT_MS = 12.0


def _columns(at_s: list[float] | range | NDArray[np.float64], **values: object) -> Records:
    columns = empty_columns(len(at_s))
    columns["time_s"] = START + np.asarray(at_s, dtype=float)
    return {**columns, **{name: np.asarray(column, dtype=float) for name, column in values.items()}}


def _north(metres: list[float] | NDArray[np.float64]) -> dict[str, object]:
    """Positions so many metres north of a place."""
    return {"latitude": 52.5 + np.asarray(metres) * NORTH_DEG_PER_M, "longitude": np.full(len(metres), 13.4)}


def _clean(columns: Records) -> tuple[Records, dict[str, int]]:
    cleaned, notes = clean_columns(columns, ON_FOOT_MS)
    return cleaned, {note.kind: note.n for note in notes}


def _at(columns: Records) -> list[float]:
    return [float(second) for second in columns["time_s"] - START]


def test_what_is_clean_stays_as_it_is_and_says_nothing() -> None:
    columns = _columns(range(100), distance_m=np.arange(100) * 3.0, speed_ms=np.full(100, 3.0))
    cleaned, notes = _clean(columns)
    assert notes == {}
    for name, values in columns.items():
        np.testing.assert_array_equal(cleaned[name], values)


def test_the_columns_given_are_not_changed() -> None:
    columns = _columns([0, 1, 2], distance_m=[0, 3, 2], heart_rate_bpm=[0, 300, 100])
    before = {name: values.copy() for name, values in columns.items()}
    _clean(columns)
    for name, values in before.items():
        np.testing.assert_array_equal(columns[name], values)


def test_records_out_of_order_are_sorted() -> None:
    cleaned, notes = _clean(_columns([0, 1, 3, 2, 4], heart_rate_bpm=[100, 101, 103, 102, 104]))
    assert _at(cleaned) == [0, 1, 2, 3, 4]
    assert cleaned["heart_rate_bpm"].tolist() == [100, 101, 102, 103, 104]
    assert notes == {"order": 1}


def test_records_of_one_second_are_merged_field_by_field() -> None:
    nan = np.nan
    columns = _columns([0, 1, 1, 1, 2], heart_rate_bpm=[100, 101, nan, nan, 102], power_w=[nan, nan, 240, 250, nan])
    cleaned, notes = _clean(columns)
    assert _at(cleaned) == [0, 1, 2]
    assert cleaned["heart_rate_bpm"].tolist() == [100, 101, 102]
    np.testing.assert_array_equal(cleaned["power_w"], [nan, 250, nan])
    assert notes == {"same_second": 2}


def test_a_clock_that_jumps_for_a_moment_costs_only_those_records() -> None:
    at_s = np.arange(100.0)
    at_s[40:43] -= 3600
    at_s[70] += 7200
    cleaned, notes = _clean(_columns(at_s))
    assert _at(cleaned) == [s for s in range(100) if s not in (40, 41, 42, 70)]
    assert notes == {"clock_jump": 4}


def test_zeros_and_lost_times_are_left_out() -> None:
    columns = _columns(range(50))
    columns["time_s"][10] = 631_065_600.0  # a FIT timestamp of 0
    columns["time_s"][20] = np.nan
    cleaned, notes = _clean(columns)
    assert _at(cleaned) == [s for s in range(50) if s not in (10, 20)]
    assert notes == {"other_day": 2}


def test_a_single_record_without_a_time_is_left_out_also_beside_a_misread_one() -> None:
    cleaned, notes = _clean(_columns([np.nan]))
    assert _at(cleaned) == []
    assert notes == {"other_day": 1}
    cleaned, notes = _clean(_columns([5, np.nan], power_w=[65_290, 240], distance_m=[2_304_578, 0]))
    assert _at(cleaned) == []
    assert notes == {"misread": 1, "other_day": 1}


def test_a_clock_set_after_the_start_leaves_the_larger_part() -> None:
    columns = _columns(range(100))
    columns["time_s"][:5] -= 10 * 365 * 86_400.0
    cleaned, notes = _clean(columns)
    assert _at(cleaned) == list(range(5, 100))
    assert notes == {"other_day": 5}


def test_times_that_make_a_chain_over_weeks_are_no_session() -> None:
    cleaned, notes = _clean(_columns(np.concatenate([np.arange(8) * 170_000.0, 1_190_001 + np.arange(20)])))
    assert _at(cleaned) == list(range(1_190_000, 1_190_021))
    assert notes == {"other_day": 7}


def test_a_night_between_two_days_of_one_session_is_no_damage() -> None:
    cleaned, notes = _clean(_columns([0, 1, 2, 60_000, 60_001, 150_000, 150_001]))
    assert _at(cleaned) == [0, 1, 2, 60_000, 60_001, 150_000, 150_001]
    assert notes == {}


def test_a_record_that_says_two_things_no_sensor_says_is_left_out() -> None:
    columns = _columns(
        [0, 1, 257, 513, 2], power_w=[240, 65_290, 65_290, 65_290, 240], distance_m=[0, 3, 2_304_578, 2_305_213, 6]
    )
    cleaned, notes = _clean(columns)
    assert _at(cleaned) == [0, 1, 2]  # a meter that shows 65,290 W costs its own value only
    np.testing.assert_array_equal(cleaned["power_w"], [240, np.nan, 240])
    assert notes == {"misread": 2, "power_w": 1}


def test_an_altitude_far_from_neighbours_that_agree_is_left_out() -> None:
    altitude_m = [35.0, 239.8, 35.2, 35.4, 90.0, 91.0, 92.0, 92.0, 300.0, 94.0]
    at_s = [0, 1, 2, 3, 4, 5, 6, 7, 40, 80]  # a cable car, and a mountain between two silences, may be
    cleaned, notes = _clean(_columns(at_s, altitude_m=altitude_m))
    assert np.flatnonzero(np.isnan(cleaned["altitude_m"])).tolist() == [1]
    assert notes == {"altitude_spike": 1}


def test_a_record_that_was_never_written_whole_keeps_its_time_only() -> None:
    columns = _columns(
        range(4), altitude_m=[35, -500, -500, 36], heart_rate_bpm=[150, 0, 151, 152], cadence_rpm=[85, 0, 86, 87]
    )
    cleaned, notes = _clean(columns)
    assert _at(cleaned) == [0, 1, 2, 3]
    np.testing.assert_array_equal(cleaned["cadence_rpm"], [85, np.nan, 86, 87])  # one zero alone is a sensor's fault
    assert notes == {"zeroed": 1, "altitude_m": 1}


@pytest.mark.parametrize(
    ("name", "values", "kept"),
    [
        ("heart_rate_bpm", [0, 30, 250, 251], [30, 250]),
        ("cadence_rpm", [0, 90, 300, 301], [0, 90, 300]),
        ("power_w", [-1, 0, 3000, 60_000], [0, 3000]),
        ("altitude_m", [-449, -430, 8849, 12_000], [-430, 8849]),
        ("device_temp_c", [-60, -20, 45, 127], [-20, 45]),
        ("speed_ms", [-0.1, 0, 12, 12.1], [0, 12]),
    ],
)
def test_values_no_sensor_on_a_body_gives_are_left_out(name: str, values: list[float], kept: list[float]) -> None:
    cleaned, notes = _clean(_columns(range(4), **{name: values}))
    assert cleaned[name][~np.isnan(cleaned[name])].tolist() == kept
    assert notes == {name: 4 - len(kept)}


def test_positions_that_are_none_are_left_out() -> None:
    columns = _columns(range(6), latitude=[52.5, 0, 91, 52.5, np.nan, 52.5], longitude=[13.4, 0, 13, 181, 13, 13.4])
    cleaned, notes = _clean(columns)
    assert np.flatnonzero(~np.isnan(cleaned["latitude"])).tolist() == [0, 5]
    assert np.flatnonzero(~np.isnan(cleaned["longitude"])).tolist() == [0, 5]
    assert notes == {"position": 4}


def test_half_a_position_is_none_in_a_single_record_too() -> None:
    cleaned, notes = _clean(_columns([0], latitude=[np.nan], longitude=[13.4]))
    assert np.isnan(cleaned["longitude"]).all()
    assert notes == {"position": 1}


def test_a_short_island_is_left_out_and_makes_no_way() -> None:
    metres = np.arange(300) * 3.0
    metres[100:110] += 5000
    cleaned, notes = _clean(_columns(range(300), **_north(metres)))
    assert np.isnan(cleaned["latitude"]).sum() == 10
    assert notes == {"position_jump": 10}
    assert cleaned["distance_m"][-1] == pytest.approx(897, abs=0.1)


def test_a_drift_that_snaps_back_keeps_both_stretches_and_no_way_for_the_leap() -> None:
    metres = np.arange(300) * 3.0
    metres[150:] += 400
    cleaned, notes = _clean(_columns(range(300), **_north(metres)))
    assert not np.isnan(cleaned["latitude"]).any()
    assert notes == {}
    assert cleaned["distance_m"][-1] == pytest.approx(894, abs=0.1)  # 299 steps without the leap's
    assert np.nanmax(cleaned["speed_ms"]) == pytest.approx(3.0, abs=0.01)


def test_wheels_may_be_faster_than_feet() -> None:
    columns = _columns(range(100), **_north(np.arange(100) * 30.0))
    as_ride, notes = clean_columns(columns, 40.0)
    assert notes == ()
    assert as_ride["distance_m"][-1] == pytest.approx(2970, abs=1)
    as_run, _ = clean_columns(columns, ON_FOOT_MS)
    assert np.nansum(as_run["distance_m"]) == 0


def test_distance_that_slips_for_a_moment_is_left_out() -> None:
    metres = np.arange(100) * 3.0
    metres[50] = 0
    cleaned, notes = _clean(_columns(range(100), distance_m=metres))
    assert np.flatnonzero(np.isnan(cleaned["distance_m"])).tolist() == [50]
    assert cleaned["distance_m"][-1] == 297
    assert notes == {"distance": 1}


def test_a_distance_counter_that_starts_anew_is_counted_on() -> None:
    metres = np.concatenate([np.arange(50) * 3.0, np.arange(50) * 3.0])
    cleaned, notes = _clean(_columns(range(100), distance_m=metres))
    assert cleaned["distance_m"].tolist() == [*(np.arange(50) * 3.0), *(147 + np.arange(50) * 3.0)]
    assert notes == {"distance": 1}


def test_a_distance_no_one_can_run_is_taken_out() -> None:
    metres = np.arange(100) * 3.0
    metres[60:] += 100_000
    cleaned, notes = _clean(_columns(range(100), distance_m=metres))
    assert cleaned["distance_m"][-1] == 294
    assert notes == {"distance": 1}


def test_a_distance_that_waits_for_satellites_and_catches_up_loses_nothing() -> None:
    metres = np.arange(100) * 3.0
    metres[40:60] = metres[40]
    cleaned, notes = _clean(_columns(range(100), distance_m=metres))
    assert cleaned["distance_m"][-1] == 297
    assert np.flatnonzero(np.isnan(cleaned["distance_m"])).tolist() == list(range(41, 60))
    assert notes == {"distance_stall": 19}
    assert np.nanmax(cleaned["speed_ms"]) == 3.0


def test_the_distance_of_earlier_sessions_is_taken_off() -> None:
    cleaned, notes = _clean(_columns(range(10), distance_m=5000 + np.arange(10) * 3.0))
    assert cleaned["distance_m"].tolist() == (np.arange(10) * 3.0).tolist()
    assert notes == {"distance_offset": 1}


def test_way_made_while_the_timer_stood_adds_nothing() -> None:
    at_s = np.concatenate([np.arange(100), np.arange(400, 500)])
    cleaned, _ = clean_columns(_columns(at_s, **_north(at_s * 3.0)), ON_FOOT_MS, None, ((START + 99, START + 400),))
    assert cleaned["distance_m"][-1] == pytest.approx(594, abs=0.1)


def test_a_session_without_records_is_clean() -> None:
    cleaned, notes = _clean(empty_columns(0))
    assert notes == {}
    assert {values.size for values in cleaned.values()} == {0}

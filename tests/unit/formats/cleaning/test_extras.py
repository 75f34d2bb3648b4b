"""Fields and weather that a file carries beside its records: what is counted from the start, what is left out."""

from __future__ import annotations

import numpy as np

from pipeline.formats.cleaning.extras import fields_of_session, weather_of_session
from pipeline.schema import RecordedWeather, RecordField

START = 1_748_759_400.0
NAN = float("nan")


def _field(at_s: list[float], values: list[float], name: str = "stance_time") -> RecordField:
    return RecordField(name, "ms", "fit", START + np.array(at_s), np.array(values))


def _settled(field: RecordField, record_s: list[float]) -> tuple[RecordField, ...]:
    return fields_of_session((field,), START + np.array(record_s), np.array(record_s), START, 10.0)


def test_a_field_is_counted_from_the_start_in_the_order_of_time() -> None:
    (field,) = _settled(_field([3, 1, 2], [230, 210, 220]), [0, 1, 2, 3])
    assert (field.elapsed_s.tolist(), field.values.tolist()) == ([1, 2, 3], [210, 220, 230])
    assert (field.name, field.unit, field.told_by) == ("stance_time", "ms", "fit")


def test_a_field_has_one_value_a_record_the_last_one_measured() -> None:
    (field,) = _settled(_field([1, 1, 1.6, 2], [210, 215, NAN, 220]), [0, 1, 2])
    assert (field.elapsed_s.tolist(), field.values.tolist()) == ([1, 2], [215, 220])


def test_a_field_sits_at_its_records_own_instant() -> None:
    (field,) = _settled(_field([1.7], [215]), [0.2, 1.2])
    assert field.elapsed_s.round(3).tolist() == [1.2]


def test_values_where_no_record_stayed_and_absurd_ones_are_left_out() -> None:
    (field,) = _settled(_field([-5, 0, 1, 2, 4, 99], [1, 2, 1e9, np.inf, -3, 6]), [0, 1, 2, 4])
    assert (field.elapsed_s.tolist(), field.values.tolist()) == ([0, 4], [2, -3])


def test_a_field_that_holds_nothing_is_left_out() -> None:
    assert _settled(_field([0, 1], [NAN, -np.inf]), [0, 1]) == ()
    assert _settled(_field([0, 1], [3, 4]), []) == ()


def test_several_beats_of_one_second_all_stay() -> None:
    beats = _field([1, 1, -1, 0, 99, 5, 5], [0.41, 0.42, 0.5, 0.4, 0.5, NAN, 0.43], "rr_interval")
    (field,) = _settled(beats, [0, 1])
    assert (field.elapsed_s.tolist(), field.values.tolist()) == ([0, 1, 1, 5], [0.4, 0.41, 0.42, 0.43])


def test_weather_is_counted_from_the_start() -> None:
    report = RecordedWeather("watch", START - 600, air_temp_c=31.0, rel_humidity_pct=70.0)
    assert weather_of_session((report,), START, 3600.0) == (RecordedWeather("watch", -600.0, 31.0, 70.0),)


def test_weather_no_air_has_is_left_out_and_so_is_a_report_of_another_day() -> None:
    damaged = RecordedWeather("watch", START, 127.0, 70.0, NAN, -1.0, 501.0, 299.0)
    empty = RecordedWeather("watch", START, air_temp_c=-61.0)
    other_day = RecordedWeather("watch", START - 90_000, air_temp_c=20.0)
    assert weather_of_session((damaged, empty, other_day), START, 3600.0) == (
        RecordedWeather("watch", 0.0, rel_humidity_pct=70.0),
    )

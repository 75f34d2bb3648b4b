"""FIT files written message by message: what each of their oddities means to the decoder."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from pipeline.formats.fit.decode import decode_fit
from pipeline.formats.fit.messages import FitPart, read_messages
from tests.support.fit.raw import compressed, definition, fit_file, message

T = 1_117_670_400  # FIT's seconds on 2025-06-01
TIME, HEART, SPEED, DISTANCE = (253, 4, 0x86), (3, 1, 0x02), (6, 2, 0x84), (5, 4, 0x86)
BASE = [(0x86, 4), (0x02, 1)]
HEART_RECORDS = definition(0, 20, [TIME, HEART])


def _part(body: bytes) -> FitPart:
    (part,), notes = read_messages(fit_file(body))
    assert notes == ()
    return part


def _heart(*beats: int | None, since_s: int = T, local: int = 0) -> bytes:
    return b"".join(message(local, BASE, [since_s + i, bpm]) for i, bpm in enumerate(beats))


def _described(app: int, number: int, base: int, name: bytes, units: bytes, scale: int | None = None) -> bytes:
    """A field_description message of a developer's field, on local number 9."""
    fields = [(0, 1, 0x02), (1, 1, 0x02), (2, 1, 0x02), (3, 24, 0x07), (6, 1, 0x02), (8, 16, 0x07)]
    types = [(kind, size) for _, size, kind in fields]
    return definition(9, 206, fields) + message(9, types, [app, number, base, name, scale, units])


def _notes(content: bytes) -> list[str]:
    return [note.kind for note in read_messages(content)[1]]


def test_an_invalid_value_is_nan_and_an_absent_field_has_no_column() -> None:
    part = _part(HEART_RECORDS + _heart(120, None, 122))
    np.testing.assert_array_equal(part.records["heart_rate"], [120.0, np.nan, 122.0])
    assert set(part.records) == {"timestamp", "heart_rate"}


@pytest.mark.parametrize("big", [False, True])
def test_both_byte_orders_are_read(big: bool) -> None:
    fields = [TIME, (13, 1, 0x01), (9, 2, 0x83), DISTANCE]
    types = [(base, size) for _, size, base in fields]
    part = _part(definition(3, 20, fields, big=big) + message(3, types, [T, -7, -1234, 100_001], big=big))
    records = {name: column.tolist() for name, column in part.records.items()}
    assert records == {"timestamp": [T], "temperature": [-7.0], "grade": [-12.34], "distance": [1000.01]}


def test_compressed_times_roll_over_every_32_seconds() -> None:
    body = HEART_RECORDS + _heart(100)
    body += definition(1, 20, [HEART])
    body += b"".join(compressed(1, T + s, [(0x02, 1)], [100 + s]) for s in (1, 30, 31, 32, 60, 91))
    part = _part(body)
    assert (part.records["timestamp"] - T).tolist() == [0, 1, 30, 31, 32, 60, 91]
    assert part.records["heart_rate"].tolist() == [100, 101, 130, 131, 132, 160, 191]


def test_compressed_times_count_on_through_a_thousand_records_and_an_event_among_them() -> None:
    event = definition(2, 21, [TIME, (0, 1, 0x00)]) + message(2, [(0x86, 4), (0x00, 1)], [T + 700, 0])
    seconds = [compressed(1, T + s, [(0x02, 1)], [s % 100]) for s in range(1, 1001)]
    body = HEART_RECORDS + _heart(0) + definition(1, 20, [HEART]) + b"".join([*seconds[:700], event, *seconds[700:]])
    part = _part(body)
    assert (part.records["timestamp"] - T).tolist() == list(range(1001))
    assert part.records["heart_rate"].tolist() == [s % 100 for s in range(1001)]


def test_a_compressed_time_goes_on_from_any_message_with_a_time() -> None:
    event = definition(2, 21, [TIME, (0, 1, 0x00)]) + message(2, [(0x86, 4), (0x00, 1)], [T + 1000, 0])
    body = definition(0, 20, [HEART]) + event + compressed(0, T + 1003, [(0x02, 1)], [90])
    assert (_part(body).records["timestamp"] - T).tolist() == [1003]


def test_a_definition_that_comes_again_may_say_something_else() -> None:
    body = HEART_RECORDS + _heart(100, 101)
    body += definition(0, 20, [TIME, SPEED, HEART]) + message(0, [(0x86, 4), (0x84, 2), (0x02, 1)], [T + 2, 3000, 102])
    body += HEART_RECORDS + _heart(103, since_s=T + 3)
    records = _part(body).records
    assert records["heart_rate"].tolist() == [100, 101, 102, 103]
    np.testing.assert_array_equal(records["speed"], [np.nan, np.nan, 3.0, np.nan])


def test_speed_is_unfolded_and_the_wider_twin_wins() -> None:
    fields = [TIME, (73, 4, 0x86), SPEED]
    types = [(base, size) for _, size, base in fields]
    body = definition(0, 20, fields) + message(0, types, [T, 4321, 3000]) + message(0, types, [T + 1, None, 3000])
    records = _part(body).records
    assert records["speed"].tolist() == [3.0, 3.0]
    assert records["enhanced_speed"].tolist() == [4.321, 3.0]


def test_packed_speed_and_distance_come_apart_and_the_distance_counts_on() -> None:
    """Three bytes: 12 bits of speed in 1/100 m/s, then 12 bits of distance in 1/16 m, full at 256 m."""
    packed = [struct.pack("<I", 310 | steps << 12)[:3] for steps in (0, 4000, 100, 0xFFF)]
    body = definition(0, 20, [(8, 3, 0x0D)], big=False)
    body += b"".join(b"\x00" + three for three in packed) + b"\x00\xff\xff\xff"
    records = _part(body).records
    np.testing.assert_array_equal(records["speed"], [3.1, 3.1, 3.1, 3.1, np.nan])
    np.testing.assert_array_equal(records["distance"], [0.0, 250.0, (4096 + 100) / 16, (4096 + 4095) / 16, np.nan])


def test_a_counter_counts_on_over_other_definitions() -> None:
    """cycles counts to 255 and begins again; total_cycles goes on."""
    first, second = definition(0, 20, [TIME, (18, 1, 0x02)]), definition(1, 20, [(18, 1, 0x02), TIME])
    body = first + message(0, BASE, [T, 250]) + second + message(1, BASE[::-1], [4, T + 1])
    body += first + message(0, BASE, [T + 2, 3])
    assert _part(body).records["total_cycles"].tolist() == [250, 260, 515]


def test_a_wider_twin_is_no_more_than_its_bits_of_a_field_stored_too_wide() -> None:
    body = definition(0, 20, [TIME, (6, 4, 0x86)]) + message(0, [(0x86, 4), (0x86, 4)], [T, 0x10000 + 3000])
    records = _part(body).records
    assert (records["speed"].tolist(), records["enhanced_speed"].tolist()) == ([68.536], [3.0])


def test_a_developers_field_may_be_described_after_its_records() -> None:
    body = definition(0, 20, [TIME], developer=[(5, 2, 0)]) + message(0, [(0x86, 4), (0x84, 2)], [T, 251])
    body += _described(0, 5, 0x84, b"Power", b"Watts", scale=10)
    part = _part(body)
    assert part.record.numbers[0, 5].tolist() == [251.0]  # no reader applies the description's scale
    assert (part.described[0, 5].name, part.described[0, 5].unit) == ("Power", "Watts")


def test_two_apps_may_number_their_fields_alike() -> None:
    body = _described(0, 1, 0x02, b"Fuel", b"") + _described(1, 1, 0x83, b"Skin", b"C")
    body += definition(0, 20, [TIME], developer=[(1, 1, 0), (1, 2, 1)])
    body += message(0, [(0x86, 4), (0x02, 1), (0x83, 2)], [T, 7, -300])
    numbers = _part(body).record.numbers
    assert (numbers[0, 1].tolist(), numbers[1, 1].tolist()) == ([7.0], [-300.0])


def test_a_developers_field_that_nothing_describes_is_stepped_over() -> None:
    body = definition(0, 20, [TIME, HEART], developer=[(1, 3, 0)]) + message(0, [*BASE, (0x0D, 3)], [T, 99, 1])
    assert set(_part(body).record.numbers) == {"timestamp", "heart_rate"}


def test_arrays_and_texts_are_kept_beside_the_numbers() -> None:
    fields = [TIME, (200, 6, 0x84), (201, 5, 0x07), (202, 2, 0x0D)]
    types = [(base, size) for _, size, base in fields]
    body = definition(0, 20, fields) + message(0, types, [T, [1, 0xFFFF, 3], b"abc", [255, 9]])
    record = _part(body).record
    np.testing.assert_array_equal(record.arrays["unknown_200"], [[1.0, np.nan, 3.0]])
    np.testing.assert_array_equal(record.arrays["unknown_202"], [[255.0, 9.0]])  # bytes are unknown together only
    assert record.texts["unknown_201"].tolist() == ["abc"]


def test_a_field_of_no_size_or_a_size_that_does_not_fit_costs_only_itself() -> None:
    fields = [(10, 0, 0x07), TIME, (3, 1, 0x86), (4, 1, 0x02)]
    body = definition(0, 20, fields) + message(0, [(0x86, 4), (0x02, 1), (0x02, 1)], [T, 99, 85])
    (part,), notes = read_messages(fit_file(body))
    assert {name: column.tolist() for name, column in part.records.items()} == {"timestamp": [T], "cadence": [85.0]}
    assert [(note.kind, note.n) for note in notes] == [("misaligned_field", 2)]


def test_chained_files_are_parts_with_their_own_definitions() -> None:
    one, other = (
        fit_file(HEART_RECORDS + _heart(100)),
        fit_file(definition(0, 20, [HEART]) + message(0, BASE[1:], [70])),
    )
    parts, notes = read_messages(one + other)
    assert [part.records["heart_rate"].tolist() for part in parts] == [[100.0], [70.0]]
    assert notes == ()


@pytest.mark.parametrize("header_size", [12, 14, 20])
def test_any_header_size_and_no_checksum_are_fine(header_size: int) -> None:
    body = HEART_RECORDS + _heart(100, 101)
    for crc in (True, False):
        (part,), notes = read_messages(fit_file(body, header_size, crc=crc))
        assert (part.records["heart_rate"].tolist(), notes) == ([100, 101], ())


def test_a_wrong_checksum_is_said_and_costs_nothing() -> None:
    content = bytearray(fit_file(HEART_RECORDS + _heart(100, 101, 102)))
    content[-3] ^= 4  # the last heart rate
    (part,), notes = read_messages(bytes(content))
    assert part.records["heart_rate"].tolist() == [100, 101, 98]
    assert [note.kind for note in notes] == ["checksum"]


def test_a_clock_that_jumps_in_a_whole_file_is_left_to_cleaning() -> None:
    body = HEART_RECORDS + _heart(90, since_s=20) + _heart(100, 101) + _heart(80, since_s=T - 10**6)
    assert _part(body).records["heart_rate"].tolist() == [90, 100, 101, 80]


def test_a_clock_set_anew_is_believed_in_a_damaged_file_too() -> None:
    body = HEART_RECORDS + _heart(*[90] * 9, since_s=20) + _heart(*[100] * 9)
    content = fit_file(body, crc=False) + b"\x01\x02"
    (part,), notes = read_messages(content)
    assert part.records["heart_rate"].tolist() == [90] * 9 + [100] * 9
    assert [note.kind for note in notes] == ["checksum"]


def test_records_after_a_block_of_zeros_are_found_again_and_none_is_invented() -> None:
    beats = [100 + i % 50 for i in range(400)]
    content = bytearray(fit_file(HEART_RECORDS + _heart(*beats)))
    content[1001:1513] = bytes(512)
    (part,), notes = read_messages(bytes(content))
    after_s = (part.records["timestamp"] - T).astype(int)
    assert len(after_s) >= 400 - 512 // 6 - 3
    assert [beats[s] for s in after_s] == part.records["heart_rate"].tolist()
    assert [note.kind for note in notes] == ["checksum", "damaged"]


def test_bytes_that_look_like_a_definition_do_not_cost_the_records_after_them() -> None:
    """They would stand for the records' own definition and let every later record be read by a wrong one."""
    body = HEART_RECORDS + _heart(*[100] * 40)
    junk = bytes([0x40, 0, 0, 20, 0, 1, 3, 1, 2])  # a record of one byte
    content = fit_file(body + junk[:7] + _heart(*[120] * 40, since_s=T + 40), crc=False) + b"\x01\x02"
    (part,), _ = read_messages(content)
    assert part.records["heart_rate"].tolist() == [100] * 40 + [120] * 40


def test_zeros_at_the_end_of_an_unclosed_file_are_no_records() -> None:
    content = fit_file(HEART_RECORDS + _heart(100, 101, 102), size=0, crc=False) + bytes(600)
    (part,), _ = read_messages(content)
    assert part.records["heart_rate"].tolist() == [100, 101, 102]
    assert "unclosed" in _notes(content)


def test_a_cut_message_is_left_out() -> None:
    content = fit_file(HEART_RECORDS + _heart(100, 101))[:-4]
    (part,), notes = read_messages(content)
    assert part.records["heart_rate"].tolist() == [100]
    assert [(note.kind, note.n) for note in notes] == [("damaged", 1)]


def test_a_said_size_that_was_damaged_does_not_end_the_file() -> None:
    whole = fit_file(HEART_RECORDS + _heart(*range(60, 160)))
    content = whole[:4] + struct.pack("<I", 40) + whole[8:]
    (part,), _ = read_messages(content)
    assert part.records["heart_rate"].tolist() == list(range(60, 160))


def test_a_runs_columns_which_may_share_memory_cannot_be_written_to() -> None:
    (run,) = decode_fit(fit_file(HEART_RECORDS + _heart(100, 101)))
    with pytest.raises(ValueError, match="read-only"):
        run.columns["power_w"][0] = 250.0
    np.testing.assert_array_equal(run.columns["distance_m"], [np.nan, np.nan])


def test_a_session_says_in_words_what_it_was() -> None:
    fields = [TIME, (2, 4, 0x86), (5, 1, 0x00), (6, 1, 0x00), (7, 4, 0x86), (9, 4, 0x86), (24, 1, 0x02), (110, 8, 0x07)]
    types = [(base, size) for _, size, base in fields]
    body = definition(4, 18, fields) + message(4, types, [T + 60, T, 1, 3, 60_500, 20_125, None, b"trail"])
    (session,) = _part(body).messages["session"]
    assert session == {
        "timestamp": T + 60,
        "start_time": T,
        "sport": "running",
        "sub_sport": "trail",
        "total_elapsed_time": 60.5,
        "total_distance": 201.25,
    }


def _run_of_sensors() -> bytes:
    types = [(0x86, 4), (0x85, 4), (0x84, 2), (0x00, 1), (0x84, 2), (0x84, 2), (0x88, 4)]
    body = definition(
        1,
        20,
        [TIME, (0, 4, 0x85), (39, 2, 0x84), (42, 1, 0x00), (139, 2, 0x84), (201, 2, 0x84)],
        developer=[(0, 4, 0)],
    )
    body += definition(2, 78, [(0, 6, 0x84)])
    beats = message(2, [(0x84, 6)], [[600, 610, 0xFFFF]])
    body += message(1, types, [T, 600_000_000, 815, 1, 3791, 5, 37.5]) + beats
    body += message(1, types, [T + 1, 600_000_000, None, 1, 3792, 5, None]) + beats
    return body + _described(0, 0, 0x88, b"CIQ_skin", b"C")


def test_what_sensors_wrote_is_kept_with_its_unit_but_never_a_place() -> None:
    (run,) = decode_fit(fit_file(_run_of_sensors()))
    told = [(one.name, one.unit, one.told_by, one.values.tolist()) for one in run.fields]
    assert told == [
        ("vertical_oscillation", "mm", "fit", [81.5]),
        ("core_temperature", "C", "fit", [37.91, 37.92]),
        ("CIQ_skin", "C", "developer", [37.5]),
        ("rr_interval", "s", "fit", [0.6, 0.61, 0.6, 0.61]),
    ]
    posix = T + 631_065_600
    assert run.fields[1].elapsed_s.tolist() == [posix, posix + 1]
    assert run.fields[3].elapsed_s.tolist() == [posix, posix, posix + 1, posix + 1]


@pytest.mark.parametrize("name", [b"Latitude", b"gps_lat", b"startLng", b"Longitude 2", b"Position X", b"geo coord"])
def test_a_developers_field_that_may_tell_a_place_is_left_out(name: bytes) -> None:
    body = _described(0, 0, 0x88, name, b"") + definition(0, 20, [TIME], developer=[(0, 4, 0)])
    (run,) = decode_fit(fit_file(body + message(0, [(0x86, 4), (0x88, 4)], [T, 52.5])))
    assert run.fields == ()


def test_a_developers_words_cannot_steer_a_terminal() -> None:
    body = _described(0, 0, 0x02, b"\x1b[2JFuel\x07", b"\x1b") + definition(0, 20, [TIME], developer=[(0, 1, 0)])
    (run,) = decode_fit(fit_file(body + message(0, BASE, [T, 7])))
    assert [(one.name, one.unit) for one in run.fields] == [("[2JFuel", None)]


def test_a_device_is_told_once_by_its_last_words_and_without_its_serial_number() -> None:
    fields = [TIME, (0, 1, 0x02), (1, 1, 0x02), (2, 2, 0x84), (3, 4, 0x8C), (4, 2, 0x84), (5, 2, 0x84), (25, 1, 0x00)]
    types = [(base, size) for _, size, base in fields]
    body = HEART_RECORDS + _heart(100) + definition(5, 23, fields)
    body += message(5, types, [T, 0, None, 1, 123_456_789, 1837, 440, None])  # the watch
    body += message(5, types, [T, 1, 120, 32, 987, 7, None, 1])  # a strap on ANT+
    body += message(5, types, [T + 9, 1, 120, 32, 987, 7, 250, 1])
    body += message(5, types, [T, 2, None, 65535, None, None, None, None])  # says nothing
    (run,) = decode_fit(fit_file(body))
    told = [(d.device_no, d.kind, d.maker, d.product, d.software) for d in run.devices]
    assert told == [(0, None, "garmin", "vivo_fit", "4.4"), (1, "heart_rate", "wahoo_fitness", "7", "2.5")]


def test_the_watchs_weather_is_the_current_report_where_it_was_observed() -> None:
    fields = [TIME, (0, 1, 0x00), (1, 1, 0x01), (4, 2, 0x84), (7, 1, 0x02), (9, 4, 0x86)]
    types = [(base, size) for _, size, base in fields]
    body = HEART_RECORDS + _heart(100, 101) + definition(6, 128, fields)
    body += message(6, types, [T, 0, 27, 3500, 55, T - 600]) + message(6, types, [T, 1, 30, 3500, 50, T])
    (run,) = decode_fit(fit_file(body))
    (report,) = run.weather
    assert (report.provider, report.air_temp_c, report.wind_ms, report.rel_humidity_pct) == ("watch", 27.0, 3.5, 55.0)
    assert report.elapsed_s == T - 600 + 631_065_600

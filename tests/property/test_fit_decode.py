"""Laws of the FIT decoder: whatever activity is written, however it is laid out, every value of it comes back."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.formats.fit.messages import FitPart, read_messages
from tests.support.fit.raw import compressed, definition, fit_file, message

T = 1_117_670_400  # FIT's seconds on 2025-06-01
# name: number, size, base type, lowest and highest raw value, scale, offset
FIELDS = {
    "position_lat": (0, 4, 0x85, -(2**31), 2**31 - 2, 1, 0),
    "heart_rate": (3, 1, 0x02, 0, 254, 1, 0),
    "cadence": (4, 1, 0x02, 0, 254, 1, 0),
    "distance": (5, 4, 0x86, 0, 2**32 - 2, 100, 0),
    "power": (7, 2, 0x84, 0, 65534, 1, 0),
    "grade": (9, 2, 0x83, -32768, 32766, 100, 0),
    "temperature": (13, 1, 0x01, -128, 126, 1, 0),
    "vertical_oscillation": (39, 2, 0x84, 0, 65534, 10, 0),
    "fractional_cadence": (53, 1, 0x02, 0, 254, 128, 0),
    "enhanced_speed": (73, 4, 0x86, 0, 2**32 - 2, 1000, 0),
    "enhanced_altitude": (78, 4, 0x86, 0, 2**32 - 2, 5, 500),
    "unknown_250": (250, 2, 0x8B, 1, 65535, 1, 0),
}
DEVELOPED = {7: (0x84, 2, 0, 65534), 8: (0x83, 2, -32768, 32766), 9: (0x02, 1, 0, 254)}  # number: type, size, limits
DESCRIPTION = [(0, 1, 0x02), (1, 1, 0x02), (2, 1, 0x02), (3, 8, 0x07), (8, 4, 0x07)]

patient = settings(deadline=None)  # the first example pays for imports


@dataclass
class Written:
    """The bytes of a file's messages, and what a reader has to find in them: one mapping a record, the beats in order."""

    body: bytes = b""
    records: list[dict[object, float]] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)


def _activity(seed: int) -> Written:
    """Stretches of records, each with a definition of its own; developers' descriptions first or last."""
    rng = random.Random(seed)
    written = Written()
    described_first = rng.random() < 0.5
    written.body += _descriptions() if described_first else b""
    second = T
    for _ in range(rng.randint(1, 6)):
        second = _stretch(rng, written, second)
        if rng.random() < 0.5:
            _hrv(rng, written)
    written.body += b"" if described_first else _descriptions()
    return written


def _stretch(rng: random.Random, written: Written, second: int) -> int:
    """Some records of one layout; the second that the next one may begin at."""
    names = rng.sample(sorted(FIELDS), rng.randint(1, 6))
    developer = rng.sample(sorted(DEVELOPED), rng.randint(0, 3))
    short = rng.random() < 0.4 and bool(written.records)  # a compressed time needs one in full before
    big = rng.random() < 0.5 and not short
    local = rng.randint(0, 3 if short else 15)
    own = [FIELDS[name][:3] for name in names]
    own = own if short else [*own, (253, 4, 0x86)]
    written.body += definition(local, 20, own, [(number, DEVELOPED[number][1], 0) for number in developer], big)
    types = [(base, size) for _, size, base in own] + [DEVELOPED[number][:2] for number in developer]
    for _ in range(rng.randint(1, 40)):
        second += rng.randint(0, 31)
        raw = {name: _raw(rng, *FIELDS[name][3:5]) for name in names}
        added = {number: _raw(rng, *DEVELOPED[number][2:]) for number in developer}
        if short:
            written.body += compressed(local, second, types, [*raw.values(), *added.values()])
        else:
            written.body += message(local, types, [*raw.values(), second, *added.values()], big)
        fields: dict[object, float] = {"timestamp": float(second)}
        fields |= {name: one / FIELDS[name][5] - FIELDS[name][6] for name, one in raw.items() if one is not None}
        fields |= {(0, number): float(one) for number, one in added.items() if one is not None}
        written.records.append(fields)
    return second


def _raw(rng: random.Random, low: int, high: int) -> int | None:
    """A stored value; None is written as unknown. Edges come often."""
    return rng.choice([low, high, None, rng.randint(low, high), rng.randint(low, high)])


def _hrv(rng: random.Random, written: Written) -> None:
    several = [rng.randint(1, 65534) for _ in range(rng.randint(1, 5))]
    local = 14
    written.body += definition(local, 78, [(0, 10, 0x84)])
    written.body += message(local, [(0x84, 10)], [several + [0xFFFF] * (5 - len(several))])
    written.beats += [one / 1000 for one in several]


def _descriptions() -> bytes:
    types = [(base, size) for _, size, base in DESCRIPTION]
    body = definition(13, 206, DESCRIPTION)
    for number, (base, *_) in DEVELOPED.items():
        body += message(13, types, [0, number, base, f"dev {number}".encode(), b"u"])
    return body


_activities = st.integers(0, 2**32).map(_activity)


def _found(part: FitPart) -> list[dict[object, float]]:
    rows: list[dict[object, float]] = [{} for _ in part.record.starts]
    for key, column in part.record.numbers.items():
        for row, value in zip(rows, column.tolist(), strict=True):
            if not np.isnan(value):
                row[key] = value
    return rows


@patient
@given(st.lists(_activities, min_size=1, max_size=3), st.sampled_from([12, 14, 17]))
def test_every_value_of_chained_activities_comes_back(activities: list[Written], header_size: int) -> None:
    parts, notes = read_messages(b"".join(fit_file(one.body, header_size) for one in activities))
    assert notes == ()
    assert [_found(part) for part in parts] == [one.records for one in activities]
    for part, one in zip(parts, activities, strict=True):
        beats = part.hrv.arrays.get("time", np.empty(0)).ravel()
        assert beats[~np.isnan(beats)].tolist() == one.beats


@patient
@given(_activities, st.integers(0, 200))
@example(_activity(16163), 147)  # the rest of the cut record ends as one of an earlier, shorter layout would
def test_a_cut_file_gives_a_beginning_of_its_records(activity: Written, n_lost: int) -> None:
    content = fit_file(activity.body, crc=False)
    content = content[: max(len(content) - n_lost, 14)]
    (part,), _ = read_messages(content)
    found = _found(part)
    assert [_own(one) for one in found] == [_own(one) for one in activity.records[: len(found)]]


def _own(fields: dict[object, float]) -> dict[object, float]:
    """Without developers' fields, whose descriptions a cut may take away."""
    return {key: value for key, value in fields.items() if isinstance(key, str)}


@patient
@given(_activities, st.binary(min_size=1, max_size=600), st.floats(0, 1))
def test_junk_in_the_middle_never_raises_and_leaves_what_came_before(
    activity: Written, junk: bytes, where: float
) -> None:
    content = fit_file(activity.body)
    at = 14 + int(where * (len(activity.body) - 1))
    (part, *_), _ = read_messages(content[:at] + junk + content[at + len(junk) :])
    sound = sum(1 for start in part.record.starts if start + 260 < at)
    found = _found(part)[:sound]
    assert [_own(one) for one in found] == [_own(one) for one in activity.records[:sound]]

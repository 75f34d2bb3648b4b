"""What is known of one run, line by line in words. Called by `one_run`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.cli.frame.output import instant, plain
from pipeline.cli.lines.run_cells import local_at, pace
from pipeline.units import Units, format_distance, format_duration, format_temperature, plural, short_id

if TYPE_CHECKING:
    from pipeline.actions.runs.runs import ShownRun
    from pipeline.actions.tagging.moments import LapPress
    from pipeline.schema import Device, FieldSummary
    from pipeline.store.answers.details import GivenAnswer, RunDetails
    from pipeline.store.answers.tags import Tag
    from pipeline.store.runs.find import RunRow

WORDS_LETTERS, FIELDS_LETTERS = 200, 600
MANY_PRESSES = 6  # as in intervals: no cramp was meant


def facts_of(shown: ShownRun, units: Units) -> list[tuple[str, str]]:
    """Name and words of each line."""
    details = shown.details
    run = details.run
    clock = f"clock of {run.tz}" if run.tz else "local clock not known"
    parts = (
        plural(run.records, "record"),
        plural(details.laps, "lap"),
        plural(details.pauses, "pause"),
    )
    times = (("moving", run.moving_s), ("timer", run.timer_s), ("elapsed", run.elapsed_s))
    return [
        ("id", run.run_id),
        *((name, plain(words, WORDS_LETTERS)) for name, words in _written(details) if words),
        ("start", f"{instant(run.start_at)}, {clock}"),
        ("distance", _distance(run, units)),
        ("time", ", ".join(f"{format_duration(seconds)} {kind}" for kind, seconds in times)),
        ("planned", format_duration(run.planned_s) if run.planned_s else "not said"),
        ("holds", ", ".join(parts)),
        *([("pressed", _presses(run, shown.presses))] if shown.presses else []),
        *(("device", words) for words in dict.fromkeys(_device(one) for one in details.devices)),
        *([("fields", _fields(details.fields))] if details.fields else []),
        ("weather", _weather(details, units)),
        ("answer", run.answer),
        *(("answered", _given(given)) for given in details.answers),
        *((_kind(cramp), _cramp(run, cramp)) for cramp in details.cramps),
        *([("you said", said)] if (said := _said(run)) else []),
        *(("copy", _copy(copy)) for copy in details.duplicates),
        *(("repaired", note) for note in details.notes),
    ]


def _written(details: RunDetails) -> list[tuple[str, str | None]]:
    """What the runner wrote of the run, in the file or in an export."""
    return [("title", details.title), ("written", details.description), ("gear", details.gear)]


def press_words(run: RunRow, press: LapPress) -> str:
    """'lap7 at 2:21:10 (09:51)'."""
    local = local_at(run, press.at)
    return f"lap{press.lap} at {format_duration(press.timer_s)}" + (f" ({local:%H:%M})" if local else "")


def _presses(run: RunRow, presses: tuple[LapPress, ...]) -> str:
    """Laps closed by hand, and how one of them is tagged where that was a cramp."""
    named = ", ".join(press_words(run, one) for one in presses)
    if len(presses) > MANY_PRESSES:
        named = f"{press_words(run, presses[0])} to {press_words(run, presses[-1])}, {len(presses)} laps"
    return f"{named}, by hand; if one was a cramp: cramplog tag {short_id(run.run_id)} --at lap{presses[0].lap}"


def _given(given: GivenAnswer) -> str:
    back = ", taken back" if given.taken_back_at else ""
    return f"{given.answer} on {given.answered_at:%Y-%m-%d} ({given.answered_how}){back}"


def _said(run: RunRow) -> str:
    """The runner's words that stand in place of the file's."""
    where = None if run.indoor_said is None else "indoors" if run.indoor_said else "outdoors"
    way = "back" if run.shift_s < 0 else "on"
    clock = f"the clock {format_duration(abs(run.shift_s))} {way}" if run.shift_s else None
    return ", ".join(word for word in (run.sport_said, where, clock) if word)


def _copy(copy: RunRow) -> str:
    return (
        f"{short_id(copy.run_id)}, from {instant(copy.start_at)}, {plural(copy.records, 'record')}; it does not count"
    )


def _kind(cramp: Tag) -> str:
    return "tightness" if cramp.severity == "tightness" else "cramp"


def _distance(run: RunRow, units: Units) -> str:
    return f"{format_distance(run.distance_m, units, 2)}, {pace(run, units)}" if run.distance_m else "not measured"


def _weather(details: RunDetails, units: Units) -> str:
    if details.air_temp_c is None:
        return "not known"
    wbgt = "" if details.wbgt_c is None else f", WBGT {format_temperature(details.wbgt_c, units)}"
    carried = [name for name in details.weather_from if name in {one.provider for one in details.carried_weather}]
    source = f" (from the {' and the '.join(carried)})" if carried else ""
    return f"{format_temperature(details.air_temp_c, units)} on average{wbgt}{source}"


def _device(one: Device) -> str:
    """'garmin fenix7' or 'heart rate: garmin hrm_pro, software 9.10'."""
    kind = f"{one.kind.replace('_', ' ')}: " if one.kind else ""
    name = " ".join(word for word in (one.maker, one.product) if word) or "of an unknown maker"
    return plain(kind + name + (f", software {one.software}" if one.software else ""), WORDS_LETTERS)


def _fields(fields: Sequence[FieldSummary]) -> str:
    """'vertical_oscillation (mm), core_temperature (C)': what was written beside the usual columns."""
    return plain(", ".join(one.name + (f" ({one.unit})" if one.unit else "") for one in fields), FIELDS_LETTERS)


def _cramp(run: RunRow, cramp: Tag) -> str:
    where = f"{cramp.muscle} {cramp.side}, {cramp.severity}"
    if cramp.phase == "after":
        return f"after the run: {where}"
    if cramp.onset_moving_s is None:
        return f"somewhere in the run: {where}"
    local = local_at(run, cramp.onset_at)
    clock = f" ({local:%H:%M})" if local else ""
    give = format_duration(cramp.uncertainty_s)
    return f"at {format_duration(cramp.onset_moving_s)} of moving time{clock}, give or take {give}: {where}"

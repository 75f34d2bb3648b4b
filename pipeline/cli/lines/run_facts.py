"""The facts stored about one run, as lines of text. Called by `run_details`."""

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

TEXT_LENGTH, FIELDS_LENGTH = 200, 600
MANY_PRESSES = 6  # more are the laps of an interval session, not cramps


def facts_of(shown: ShownRun, units: Units) -> list[tuple[str, str]]:
    """Name and text of each line."""
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
        *((name, plain(text, TEXT_LENGTH)) for name, text in _texts(details) if text),
        ("start", f"{instant(run.start_at)}, {clock}"),
        ("distance", _distance(run, units)),
        ("time", ", ".join(f"{format_duration(seconds)} {kind}" for kind, seconds in times)),
        ("planned", format_duration(run.planned_s) if run.planned_s else "not recorded"),
        ("contains", ", ".join(parts)),
        *([("laps", _presses(run, shown.presses))] if shown.presses else []),
        *(("device", text) for text in dict.fromkeys(_device(device) for device in details.devices)),
        *([("fields", _fields(details.fields))] if details.fields else []),
        ("weather", _weather(details, units)),
        ("answer", run.answer),
        *(("answered", _answer_text(answer)) for answer in details.answers),
        *((_tag_name(cramp), _cramp(run, cramp)) for cramp in details.cramps),
        *([("corrected", corrections)] if (corrections := _corrections(run)) else []),
        *(("duplicate", _duplicate(duplicate)) for duplicate in details.duplicates),
        *(("repaired", note) for note in details.notes),
    ]


def _texts(details: RunDetails) -> list[tuple[str, str | None]]:
    """What the runner wrote about the run, in the file or in an export."""
    return [("title", details.title), ("notes", details.description), ("gear", details.gear)]


def press_text(run: RunRow, press: LapPress) -> str:
    """'lap7 at 2:21:10 (09:51)'."""
    local = local_at(run, press.at)
    return f"lap{press.lap} at {format_duration(press.timer_s)}" + (f" ({local:%H:%M})" if local else "")


def _presses(run: RunRow, presses: tuple[LapPress, ...]) -> str:
    """Laps closed by hand, and how to tag one of them as a cramp."""
    laps = ", ".join(press_text(run, press) for press in presses)
    if len(presses) > MANY_PRESSES:
        laps = f"{press_text(run, presses[0])} to {press_text(run, presses[-1])}, {len(presses)} laps"
    return f"{laps}, closed by hand; if one was a cramp: cramplog tag {short_id(run.run_id)} --at lap{presses[0].lap}"


def _answer_text(row: GivenAnswer) -> str:
    undone = ", undone" if row.taken_back_at else ""
    return f"{row.answer} on {row.answered_at:%Y-%m-%d} ({row.answered_how}){undone}"


def _corrections(run: RunRow) -> str:
    """The runner's corrections, which replace what the file has."""
    where = None if run.indoor_said is None else "indoors" if run.indoor_said else "outdoors"
    sign = "-" if run.shift_s < 0 else "+"
    clock = f"clock {sign}{format_duration(abs(run.shift_s))}" if run.shift_s else None
    return ", ".join(text for text in (run.sport_said, where, clock) if text)


def _duplicate(run: RunRow) -> str:
    return f"{short_id(run.run_id)}, from {instant(run.start_at)}, {plural(run.records, 'record')}; not counted"


def _tag_name(cramp: Tag) -> str:
    return "tightness" if cramp.severity == "tightness" else "cramp"


def _distance(run: RunRow, units: Units) -> str:
    return f"{format_distance(run.distance_m, units, 2)}, {pace(run, units)}" if run.distance_m else "not measured"


def _weather(details: RunDetails, units: Units) -> str:
    if details.air_temp_c is None:
        return "not known"
    wbgt = "" if details.wbgt_c is None else f", WBGT {format_temperature(details.wbgt_c, units)}"
    in_file = {row.provider for row in details.carried_weather}
    providers = [name for name in details.weather_from if name in in_file]
    source = f" (from the {' and the '.join(providers)})" if providers else ""
    return f"{format_temperature(details.air_temp_c, units)} on average{wbgt}{source}"


def _device(device: Device) -> str:
    """'garmin fenix7' or 'heart rate: garmin hrm_pro, software 9.10'."""
    kind = f"{device.kind.replace('_', ' ')}: " if device.kind else ""
    name = " ".join(part for part in (device.maker, device.product) if part) or "unknown maker"
    return plain(kind + name + (f", software {device.software}" if device.software else ""), TEXT_LENGTH)


def _fields(fields: Sequence[FieldSummary]) -> str:
    """'vertical_oscillation (mm), core_temperature (C)': the fields that the file has besides the usual columns."""
    return plain(", ".join(field.name + (f" ({field.unit})" if field.unit else "") for field in fields), FIELDS_LENGTH)


def _cramp(run: RunRow, cramp: Tag) -> str:
    where = f"{cramp.muscle} {cramp.side}, {cramp.severity}"
    if cramp.phase == "after":
        return f"after the run: {where}"
    if cramp.onset_moving_s is None:
        return f"somewhere in the run: {where}"
    local = local_at(run, cramp.onset_at)
    clock = f" ({local:%H:%M})" if local else ""
    uncertainty = format_duration(cramp.uncertainty_s)
    return f"at {format_duration(cramp.onset_moving_s)} of moving time{clock}, plus or minus {uncertainty}: {where}"

"""`cramplog runs`: the list, or one run. Said in the units that are set; --json keeps the store's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.say import count, instant, next_step, print_json, table
from pipeline.cli.verb import Verb, here, json_option, runner_option
from pipeline.units import (
    Units,
    format_distance,
    format_duration,
    format_pace,
    format_speed,
    format_temperature,
    in_distance_unit,
    short_id,
)

if TYPE_CHECKING:
    from pipeline.actions.runs import ListedRun
    from pipeline.store.details import GivenAnswer, RunDetails
    from pipeline.store.find import RunRow
    from pipeline.store.tags import Tag

_ON_FOOT = ("running", "walking", "hiking")


@click.command(cls=Verb)
@click.argument("run", required=False)
@runner_option
@click.option("--unanswered", is_flag=True, help="Only runs that still wait for an answer.")
@json_option
def runs(run: str | None, runner_name: str | None, unanswered: bool, as_json: bool) -> None:
    """List the runs, or show one: last, 2026-06-14, 2026-06-14/2 or the start of its id.

    \b
    Examples:
      cramplog runs
      cramplog runs last
      cramplog runs --runner anna --unanswered
    """
    from pipeline.actions.runs import list_runs, show_run, waiting_in_inbox

    settings = here()
    if run is not None:
        details = show_run(settings, run, runner_name)
        _print_details_json(details) if as_json else _print_details(details, settings.units)
        return
    listed = list_runs(settings, runner_name, unanswered)
    if as_json:
        print_json("runs", runs=[_run_fields(one.runner, one.run) for one in listed])
    elif listed:
        _print_list(listed, settings.units)
        next_step("cramplog runs RUN, or cramplog tag RUN --at 1:45:00 ...")
    else:
        waiting = waiting_in_inbox(settings)
        click.echo("no unanswered run" if unanswered else "no run yet")
        next_step(f"cramplog nightly ({count(waiting, 'file')} in the inbox)" if waiting else "cramplog ingest FOLDER")


def pace(run: RunRow, units: Units) -> str:
    """'5:12 /km' or '8:22 /mile' on foot, '24.1 km/h' or '15.0 mph' otherwise, empty without a distance."""
    if not run.distance_m or not run.moving_s:
        return ""
    speed_ms = run.distance_m / run.moving_s
    return format_pace(speed_ms, units) if run.sport in _ON_FOOT else format_speed(speed_ms, units)


def local_at(run: RunRow, at: datetime | None) -> datetime | None:
    """An instant of a run (UTC, no zone) on the clock of its place; None where that is not known."""
    if at is None or run.start_local is None:
        return None
    return run.start_local + (at - run.start_at)


def _print_list(listed: Sequence[ListedRun], units: Units) -> None:
    several = len({one.runner for one in listed}) > 1
    rows = [[*_cells(one.run, units), one.runner] for one in listed]
    head = ("date", "start", "sport", units.distance, "moving", "pace", "answer", "race", "id", "", "runner")
    columns = len(head) if several else len(head) - 1
    table(head[:columns], [row[:columns] for row in rows], right=(units.distance, "moving", "pace"))
    open_runs = sum(one.run.answer == "unanswered" and one.run.sport == "running" for one in listed)
    click.echo(f"{count(len(listed), 'run')}" + (f", {open_runs:,} unanswered" if open_runs else ""))


def _cells(run: RunRow, units: Units) -> list[str]:
    return [
        run.day,
        f"{run.start_local:%H:%M}" if run.start_local else f"{run.start_at:%H:%M}Z",
        run.sport + (" indoor" if run.indoor and run.sport in _ON_FOOT else ""),
        f"{in_distance_unit(run.distance_m, units):.1f}" if run.distance_m else "",
        format_duration(run.moving_s),
        pace(run, units),
        run.answer,
        "race" if run.race else "",
        short_id(run.run_id),
        "simulated" if run.simulated else "",
    ]


def _print_details(details: RunDetails, units: Units) -> None:
    run = details.run
    date, start, sport, *_, race, short_id, simulated = _cells(run, units)
    marks = ", ".join(mark for mark in (race, simulated, "clock wrong" if run.clock_wrong else "") if mark)
    click.echo(f"{date} {start} {sport}, {details.runner}" + (f" ({marks})" if marks else ""))
    for name, words in _facts(details, units):
        click.echo(f"  {name:<9}  {words}")
    if run.answer == "unanswered":
        next_step(f"cramplog tag {short_id} --at 1:45:00 ... or cramplog tag {short_id} --none")
    else:
        next_step("cramplog report")


def _facts(details: RunDetails, units: Units) -> list[tuple[str, str]]:
    """What is known of a run, line by line."""
    run = details.run
    clock = f"clock of {run.tz}" if run.tz else "local clock not known"
    parts = (
        count(run.records, "record"),
        count(details.laps, "lap"),
        count(details.pauses, "pause"),
    )
    times = (("moving", run.moving_s), ("timer", run.timer_s), ("elapsed", run.elapsed_s))
    return [
        ("id", run.run_id),
        ("start", f"{instant(run.start_at)}, {clock}"),
        ("distance", _distance(run, units)),
        ("time", ", ".join(f"{format_duration(seconds)} {kind}" for kind, seconds in times)),
        ("planned", format_duration(run.planned_s) if run.planned_s else "not said"),
        ("holds", ", ".join(parts)),
        ("weather", _weather(details, units)),
        ("answer", run.answer),
        *(("answered", _given(given)) for given in details.answers),
        *((_kind(cramp), _cramp(run, cramp)) for cramp in details.cramps),
        *([("you said", said)] if (said := _said(run)) else []),
        *(("copy", _copy(copy)) for copy in details.copies),
        *(("repaired", note) for note in details.notes),
    ]


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
    return f"{short_id(copy.run_id)}, from {instant(copy.start_at)}, {count(copy.records, 'record')}; it does not count"


def _kind(cramp: Tag) -> str:
    return "tightness" if cramp.severity == "tightness" else "cramp"


def _distance(run: RunRow, units: Units) -> str:
    return f"{format_distance(run.distance_m, units, 2)}, {pace(run, units)}" if run.distance_m else "not measured"


def _weather(details: RunDetails, units: Units) -> str:
    if details.air_temp_c is None:
        return "not known"
    wbgt = "" if details.wbgt_c is None else f", WBGT {format_temperature(details.wbgt_c, units)}"
    return f"{format_temperature(details.air_temp_c, units)} on average{wbgt}"


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


def _print_details_json(details: RunDetails) -> None:
    cramps = [{**tag_fields(cramp), "onset_local": local_at(details.run, cramp.onset_at)} for cramp in details.cramps]
    answers = [
        {**asdict(one), "answered_at": instant(one.answered_at), "taken_back_at": instant(one.taken_back_at)}
        for one in details.answers
    ]
    copies = [_run_fields(details.runner, copy) for copy in details.copies]
    rest = {name: getattr(details, name) for name in ("laps", "pauses", "air_temp_c", "wbgt_c", "notes")}
    lists = {"cramps": cramps, "answers": answers, "copies": copies}
    print_json("runs", runs=[{**_run_fields(details.runner, details.run), **rest, **lists}])


def _run_fields(runner: str, run: RunRow) -> dict[str, Any]:
    return {**asdict(run), "runner": runner, "start_at": instant(run.start_at)}


def tag_fields(tag: Tag) -> dict[str, Any]:
    """A tag for JSON, its instants as instants."""
    return {**asdict(tag), "onset_at": instant(tag.onset_at), "tagged_at": instant(tag.tagged_at)}

"""`cramplog runs RUN`: everything stored about one run, as text or JSON. Called by `runs`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import instant, next_step, print_json
from pipeline.cli.lines.run_cells import cells, local_at, run_fields, tag_fields
from pipeline.cli.lines.run_facts import MANY_PRESSES, facts_of
from pipeline.units import Units

if TYPE_CHECKING:
    from pipeline.actions.runs.runs import ShownRun

_UNCHANGED = (
    "laps", "pauses", "air_temp_c", "wbgt_c", "weather_from", "notes", "title", "description", "gear",
)  # fmt: skip


def print_run(shown: ShownRun, units: Units) -> None:
    """Print a headline, a line per fact, and the next step."""
    run = shown.details.run
    date, start, sport, *_, race, short, simulated = cells(run, units)
    marks = ", ".join(mark for mark in (race, simulated, "clock wrong" if run.clock_wrong else "") if mark)
    click.echo(f"{date} {start} {sport}, {shown.details.runner}" + (f" ({marks})" if marks else ""))
    for name, text in facts_of(shown, units):
        click.echo(f"  {name:<9}  {text}")
    if run.answer == "unanswered":
        moment = f"lap{shown.presses[0].lap}" if 0 < len(shown.presses) <= MANY_PRESSES else "1:45:00"
        next_step(f"cramplog tag {short} --at {moment} ... or cramplog tag {short} --none")
    else:
        next_step("cramplog report")


def print_run_json(shown: ShownRun) -> None:
    """Print the run as a list of one, in the store's units."""
    details = shown.details
    cramps = [{**tag_fields(cramp), "onset_local": local_at(details.run, cramp.onset_at)} for cramp in details.cramps]
    answers = [
        {**asdict(row), "answered_at": instant(row.answered_at), "taken_back_at": instant(row.taken_back_at)}
        for row in details.answers
    ]
    copies = [run_fields(details.runner, duplicate) for duplicate in details.duplicates]
    presses = [{**asdict(press), "at": instant(press.at)} for press in shown.presses]
    values = {name: getattr(details, name) for name in _UNCHANGED}
    from_file = {
        "fields": [asdict(field) for field in details.fields],
        "devices": [asdict(device) for device in details.devices],
        "carried": [asdict(moment) for moment in details.carried_weather],
    }
    lists = {"cramps": cramps, "answers": answers, "copies": copies, "presses": presses, **from_file}
    print_json("runs", runs=[{**run_fields(details.runner, details.run), **values, **lists}])

"""`cramplog` without a verb: the current state in four lines, whatever state the store is in. Called by `main`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step
from pipeline.errors import CramplogError
from pipeline.settings import Settings
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.admin.today import Today
    from pipeline.store.health.counts import LastNight, StoreCounts


def print_today(settings: Settings) -> None:
    """Print the current state, or how to begin, or why the store cannot be read now."""
    if not settings.has_store:
        click.echo(f"There is no store in {settings.home} yet.")
        click.echo("Your first evening: init, ingest recordings, tag cramps, `tag --none` the rest, report.")
        click.echo("To look around first with simulated runners: cramplog init --demo")
        next_step("cramplog init")
        return
    from pipeline.actions.admin.today import look_today

    try:
        today = look_today(settings)
    except CramplogError as error:
        click.echo(f"There is a store in {settings.home}, but it cannot be read now.")
        click.echo(f"{error.message[0].upper()}{error.message[1:]}.")
        click.echo(f"{error.hint[0].upper()}{error.hint[1:]}." if error.hint else "")
        next_step("cramplog doctor")
        return
    _print(today)


def _print(today: Today) -> None:
    counts = today.counts
    since = f" since {counts.first_at:%Y-%m-%d}, the last on {counts.last_at:%Y-%m-%d}" if counts.runs else ""
    simulated = " (simulated)" if counts.simulated else ""
    click.echo(f"{plural(counts.runs, 'run')} of {plural(counts.runners, 'runner')}{since}{simulated}")
    cramps = "no cramp"
    if counts.cramps:
        cramps = f"{plural(counts.cramps, 'cramp')} in {plural(counts.cramp_runs, 'run')}"
    click.echo(f"{counts.answered:,} answered, {counts.unanswered:,} unanswered; {cramps}")
    click.echo(f"{_weather(counts)}; {_night(today.night)}")
    next_step(today.next_step)


def _weather(counts: StoreCounts) -> str:
    if not counts.outdoor_runs:
        return f"{plural(counts.weather_hours, 'hour')} of weather"
    in_files = f", a temperature from the file for {counts.carried_runs:,} more" if counts.carried_runs else ""
    return f"weather for {counts.weathered_runs:,} of {plural(counts.outdoor_runs, 'outdoor run')}{in_files}"


def _night(night: LastNight | None) -> str:
    if night is None:
        return "no nightly yet"
    went = f"{', '.join(night.failed)} failed" if night.failed else f"{plural(night.stages, 'stage')} done"
    return f"last nightly {night.ended_at:%Y-%m-%d %H:%M} UTC, {went}"

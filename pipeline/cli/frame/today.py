"""Bare `cramplog`: four lines, whatever state the store is in. Called by `main`."""

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
    """How things stand, or how to begin, or why nobody can tell now."""
    if not settings.has_store:
        click.echo(f"There is no store in {settings.home} yet.")
        click.echo("An evening: init, ingest your recordings, tag the cramps, `tag --none` the rest, report.")
        click.echo("To look around first, with simulated runners: cramplog init --demo")
        next_step("cramplog init")
        return
    from pipeline.actions.admin.today import look_today

    try:
        today = look_today(settings)
    except CramplogError as error:
        click.echo(f"There is a store in {settings.home}, but it cannot be looked at now.")
        click.echo(f"{error.message[0].upper()}{error.message[1:]}.")
        click.echo(f"{error.hint[0].upper()}{error.hint[1:]}." if error.hint else "")
        next_step("cramplog doctor")
        return
    _print(today)


def _print(today: Today) -> None:
    standing = today.counts
    since = f" since {standing.first_at:%Y-%m-%d}, the last on {standing.last_at:%Y-%m-%d}" if standing.runs else ""
    simulated = " (simulated)" if standing.simulated else ""
    click.echo(f"{plural(standing.runs, 'run')} of {plural(standing.runners, 'runner')}{since}{simulated}")
    told = (
        f"{plural(standing.cramps, 'cramp')} in {plural(standing.cramp_runs, 'run')}" if standing.cramps else "no cramp"
    )
    click.echo(f"{standing.answered:,} answered, {standing.unanswered:,} unanswered; {told}")
    click.echo(f"{_weather(standing)}; {_night(today.night)}")
    next_step(today.next_step)


def _weather(standing: StoreCounts) -> str:
    if not standing.outdoor_runs:
        return f"{plural(standing.weather_hours, 'hour')} of weather"
    carried = f", a temperature for {standing.carried_runs:,} more" if standing.carried_runs else ""
    return f"weather for {standing.weathered_runs:,} of {plural(standing.outdoor_runs, 'run')} outdoors{carried}"


def _night(night: LastNight | None) -> str:
    if night is None:
        return "no nightly yet"
    went = f"{', '.join(night.failed)} failed" if night.failed else f"{plural(night.stages, 'stage')} done"
    return f"last nightly {night.ended_at:%Y-%m-%d %H:%M} UTC, {went}"

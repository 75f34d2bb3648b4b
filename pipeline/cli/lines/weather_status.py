"""`cramplog weather --status` and `--missing`, as text or JSON. Called by `weather`. No place is shown, not even a cell."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import instant, next_step, plain, print_json, table
from pipeline.cli.frame.verb import current_settings, utc_now
from pipeline.units import plural, short_id

if TYPE_CHECKING:
    from pipeline.actions.weather.status import WeatherStatus

REASON_LENGTH = 120
_MEANINGS = {
    "known": "every hour, final",
    "provisional": "every hour; the latest hours may still change",
    "no sun": "no radiation, so no WBGT",
    "no value": "the service has no values yet; it is asked again another night",
    "refused": "the service has no data for their place or days",
    "no place": "no positions in the file",
    "indoor": "indoor runs need no weather",
    "clock wrong": "correct it: cramplog runs edit RUN --shift",
    "simulated": "their simulated weather is not in this store",
}


def print_status(as_json: bool) -> None:
    """Print how many runs have weather, and why others do not."""
    from pipeline.actions.weather.status import weather_status

    status = weather_status(current_settings(), utc_now())
    if as_json:
        print_json("weather_status", **_status_fields(status))
        return
    click.echo(f"Weather of {plural(sum(status.states.values()), 'run')}")
    for state, meaning in {**_MEANINGS, "pending": status.why}.items():
        if status.states.get(state):
            click.echo(f"  {state:<11}  {status.states[state]:>6,}  {plain(meaning or '', REASON_LENGTH)}")
    for row in status.hours:
        provisional = f", {row.provisional:,} of them provisional" if row.provisional else ""
        click.echo(f"{row.provider}: {plural(row.hours, 'hour')} of {plural(row.places, 'place')}{provisional}")
    click.echo(_last_request(status))
    next_step("cramplog weather" if status.why else "cramplog weather --missing")


def print_missing(as_json: bool) -> None:
    """Print each outdoor run without complete weather, and why."""
    from pipeline.actions.weather.status import missing_weather

    missing = missing_weather(current_settings(), utc_now())
    if as_json:
        runs = [{"run_id": row.run.run_id, "runner": row.run.runner, "start_at": instant(row.run.start_at),
                 "state": row.run.state, "why": row.why, "tried_at": instant(row.run.tried_at)} for row in missing]  # fmt: skip
        print_json("weather_missing", runs=runs)
        return
    if not missing:
        click.echo("all outdoor runs have their weather")
        next_step("cramplog report")
        return
    rows = [
        [
            f"{row.run.start_local or row.run.start_at:%Y-%m-%d %H:%M}" + ("" if row.run.start_local else "Z"),
            row.run.runner,
            short_id(row.run.run_id),
            plain(row.why, REASON_LENGTH),
        ]
        for row in missing
    ]
    table(("start", "runner", "id", "why"), rows)
    click.echo(plural(len(missing), "run"))
    next_step("cramplog weather")


def _last_request(status: WeatherStatus) -> str:
    last = status.last
    if last is None:
        return "No request to the service yet"
    result = plural(last.hours, "hour") if last.outcome == "answered" else f"{last.outcome}, {last.reason}"
    return f"Last request {last.called_at:%Y-%m-%d %H:%M} UTC: {plain(result, REASON_LENGTH)}"


def _status_fields(status: WeatherStatus) -> dict[str, Any]:
    last = status.last
    return {
        "runs": dict(status.states),
        "pending_because": status.why,
        "hours": [asdict(row) for row in status.hours],
        "last_call": last
        and {**asdict(last), "called_at": instant(last.called_at), "until_at": instant(last.until_at)},
    }

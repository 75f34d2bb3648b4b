"""`cramplog weather --status` and `--missing`, said or as JSON. Called by weather.py. No place is shown, not even a cell."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import instant, next_step, plain, print_json, table
from pipeline.cli.frame.verb import here, utc_now
from pipeline.units import plural, short_id

if TYPE_CHECKING:
    from pipeline.actions.weather.status import WeatherStatus

WHY_LETTERS = 120
_MEANT = {
    "known": "every hour, settled",
    "provisional": "every hour; the latest may still be corrected",
    "no sun": "the air, but no radiation: no WBGT",
    "no value": "the service has none yet; it is asked again another night",
    "refused": "the service cannot answer for their place or days",
    "no place": "no positions in the file",
    "indoor": "they have no weather",
    "clock wrong": "set it: cramplog runs edit RUN --shift",
    "simulated": "made up, and their weather is not here",
}


def say_status(as_json: bool) -> None:
    """How many runs have their weather, and why others wait."""
    from pipeline.actions.weather.status import weather_status

    status = weather_status(here(), utc_now())
    if as_json:
        print_json("weather_status", **_status_fields(status))
        return
    click.echo(f"The weather of {plural(sum(status.states.values()), 'run')}")
    for state, words in {**_MEANT, "pending": status.why}.items():
        if status.states.get(state):
            click.echo(f"  {state:<11}  {status.states[state]:>6,}  {plain(words or '', WHY_LETTERS)}")
    for kept in status.hours:
        draft = f", {kept.provisional:,} of them provisional" if kept.provisional else ""
        click.echo(f"{kept.provider}: {plural(kept.hours, 'hour')} of {plural(kept.places, 'place')}{draft}")
    click.echo(_last_asked(status))
    next_step("cramplog weather" if status.why else "cramplog weather --missing")


def say_missing(as_json: bool) -> None:
    """Each run outdoors without all of its weather, and why."""
    from pipeline.actions.weather.status import missing_weather

    missing = missing_weather(here(), utc_now())
    if as_json:
        runs = [{"run_id": one.run.run_id, "runner": one.run.runner, "start_at": instant(one.run.start_at),
                 "state": one.run.state, "why": one.why, "tried_at": instant(one.run.tried_at)} for one in missing]  # fmt: skip
        print_json("weather_missing", runs=runs)
        return
    if not missing:
        click.echo("no run outdoors lacks its weather")
        next_step("cramplog report")
        return
    rows = [
        [
            f"{one.run.start_local or one.run.start_at:%Y-%m-%d %H:%M}" + ("" if one.run.start_local else "Z"),
            one.run.runner,
            short_id(one.run.run_id),
            plain(one.why, WHY_LETTERS),
        ]
        for one in missing
    ]
    table(("start", "runner", "id", "why"), rows)
    click.echo(plural(len(missing), "run"))
    next_step("cramplog weather")


def _last_asked(status: WeatherStatus) -> str:
    last = status.last
    if last is None:
        return "The service was not asked yet"
    got = plural(last.hours, "hour") if last.outcome == "answered" else f"{last.outcome}, {last.reason}"
    return f"Last asked {last.called_at:%Y-%m-%d %H:%M} UTC: {plain(got, WHY_LETTERS)}"


def _status_fields(status: WeatherStatus) -> dict[str, Any]:
    last = status.last
    return {
        "runs": dict(status.states),
        "pending_because": status.why,
        "hours": [asdict(kept) for kept in status.hours],
        "last_call": last
        and {**asdict(last), "called_at": instant(last.called_at), "until_at": instant(last.until_at)},
    }

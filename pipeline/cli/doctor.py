"""`cramplog doctor`: what was seen, in five short lists, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import instant, next_step, print_json
from pipeline.cli.frame.verb import Verb, here, json_option
from pipeline.settings import Settings
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.admin.doctor import Examined
    from pipeline.store.health.counts import LastNight, StoreCounts
    from pipeline.store.health.health import Contents

PROBLEMS = 1
REACH = {
    "off": "off, no weather is fetched",
    "reached": "weather from {host}, which can be reached",
    "silent": "weather from {host}, which cannot be reached from here; files bring weather too",
    "by_proxy": "weather from {host} by the environment's proxy, not tried",
}


@click.command(cls=Verb)
@click.option("--fix", is_flag=True, help="Take away the rights that other users have on these files.")
@json_option
def doctor(fix: bool, as_json: bool) -> int:
    """Look at this installation: versions, settings and where they come from, files, store, the last night.

    It looks only, also at a damaged or busy store, and ends with 1 when something is wrong. It says no names,
    no places and no notes.

    \b
    Examples:
      cramplog doctor
      cramplog doctor --fix
      cramplog doctor --json
    """
    from pipeline.actions.admin.doctor import examine

    settings = here()
    examined = examine(settings, os.environ, fix)
    if as_json:
        print_json("doctor", **_fields(settings, examined))
    else:
        click.echo(str(examined.versions))
        click.echo(", ".join(f"{name} {number}" for name, number in examined.packages.items()))
        _print_list("Settings", _settings(settings, examined))
        _print_list("Store", _store(examined))
        _print_end(examined)
    return PROBLEMS if examined.problems else 0


def _print_list(title: str, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    width = max(len(name) for name, _ in rows)
    click.echo(f"\n{title}")
    for name, words in rows:
        click.echo(f"  {name:<{width}}  {words}")


def _print_end(examined: Examined) -> None:
    click.echo("")
    if examined.narrowed:
        click.echo(f"{plural(examined.narrowed, 'file or folder', 'files and folders')} closed to others")
    for problem in examined.problems:
        click.echo(f"Problem ({problem.code}): {problem.message}\n  {problem.hint}")
    if not examined.problems:
        click.echo("Nothing is wrong.")
        next_step("cramplog init" if examined.health is None else "cramplog")


def _settings(settings: Settings, examined: Examined) -> list[tuple[str, str]]:
    told = [(name, f"{value.text or 'none'}  ({value.source})") for name, value in settings.sources.items()]
    there = "" if examined.config_file.exists() else ", which is not there"
    reach = examined.weather_reach
    service = ("service", REACH[reach.state].format(host=reach.host))
    return [*told, service, ("config file", f"{examined.config_file}{there}")]


def _store(examined: Examined) -> list[tuple[str, str]]:
    """The store as it is now, line by line."""
    free = ("disk", f"{examined.free_bytes / 1e9:,.1f} GB free")
    health = examined.health
    if health is None:
        return [("ledger", "no store yet"), free]
    files = [(name, f"{size / 1e6:,.1f} MB") for name, size in examined.sizes.items()]
    looked = "cannot be read" if health.damage else "not looked at, since it is busy" if health.busy else "reads well"
    return [
        *files,
        ("schema", _schema(examined)),
        ("state", looked),
        ("held by", health.busy.message if health.busy else "nobody who writes"),
        free,
        ("inbox", plural(examined.waiting, "file") + " waiting"),
        *(_held(health.contents) if health.contents else []),
    ]


def _schema(examined: Examined) -> str:
    have = examined.health.schema if examined.health else None
    if have is None:
        return "not known"
    newest = examined.versions.schema
    if have == newest:
        return f"{have}, this program's"
    return f"{have}, this program's is {newest}" + (": the next verb brings it up to date" if have < newest else "")


def _held(held: Contents) -> list[tuple[str, str]]:
    standing, night = held.counts, held.night
    until = f", until {instant(standing.weather_until_at)}" if standing.weather_until_at else ""
    places = f"{plural(standing.weather_hours, 'hour')} of {plural(standing.weather_places, 'place')}{until}"
    reach = f"{standing.weathered_runs:,} of {plural(standing.outdoor_runs, 'run')} outdoors have it"
    if standing.carried_runs:
        reach += f", {standing.carried_runs:,} more came with a temperature"
    went = f"{night.stages - len(night.failed)} of {night.stages} stages done" if night else ""
    found = [(one.what, f"{one.kind}: {plural(one.runs, 'run')}, {plural(one.times, 'time')}") for one in held.repairs]
    return [
        ("runs", f"{standing.runs:,}, {standing.unanswered:,} unanswered"),
        ("weather", f"{places}; {reach}"),
        ("last night", f"{instant(night.ended_at)}, {went}" if night else "none yet"),
        *found,
    ]


def _document(seen: StoreCounts | LastNight) -> dict[str, Any]:
    return {name: instant(value) if isinstance(value, datetime) else value for name, value in asdict(seen).items()}


def _fields(settings: Settings, examined: Examined) -> dict[str, Any]:
    health, held = examined.health, examined.health.contents if examined.health else None
    store = None
    if health is not None:
        store = {
            "schema": health.schema,
            "busy": health.busy.message if health.busy else None,
            "standing": _document(held.counts) if held else None,
            "last_night": _document(held.night) if held and held.night else None,
            "repairs": [asdict(one) for one in held.repairs] if held else [],
        }
    return {
        "versions": {**asdict(examined.versions), **examined.packages},
        "settings": [
            {"name": name, "value": value.text or None, "source": value.source}
            for name, value in settings.sources.items()
        ],
        "config_file": str(examined.config_file),
        "sizes_bytes": examined.sizes,
        "free_bytes": examined.free_bytes,
        "inbox_waiting": examined.waiting,
        "weather_reach": asdict(examined.weather_reach),
        "store": store,
        "narrowed": examined.narrowed,
        "problems": [asdict(one) for one in examined.problems],
    }

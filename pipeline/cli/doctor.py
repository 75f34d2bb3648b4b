"""`cramplog doctor`: the state of the installation in short lists, its problems, and what to do about them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import instant, next_step, print_json
from pipeline.cli.frame.verb import Verb, current_settings, json_option
from pipeline.settings import Settings
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.admin.doctor import Examined
    from pipeline.store.health.counts import LastNight, StoreCounts
    from pipeline.store.health.health import Contents

PROBLEMS = 1
REACH = {
    "off": "off: no weather is fetched",
    "reached": "weather from {host}, reachable",
    "silent": "weather from {host}, not reachable from here; weather can also be imported from files",
    "by_proxy": "weather from {host} through the proxy set in the environment; not tried",
}


@click.command(cls=Verb)
@click.option("--fix", is_flag=True, help="Remove the rights of other users on cramplog's files.")
@json_option
def doctor(fix: bool, as_json: bool) -> int:
    """Check this installation and show its problems.

    It shows versions, settings and their sources, files, store and the last nightly. Without --fix it changes
    nothing. It also works with a damaged or busy store. The exit code is 1 if there is a problem. It prints no names
    of runners, no places and no notes.

    \b
    Examples:
      cramplog doctor
      cramplog doctor --fix
      cramplog doctor --json
    """
    from pipeline.actions.admin.doctor import examine

    settings = current_settings()
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
    for name, text in rows:
        click.echo(f"  {name:<{width}}  {text}")


def _print_end(examined: Examined) -> None:
    click.echo("")
    if examined.narrowed:
        click.echo(f"{plural(examined.narrowed, 'file or folder', 'files and folders')} closed to other users")
    for problem in examined.problems:
        click.echo(f"Problem ({problem.code}): {problem.message}\n  {problem.hint}")
    if not examined.problems:
        click.echo("Nothing is wrong.")
        next_step("cramplog init" if examined.health is None else "cramplog")


def _settings(settings: Settings, examined: Examined) -> list[tuple[str, str]]:
    rows = [(name, f"{value.text or 'none'}  ({value.source})") for name, value in settings.sources.items()]
    missing = "" if examined.config_file.exists() else " (does not exist)"
    reach = examined.weather_reach
    service = ("service", REACH[reach.state].format(host=reach.host))
    return [*rows, service, ("config file", f"{examined.config_file}{missing}")]


def _store(examined: Examined) -> list[tuple[str, str]]:
    """The present state of the store, line by line."""
    free = ("disk", f"{examined.free_bytes / 1e9:,.1f} GB free")
    health = examined.health
    if health is None:
        return [("ledger", "no store yet"), free]
    files = [(name, f"{size / 1e6:,.1f} MB") for name, size in examined.sizes.items()]
    state = "cannot be read" if health.damage else "not checked, because it is busy" if health.busy else "readable"
    return [
        *files,
        ("schema", _schema(examined)),
        ("state", state),
        ("in use by", health.busy.message if health.busy else "no program that writes"),
        free,
        ("inbox", plural(examined.waiting, "file") + " waiting"),
        *(_content_rows(health.contents) if health.contents else []),
    ]


def _schema(examined: Examined) -> str:
    schema = examined.health.schema if examined.health else None
    if schema is None:
        return "not known"
    newest = examined.versions.schema
    if schema == newest:
        return f"{schema}, current"
    return f"{schema}; this program has {newest}" + (", the next verb updates the store" if schema < newest else "")


def _content_rows(contents: Contents) -> list[tuple[str, str]]:
    """Runs, weather, last nightly and repairs, line by line."""
    counts, night = contents.counts, contents.night
    until = f", until {instant(counts.weather_until_at)}" if counts.weather_until_at else ""
    hours = f"{plural(counts.weather_hours, 'hour')} of {plural(counts.weather_places, 'place')}{until}"
    covered = f"for {counts.weathered_runs:,} of {plural(counts.outdoor_runs, 'outdoor run')}"
    if counts.carried_runs:
        covered += f", a temperature from the file for {counts.carried_runs:,} more"
    stages = f"{night.stages - len(night.failed)} of {night.stages} stages done" if night else ""
    repairs = [
        (row.what, f"{row.kind}: {plural(row.runs, 'run')}, {plural(row.times, 'time')}") for row in contents.repairs
    ]
    return [
        ("runs", f"{counts.runs:,}, {counts.unanswered:,} unanswered"),
        ("weather", f"{hours}; {covered}"),
        ("last night", f"{instant(night.ended_at)}, {stages}" if night else "none yet"),
        *repairs,
    ]


def _document(row: StoreCounts | LastNight) -> dict[str, Any]:
    return {name: instant(value) if isinstance(value, datetime) else value for name, value in asdict(row).items()}


def _fields(settings: Settings, examined: Examined) -> dict[str, Any]:
    health, contents = examined.health, examined.health.contents if examined.health else None
    store = None
    if health is not None:
        store = {
            "schema": health.schema,
            "busy": health.busy.message if health.busy else None,
            "standing": _document(contents.counts) if contents else None,
            "last_night": _document(contents.night) if contents and contents.night else None,
            "repairs": [asdict(repair) for repair in contents.repairs] if contents else [],
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
        "problems": [asdict(problem) for problem in examined.problems],
    }

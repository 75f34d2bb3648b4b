"""`cramplog ingest` and `cramplog weather`: files in. Each gets its line when done; failed ones say why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.say import Progress, count, next_step, print_json, tell
from pipeline.cli.verb import Verb, here, json_option, runner_option, utc_now

if TYPE_CHECKING:
    from pipeline.actions.ingest import FileOutcome
    from pipeline.actions.weather import WeatherOutcome

FAILED = 1
_WORDS = {"newer_copy": "newer copy", "reread": "read again"}


@click.command(cls=Verb)
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@runner_option
@click.option("--redo", is_flag=True, help="Read known files again; without PATH all of them, as they were kept.")
@click.option("--dry-run", is_flag=True, help="Read and judge the files; keep nothing.")
@json_option
def ingest(paths: tuple[Path, ...], runner_name: str | None, redo: bool, dry_run: bool, as_json: bool) -> int:
    """Take recordings (FIT, GPX, also .gz): files, or folders with all they hold.

    What was taken before is known by its content; a bad file is named with its reason and stops no other. With --redo
    known files are read again, as after a new version; all that you said of the runs stays.

    \b
    Examples:
      cramplog ingest ~/Downloads/morning-run.fit
      cramplog ingest ~/Garmin/Activity --runner anna --dry-run
      cramplog ingest --redo
    """
    if not paths and not redo:
        raise click.UsageError("say which files or folders, or --redo to read the known ones again")
    from pipeline.actions.ingest import ingest as take
    from pipeline.actions.read_files import find_files
    from pipeline.actions.reread import originals_to_read, redo_originals

    total = len(find_files(paths)) if paths else sum(len(rows) for _, rows in originals_to_read(here(), runner_name))
    if total > 1:
        tell(f"{count(total, 'file')} to look at")
    progress = Progress(total, "files")

    def said(outcome: FileOutcome) -> None:
        if not as_json and (outcome.outcome != "known" or outcome.notes):
            progress.clear()
            _print_file(outcome)
        progress.step()

    if paths:
        outcomes = take(here(), paths, runner_name, utc_now(), said, dry_run, redo)
    else:
        outcomes = redo_originals(here(), runner_name, utc_now(), said, dry_run)
    progress.clear()
    failed = sum(outcome.outcome == "failed" for outcome in outcomes)
    if as_json:
        print_json("ingest", files=[asdict(outcome) for outcome in outcomes])
    else:
        click.echo(_summary(outcomes) + (" (nothing was kept: --dry-run)" if dry_run else ""))
        if not dry_run and redo:
            next_step("cramplog report")
        elif not dry_run and len(outcomes) > failed:
            next_step("tag each cramp (cramplog tag --help), then the rest: cramplog tag --none --from DATE")
    return FAILED if failed else 0


@click.command(cls=Verb)
@click.option(
    "--file", "paths", multiple=True, required=True, metavar="FILE", type=click.Path(path_type=Path),
    help="A weather file or a folder of them; may be given again.",
)  # fmt: skip
@json_option
def weather(paths: tuple[Path, ...], as_json: bool) -> int:
    """Take weather from files: the service's CSV or JSON replies, or a plain table of hours.

    Runs within 30 km of a file's place get its hours; without any, heat stays unknown in the report.

    \b
    Examples:
      cramplog weather --file vienna-2026.csv
      cramplog weather --file archive.json --file forecast.json
      cramplog weather --file weather/ --json
    """
    from pipeline.actions.weather import import_weather

    outcomes = import_weather(here(), paths, utc_now())
    failed = sum(outcome.outcome == "failed" for outcome in outcomes)
    if as_json:
        print_json("weather", files=[asdict(outcome) for outcome in outcomes])
        return FAILED if failed else 0
    for outcome in outcomes:
        _print_weather(outcome)
    click.echo(_summary(outcomes))
    if len(outcomes) > failed:
        next_step("cramplog report")
    return FAILED if failed else 0


def _print_file(outcome: FileOutcome) -> None:
    word = _WORDS.get(outcome.outcome, outcome.outcome)
    if outcome.outcome == "failed":
        click.echo(f"{word:<10}  {outcome.path}: {outcome.reason}")
        return
    legs = f" in {len(outcome.runs)} sessions" if len(outcome.runs) > 1 else ""
    click.echo(f"{word:<10}  {outcome.path}: {count(outcome.records, 'record')}{legs}")
    for note in dict.fromkeys(outcome.notes):
        click.echo(f"{'':<10}    {note}")


def _print_weather(outcome: WeatherOutcome) -> None:
    if outcome.outcome == "failed":
        click.echo(f"{outcome.outcome:<10}  {outcome.path}: {outcome.reason}")
        return
    held = f": {count(outcome.hours, 'hour')} of {count(outcome.places, 'place')}" if outcome.hours else ""
    click.echo(f"{outcome.outcome:<10}  {outcome.path}{held}")
    for note in dict.fromkeys(outcome.notes):
        click.echo(f"{'':<10}    {note}")


def _summary(outcomes: Iterable[FileOutcome | WeatherOutcome]) -> str:
    counts = Counter(_WORDS.get(outcome.outcome, outcome.outcome) for outcome in outcomes)
    parts = ", ".join(f"{number:,} {word}" for word, number in counts.most_common())
    return f"{count(counts.total(), 'file')}: {parts}" if parts else "no file there"

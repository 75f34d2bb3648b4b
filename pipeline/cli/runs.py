"""`cramplog runs`: the list, or one run. Said in the units that are set; --json keeps the store's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import next_step, plain, print_json, table
from pipeline.cli.frame.verb import Verb, here, json_option, runner_option
from pipeline.cli.lines.run_cells import cells, run_fields
from pipeline.units import Units, plural, short_id

if TYPE_CHECKING:
    from pipeline.actions.runs.runs import ListedRun

TITLE_LETTERS = 40


@click.command(cls=Verb)
@click.argument("run", required=False)
@runner_option
@click.option("--unanswered", is_flag=True, help="Only runs that still wait for an answer.")
@json_option
def runs(run: str | None, runner_name: str | None, unanswered: bool, as_json: bool) -> None:
    """List the runs, or show one: last, 2026-06-14, 2026-06-14/2 or the start of its id.

    Of the unanswered ones those come first whose title or description speaks of a cramp.

    \b
    Examples:
      cramplog runs
      cramplog runs last
      cramplog runs --runner anna --unanswered
    """
    from pipeline.actions.runs.runs import list_runs, list_unanswered, show_run, waiting_in_inbox

    settings = here()
    if run is not None:
        from pipeline.cli.lines.one_run import print_run, print_run_json

        shown = show_run(settings, run, runner_name)
        print_run_json(shown) if as_json else print_run(shown, settings.units)
        return
    listed = list_unanswered(settings, runner_name) if unanswered else list_runs(settings, runner_name)
    if as_json:
        print_json("runs", runs=[_listed_fields(one, unanswered) for one in listed])
    elif listed:
        _print_list(listed, settings.units)
        _say_next(listed)
    else:
        waiting = waiting_in_inbox(settings)
        click.echo("no unanswered run" if unanswered else "no run yet")
        next_step(f"cramplog nightly ({plural(waiting, 'file')} in the inbox)" if waiting else "cramplog ingest FOLDER")


def _print_list(listed: Sequence[ListedRun], units: Units) -> None:
    rows = [[*cells(one.run, units), one.runner, _words(one)] for one in listed]
    head = ("date", "start", "sport", units.distance, "moving", "pace", "answer", "race", "id", "", "runner", "words")
    kept = [
        column
        for column, name in enumerate(head)
        if (name or any(one.run.simulated for one in listed))
        and (name != "runner" or len({one.runner for one in listed}) > 1)
        and (name != "words" or any(one.speaks_of_cramp for one in listed))
    ]
    shown = [[row[column] for column in kept] for row in rows]
    table([head[column] for column in kept], shown, right=(units.distance, "moving", "pace"))
    open_runs = sum(one.run.answer == "unanswered" and one.run.sport == "running" for one in listed)
    click.echo(f"{plural(len(listed), 'run')}" + (f", {open_runs:,} unanswered" if open_runs else ""))


def _words(one: ListedRun) -> str:
    """A run's title, and whether what is written of it speaks of a cramp."""
    title = f'"{plain(one.title, TITLE_LETTERS)}"' if one.title else ""
    return f"{title} (its words speak of a cramp)".strip() if one.speaks_of_cramp else title


def _say_next(listed: Sequence[ListedRun]) -> None:
    if listed[0].speaks_of_cramp:
        next_step(f"cramplog runs {short_id(listed[0].run.run_id)} (its words speak of a cramp), and tag it")
    else:
        next_step("cramplog runs RUN, or cramplog tag RUN --at 1:45:00 ...")


def _listed_fields(one: ListedRun, unanswered: bool) -> dict[str, Any]:
    words = {"title": one.title, "speaks_of_cramp": one.speaks_of_cramp} if unanswered else {}
    return {**run_fields(one.runner, one.run), **words}

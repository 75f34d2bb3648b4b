"""`cramplog runs`: lists the runs, or shows one, in the units that are set; JSON in SI units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import next_step, plain, print_json, table
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option
from pipeline.cli.lines.run_cells import cells, run_fields
from pipeline.units import Units, plural, short_id

if TYPE_CHECKING:
    from pipeline.actions.runs.runs import ListedRun

TITLE_LENGTH = 40


@click.command(cls=Verb)
@click.argument("run", required=False)
@runner_option
@click.option("--unanswered", is_flag=True, help="Only runs without an answer.")
@json_option
def runs(run: str | None, runner_name: str | None, unanswered: bool, as_json: bool) -> None:
    """List the runs, or show one. RUN is last, 2026-06-14, 2026-06-14/2 or the start of its id.

    With --unanswered, runs with a title or notes that mention a cramp come first.

    \b
    Examples:
      cramplog runs
      cramplog runs last
      cramplog runs --runner anna --unanswered
    """
    from pipeline.actions.runs.runs import list_runs, list_unanswered, show_run, waiting_in_inbox

    settings = current_settings()
    if run is not None:
        from pipeline.cli.lines.run_details import print_run, print_run_json

        shown = show_run(settings, run, runner_name)
        print_run_json(shown) if as_json else print_run(shown, settings.units)
        return
    listed = list_unanswered(settings, runner_name) if unanswered else list_runs(settings, runner_name)
    if as_json:
        print_json("runs", runs=[_listed_fields(row, unanswered) for row in listed])
    elif listed:
        _print_list(listed, settings.units)
        _print_next(listed)
    else:
        waiting = waiting_in_inbox(settings)
        click.echo("no unanswered run" if unanswered else "no run yet")
        next_step(f"cramplog nightly ({plural(waiting, 'file')} in the inbox)" if waiting else "cramplog ingest FOLDER")


def _print_list(listed: Sequence[ListedRun], units: Units) -> None:
    rows = [[*cells(row.run, units), row.runner, _title_cell(row)] for row in listed]
    head = ("date", "start", "sport", units.distance, "moving", "pace", "answer", "race", "id", "", "runner", "title")
    columns = [
        column
        for column, name in enumerate(head)
        if (name or any(row.run.simulated for row in listed))
        and (name != "runner" or len({row.runner for row in listed}) > 1)
        and (name != "title" or any(row.speaks_of_cramp for row in listed))
    ]
    shown = [[row[column] for column in columns] for row in rows]
    table([head[column] for column in columns], shown, right=(units.distance, "moving", "pace"))
    open_runs = sum(row.run.answer == "unanswered" and row.run.sport == "running" for row in listed)
    click.echo(f"{plural(len(listed), 'run')}" + (f", {open_runs:,} unanswered" if open_runs else ""))


def _title_cell(listed: ListedRun) -> str:
    """The title of a run, and whether its title or notes mention a cramp."""
    title = f'"{plain(listed.title, TITLE_LENGTH)}"' if listed.title else ""
    return f"{title} (title or notes mention a cramp)".strip() if listed.speaks_of_cramp else title


def _print_next(listed: Sequence[ListedRun]) -> None:
    if listed[0].speaks_of_cramp:
        next_step(f"cramplog runs {short_id(listed[0].run.run_id)} (its title or notes mention a cramp), and tag it")
    else:
        next_step("cramplog runs RUN, or cramplog tag RUN --at 1:45:00 ...")


def _listed_fields(listed: ListedRun, unanswered: bool) -> dict[str, Any]:
    title = {"title": listed.title, "speaks_of_cramp": listed.speaks_of_cramp} if unanswered else {}
    return {**run_fields(listed.runner, listed.run), **title}

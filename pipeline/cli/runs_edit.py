"""`cramplog runs edit`: corrects what the file of a run lacks or has wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
from pipeline.cli.lines.run_cells import edited_fields, run_name
from pipeline.units import short_id

if TYPE_CHECKING:
    from pipeline.actions.runs.run_edit import EditedRun


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@click.option("--race/--no-race", default=None, help="Whether it was a race.")
@click.option("--sport", metavar="WORD", help="running, walking, hiking, cycling, swimming, rowing and others.")
@click.option("--indoor/--outdoor", default=None, help="Indoor runs get no weather.")
@click.option("--planned", metavar="3:00", help='How long you planned to run, h:mm; "" for no plan.')
@click.option("--shift", metavar="+1:00:00", help="Add this to the watch's clock: +1:00:00, -90m, +30d.")
@click.option("--start", metavar="DATE", help='When it began, in local time of the place: "2026-06-14 07:30".')
@runner_option
@json_option
def runs_edit(run: str, runner_name: str | None, as_json: bool, **options: Any) -> None:
    """Correct what the file of a run lacks or has wrong. Only the options you give change something.

    Corrections stay when the file is read again, and when a newer version of it is imported. Tags move with the clock.

    \b
    Examples:
      cramplog runs edit last --race --planned 3:00
      cramplog runs edit 2026-06-14 --shift +1:00:00
      cramplog runs edit 1990-01-01 --start "2026-06-14 07:30"
    """
    if all(value is None for value in options.values()):
        raise click.UsageError("nothing to change: give an option such as --race or --sport cycling")
    from pipeline.actions.runs.run_edit import RunEdit, edit_run

    done = edit_run(current_settings(), run, runner_name, RunEdit(**options), utc_now())
    if as_json:
        looks_like = done.looks_like.run_id if done.looks_like else None
        fields = {"changed": list(done.changed), "change": done.change_no, "looks_like": looks_like}
        print_json("runs_edit", run=edited_fields(done.run), **fields)
        return
    _print_edited(done)


def _print_edited(done: EditedRun) -> None:
    if not done.changed:
        click.echo(f"{run_name(done.run)} is unchanged")
        next_step(f"cramplog runs {short_id(done.run.run_id)}")
        return
    click.echo(f"{run_name(done.run)}: {', '.join(done.changed)}")
    if done.run.clock_wrong:
        click.echo("its date still cannot be right, so the run is not counted")
    if done.looks_like:
        both = f"{short_id(done.run.run_id)} {short_id(done.looks_like.run_id)}"
        click.echo(f"it looks like the same run as {run_name(done.looks_like)}; if it is: cramplog runs merge {both}")
    next_step(f"cramplog report; to undo this: cramplog undo {done.change_no}")

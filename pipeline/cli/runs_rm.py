"""`cramplog runs rm`: deletes a run; it stays deleted when its file is imported again."""

from __future__ import annotations

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.prompts import make_sure
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
from pipeline.cli.lines.run_cells import edited_fields, run_name
from pipeline.units import plural


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@runner_option
@json_option
def runs_rm(run: str, yes: bool, runner_name: str | None, as_json: bool) -> None:
    """Delete a run from all lists, totals and reports. It stays deleted when its file is imported again.

    The file and your answers are not deleted: cramplog undo restores the run with all of them.

    \b
    Examples:
      cramplog runs rm 2026-06-14
      cramplog runs rm 2026-06-14/2 --yes
      cramplog runs rm last --runner anna --yes --json
    """
    from pipeline.actions.runs.run_joins import preview_deletion, remove_run

    found = preview_deletion(current_settings(), run, runner_name)
    parts = [plural(found.tags, "tagged cramp")] if found.tags else []
    parts += [plural(found.duplicates, "duplicate recording")] if found.duplicates else []
    what = f"the run of {run_name(found.run)}" + (f" with {' and '.join(parts)}" if parts else "")
    make_sure(f"Delete {what}?", "add --yes to delete it", yes, as_json)
    removed = remove_run(current_settings(), run, runner_name, utc_now())
    if as_json:
        fields = {"tags": removed.tags, "copies": removed.duplicates, "change": removed.change_no}
        print_json("runs_rm", run=edited_fields(removed.run), **fields)
        return
    click.echo(f"deleted: {what}")
    next_step(f"cramplog report; to undo this: cramplog undo {removed.change_no}")

"""`cramplog runs rm`: a run is deleted, and stays deleted when its file is imported again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.prompts import make_sure
from pipeline.cli.frame.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.cli.lines.run_cells import edited_fields, run_name
from pipeline.units import plural

if TYPE_CHECKING:
    pass


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@click.option("--yes", is_flag=True, help="Do not ask.")
@runner_option
@json_option
def runs_rm(run: str, yes: bool, runner_name: str | None, as_json: bool) -> None:
    """Delete a run: it is out of every list, sum and report, and stays out when its file comes again.

    The file and your words about the run are kept: cramplog undo brings all of it back.

    \b
    Examples:
      cramplog runs rm 2026-06-14
      cramplog runs rm 2026-06-14/2 --yes
      cramplog runs rm last --runner anna --yes --json
    """
    from pipeline.actions.runs.run_joins import preview_deletion, remove_run

    found = preview_deletion(here(), run, runner_name)
    along = [plural(found.tags, "tagged cramp")] if found.tags else []
    along += [plural(found.duplicates, "other recording") + " of it"] if found.duplicates else []
    what = f"the run of {run_name(found.run)}" + (f" with {' and '.join(along)}" if along else "")
    make_sure(f"Delete {what}?", "add --yes to delete it", yes, as_json)
    gone = remove_run(here(), run, runner_name, utc_now())
    if as_json:
        print_json(
            "runs_rm", run=edited_fields(gone.run), tags=gone.tags, copies=gone.duplicates, change=gone.change_no
        )
        return
    click.echo(f"deleted: {what}")
    next_step(f"cramplog report; cramplog undo {gone.change_no} brings it back")

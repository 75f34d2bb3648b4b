"""`cramplog runs split`: two runs that were taken for recordings of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.cli.lines.run_cells import edited_fields, run_name
from pipeline.units import plural, short_id

if TYPE_CHECKING:
    pass


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@runner_option
@json_option
def runs_split(run: str, runner_name: str | None, as_json: bool) -> None:
    """Say that a run and its copies are runs of their own. RUN is the run that counts, or the id of one copy.

    Tags stay with the run that counted; they are never taken for copies of each other again.

    \b
    Examples:
      cramplog runs split 2026-06-14
      cramplog runs split 91be77d
      cramplog runs split 91be77d --runner anna --json
    """
    from pipeline.actions.runs.run_joins import split

    done = split(here(), run, runner_name, utc_now())
    if as_json:
        others = [edited_fields(one) for one in done.others]
        print_json("runs_split", run=edited_fields(done.counted), others=others, tags=done.tags, change=done.change_no)
        return
    names = ", ".join(f"{run_name(one)}, {one.answer}" for one in done.others)
    click.echo(f"runs of their own now, beside {run_name(done.counted)}: {names}")
    if done.tags:
        click.echo(f"{plural(done.tags, 'tagged cramp')} stayed with {short_id(done.counted.run_id)}")
    next_step(f"cramplog runs --unanswered; cramplog undo {done.change_no} takes this back")

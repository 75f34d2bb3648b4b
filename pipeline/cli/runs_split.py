"""`cramplog runs split`: separates runs that were stored as recordings of one run."""

from __future__ import annotations

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
from pipeline.cli.lines.run_cells import edited_fields, run_name
from pipeline.units import plural, short_id


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@runner_option
@json_option
def runs_split(run: str, runner_name: str | None, as_json: bool) -> None:
    """Declare a run and its duplicates to be separate runs. RUN is the run that counts, or the id of one duplicate.

    Tags stay with the run that counted. The runs are never again matched as duplicates of each other.

    \b
    Examples:
      cramplog runs split 2026-06-14
      cramplog runs split 91be77d
      cramplog runs split 91be77d --runner anna --json
    """
    from pipeline.actions.runs.run_joins import split

    done = split(current_settings(), run, runner_name, utc_now())
    if as_json:
        others = [edited_fields(separated) for separated in done.others]
        print_json("runs_split", run=edited_fields(done.counted), others=others, tags=done.tags, change=done.change_no)
        return
    names = ", ".join(f"{run_name(separated)}, {separated.answer}" for separated in done.others)
    click.echo(f"separated from {run_name(done.counted)}: {names}")
    if done.tags:
        click.echo(f"{plural(done.tags, 'tagged cramp')} stayed with {short_id(done.counted.run_id)}")
    next_step(f"cramplog runs --unanswered; to undo this: cramplog undo {done.change_no}")

"""`cramplog runs merge`: declares two recordings to be one run."""

from __future__ import annotations

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
from pipeline.cli.lines.run_cells import edited_fields, run_name
from pipeline.units import plural, short_id


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@click.argument("second_run", metavar="RUN")
@runner_option
@json_option
def runs_merge(run: str, second_run: str, runner_name: str | None, as_json: bool) -> None:
    """Declare two recordings to be the same run.

    They may come from two watches, and must overlap in time. The one with more data counts, with the tags of both.

    \b
    Examples:
      cramplog runs merge 2026-06-14/1 2026-06-14/2
      cramplog runs merge 4f0c2a1 91be77d
      cramplog runs merge 4f0c2a1 91be77d --runner anna --json
    """
    from pipeline.actions.runs.run_joins import merge

    done = merge(current_settings(), run, second_run, runner_name, utc_now())
    if as_json:
        fields = {"counted": edited_fields(done.counted), "copy": done.duplicate.run_id, "answers": list(done.answers)}
        print_json("runs_merge", **fields, tags=done.tags, change=done.change_no)
        return
    click.echo(f"one run: {run_name(done.counted)} counts, {short_id(done.duplicate.run_id)} is its duplicate")
    if len({*done.answers} - {"unanswered"}) > 1:
        click.echo(f"their answers differed ({', '.join(done.answers)}): '{done.counted.answer}' is used")
    if done.tags:
        click.echo(f"{plural(done.tags, 'tagged cramp')} in this run now")
    next_step(f"cramplog report; to undo this: cramplog undo {done.change_no}")

"""`cramplog runs merge`: two recordings of one run."""

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
@click.argument("other", metavar="RUN")
@runner_option
@json_option
def runs_merge(run: str, other: str, runner_name: str | None, as_json: bool) -> None:
    """Say that two recordings are the same run, as by two watches. The richer one counts; tags and answers go with it.

    They have to overlap in time.

    \b
    Examples:
      cramplog runs merge 2026-06-14/1 2026-06-14/2
      cramplog runs merge 4f0c2a1 91be77d
      cramplog runs merge 4f0c2a1 91be77d --runner anna --json
    """
    from pipeline.actions.runs.run_joins import merge

    done = merge(here(), run, other, runner_name, utc_now())
    if as_json:
        fields = {"counted": edited_fields(done.counted), "copy": done.duplicate.run_id, "answers": list(done.answers)}
        print_json("runs_merge", **fields, tags=done.tags, change=done.change_no)
        return
    click.echo(f"one run: {run_name(done.counted)} counts, {short_id(done.duplicate.run_id)} is a copy of it")
    if len({*done.answers} - {"unanswered"}) > 1:
        click.echo(f"their answers differed ({', '.join(done.answers)}): '{done.counted.answer}' counts")
    if done.tags:
        click.echo(f"{plural(done.tags, 'tagged cramp')} in it now")
    next_step(f"cramplog report; cramplog undo {done.change_no} takes this back")

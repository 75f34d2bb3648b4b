"""`cramplog runner list`: who runs, with what each has."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json, table
from pipeline.cli.frame.verb import Verb, here, json_option

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    pass

_HEAD = ("runner", "runs", "answered", "with a cramp", "warning signs")


@click.command(cls=Verb)
@json_option
def runner_list(as_json: bool) -> None:
    """List the runners: their runs, how many are answered, with a cramp, and warning signs that withhold the number.

    \b
    Examples:
      cramplog runner list
      cramplog runner list --json
      cramplog runner list --quiet
    """
    from pipeline.actions.runs.runner import count_runners

    runners = count_runners(here())
    if as_json:
        print_json("runner_list", runners=[asdict(one) for one in runners])
        return
    if not runners:
        click.echo("there is no runner yet")
        next_step("cramplog runner add NAME")
        return
    rows = [
        [
            one.name,
            f"{one.runs:,}",
            f"{one.answered_runs:,}",
            f"{one.cramp_runs:,}",
            f"{one.flags:,}" if one.flags else "",
        ]
        for one in runners
    ]
    table(_HEAD, rows, right=_HEAD[1:])
    next_step(
        "cramplog runner edit NAME" + (", cramplog runner flags NAME" if any(one.flags for one in runners) else "")
    )

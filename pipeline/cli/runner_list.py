"""`cramplog runner list`: the runners with their counts."""

from __future__ import annotations

from dataclasses import asdict

import click

from pipeline.cli.frame.output import next_step, print_json, table
from pipeline.cli.frame.verb import Verb, current_settings, json_option

_HEAD = ("runner", "runs", "answered", "with a cramp", "warning signs")


@click.command(cls=Verb)
@json_option
def runner_list(as_json: bool) -> None:
    """List the runners with their runs, answers and warning signs.

    \b
    Examples:
      cramplog runner list
      cramplog runner list --json
      cramplog runner list --quiet
    """
    from pipeline.actions.runs.runner import count_runners

    runners = count_runners(current_settings())
    if as_json:
        print_json("runner_list", runners=[asdict(runner) for runner in runners])
        return
    if not runners:
        click.echo("there is no runner yet")
        next_step("cramplog runner add NAME")
        return
    rows = [
        [
            runner.name,
            f"{runner.runs:,}",
            f"{runner.answered_runs:,}",
            f"{runner.cramp_runs:,}",
            f"{runner.flags:,}" if runner.flags else "",
        ]
        for runner in runners
    ]
    table(_HEAD, rows, right=_HEAD[1:])
    any_flag = any(runner.flags for runner in runners)
    next_step("cramplog runner edit NAME" + (", cramplog runner flags NAME" if any_flag else ""))

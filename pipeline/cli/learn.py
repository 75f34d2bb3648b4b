"""`cramplog train` and `cramplog report`: from answered runs to what is known about the cramps."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.say import count, next_step, print_json
from pipeline.cli.verb import Verb, here, json_option, utc_now

if TYPE_CHECKING:
    from pipeline.actions.train import Trained


@click.command(cls=Verb)
@click.argument("runner", required=False)
@json_option
def train(runner: str | None, as_json: bool) -> None:
    """Fit each runner's model to the answered runs, and score it on runs it had not seen.

    Nothing is fitted again while neither the answers nor the program have changed.

    \b
    Examples:
      cramplog train
      cramplog train anna
      cramplog train --json
    """
    from pipeline.actions.train import train as fit

    trained = fit(here(), runner, utc_now(), everyone=runner is None)
    if as_json:
        print_json("train", runners=[asdict(one) for one in trained])
        return
    for one in trained:
        click.echo(_words(one))
    if any(one.outcome != "nothing" for one in trained):
        next_step("cramplog report")
    else:
        next_step("cramplog tag RUN --at 1:45:00 ... and cramplog tag --none --from DATE")


def _words(one: Trained) -> str:
    """'anna: fitted to 41 answered runs with 5 cramps; looking back over 20 runs: ...'."""
    if one.outcome == "nothing":
        return f"{one.runner}: no answered run yet, so there is nothing to learn from; the report says so"
    told = f"{one.runner}: {one.outcome}, {count(one.runs, 'answered run')} with {count(one.cramps, 'cramp')}"
    if one.log_loss is None or one.best_baseline is None:
        return f"{told}; too few to look back on"
    name, loss = one.best_baseline
    scored = f"log loss {one.log_loss:.3f}, {name} {loss:.3f} (less is better)"
    return f"{told}; looking back over {count(one.scored_runs, 'run')}: {scored}"


@click.command(cls=Verb)
@click.argument("runner", required=False)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write the page here; for one runner.")
@json_option
def report(runner: str | None, out: Path | None, as_json: bool) -> None:
    """Write the personal risk report, one self-contained page; of everybody when no RUNNER is named.

    With too little to go by the page says how much is still needed.

    \b
    Examples:
      cramplog report
      cramplog report anna
      cramplog report anna --out ~/Desktop/anna.html
    """
    from pipeline.actions.make_report import make_report
    from pipeline.actions.runner import list_runners

    settings, now = here(), utc_now()
    names: list[str | None] = [one.name for one in list_runners(settings)]
    everybody = runner is None and out is None and len(names) > 1
    pages = [make_report(settings, name, now, out) for name in (names if everybody else [runner])]
    if as_json:
        print_json("report", pages=[str(page) for page in pages])
        return
    for page in pages:
        click.echo(str(page))
    next_step("open it in a browser")

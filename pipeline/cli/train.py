"""`cramplog train`: fits the model to the answered runs, lists the fits, goes back to an older one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json, table
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now
from pipeline.cli.lines.train_lines import runner_line, score_lines, store_lines, use_lines
from pipeline.cli.lines.train_list import FIT_HEAD, fit_document, fit_row, train_document
from pipeline.cli.lines.train_table import show_table
from pipeline.errors import WrongInput
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.training.train import Trained


@click.command(cls=Verb)
@click.argument("runner", required=False)
@click.option("--use", metavar="ID", help="Use this fit from now on; 'newest' always uses the newest again.")
@click.option("--list", "listing", is_flag=True, help="List the fits, and show which is in use.")
@json_option
def train(runner: str | None, use: str | None, listing: bool, as_json: bool) -> None:
    """Fit the model to the answered runs of all runners.

    It is scored on runs that it had not seen; -v prints all scores. The model is fitted again only if answers, runs
    or the program have changed. A new fit replaces the old one unless its forecasts of the same runs would have been
    clearly worse.

    \b
    Examples:
      cramplog train
      cramplog train anna --json
      cramplog train --list
    """
    if (use is not None) + listing + (runner is not None) > 1:
        raise WrongInput("RUNNER, --use and --list cannot be used together", "give only one of them")
    if use is not None:
        _use(use, as_json)
    elif listing:
        _list(as_json)
    else:
        _train(runner, as_json)


def _train(runner: str | None, as_json: bool) -> None:
    from pipeline.actions.training.train import only_runner, train

    settings = current_settings()
    trained = train(settings, utc_now())
    if runner is not None:
        trained = only_runner(trained, settings, runner)
    if as_json:
        print_json("train", **train_document(trained))
        return
    _print_trained(trained)
    if trained.in_use is not None:
        next_step("cramplog report")
    else:
        next_step("cramplog tag RUN --at 1:45:00 ... and cramplog tag --none --from DATE")


def _print_trained(trained: Trained) -> None:
    """Several runners: the scores over all of them, then a line per runner. One runner: their line, then their scores."""
    lines = [runner_line(runner) for runner in trained.runners]
    evaluation = json.loads(trained.in_use.evaluation) if trained.in_use else {}
    if len(trained.runners) == 1:
        lines += score_lines(trained.runners[0].record or {})
    elif evaluation:
        lines = [*store_lines(trained, evaluation), *lines]
    click.echo("\n".join([*lines, *use_lines(trained)]))
    if evaluation and click.get_current_context().meta.get("verbose"):
        show_table(evaluation)


def _use(use: str, as_json: bool) -> None:
    from pipeline.actions.training.train import NEWEST, use_fit

    fit = use_fit(current_settings(), use, utc_now())
    if as_json:
        print_json("train_use", in_use=fit.training_id, chosen=use != NEWEST)
        return
    until = "" if use == NEWEST else ", until you choose another one or the program's model changes"
    click.echo(f"{fit.training_id} is in use, made on {fit.made_at:%Y-%m-%d} from {plural(fit.runs, 'run')}{until}")
    next_step("cramplog report")


def _list(as_json: bool) -> None:
    from pipeline.actions.training.train import list_fits

    listed = list_fits(current_settings())
    if as_json:
        print_json("train_list", fits=[fit_document(fit) for fit in listed])
        return
    if not listed:
        click.echo("there is no fit yet")
        next_step("cramplog train")
        return
    table(FIT_HEAD, [fit_row(fit) for fit in listed], right=FIT_HEAD[2:6])
    next_step("cramplog train --use ID")

"""`cramplog train`: fits the model to the answered runs, lists the fits, goes back to one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json, table
from pipeline.cli.frame.verb import Verb, here, json_option, utc_now
from pipeline.cli.lines.train_lines import record_lines, runner_line, store_lines, use_lines
from pipeline.cli.lines.train_list import FIT_HEAD, fit_document, fit_row, train_document
from pipeline.cli.lines.train_table import show_table
from pipeline.errors import WrongInput
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.training.train import Trained


@click.command(cls=Verb)
@click.argument("runner", required=False)
@click.option("--use", metavar="ID", help="Go back to this fit, and stay with it; 'newest' follows the newest again.")
@click.option("--list", "listing", is_flag=True, help="The fits there are, and which is in use.")
@json_option
def train(runner: str | None, use: str | None, listing: bool, as_json: bool) -> None:
    """Fit the model to everybody's answered runs, and score it on runs it had not seen; with -v all scores.

    Nothing is fitted again while neither the answers nor the program have changed. A new fit takes the place of the old
    one unless its forecasts of the same runs would have been clearly further off.

    \b
    Examples:
      cramplog train
      cramplog train anna --json
      cramplog train --list
    """
    if (use is not None) + listing + (runner is not None) > 1:
        raise WrongInput("a runner, --use and --list do not go together", "give one of them")
    if use is not None:
        _use(use, as_json)
    elif listing:
        _list(as_json)
    else:
        _train(runner, as_json)


def _train(runner: str | None, as_json: bool) -> None:
    from pipeline.actions.training.train import only_runner, train

    settings = here()
    trained = train(settings, utc_now())
    if runner is not None:
        trained = only_runner(trained, settings, runner)
    if as_json:
        print_json("train", **train_document(trained))
        return
    _say(trained)
    if trained.in_use is not None:
        next_step("cramplog report")
    else:
        next_step("cramplog tag RUN --at 1:45:00 ... and cramplog tag --none --from DATE")


def _say(trained: Trained) -> None:
    """Several runners: the store's record, then a line each. One runner: their line, then their record."""
    lines = [runner_line(one) for one in trained.runners]
    evaluation = json.loads(trained.in_use.evaluation) if trained.in_use else {}
    if len(trained.runners) == 1:
        lines += record_lines(trained.runners[0].record or {})
    elif evaluation:
        lines = [*store_lines(trained, evaluation), *lines]
    click.echo("\n".join([*lines, *use_lines(trained)]))
    if evaluation and click.get_current_context().meta.get("verbose"):
        show_table(evaluation)


def _use(use: str, as_json: bool) -> None:
    from pipeline.actions.training.train import NEWEST, use_fit

    wanted = use_fit(here(), use, utc_now())
    if as_json:
        print_json("train_use", in_use=wanted.training_id, chosen=use != NEWEST)
        return
    stays = "" if use == NEWEST else ", and stays so until you choose again or the program's model changes"
    click.echo(
        f"{wanted.training_id} is in use, made on {wanted.made_at:%Y-%m-%d} from {plural(wanted.runs, 'run')}{stays}"
    )
    next_step("cramplog report")


def _list(as_json: bool) -> None:
    from pipeline.actions.training.train import list_fits

    listed = list_fits(here())
    if as_json:
        print_json("train_list", fits=[fit_document(one) for one in listed])
        return
    if not listed:
        click.echo("there is no fit yet")
        next_step("cramplog train")
        return
    table(FIT_HEAD, [fit_row(one) for one in listed], right=FIT_HEAD[2:6])
    next_step("cramplog train --use ID")

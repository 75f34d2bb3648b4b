"""`cramplog tag rm`: a tagged cramp is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.cli.lines.tag_lines import print_retagged

if TYPE_CHECKING:
    pass


@click.command(cls=Verb)
@click.argument("tag", metavar="TAG")
@runner_option
@json_option
def tag_rm(tag: str, runner_name: str | None, as_json: bool) -> None:
    """Take a tagged cramp away. TAG is as `cramplog tag list` shows it.

    A run whose only cramp it was is unanswered then: say cramplog tag RUN --none if there was none.

    \b
    Examples:
      cramplog tag rm c1
      cramplog tag rm c1 --runner anna
      cramplog tag rm c1 --json
    """
    from pipeline.actions.tagging.tag_edit import remove_tag

    print_retagged(remove_tag(here(), tag, runner_name, utc_now()), "taken away", as_json)

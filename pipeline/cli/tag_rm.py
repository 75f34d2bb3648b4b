"""`cramplog tag rm`: removes a tagged cramp."""

from __future__ import annotations

import click

from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
from pipeline.cli.lines.tag_lines import print_retagged


@click.command(cls=Verb)
@click.argument("tag", metavar="TAG")
@runner_option
@json_option
def tag_rm(tag: str, runner_name: str | None, as_json: bool) -> None:
    """Remove a tagged cramp. TAG is as `cramplog tag list` shows it.

    If it was the only cramp of its run, the run has no answer any more. If there was no cramp: cramplog tag RUN --none

    \b
    Examples:
      cramplog tag rm c1
      cramplog tag rm c1 --runner anna
      cramplog tag rm c1 --json
    """
    from pipeline.actions.tagging.tag_edit import remove_tag

    print_retagged(remove_tag(current_settings(), tag, runner_name, utc_now()), "removed", as_json)

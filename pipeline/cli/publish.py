"""`cramplog publish`: makes the analysts' snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, here, json_option, utc_now

if TYPE_CHECKING:
    pass


@click.command(cls=Verb)
@json_option
def publish(as_json: bool) -> None:
    """Make the analyst's snapshot from the store as it is now. The nightly and `sql` do it by themselves.

    \b
    Examples:
      cramplog publish
      cramplog publish --json
      cramplog publish && duckdb -readonly "$CRAMPLOG_HOME/analyst/cramplog.duckdb"
    """
    from pipeline.actions.admin.publish import publish_snapshot

    settings = here()
    done = publish_snapshot(settings, utc_now())
    if as_json:
        print_json("publish", folder=str(settings.analyst), done=done)
        return
    click.echo(f"{settings.analyst}: {done}")
    next_step("cramplog sql --list")

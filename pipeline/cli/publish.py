"""`cramplog publish`: makes the analysts' snapshot."""

from __future__ import annotations

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now


@click.command(cls=Verb)
@json_option
def publish(as_json: bool) -> None:
    """Make the analysts' snapshot from the store as it is now. `nightly` and `sql` also do this.

    \b
    Examples:
      cramplog publish
      cramplog publish --json
      cramplog publish && duckdb -readonly "$CRAMPLOG_HOME/analyst/cramplog.duckdb"
    """
    from pipeline.actions.admin.publish import publish_snapshot

    settings = current_settings()
    done = publish_snapshot(settings, utc_now())
    if as_json:
        print_json("publish", folder=str(settings.analyst), done=done)
        return
    click.echo(f"{settings.analyst}: {done}")
    next_step("cramplog sql --list")

"""`cramplog report`: writes the personal risk report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, here, json_option, utc_now

if TYPE_CHECKING:
    pass


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
    from pipeline.actions.report.make_report import make_report
    from pipeline.actions.runs.runner import list_runners

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

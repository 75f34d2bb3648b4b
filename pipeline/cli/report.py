"""`cramplog report`: writes the personal risk report."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now


@click.command(cls=Verb)
@click.argument("runner", required=False)
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path), help="Write the page to this file; for one runner only."
)
@json_option
def report(runner: str | None, out: Path | None, as_json: bool) -> None:
    """Write the personal risk report, a page for your browser.

    Without RUNNER it writes one page for each runner. A page needs no other files and no network. If there are too
    few answers, the page says how many are still needed.

    \b
    Examples:
      cramplog report
      cramplog report anna
      cramplog report anna --out ~/Desktop/anna.html
    """
    from pipeline.actions.report.make_report import make_report
    from pipeline.actions.runs.runner import list_runners

    settings, now = current_settings(), utc_now()
    names: list[str | None] = [listed.name for listed in list_runners(settings)]
    all_runners = runner is None and out is None and len(names) > 1
    pages = [make_report(settings, name, now, out) for name in (names if all_runners else [runner])]
    if as_json:
        print_json("report", pages=[str(page) for page in pages])
        return
    for page in pages:
        click.echo(str(page))
    next_step("open it in a browser")

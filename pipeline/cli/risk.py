"""`cramplog risk`: the chance of a cramp in a planned run, told in words or as one document."""

from __future__ import annotations

import shutil
import textwrap
from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import instant, next_step, print_json, table, tell
from pipeline.cli.frame.verb import Verb, here, json_option, runner_option, utc_now

if TYPE_CHECKING:
    from pipeline.actions.risk.result import RiskAnswer, ShownPlan

WIDEST = 80


@click.command(cls=Verb)
@click.option("--time", required=True, metavar="3:00", help="How long you mean to run, h:mm.")
@click.option(
    "--at", metavar="WHEN", help='When you start, on the clock of the place: "tomorrow 18:00", "saturday 9:00".'
)
@click.option(
    "--temp", metavar="24", help="Air temperature, in your unit; else the forecast's, or that of your own runs."
)
@click.option("--pace", metavar="5%", help="So much faster than your usual; -5% is slower.")
@click.option("--place", metavar="PLACE", help="Where, for the forecast: 48.2,16.4 or home (where you mostly run).")
@click.option("--race", is_flag=True, help="It is a race.")
@runner_option
@json_option
def risk(runner_name: str | None, as_json: bool, **words: Any) -> None:
    """How many of 100 runs like a planned one would bring you a cramp, and the same run at other hours of its day.

    With --at the hours ahead come from the weather service, for up to 15 days from today; of the place only a cell of
    0.1 degree is told to it. The forecast is kept, and held against what came once the run is answered.

    \b
    Examples:
      cramplog risk --time 3:00
      cramplog risk --time 3:00 --at "tomorrow 18:00" --place home
      cramplog risk --time 1:45 --temp 24 --pace 5% --race --json
    """
    from pipeline.actions.risk.air_sources import forecasts
    from pipeline.actions.risk.parse_plan import PlanText
    from pipeline.actions.risk.risk import risk_of_plan

    settings, now = here(), utc_now()
    asking = forecasts(settings, now, before=lambda: tell("asking the weather service ..."))
    answer = risk_of_plan(settings, runner_name, PlanText(**words), asking, now)
    if as_json:
        _print_document(answer)
        return
    _print_answer(answer)


def _print_answer(answer: RiskAnswer) -> None:
    from pipeline.cli.lines import risk_lines as say

    _paragraph(say.title(answer))
    if answer.plan is None:
        for line in say.withheld(answer):
            _paragraph(line)
    else:
        for line in [*say.told(answer.plan), *say.basis(answer), *say.air_lines(answer), *say.so_far(answer)]:
            _paragraph(line)
        if answer.by_hour:
            click.echo("\nThe same run at other hours of that day:")
            table(["start", "temperature", "of 100", "plausible", ""], say.hour_rows(answer), right=["start", "of 100"])
        click.echo()
        _paragraph(say.WARNING)
    next_step(_next(answer))


def _next(answer: RiskAnswer) -> str:
    return {
        "red flag": "cramplog report",
        "no runs": "cramplog ingest FOLDER",
        "too few answers": "cramplog runs --unanswered, and tag them",
    }.get(answer.withheld or "", "cramplog report, for your risk over time, heat and pace")


def _paragraph(words: str) -> None:
    """Wrapped to the terminal, never wider than eighty."""
    columns = min(shutil.get_terminal_size().columns, WIDEST)
    click.echo(textwrap.fill(words, columns, break_on_hyphens=False, break_long_words=False))


def _print_document(answer: RiskAnswer) -> None:
    asked, air, fit = answer.planned_run, answer.air, answer.fit
    fetched_at = air.fetched_at.astimezone(UTC) if air and air.fetched_at else None
    print_json(
        "risk",
        runner=answer.runner.name,
        simulated=answer.simulated,
        planned_s=asked.planned_s,
        start_local=asked.start_local,
        start_at=instant(asked.start_at.astimezone(UTC) if asked.start_at else None),
        pace_faster_pct=asked.pace_faster_pct,
        race=asked.race,
        withheld=answer.withheld,
        answered_runs=answer.evidence.answered_runs,
        answers_missing=answer.answers_missing,
        cramp_runs=answer.evidence.cramps,
        plan=_fields(answer.plan) if answer.plan else None,
        by_hour=[_fields(plan) for plan in answer.by_hour],
        weather={
            "source": air.source if air else None,
            "fetched_at": instant(fetched_at),
            "no_forecast": air.why_not if air else None,
            "reason": air.reason if air else None,
            "by": "Open-Meteo.com, CC BY 4.0" if air and air.source == "forecast" else None,
        },
        kept=answer.stored,
        forecasts_so_far={
            "runs": answer.so_far.runs,
            "expected": answer.so_far.expected,
            "with_cramp": answer.so_far.observed,
        },
        fit={"id": fit.fit_id, "data_hash": fit.data_hash, "model": fit.model_version} if fit else None,
    )


def _fields(plan: ShownPlan) -> dict[str, Any]:
    """What may be said of one plan: `say` is number, range or nothing; 0 stands for fewer than 1, 96 for more than 95."""
    from pipeline.cli.lines.risk_lines import in_words
    from pipeline.report.numbers.heat_flags import heat_flag
    from pipeline.report.numbers.of_100 import show_risk

    said = show_risk(plan.shown)
    return {
        "start_local": plan.start_local,
        "air_temp_c": list(plan.air_temp_c) if plan.air_temp_c else None,
        "hottest_wbgt_c": plan.hottest_wbgt_c,
        "heat_flag": flag.colour if (flag := heat_flag(plan.hottest_wbgt_c)) else None,
        "say": said.form,
        "of_100": said.of_100,
        "low_of_100": said.low,
        "high_of_100": said.high,
        "words": in_words(plan),
        "why_none": plan.why_none,
        "beyond": list(plan.beyond),
    }

"""`cramplog tag`: the runner's word on the runs. Says back what was understood."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.cramp_options import cramp_options
from pipeline.cli.frame.output import instant, next_step, print_json
from pipeline.cli.frame.prompts import make_sure
from pipeline.cli.frame.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.cli.lines.run_cells import local_at
from pipeline.errors import WrongInput
from pipeline.units import Units, format_duration, format_mark, parse_duration_s, plural, short_id

if TYPE_CHECKING:
    from pipeline.actions.tagging.tag import Tagged

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(cls=Verb)
@click.argument("run", required=False)
@cramp_options
@click.option(
    "--none",
    "no_cramp",
    is_flag=True,
    help="There was no cramp: in RUN, or in all unanswered runs --from a day.",
)
@click.option("--not-sure", is_flag=True, help="You looked at RUN and cannot say; it stays out of the counts.")
@click.option("--from", "first", type=_DAY, metavar="DATE", help="With --none: from this day on.")
@click.option("--to", "last", type=_DAY, metavar="DATE", help="With --none: until this day.")
@click.option("--dry-run", is_flag=True, help="With --none --from: only say how many runs it would answer.")
@click.option("--yes", is_flag=True, help="With --none --from: do not ask.")
@runner_option
@json_option
def tag(
    run: str | None, no_cramp: bool, not_sure: bool, first: datetime | None, last: datetime | None, dry_run: bool, yes: bool,
    runner_name: str | None, as_json: bool, **cramp: str | None,
) -> None:  # fmt: skip
    """Say whether there was a cramp: when, where and how bad, or none.

    RUN is last, 2026-06-14, 2026-06-14/2 or the start of an id. A run nobody answers for is left out, never
    taken for one without a cramp. On a terminal it asks for what a cramp lacks, and names the laps you closed by hand.
    For a file of answers: cramplog tag import FILE.csv

    \b
    Examples:
      cramplog tag last --at 2:21:10 --muscle calf --side left --severity moderate
      cramplog tag 2026-06-14 --none
      cramplog tag --none --from 2026-01-01 --to 2026-06-30 --yes
    """
    given = [name.replace("_", "-") for name, value in cramp.items() if value is not None]
    said = [*(["none"] if no_cramp else []), *(["not-sure"] if not_sure else []), *given]
    if (no_cramp or not_sure) and len(said) > 1:
        raise click.UsageError(f"--{said[0]} and --{said[1]} do not go together")
    if run is None and (not no_cramp or first is None):
        raise click.UsageError("say which RUN, or give --none with --from DATE")
    if run is not None and (first or last or dry_run or yes):
        raise click.UsageError("--from, --to, --dry-run and --yes answer many runs: leave RUN out")
    if run is None and first is not None:
        _tag_none_between(runner_name, first.date(), last.date() if last else None, dry_run, yes, as_json)
    elif run is not None and (no_cramp or not_sure):
        _tag_without(run, runner_name, "no cramp" if no_cramp else "not sure", as_json)
    elif run is not None:
        _tag_cramp(run, runner_name, cramp, as_json)


def _tag_cramp(run: str, runner_name: str | None, cramp: dict[str, str | None], as_json: bool) -> None:
    from pipeline.actions.runs.runs import distance_at_m
    from pipeline.actions.tagging.tag import DEFAULT_UNCERTAINTY_S, CrampText, tag_cramp
    from pipeline.cli.lines.tag_interview import complete

    cramp = complete(run, runner_name, cramp, as_json)
    words = CrampText(
        at=cramp["at"] or "",
        muscle=cramp["muscle"] or "",
        side=cramp["side"] or "",
        severity=cramp["severity"] or "",
        uncertainty_s=parse_duration_s(cramp["uncertainty"]) if cramp["uncertainty"] else DEFAULT_UNCERTAINTY_S,
        note=cramp["note"],
        effect=cramp["effect"],
        relief=cramp["relief"],
        recurred=cramp["recurred"],
        recurred_after_s=parse_duration_s(cramp["recurred_after"]) if cramp["recurred_after"] else None,
    )
    tagged = tag_cramp(here(), run, runner_name, words, utc_now())
    moving_s = tagged.moment.moving_s
    distance_m = None if moving_s is None else distance_at_m(here(), tagged.run, moving_s)
    if as_json:
        print_json("tag", **_tagged_fields(tagged, distance_m))
        return
    understood = _understood(tagged, distance_m, words.at, here().units)
    click.echo(f"{words.muscle} {words.side}, {words.severity}: {understood}")
    if tagged.moment.in_pause:
        click.echo("that moment lies in a pause, so it was moved to the last second of running before it")
    if not tagged.new:
        click.echo("the very same tag was there already; nothing changed")
    next_step("cramplog tag --none --from DATE for the runs without a cramp, then cramplog report")


def _understood(tagged: Tagged, distance_m: float | None, words: str, units: Units) -> str:
    """'2026-06-14 at 09:12:10 local, km 25.1, after 2:21:10 of moving time'."""
    if tagged.moment.at is None or tagged.moment.moving_s is None:
        return f"{tagged.run.day}, {words.strip().lower()}" + ("" if "after" in words.lower() else " in the run")
    local = local_at(tagged.run, tagged.moment.at)
    clock = f"{local:%Y-%m-%d at %H:%M:%S} local" if local else f"{tagged.moment.at:%Y-%m-%d at %H:%M:%S} UTC"
    place = "" if distance_m is None else f", {format_mark(distance_m, units)}"
    return f"{clock}{place}, after {format_duration(tagged.moment.moving_s)} of moving time"


def _tagged_fields(tagged: Tagged, distance_m: float | None) -> dict[str, Any]:
    return {
        "answer": tagged.answer,
        "run": tagged.run.run_id,
        "new": tagged.new,
        "onset_at": instant(tagged.moment.at),
        "onset_local": local_at(tagged.run, tagged.moment.at),
        "onset_moving_s": tagged.moment.moving_s,
        "distance_m": distance_m,
        "moved_out_of_pause": tagged.moment.in_pause,
    }


def _tag_without(run: str, runner_name: str | None, answer: str, as_json: bool) -> None:
    from pipeline.actions.tagging.tag import answer_run

    answered = answer_run(here(), run, runner_name, answer, utc_now())
    if as_json:
        print_json("tag", answer=answer, run=answered.run_id)
        return
    click.echo(f"{answered.day} ({short_id(answered.run_id)}): {answer}")
    next_step("cramplog runs --unanswered")


def _tag_none_between(
    runner_name: str | None, first: date, last: date | None, dry_run: bool, yes: bool, as_json: bool
) -> None:
    if last is not None and last < first:
        raise WrongInput(f"{last} lies before {first}", "--from is the first day, --to the last")
    from pipeline.actions.tagging.tag import answer_none_between

    window = f"from {first}" + (f" to {last}" if last else " on")
    found = answer_none_between(here(), runner_name, first, last, utc_now(), dry_run=True)
    if found and not dry_run:
        question = f"Answer {plural(found, 'unanswered run')} {window} with 'no cramp'?"
        make_sure(question, "add --yes to answer them all, or --dry-run to see how many", yes, as_json)
        found = answer_none_between(here(), runner_name, first, last, utc_now())
    if as_json:
        print_json("tag", answer="no cramp", runs=found, dry_run=dry_run)
        return
    click.echo(f"{plural(found, 'run')} {window}: {'would be answered' if dry_run else 'answered'} with 'no cramp'")
    next_step("the same without --dry-run" if dry_run else "cramplog report")

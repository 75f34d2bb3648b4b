"""`cramplog tag`: records whether a run had a cramp. Prints what was understood."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.cramp_options import cramp_options
from pipeline.cli.frame.output import instant, next_step, print_json
from pipeline.cli.frame.prompts import make_sure
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
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
    help="There was no cramp: in RUN, or in all unanswered runs since --from.",
)
@click.option("--not-sure", is_flag=True, help="You do not know whether RUN had a cramp; it is not counted.")
@click.option("--from", "first", type=_DAY, metavar="DATE", help="With --none: the first day.")
@click.option("--to", "last", type=_DAY, metavar="DATE", help="With --none: the last day.")
@click.option("--dry-run", is_flag=True, help="With --none --from: only show how many runs would be answered.")
@click.option("--yes", is_flag=True, help="With --none --from: do not ask for confirmation.")
@runner_option
@json_option
def tag(
    run: str | None, no_cramp: bool, not_sure: bool, first: datetime | None, last: datetime | None, dry_run: bool, yes: bool,
    runner_name: str | None, as_json: bool, **cramp: str | None,
) -> None:  # fmt: skip
    """Record a cramp in a run, or that there was none.

    RUN is last, 2026-06-14, 2026-06-14/2 or the start of an id. A run without an answer is left out; it does not count as
    a run without a cramp. On a terminal it asks for missing details, and shows the laps you closed by hand. To import
    many answers from a file: cramplog tag import FILE.csv

    \b
    Examples:
      cramplog tag last --at 2:21:10 --muscle calf --side left --severity moderate
      cramplog tag 2026-06-14 --none
      cramplog tag --none --from 2026-01-01 --to 2026-06-30 --yes
    """
    given = [name.replace("_", "-") for name, value in cramp.items() if value is not None]
    answers = [*(["none"] if no_cramp else []), *(["not-sure"] if not_sure else []), *given]
    if (no_cramp or not_sure) and len(answers) > 1:
        raise click.UsageError(f"--{answers[0]} and --{answers[1]} cannot be used together")
    if run is None and (not no_cramp or first is None):
        raise click.UsageError("name a RUN, or give --none with --from DATE")
    if run is not None and (first or last or dry_run or yes):
        raise click.UsageError("--from, --to, --dry-run and --yes are for many runs: leave RUN out")
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
    details = CrampText(
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
    tagged = tag_cramp(current_settings(), run, runner_name, details, utc_now())
    moving_s = tagged.moment.moving_s
    distance_m = None if moving_s is None else distance_at_m(current_settings(), tagged.run, moving_s)
    if as_json:
        print_json("tag", **_tagged_fields(tagged, distance_m))
        return
    understood = _understood(tagged, distance_m, details.at, current_settings().units)
    click.echo(f"{details.muscle} {details.side}, {details.severity}: {understood}")
    if tagged.moment.in_pause:
        click.echo("that moment is in a pause, so it was moved to the last second before the pause")
    if not tagged.new:
        click.echo("this tag already exists; nothing changed")
    next_step("cramplog tag --none --from DATE for the runs without a cramp, then cramplog report")


def _understood(tagged: Tagged, distance_m: float | None, at: str, units: Units) -> str:
    """'2026-06-14 at 09:12:10 local, km 25.1, after 2:21:10 of moving time'."""
    if tagged.moment.at is None or tagged.moment.moving_s is None:
        return f"{tagged.run.day}, {at.strip().lower()}" + ("" if "after" in at.lower() else " in the run")
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

    answered = answer_run(current_settings(), run, runner_name, answer, utc_now())
    if as_json:
        print_json("tag", answer=answer, run=answered.run_id)
        return
    click.echo(f"{answered.day} ({short_id(answered.run_id)}): {answer}")
    next_step("cramplog runs --unanswered")


def _tag_none_between(
    runner_name: str | None, first: date, last: date | None, dry_run: bool, yes: bool, as_json: bool
) -> None:
    if last is not None and last < first:
        raise WrongInput(f"{last} is before {first}", "--from is the first day, --to the last day")
    from pipeline.actions.tagging.tag import answer_none_between

    window = f"from {first} to {last}" if last else f"since {first}"
    found = answer_none_between(current_settings(), runner_name, first, last, utc_now(), dry_run=True)
    if found and not dry_run:
        question = f"Answer {plural(found, 'unanswered run')} {window} with 'no cramp'?"
        make_sure(question, "add --yes to answer all of them, or --dry-run to see how many", yes, as_json)
        found = answer_none_between(current_settings(), runner_name, first, last, utc_now())
    if as_json:
        print_json("tag", answer="no cramp", runs=found, dry_run=dry_run)
        return
    click.echo(f"{plural(found, 'run')} {window}: {'would be answered' if dry_run else 'answered'} with 'no cramp'")
    next_step("the same command without --dry-run" if dry_run else "cramplog report")

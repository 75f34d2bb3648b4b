"""`cramplog runs edit`, `runs rm`, `runs merge`, `runs split`: what the files do not know of runs, and which of them count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.questions import make_sure
from pipeline.cli.say import count, instant, next_step, print_json
from pipeline.cli.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.units import short_id

if TYPE_CHECKING:
    from pipeline.actions.runs.run_edit import EditedRun
    from pipeline.store.runs.find import RunRow

_FIELDS = ("run_id", "start_local", "sport", "indoor", "race", "planned_s", "answer", "clock_wrong", "shift_s")


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@click.option("--race/--no-race", default=None, help="Whether it was a race.")
@click.option("--sport", metavar="WORD", help="running, walking, hiking, cycling, swimming, rowing and others.")
@click.option("--indoor/--outdoor", default=None, help="Indoors there is no weather.")
@click.option("--planned", metavar="3:00", help='How long you meant to run, h:mm; "" when there was no plan.')
@click.option("--shift", metavar="+1:00:00", help="Add this to the watch's clock: +1:00:00, -90m, +30d.")
@click.option("--start", metavar="DATE", help='When it began, on the clock of the place: "2026-06-14 07:30".')
@runner_option
@json_option
def runs_edit(run: str, runner_name: str | None, as_json: bool, **words: Any) -> None:
    """Correct what the file of a run does not know or says wrong. What is not named stays.

    Your words stay when the file is read again, and when a better copy of it comes. Tags move with the clock.

    \b
    Examples:
      cramplog runs edit last --race --planned 3:00
      cramplog runs edit 2026-06-14 --shift +1:00:00
      cramplog runs edit 1990-01-01 --start "2026-06-14 07:30"
    """
    if all(value is None for value in words.values()):
        raise click.UsageError("say what is to be other, such as --race or --sport cycling")
    from pipeline.actions.runs.run_edit import RunEdit, edit_run

    done = edit_run(here(), run, runner_name, RunEdit(**words), utc_now())
    if as_json:
        like = done.looks_like.run_id if done.looks_like else None
        print_json(
            "runs_edit", run=_fields(done.run), changed=list(done.changed), change=done.change_no, looks_like=like
        )
        return
    _print_edited(done)


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@click.option("--yes", is_flag=True, help="Do not ask.")
@runner_option
@json_option
def runs_rm(run: str, yes: bool, runner_name: str | None, as_json: bool) -> None:
    """Delete a run: it is out of every list, sum and report, and stays out when its file comes again.

    The file and your words about the run are kept: cramplog undo brings all of it back.

    \b
    Examples:
      cramplog runs rm 2026-06-14
      cramplog runs rm 2026-06-14/2 --yes
      cramplog runs rm last --runner anna --yes --json
    """
    from pipeline.actions.runs.run_joins import remove_run, run_to_go

    found = run_to_go(here(), run, runner_name)
    along = [count(found.tags, "tagged cramp")] if found.tags else []
    along += [count(found.copies, "other recording") + " of it"] if found.copies else []
    what = f"the run of {_named(found.run)}" + (f" with {' and '.join(along)}" if along else "")
    make_sure(f"Delete {what}?", "add --yes to delete it", yes, as_json)
    gone = remove_run(here(), run, runner_name, utc_now())
    if as_json:
        print_json("runs_rm", run=_fields(gone.run), tags=gone.tags, copies=gone.copies, change=gone.change_no)
        return
    click.echo(f"deleted: {what}")
    next_step(f"cramplog report; cramplog undo {gone.change_no} brings it back")


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@click.argument("other", metavar="RUN")
@runner_option
@json_option
def runs_merge(run: str, other: str, runner_name: str | None, as_json: bool) -> None:
    """Say that two recordings are the same run, as by two watches. The richer one counts; tags and answers go with it.

    They have to overlap in time.

    \b
    Examples:
      cramplog runs merge 2026-06-14/1 2026-06-14/2
      cramplog runs merge 4f0c2a1 91be77d
      cramplog runs merge 4f0c2a1 91be77d --runner anna --json
    """
    from pipeline.actions.runs.run_joins import merge

    done = merge(here(), run, other, runner_name, utc_now())
    if as_json:
        fields = {"counted": _fields(done.counted), "copy": done.copy.run_id, "answers": list(done.answers)}
        print_json("runs_merge", **fields, tags=done.tags, change=done.change_no)
        return
    click.echo(f"one run: {_named(done.counted)} counts, {short_id(done.copy.run_id)} is a copy of it")
    if len({*done.answers} - {"unanswered"}) > 1:
        click.echo(f"their answers differed ({', '.join(done.answers)}): '{done.counted.answer}' counts")
    if done.tags:
        click.echo(f"{count(done.tags, 'tagged cramp')} in it now")
    next_step(f"cramplog report; cramplog undo {done.change_no} takes this back")


@click.command(cls=Verb)
@click.argument("run", metavar="RUN")
@runner_option
@json_option
def runs_split(run: str, runner_name: str | None, as_json: bool) -> None:
    """Say that a run and its copies are runs of their own. RUN is the run that counts, or the id of one copy.

    Tags stay with the run that counted; they are never taken for copies of each other again.

    \b
    Examples:
      cramplog runs split 2026-06-14
      cramplog runs split 91be77d
      cramplog runs split 91be77d --runner anna --json
    """
    from pipeline.actions.runs.run_joins import split

    done = split(here(), run, runner_name, utc_now())
    if as_json:
        others = [_fields(one) for one in done.others]
        print_json("runs_split", run=_fields(done.counted), others=others, tags=done.tags, change=done.change_no)
        return
    names = ", ".join(f"{_named(one)}, {one.answer}" for one in done.others)
    click.echo(f"runs of their own now, beside {_named(done.counted)}: {names}")
    if done.tags:
        click.echo(f"{count(done.tags, 'tagged cramp')} stayed with {short_id(done.counted.run_id)}")
    next_step(f"cramplog runs --unanswered; cramplog undo {done.change_no} takes this back")


def _print_edited(done: EditedRun) -> None:
    if not done.changed:
        click.echo(f"{_named(done.run)} is as it was; nothing changed")
        next_step(f"cramplog runs {short_id(done.run.run_id)}")
        return
    click.echo(f"{_named(done.run)}: {', '.join(done.changed)}")
    if done.run.clock_wrong:
        click.echo("its date still cannot be right, so it counts nowhere")
    if done.looks_like:
        both = f"{short_id(done.run.run_id)} {short_id(done.looks_like.run_id)}"
        click.echo(f"it looks like the same run as {_named(done.looks_like)}; if so: cramplog runs merge {both}")
    next_step(f"cramplog report; cramplog undo {done.change_no} takes this back")


def _named(run: RunRow) -> str:
    """'2026-06-14 07:30 (4f0c2a1)' on the clock of the place."""
    at = f"{run.start_local:%Y-%m-%d %H:%M}" if run.start_local else f"{run.start_at:%Y-%m-%d %H:%M}Z"
    return f"{at} ({short_id(run.run_id)})"


def _fields(run: RunRow) -> dict[str, object]:
    return {"start_at": instant(run.start_at), **{name: getattr(run, name) for name in _FIELDS}}

"""`cramplog tag list`, `tag edit`, `tag rm`, `tag import` and `undo`: what was said, corrected, and taken back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.cramp_options import cramp_options
from pipeline.cli.look import SHORT_ID
from pipeline.cli.say import count, instant, next_step, print_json, table
from pipeline.cli.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.units import format_duration, parse_duration_s

if TYPE_CHECKING:
    from pipeline.actions.tag_edit import Retagged
    from pipeline.store.tags import Tag
    from pipeline.store.undo import MadeChange

FAILED = 1
_HEAD = ("tag", "date", "after", "muscle", "side", "severity", "effect", "relief", "came back", "note")


@click.command(cls=Verb)
@click.argument("run", required=False)
@runner_option
@json_option
def tag_list(run: str | None, runner_name: str | None, as_json: bool) -> None:
    """List the tagged cramps: of RUN, or all of a runner.

    \b
    Examples:
      cramplog tag list
      cramplog tag list 2026-06-14
      cramplog tag list --runner anna --json
    """
    from pipeline.actions.tag_edit import list_tags

    tags = list_tags(here(), run, runner_name)
    if as_json:
        print_json("tag_list", tags=[_fields(tag) for tag in tags])
        return
    if not tags:
        click.echo("no cramp is tagged" + (f" in {run}" if run else ""))
        next_step("cramplog tag RUN --at 1:45:00 --muscle calf --side left --severity moderate")
        return
    table(_HEAD, [_cells(tag) for tag in tags], right=("after",))
    next_step("cramplog tag edit TAG, or cramplog tag rm TAG")


@click.command(cls=Verb)
@click.argument("tag", metavar="TAG")
@cramp_options
@runner_option
@json_option
def tag_edit(tag: str, runner_name: str | None, as_json: bool, **cramp: str | None) -> None:
    """Correct a tagged cramp; what is not named stays. TAG is as `cramplog tag list` shows it.

    An empty word takes away what nobody has to say: --note "" for one.

    \b
    Examples:
      cramplog tag edit c1 --severity severe
      cramplog tag edit c1 --at 0:41:30 --side both
      cramplog tag edit c1 --relief yes --recurred yes --recurred-after 9m
    """
    if all(value is None for value in cramp.values()):
        raise click.UsageError("say what is to be other, such as --severity mild")
    from pipeline.actions.tag_edit import TagEdit, edit_tag

    durations = {f"{name}_s": parse_duration_s(cramp.pop(name) or "") for name in _DURATIONS if cramp[name] is not None}
    words = {name: value for name, value in cramp.items() if name not in _DURATIONS}
    done = edit_tag(here(), tag, runner_name, TagEdit(**words, **durations), utc_now())  # type: ignore[arg-type]
    _print_retagged(done, "changed" if done.change_no else "as it was; nothing changed", as_json)


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
    from pipeline.actions.tag_edit import remove_tag

    _print_retagged(remove_tag(here(), tag, runner_name, utc_now()), "taken away", as_json)


@click.command(cls=Verb)
@click.argument("change", metavar="[CHANGE]", type=int, required=False)
@click.option("--list", "listed", is_flag=True, help="The last changes, newest first; nothing is taken back.")
@json_option
def undo(change: int | None, listed: bool, as_json: bool) -> None:
    """Take back the last change, or the one of that number: a tag, an answer, a correction, an import, each one step.

    Said once more, it takes back the change before. A change is refused while a later one wrote the same.

    \b
    Examples:
      cramplog undo --list
      cramplog undo
      cramplog undo 3
    """
    if listed and change is not None:
        raise click.UsageError("--list and a number do not go together")
    from pipeline.actions.undo import list_changes
    from pipeline.actions.undo import undo as take_back

    if listed:
        _print_changes(list_changes(here(), _MOST), as_json)
        return
    made = take_back(here(), change, utc_now())
    if as_json:
        print_json("undo", undone=_change_fields(made))
        return
    click.echo(f"taken back: {made.change_no} {made.what}: {made.detail}")
    next_step("cramplog undo --list")


@click.command(cls=Verb)
@click.argument("path", metavar="FILE.csv", type=click.Path(path_type=Path))
@runner_option
@json_option
def tag_import(path: Path, runner_name: str | None, as_json: bool) -> int:
    """Take many answers from a CSV file: good lines are taken, bad ones named by number.

    Columns by name: run (its start in UTC, or a date), at (a moment, none, somewhere or after), muscle, side,
    severity; if wanted runner, uncertainty_s, effect, relief, recurred, recurred_after (9m), note, race (yes/no),
    planned (h:mm).

    \b
    Examples:
      cramplog tag import cramps.csv
      cramplog tag import diary.csv --runner anna
      cramplog tag import cramps.csv --json
    """
    from pipeline.actions.tag_file import import_tags

    result = import_tags(here(), path, runner_name, utc_now())
    if as_json:
        bad = [{"line": line, "reason": reason} for line, reason in result.bad]
        print_json("tag_import", taken=result.taken, cramps=result.cramps, bad=bad)
        return FAILED if result.bad else 0
    click.echo(f"{count(result.taken, 'line')} taken, {count(result.cramps, 'new cramp')}")
    for line, reason in result.bad:
        click.echo(f"line {line} not taken: {reason}")
    next_step("correct these lines and import the file again" if result.bad else "cramplog report")
    return FAILED if result.bad else 0


_MOST = 20
_DURATIONS = ("uncertainty", "recurred_after")


def _cells(tag: Tag) -> list[str]:
    after = "after run" if tag.phase == "after" else "somewhere"
    back = f" after {format_duration(tag.recurred_after_s)}" if tag.recurred_after_s else ""
    return [
        tag.cramp_id,
        tag.day,
        after if tag.onset_moving_s is None else format_duration(tag.onset_moving_s),
        tag.muscle,
        tag.side,
        tag.severity,
        tag.effect or "",
        tag.relief or "",
        (tag.recurred or "") + back,
        tag.note or "",
    ]


def _fields(tag: Tag) -> dict[str, object]:
    at = {"onset_at": instant(tag.onset_at), "tagged_at": instant(tag.tagged_at)}
    return {**asdict(tag), **at}


def _print_retagged(done: Retagged, what: str, as_json: bool) -> None:
    if as_json:
        print_json("tag", tag=_fields(done.tag), answer=done.answer, change=done.change_no)
        return
    tag = done.tag
    click.echo(f"{tag.cramp_id} {what}: {tag.muscle} {tag.side}, {tag.severity}, run of {tag.day}")
    click.echo(f"the run is answered: {done.answer}" if done.answer != "unanswered" else "the run is unanswered now")
    if done.answer == "unanswered":
        next_step(f"cramplog tag {tag.run_id[:SHORT_ID]} --none if there was no cramp, or cramplog undo")
    else:
        next_step("cramplog report" + ("; cramplog undo takes this back" if done.change_no else ""))


def _print_changes(changes: list[MadeChange], as_json: bool) -> None:
    if as_json:
        print_json("undo", changes=[_change_fields(one) for one in changes])
        return
    if not changes:
        click.echo("nothing was changed yet")
        return
    rows = [
        [
            str(one.change_no),
            f"{one.made_at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}",
            one.what,
            one.how,
            one.detail,
            "taken back" if one.undone_at else "",
        ]
        for one in changes
    ]
    table(("change", "made", "what", "how", "detail", ""), rows, right=("change",))
    next_step("cramplog undo takes back the last, cramplog undo CHANGE that one")


def _change_fields(made: MadeChange) -> dict[str, object]:
    return {**asdict(made), "made_at": instant(made.made_at), "undone_at": instant(made.undone_at)}

"""`cramplog tag list`, `tag edit`, `tag rm` and `tag import`: what was said, shown, corrected, taken away, or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.cramp_options import cramp_options
from pipeline.cli.run_cells import tag_fields
from pipeline.cli.say import count, next_step, print_json, table
from pipeline.cli.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.units import format_duration, parse_duration_s, short_id

if TYPE_CHECKING:
    from pipeline.actions.tagging.tag_edit import Retagged
    from pipeline.store.answers.tags import Tag

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
    from pipeline.actions.tagging.tag_edit import list_tags

    tags = list_tags(here(), run, runner_name)
    if as_json:
        print_json("tag_list", tags=[tag_fields(tag) for tag in tags])
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
    from pipeline.actions.tagging.tag_edit import TagEdit, edit_tag

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
    from pipeline.actions.tagging.tag_edit import remove_tag

    _print_retagged(remove_tag(here(), tag, runner_name, utc_now()), "taken away", as_json)


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
    from pipeline.actions.tagging.tag_file import import_tags

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


def _print_retagged(done: Retagged, what: str, as_json: bool) -> None:
    if as_json:
        print_json("tag", tag=tag_fields(done.tag), answer=done.answer, change=done.change_no)
        return
    tag = done.tag
    click.echo(f"{tag.cramp_id} {what}: {tag.muscle} {tag.side}, {tag.severity}, run of {tag.day}")
    click.echo(f"the run is answered: {done.answer}" if done.answer != "unanswered" else "the run is unanswered now")
    if done.answer == "unanswered":
        next_step(f"cramplog tag {short_id(tag.run_id)} --none if there was no cramp, or cramplog undo")
    else:
        next_step("cramplog report" + ("; cramplog undo takes this back" if done.change_no else ""))

"""`cramplog tag list`: the tagged cramps of one run or of a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json, table
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option
from pipeline.cli.lines.run_cells import tag_fields
from pipeline.units import format_duration

if TYPE_CHECKING:
    from pipeline.store.answers.tags import Tag


_HEAD = ("tag", "date", "after", "muscle", "side", "severity", "effect", "relief", "came back", "note")


@click.command(cls=Verb)
@click.argument("run", required=False)
@runner_option
@json_option
def tag_list(run: str | None, runner_name: str | None, as_json: bool) -> None:
    """List the tagged cramps of RUN, or of all runs of a runner.

    \b
    Examples:
      cramplog tag list
      cramplog tag list 2026-06-14
      cramplog tag list --runner anna --json
    """
    from pipeline.actions.tagging.tag_edit import list_tags

    tags = list_tags(current_settings(), run, runner_name)
    if as_json:
        print_json("tag_list", tags=[tag_fields(tag) for tag in tags])
        return
    if not tags:
        click.echo("no cramp is tagged" + (f" in {run}" if run else ""))
        next_step("cramplog tag RUN --at 1:45:00 --muscle calf --side left --severity moderate")
        return
    table(_HEAD, [_cells(tag) for tag in tags], right=("after",))
    next_step("cramplog tag edit TAG, or cramplog tag rm TAG")


def _cells(tag: Tag) -> list[str]:
    without_moment = "after run" if tag.phase == "after" else "somewhere"
    recurred_after = f" after {format_duration(tag.recurred_after_s)}" if tag.recurred_after_s else ""
    return [
        tag.cramp_id,
        tag.day,
        without_moment if tag.onset_moving_s is None else format_duration(tag.onset_moving_s),
        tag.muscle,
        tag.side,
        tag.severity,
        tag.effect or "",
        tag.relief or "",
        (tag.recurred or "") + recurred_after,
        tag.note or "",
    ]

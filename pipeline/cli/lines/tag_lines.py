"""What a corrected or removed tag prints. Called by `tag edit` and `tag rm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.lines.run_cells import tag_fields
from pipeline.units import short_id

if TYPE_CHECKING:
    from pipeline.actions.tagging.tag_edit import EditedTag


def print_retagged(done: EditedTag, what: str, as_json: bool) -> None:
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

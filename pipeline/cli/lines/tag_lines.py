"""Prints a corrected or removed tag. Called by `tag edit` and `tag rm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.lines.run_cells import tag_fields
from pipeline.units import short_id

if TYPE_CHECKING:
    from pipeline.actions.tagging.tag_edit import EditedTag


def print_retagged(done: EditedTag, what: str, as_json: bool) -> None:
    """Print the tag, what happened to it, the answer of its run, and the next step."""
    if as_json:
        print_json("tag", tag=tag_fields(done.tag), answer=done.answer, change=done.change_no)
        return
    tag = done.tag
    click.echo(f"{tag.cramp_id} {what}: {tag.muscle} {tag.side}, {tag.severity}, run of {tag.day}")
    click.echo(f"answer of the run: {done.answer}" if done.answer != "unanswered" else "the run has no answer now")
    if done.answer == "unanswered":
        next_step(f"cramplog tag {short_id(tag.run_id)} --none if there was no cramp; to undo this: cramplog undo")
    else:
        next_step("cramplog report" + ("; to undo this: cramplog undo" if done.change_no else ""))

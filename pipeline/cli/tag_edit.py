"""`cramplog tag edit`: corrects a tagged cramp."""

from __future__ import annotations

import click

from pipeline.cli.frame.cramp_options import cramp_options
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
from pipeline.cli.lines.tag_lines import print_retagged
from pipeline.units import parse_duration_s


@click.command(cls=Verb)
@click.argument("tag", metavar="TAG")
@cramp_options
@runner_option
@json_option
def tag_edit(tag: str, runner_name: str | None, as_json: bool, **cramp: str | None) -> None:
    """Correct a tagged cramp. Only the options you give change something. TAG is as `cramplog tag list` shows it.

    An empty value removes an optional detail: --note ""

    \b
    Examples:
      cramplog tag edit c1 --severity severe
      cramplog tag edit c1 --at 0:41:30 --side both
      cramplog tag edit c1 --relief yes --recurred yes --recurred-after 9m
    """
    if all(value is None for value in cramp.values()):
        raise click.UsageError("nothing to change: give an option such as --severity mild")
    from pipeline.actions.tagging.tag_edit import TagEdit, edit_tag

    durations = {f"{name}_s": parse_duration_s(cramp.pop(name) or "") for name in _DURATIONS if cramp[name] is not None}
    texts = {name: value for name, value in cramp.items() if name not in _DURATIONS}
    done = edit_tag(current_settings(), tag, runner_name, TagEdit(**texts, **durations), utc_now())  # type: ignore[arg-type]
    print_retagged(done, "changed" if done.change_no else "is unchanged", as_json)


_DURATIONS = ("uncertainty", "recurred_after")

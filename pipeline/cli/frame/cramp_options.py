"""The options that describe a cramp: the same ones for `tag` and `tag edit`."""

from __future__ import annotations

import click

from pipeline.cli.frame.verb import Decorated

_OPTIONS = {
    "--at": (
        "MOMENT",
        "When it began: 2:21:10 (timer), e2:21:10 (elapsed), 141m, km25.1, mile15.6, 14:32, lap7, somewhere, after.",
    ),
    "--muscle": ("WORD", "foot, calf, hamstring, quadriceps, adductor, glute, abdomen or other."),
    "--side": ("WORD", "left, right or both."),
    "--severity": ("WORD", "tightness, mild, moderate or severe."),
    "--uncertainty": ("2m", "How far off the moment may be, before or after (default 1m)."),
    "--effect": ("WORD", "Its effect on the run: none, slowed, walked or stopped."),
    "--relief": ("WORD", "Whether stopping and stretching helped: yes, partly, no or 'not tried'."),
    "--recurred": ("WORD", "Whether it came back: yes, no or 'did not go on'."),
    "--recurred-after": ("9m", "How long after going on it came back."),
    "--note": ("TEXT", "A note in your own words; it stays in the store."),
}


def cramp_options(verb: Decorated) -> Decorated:
    """Adds --at, --muscle, --side, --severity and the rest; each value is a text or None."""
    for name, (metavar, text) in reversed(_OPTIONS.items()):
        verb = click.option(name, metavar=metavar, help=text)(verb)
    return verb

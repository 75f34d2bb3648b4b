"""Colours for heat as race organisers use them, by WBGT: about heat illness, never about cramps, and from no model.

Called by findings.py for the report and by the lines of `cramplog risk`. The limits are those of the American College of
Sports Medicine's race flags; the sentences are ours. White and green are not shown: no colour here may give permission to
run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeatFlag:
    """One colour, its lowest WBGT (°C), and the organisers' advice to runners under it."""

    colour: str
    from_c: float
    advice: str


FLAGS = (
    HeatFlag("yellow", 18.0, "go slower, and watch yourself and others"),
    HeatFlag("red", 23.0, "slow down a lot; do not run if you are not used to heat"),
    HeatFlag("black", 28.0, "races are cancelled"),
)
ABOUT_HEAT = "The colours are about heat illness, not about cramps."


def heat_flag(wbgt_c: float | None) -> HeatFlag | None:
    """The colour at this WBGT (°C); None under yellow and where the WBGT is not known."""
    if wbgt_c is None:
        return None
    return next((flag for flag in reversed(FLAGS) if wbgt_c >= flag.from_c), None)


def count_flags(wbgts_c: Iterable[float | None]) -> tuple[tuple[HeatFlag, int], ...]:
    """How many of these WBGTs (°C) lie under each colour, coolest first; colours without any are left out."""
    flags = [heat_flag(wbgt) for wbgt in wbgts_c]
    return tuple((flag, flags.count(flag)) for flag in FLAGS if flag in flags)

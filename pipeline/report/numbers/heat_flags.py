"""Colours for heat as race organisers fly them, by WBGT: about heat illness, never about cramps. Context, no model behind it.

Called by findings.py for the report and by the words of `cramplog risk`. The limits are those of the American College of
Sports Medicine's race flags; the sentences are ours. White and green are not told: no colour here gives leave to run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeatFlag:
    """One colour, from that WBGT (°C) on, and what organisers ask of runners under it."""

    colour: str
    from_c: float
    asks: str


FLAGS = (
    HeatFlag("yellow", 18.0, "go slower, and watch yourself and others"),
    HeatFlag("red", 23.0, "slow down much; whoever is not used to heat stays away"),
    HeatFlag("black", 28.0, "races are called off"),
)
ABOUT_HEAT = "The colours are about heat illness, not about cramps."


def heat_flag(wbgt_c: float | None) -> HeatFlag | None:
    """The colour at that WBGT; None under yellow and where it is not known."""
    if wbgt_c is None:
        return None
    return next((flag for flag in reversed(FLAGS) if wbgt_c >= flag.from_c), None)


def count_flags(wbgts_c: Iterable[float | None]) -> tuple[tuple[HeatFlag, int], ...]:
    """How many of these lie under each colour, coolest first; colours without any are left out."""
    under = [heat_flag(wbgt) for wbgt in wbgts_c]
    return tuple((flag, under.count(flag)) for flag in FLAGS if flag in under)

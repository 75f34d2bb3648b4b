"""The lists of words that answers are chosen from, and the one check that a word is among them.

The same words stand in files, columns, questions and on the page (`docs/glossary.md`, tested).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import WrongInput

MUSCLES = ("foot", "calf", "hamstring", "quadriceps", "adductor", "glute", "abdomen", "other")
SIDES = ("left", "right", "both")
SEVERITIES = ("tightness", "mild", "moderate", "severe")
ANSWERS = ("unanswered", "no cramp", "cramp", "not sure")
EFFECTS = ("none", "slowed", "walked", "stopped")  # what a cramp did to the run
RELIEFS = ("yes", "partly", "no", "not tried")  # did stopping and stretching help
RECURRED = ("yes", "no", "did not go on")  # did it come back in that run
ANSWERED_HOW = ("single", "bulk", "import", "page")
ASKED_BECAUSE = ("cramp", "control", "profile", "own")  # own: answered without being asked
PHASES = ("during", "after")
FIRST_ANSWERS = ("0", "1-2", "3+")  # cramps in the last 10 races
USUAL_RACES = ("5k", "10k", "half", "marathon", "ultra")


def choose(text: str, allowed: Sequence[str], what: str) -> str:
    """The allowed word that `text` is, whatever its letter case; `what` names it with its article: 'a muscle'.

    Raises WrongInput with the allowed words otherwise.
    """
    spelling = {word.lower(): word for word in allowed}
    word = spelling.get(text.strip().lower())
    if word is None:
        raise WrongInput(f"'{text}' is not {what}", f"one of: {', '.join(allowed)}")
    return word


def choose_or_none(text: str | None, allowed: Sequence[str], what: str) -> str | None:
    """The same; None for None or an empty text."""
    return choose(text, allowed, what) if text else None

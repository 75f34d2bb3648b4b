"""The allowed values of answers, and the function that checks a value.

Files, columns, questions and the report use the same words (docs/glossary.md, tested).
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
RECURRED = ("yes", "no", "did not go on")  # did the cramp come back in that run
ANSWERED_HOW = ("single", "bulk", "import", "page")
ASKED_BECAUSE = ("cramp", "control", "profile", "own")  # own: answered without a question
PHASES = ("during", "after")
FIRST_ANSWERS = ("0", "1-2", "3+")  # cramps in the last 10 races
USUAL_RACES = ("5k", "10k", "half", "marathon", "ultra")


def choose(text: str, allowed: Sequence[str], what: str) -> str:
    """Returns the allowed value that equals `text`, ignoring case. `what` names it with its article: 'a muscle'.

    Raises WrongInput with the allowed values if there is none.
    """
    by_lower = {value.lower(): value for value in allowed}
    value = by_lower.get(text.strip().lower())
    if value is None:
        raise WrongInput(f"'{text}' is not {what}", f"one of: {', '.join(allowed)}")
    return value


def choose_or_none(text: str | None, allowed: Sequence[str], what: str) -> str | None:
    """Returns the same as `choose`; None for None or an empty text."""
    return choose(text, allowed, what) if text else None

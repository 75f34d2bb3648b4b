"""From a probability to what is said of it: whole numbers of 100, a level, and how many signs of the
picture are filled.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report.numbers.facts import PlanRisk, Risk, Say

# level word, from, to (of 100); the last has no upper end (docs/method.md#wording-of-a-report)
LEVELS: tuple[tuple[str, int, int | None], ...] = (
    ("low", 1, 4),
    ("some", 5, 9),
    ("raised", 10, 19),
    ("high", 20, 34),
    ("very high", 35, None),
)
ABOVE = 96  # stands for "more than 95": nothing finer is said up there


@dataclass(frozen=True, slots=True)
class Said:
    """One risk as it may be told. 0 stands for "fewer than 1", 96 for "more than 95", of 100.

    `of_100` is None unless a single number may be said; then `low` and `high` alone are told. With `say`
    'nothing' all three are None. `level` counts LEVELS from 1, 0 is "fewer than 1"; for a range it is the
    upper end's. `filled` and `could_be` are signs of 100: the estimate (or the range's lower end), and up
    to the upper end.
    """

    say: Say
    of_100: int | None
    low: int | None
    high: int | None
    level: int | None
    low_level: int | None
    filled: int
    could_be: int
    beyond: bool


def whole_of_100(probability: float) -> int:
    """Whole runs of 100, halves up: 0 below .01, 96 above .95, else 1..95."""
    if probability < 0.01:
        return 0
    if probability > 0.95:
        return ABOVE
    return int(probability * 100 + 0.5)


def level_of(of_100: int) -> int:
    """0 for "fewer than 1", else 1..5 as in LEVELS."""
    return sum(of_100 >= lowest for _, lowest, _ in LEVELS)


def say_risk(plan: PlanRisk) -> Said:
    """What may be said of one planned run."""
    beyond = bool(plan.beyond)
    if plan.say == "nothing" or plan.risk is None:
        return Said("nothing", None, None, None, None, None, 0, 0, beyond)
    return _said_number(plan.risk, beyond) if plan.say == "number" else _said_range(plan.risk, beyond)


def _said_number(risk: Risk, beyond: bool) -> Said:
    mean, low, high = whole_of_100(risk.mean), whole_of_100(risk.low), whole_of_100(risk.high)
    could_be = max(high, 1) - mean if mean < high or mean == 0 else 0  # "fewer than 1" is not none
    return Said("number", mean, low, high, level_of(mean), level_of(low), mean, could_be, beyond)


def _said_range(risk: Risk, beyond: bool) -> Said:
    low, high = whole_of_100(risk.low), whole_of_100(risk.high)
    return Said("range", None, low, high, level_of(high), level_of(low), low, high - low, beyond)

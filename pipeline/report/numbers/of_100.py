"""From a probability to what the report may show: whole numbers of 100, a level, and the filled signs of the icon array."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report.numbers.facts import PlanRisk, Risk, RiskForm

# level word, from, to (of 100); the last has no upper end (docs/method.md#wording-of-a-report)
LEVELS: tuple[tuple[str, int, int | None], ...] = (
    ("low", 1, 4),
    ("some", 5, 9),
    ("raised", 10, 19),
    ("high", 20, 34),
    ("very high", 35, None),
)
OVER_95 = 96  # stands for "more than 95": no finer number is shown


@dataclass(frozen=True, slots=True)
class ShownRisk:
    """One risk as it may be shown, of 100 runs. 0 stands for "fewer than 1", 96 for "more than 95".

    `of_100` is None unless `form` is 'number'. With 'range' only `low` and `high` are shown, with 'nothing' all three
    are None. `level` counts LEVELS from 1, and 0 is "fewer than 1"; for a range it is the level of the upper end.
    `filled` and `could_be` are numbers of signs: the estimate (or the lower end of the range), and the rest up to the
    upper end. `beyond` is True when the plan leaves the runner's own runs.
    """

    form: RiskForm
    of_100: int | None
    low: int | None
    high: int | None
    level: int | None
    low_level: int | None
    filled: int
    could_be: int
    beyond: bool


def runs_of_100(probability: float) -> int:
    """Whole runs of 100, halves rounded up: 0 below .01, 96 above .95, else 1 to 95."""
    if probability < 0.01:
        return 0
    if probability > 0.95:
        return OVER_95
    return int(probability * 100 + 0.5)


def level_of(of_100: int) -> int:
    """0 for "fewer than 1", else 1 to 5 as in LEVELS."""
    return sum(of_100 >= lowest for _, lowest, _ in LEVELS)


def show_risk(plan: PlanRisk) -> ShownRisk:
    """What may be shown of one planned run."""
    beyond = bool(plan.beyond)
    if plan.form == "nothing" or plan.risk is None:
        return ShownRisk("nothing", None, None, None, None, None, 0, 0, beyond)
    return _as_number(plan.risk, beyond) if plan.form == "number" else _as_range(plan.risk, beyond)


def _as_number(risk: Risk, beyond: bool) -> ShownRisk:
    mean, low, high = runs_of_100(risk.mean), runs_of_100(risk.low), runs_of_100(risk.high)
    could_be = max(high, 1) - mean if mean < high or mean == 0 else 0  # "fewer than 1" is not none
    return ShownRisk("number", mean, low, high, level_of(mean), level_of(low), mean, could_be, beyond)


def _as_range(risk: Risk, beyond: bool) -> ShownRisk:
    low, high = runs_of_100(risk.low), runs_of_100(risk.high)
    return ShownRisk("range", None, low, high, level_of(high), level_of(low), low, high - low, beyond)

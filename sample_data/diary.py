"""The answers of the simulated runners: cramps, "no cramp", races and plans, as rows of CSV files.

Called by build.py. About a fifth of the runs stay unanswered at random, so that neither their cramps nor their "no cramp"
appear. Onsets are rounded to 5 minutes. Only some twinges are reported.
"""

from __future__ import annotations

import numpy as np

from sample_data.body import Timeline
from sample_data.cohort import SimRunner
from sample_data.outing import Outing
from sample_data.world.aftermath import MUSCLE, SIDE, pick, remembered_onset_s, remembered_side
from sample_data.world.simulate import HIGH, SCENARIOS, Truth, draw_onsets, offer

Row = dict[str, str]
ANSWER_COLUMNS = ("runner", "run", "at", "uncertainty_s", "muscle", "side", "severity", "note")
PLAN_COLUMNS = ("runner", "run", "race", "planned")
RUNNER_COLUMNS = ("name", "birth_year", "sex", "home_tz", "cramps_last_10_races", "usual_race")
UNANSWERED, TWINGE_REPORTED = 0.20, 0.15
UNCERTAINTY_S = "300"


def answer_rows(runner: SimRunner, outing: Outing, line: Timeline, seed: int) -> list[Row]:
    """Returns the rows of one run: no row if unanswered, one "none" if nothing happened, else one row per moment.

    Cramps reported at the same moment become one row.
    """
    rng = np.random.default_rng([seed, runner.number, 3, outing.plan.run_no])
    if rng.random() < UNANSWERED:
        return []
    cramps = [(cramp.minute, cramp.muscle, cramp.side, cramp.severity) for cramp in outing.outcome.cramps]
    twinges = [minute for minute in outing.outcome.twinges if rng.random() < TWINGE_REPORTED]
    tight = [(minute, pick(MUSCLE, rng), pick(SIDE, rng), "tightness") for minute in twinges]
    rows: dict[float, Row] = {}
    for minute, muscle, side, severity in cramps + tight:
        onset_s = remembered_onset_s(line.timer_at(60.0 * minute), float(line.timer_s[-1]) - 1.0, rng)
        values = (clock(onset_s), UNCERTAINTY_S, muscle, remembered_side(side, rng), severity)
        rows.setdefault(onset_s, _row(runner, outing, *values))
    return [rows[onset_s] for onset_s in sorted(rows)] or [_row(runner, outing, "none", "", "", "", "")]


def plan_rows(runner: SimRunner, outings: list[Outing]) -> list[Row]:
    """Returns what recordings do not contain: which runs were races, and the planned duration of races and long runs."""
    return [
        {
            "runner": runner.name,
            "run": moment(outing),
            "race": "yes" if outing.plan.kind == "race" else "no",
            "planned": clock(300.0 * round(outing.plan.planned_min / 5.0)),
        }
        for outing in outings
        if outing.plan.kind in ("race", "long")
    ]


def runner_row(runner: SimRunner, truth: Truth, seed: int) -> Row:
    """Returns the profile; the first answer is drawn too: cramps in ten races of the usual kind before the log."""
    rng = np.random.default_rng([seed, runner.number, 4])
    races = offer(SCENARIOS[runner.usual_race], 10, rng)
    cramps = int((draw_onsets(HIGH, truth, races, rng) >= 0).sum())
    return {
        "name": runner.name,
        "birth_year": str(runner.birth_year),
        "sex": runner.sex,
        "home_tz": runner.place.zone,
        "cramps_last_10_races": "0" if cramps == 0 else "1-2" if cramps < 3 else "3+",
        "usual_race": runner.usual_race,
    }


def moment(outing: Outing) -> str:
    """Returns the start of the run, which names it in the answers: 2025-11-30T07:12:05Z."""
    return f"{outing.plan.start_at:%Y-%m-%dT%H:%M:%SZ}"


def clock(seconds: float) -> str:
    """Returns seconds as 2:21:10."""
    total = int(seconds)
    return f"{total // 3600}:{total % 3600 // 60:02d}:{total % 60:02d}"


def _row(runner: SimRunner, outing: Outing, *values: str) -> Row:
    return dict(zip(ANSWER_COLUMNS, (runner.name, moment(outing), *values, ""), strict=True))

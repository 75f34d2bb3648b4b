"""What `cramplog train` says: how good the forecasts would have been, in words a runner understands, and which fit is used.

Values in, lines out. The full table is pipeline.cli.lines.train_table's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.training.train import Trained, TrainedRunner

Kept = Mapping[str, Any]  # an Evaluation of the model as it was kept in the store

YOURS = {
    "own rate": "your plain rate of cramps",
    "own level x published shape": "your own level on the usual curve of time",
    "planned duration": "the planned duration alone",
    "pooled hazard": "one and the same forecast for all runners",
}
THEIRS = {
    **YOURS,
    "own rate": "each runner's plain rate of cramps",
    "own level x published shape": "each runner's own level on the usual curve of time",
}


def store_lines(trained: Trained, evaluation: Kept) -> list[str]:
    """What was learnt from, the record over all runners, and the sums where each is told as new here."""
    new = trained.newest
    assert new is not None
    marked = " (simulated)" if evaluation["simulated"] else ""
    learnt = (
        f"{plural(new.runs, 'answered run')}{marked} of {plural(new.runners, 'runner')}, {new.cramps:,} with a cramp"
    )
    lines = [f"{'learnt from' if trained.outcome == 'fitted' else 'unchanged:'} {learnt}"]
    lines += record_lines(evaluation["together"])
    new_here = evaluation["newcomers"]
    if new_here["verdict"] != "too few runs":
        lines.append(f"Each told as if new here, over {plural(new_here['runs'], 'run')}: {_sums(new_here)}.")
    return lines


def runner_line(one: TrainedRunner) -> str:
    """'anna: fitted, 41 answered runs with 5 cramps; of 31 runs looked back on 3 expected with a cramp, 5 came'."""
    if one.outcome == "nothing" or one.record is None:
        return f"{one.runner}: no answered run yet, so there is nothing to learn from; the report says so"
    told = f"{one.runner}: {one.outcome}, {plural(one.runs, 'answered run')} with {_cramps(one.cramps)}"
    if one.record["verdict"] == "too few runs":
        return f"{told}; too few to look back on"
    return f"{told}; looking back over {plural(one.record['runs'], 'run')}: {_sums(one.record)}"


def record_lines(record: Kept) -> list[str]:
    """'Had we told you before each of your last 140 runs: 9 cramps expected, 8 came.' and what simpler ways did."""
    if not record or record["verdict"] == "too few runs":
        return []
    if record["runners"] == 1:
        whose = f"your last {plural(record['runs'], 'run')}"
    else:
        whose = f"the last {record['runs']:,} runs of {record['runners']} runners"
    lines = [f"Had we told you before each of {whose}: {_sums(record)}."]
    if record["verdict"] == "no cramp":
        return [*lines, "Without a cramp among them nothing tells good forecasts from poor ones."]
    if record["verdict"] == "all cramps":
        return [*lines, "A cramp in every single run: are those answers right? See: cramplog runs"]
    return [*lines, *beside_simpler_ways(record)]


def beside_simpler_ways(record: Kept) -> list[str]:
    """Which simpler ways were clearly beaten, which not, which came closer; and whether that says much yet."""
    words = YOURS if record["runners"] == 1 else THEIRS
    stands: dict[str, list[str]] = {"better": [], "unclear": [], "worse": []}
    for one in record["baselines"]:
        stands[verdict(one)].append(words[one["name"]] + (_saved(one) if verdict(one) == "better" else ""))
    lines = [f"Closer to what came than {one}." for one in stands["better"]]
    if not lines:
        lines = ["No simpler way was clearly beaten: take the number for no better than those."]
    if stands["unclear"]:
        lines.append(f"Not clearly closer than {_listed(stands['unclear'], 'or')}.")
    if stands["worse"]:
        lines.append(f"Further off than {_listed(stands['worse'], 'and')}.")
    if record["cramps"] < CRAMPS_TO_JUDGE_FORECASTS:
        lines.append(
            f"It takes about {CRAMPS_TO_JUDGE_FORECASTS} cramps to say how good forecasts are, so this says little yet."
        )
    return lines


def verdict(baseline: Kept) -> str:
    """'better', 'worse' or 'unclear', by the 95 % range of the difference in log loss."""
    if baseline["worse_by_low"] > 0:
        return "better"
    return "worse" if baseline["worse_by_high"] < 0 else "unclear"


def use_lines(trained: Trained) -> list[str]:
    """Which fit is in use and why; nothing where that is as it was."""
    new, used = trained.newest, trained.in_use
    if new is None or used is None:
        return []
    if trained.chosen:
        newer = "" if used.training_id == new.training_id else f", not the newer {new.training_id}"
        return [
            f"In use: {used.training_id}, as you chose{newer}. To follow the newest again: cramplog train --use newest"
        ]
    if used.training_id != new.training_id:
        return [f"In use: {used.training_id}. Not the newer {new.training_id}: {new.reason}."]
    news = trained.outcome == "fitted" and new.outcome != "first"
    return [f"In use: {new.training_id}. {new.reason[:1].upper()}{new.reason[1:]}."] if news else []


def _sums(record: Kept) -> str:
    expected = "fewer than 1 cramp" if record["expected"] < 0.5 else _cramps(round(record["expected"]))
    return f"{expected} expected, {record['cramps'] or 'none'} came"


def _cramps(number: int) -> str:
    return plural(number, "cramp") if number else "no cramp"


def _saved(baseline: Kept) -> str:
    """': 28 % less error, plausibly 5 to 45 %'; error is the log loss."""
    low, high = (f"{100 * baseline[name]:.0f}" for name in ("saved_low", "saved_high"))
    return f": {100 * baseline['saved']:.0f} % less error, plausibly {low} to {high} %"


def _listed(words: Sequence[str], last: str) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"

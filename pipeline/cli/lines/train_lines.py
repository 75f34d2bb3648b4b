"""The text of `cramplog train`: how good the forecasts would have been, for a runner to understand, and the fit in use.

Values in, lines out. The full tables are in pipeline.cli.lines.train_table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.training.train import Trained, TrainedRunner

Scored = Mapping[str, Any]  # a stored Evaluation of the model, or one part of it

YOURS = {
    "own rate": "your average rate of cramps",
    "own level x published shape": "your average rate with the published curve over time",
    "planned duration": "the planned duration alone",
    "pooled hazard": "one hazard for all runners",
}
THEIRS = {
    **YOURS,
    "own rate": "each runner's average rate of cramps",
    "own level x published shape": "each runner's average rate with the published curve over time",
}


def store_lines(trained: Trained, evaluation: Scored) -> list[str]:
    """What was fitted, the scores over all runners, and the sums if every runner had been new."""
    new = trained.newest
    assert new is not None
    marked = " (simulated)" if evaluation["simulated"] else ""
    runs = f"{plural(new.runs, 'answered run')}{marked} of {plural(new.runners, 'runner')}"
    start = "fitted to" if trained.outcome == "fitted" else "unchanged:"
    lines = [f"{start} {runs}, {new.cramps:,} with a cramp", *score_lines(evaluation["together"])]
    newcomers = evaluation["newcomers"]
    if newcomers["verdict"] != "too few runs":
        lines.append(f"If every runner had been new: {_sums(newcomers)} ({plural(newcomers['runs'], 'run')}).")
    return lines


def runner_line(runner: TrainedRunner) -> str:
    """'anna: fitted, 41 answered runs with 5 cramps; 3 cramps predicted, 5 happened (31 runs)'."""
    if runner.outcome == "nothing" or runner.record is None:
        return f"{runner.runner}: no answered run yet, so there is nothing to fit; the report says so"
    line = f"{runner.runner}: {runner.outcome}, {plural(runner.runs, 'answered run')} with {_cramps(runner.cramps)}"
    if runner.record["verdict"] == "too few runs":
        return f"{line}; too few runs to check forecasts"
    return f"{line}; {_sums(runner.record)} ({plural(runner.record['runs'], 'run')})"


def score_lines(scored: Scored) -> list[str]:
    """'Forecasts before each of your last 140 runs: 9 cramps predicted, 8 happened.' and the simpler methods."""
    if not scored or scored["verdict"] == "too few runs":
        return []
    if scored["runners"] == 1:
        runs = f"your last {plural(scored['runs'], 'run')}"
    else:
        runs = f"the last {scored['runs']:,} runs of {scored['runners']} runners"
    lines = [f"Forecasts before each of {runs}: {_sums(scored)}."]
    if scored["verdict"] == "no cramp":
        return [*lines, "None of these runs had a cramp, so good and poor forecasts look the same."]
    if scored["verdict"] == "all cramps":
        return [*lines, "Every one of these runs had a cramp. Are these answers right? Check them: cramplog runs"]
    return [*lines, *comparison_lines(scored)]


def comparison_lines(scored: Scored) -> list[str]:
    """Which simpler methods the model clearly beat, which not, which were better; and whether that means much yet."""
    labels = YOURS if scored["runners"] == 1 else THEIRS
    methods: dict[str, list[str]] = {"better": [], "unclear": [], "worse": []}
    for baseline in scored["baselines"]:
        result = verdict(baseline)
        methods[result].append(labels[baseline["name"]] + (_improvement(baseline) if result == "better" else ""))
    lines = [f"Better than {method}." for method in methods["better"]]
    if not lines:
        lines = ["The model did not clearly beat any simpler method; trust it no more than those."]
    if methods["unclear"]:
        lines.append(f"Not clearly better than {_joined(methods['unclear'], 'or')}.")
    if methods["worse"]:
        lines.append(f"Worse than {_joined(methods['worse'], 'and')}.")
    if scored["cramps"] < CRAMPS_TO_JUDGE_FORECASTS:
        lines.append(f"It takes about {CRAMPS_TO_JUDGE_FORECASTS} cramps to judge forecasts, so this means little yet.")
    return lines


def verdict(baseline: Scored) -> str:
    """'better', 'worse' or 'unclear', by the 95 % range of the difference in log loss."""
    if baseline["worse_by_low"] > 0:
        return "better"
    return "worse" if baseline["worse_by_high"] < 0 else "unclear"


def use_lines(trained: Trained) -> list[str]:
    """Which fit is in use and why; empty if nothing changed."""
    new, used = trained.newest, trained.in_use
    if new is None or used is None:
        return []
    if trained.chosen:
        newer = "" if used.training_id == new.training_id else f", not the newer {new.training_id}"
        return [
            f"In use: {used.training_id}, as you chose{newer}. To use the newest again: cramplog train --use newest"
        ]
    if used.training_id != new.training_id:
        return [f"In use: {used.training_id}. Not the newer {new.training_id}: {new.reason}."]
    is_news = trained.outcome == "fitted" and new.outcome != "first"
    return [f"In use: {new.training_id}. {new.reason[:1].upper()}{new.reason[1:]}."] if is_news else []


def _sums(scored: Scored) -> str:
    """'19 cramps predicted, 23 happened'."""
    predicted = "fewer than 1 cramp" if scored["expected"] < 0.5 else _cramps(round(scored["expected"]))
    return f"{predicted} predicted, {scored['cramps'] or 'none'} happened"


def _cramps(number: int) -> str:
    return plural(number, "cramp") if number else "no cramp"


def _improvement(baseline: Scored) -> str:
    """': 28 % less error, plausibly 5 to 45 %'; error is the log loss."""
    low, high = (f"{100 * baseline[name]:.0f}" for name in ("saved_low", "saved_high"))
    return f": {100 * baseline['saved']:.0f} % less error, plausibly {low} to {high} %"


def _joined(items: Sequence[str], last: str) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"

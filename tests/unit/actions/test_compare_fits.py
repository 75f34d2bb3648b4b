"""Whether a new training takes the old one's place: the rule, its edges and its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from pipeline.actions.training.compare_fits import InUse, judge
from pipeline.store.fits.trainings import Training

NEW = Training("", datetime(2026, 6, 1), "hazard-2", "b", "alone", 1, 40, 4, "{}", "first", "")
T1 = replace(NEW, training_id="t1", data_hash="a")
RUNS = [f"r{n}" for n in range(20)]
CAME = pl.DataFrame({"runner_id": ["anna"] * 20, "run_id": RUNS, "cramp": [n % 5 == 0 for n in range(20)]})
GOOD = {run: 0.7 if n % 5 == 0 else 0.1 for n, run in enumerate(RUNS)}
POOR = {run: 0.3 if n % 5 == 0 else 0.2 for n, run in enumerate(RUNS)}


def used(said: dict[str, float], chosen: bool = False, version: str = "hazard-2") -> InUse:
    return InUse(replace(T1, model_version=version), chosen, said)


def test_without_an_old_one_it_is_the_first() -> None:
    assert judge(NEW, GOOD, None, CAME) == ("first", "it is the first training in this store")


def test_better_forecasts_replace_and_clearly_worse_ones_do_not() -> None:
    assert judge(NEW, GOOD, used(POOR), CAME)[0] == "replaced"
    outcome, said = judge(NEW, POOR, used(GOOD), CAME)
    assert outcome == "kept"
    # cramps: ln(.7/.3) = .8473 on 4 runs; clean: ln(.9/.8) = .1178 on 16: .2637 a run
    assert said.startswith("its forecasts are clearly worse: log loss 0.2637 per run more than t1 on the same 20 runs")


def test_a_difference_within_one_standard_error_replaces() -> None:
    """One run of twenty much worse, another a little better: mean .03, standard error .04."""
    mixed = {**GOOD, "r1": 0.55, "r2": 0.05}
    outcome, said = judge(NEW, mixed, used(GOOD), CAME)
    assert outcome == "replaced"
    assert "are not clearly worse: log loss 0.0320 per run more than t1" in said


def test_the_same_forecasts_replace() -> None:
    assert judge(NEW, GOOD, used(dict(GOOD)), CAME) == (
        "replaced",
        "on the same 20 runs its forecasts are those of t1",
    )


def test_runs_that_one_of_them_did_not_tell_do_not_count() -> None:
    """Where both told a run, they told the same; what is poor was told by the new one only."""
    newer = {**dict.fromkeys(RUNS, 0.99), **{run: GOOD[run] for run in RUNS[:10]}}
    older = {run: GOOD[run] for run in RUNS[:10]}
    assert "on the same 10 runs" in judge(NEW, newer, used(older), CAME)[1]


@pytest.mark.parametrize("common", [0, 1])
def test_one_run_in_common_is_none(common: int) -> None:
    older = {run: GOOD[run] for run in RUNS[:common]}
    assert judge(NEW, POOR, used(older), CAME) == ("replaced", "there were too few past runs to compare it with t1")


def test_what_a_person_chose_stays_however_good_the_new_one_is() -> None:
    outcome, said = judge(NEW, GOOD, used(POOR, chosen=True), CAME)
    assert (outcome, said) == ("kept", "you chose t1; to use the newest again: cramplog train --use newest")


@pytest.mark.parametrize("chosen", [False, True])
def test_a_fit_of_another_model_gives_way_even_where_it_was_better(chosen: bool) -> None:
    outcome, said = judge(NEW, POOR, used(GOOD, chosen, "hazard-1"), CAME)
    assert outcome == "replaced"
    assert said == (
        "this program can no longer use t1, a fit of hazard-1, although t1 predicted the same 20 runs better"
    )

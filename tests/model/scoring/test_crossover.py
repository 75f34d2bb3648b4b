"""The case-crossover and the claim fit: silent where nothing is, awake where something was planted."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from models.fit.design import plan_rows
from models.scoring.crossover import CLAIM_PRIORS, CaseCrossover, case_crossover, claim_slopes, deal_controls
from tests.model.runners import clean_runs, hazard_rows, varied_plans


def runs_at(wbgt: list[float], onset_at: dict[str, int], **plan) -> pl.DataFrame:
    plans = [plan_rows(3600.0, run_id=f"r{k:03d}", wbgt_c=value, **plan) for k, value in enumerate(wbgt)]
    return hazard_rows(pl.concat(plans), onset_at)


def test_p_is_the_share_of_all_ways_to_pick_the_cramp_runs() -> None:
    """A cramp run at 25 and a race with one at 22, each against three clean ones: the 16 ways counted one by one."""
    clean = [10.0, 20.0, 24.0]
    plans = [plan_rows(3600.0, run_id=f"t{k}", wbgt_c=value) for k, value in enumerate([25.0, *clean])]
    plans += [plan_rows(3600.0, run_id=f"z{k}", wbgt_c=value, race=True) for k, value in enumerate([22.0, *clean])]
    rows = hazard_rows(pl.concat(plans), {"t0": 5, "z0": 5})
    sets = [[25.0, *clean], [22.0, *clean]]
    gaps = [[x - (sum(drawn) - x) / 3 for x in drawn] for drawn in sets]
    seen = gaps[0][0] + gaps[1][0]
    exact = np.mean([one + other >= seen - 1e-9 for one, other in product(*gaps)])
    found = case_crossover(rows, "heat")
    assert (found.sets, found.controls) == (2, 6)
    assert found.higher_by == pytest.approx((7.0 + 4.0) / 2)
    assert found.p == pytest.approx(exact, abs=0.03)


def test_controls_are_clean_runs_of_like_plan_and_the_same_race_flag() -> None:
    plans = [
        plan_rows(3600.0, run_id="case", wbgt_c=25.0),
        plan_rows(3600.0 * 0.74, run_id="shorter", wbgt_c=1.0),
        plan_rows(3600.0 * 1.34, run_id="longer", wbgt_c=2.0),
        plan_rows(3600.0, run_id="race", wbgt_c=3.0, race=True),
        plan_rows(3600.0, run_id="cramped", wbgt_c=4.0),
        plan_rows(3600.0, run_id="unknown", wbgt_c=None),
        plan_rows(3600.0, run_id="like", wbgt_c=20.0),
    ]
    found = case_crossover(hazard_rows(pl.concat(plans), {"case": 3, "cramped": 3}), "heat")
    assert (found.sets, found.controls) == (1, 1)  # the second cramp run finds its only like taken
    assert found.higher_by == pytest.approx(5.0)


def test_at_most_ten_controls_are_drawn() -> None:
    found = case_crossover(runs_at([15.0] * 30, {"r000": 3}), "heat")
    assert (found.sets, found.controls, found.p) == (1, 10, 1.0)


def test_exposure_ends_with_the_onsets_segment_in_controls_too() -> None:
    rows = runs_at([20.0, 20.0], {"r000": 3})
    hotter_later = rows.with_columns(pl.when(pl.col("segment_no") > 3).then(35.0).otherwise("wbgt_c").alias("wbgt_c"))
    assert case_crossover(hotter_later, "heat").higher_by == 0.0


def test_without_cramps_or_controls_nothing_is_found() -> None:
    nothing = CaseCrossover(sets=0, controls=0, higher_by=0.0, p=1.0)
    assert case_crossover(clean_runs(20), "heat") == nothing
    assert case_crossover(hazard_rows(plan_rows(3600.0, run_id="r0"), {"r0": 2}), "heat") == nothing


def test_the_same_rows_give_the_same_p() -> None:
    rows = runs_at([float(k) for k in range(40)], {"r030": 2, "r035": 2, "r012": 2})
    assert case_crossover(rows, "heat") == case_crossover(rows.reverse(), "heat")


def test_p_is_even_where_nothing_is() -> None:
    """Among 100 runners whose cramps fall blindly about one in twenty comes under .05, and half under .5."""
    rng, found = np.random.default_rng(9), []
    for _ in range(100):
        cramped = {f"r{k:03d}": 2 for k in rng.choice(40, 6, replace=False)}
        found.append(case_crossover(runs_at(rng.normal(15, 6, 40).tolist(), cramped), "heat").p)
    assert (np.array(found) <= 0.05).sum() <= 11
    assert np.mean(found) == pytest.approx(0.5, abs=0.09)


def test_a_runner_who_cramps_only_when_hot_is_found() -> None:
    rng = np.random.default_rng(4)
    wbgt = rng.normal(15.0, 6.0, 80)
    rows = runs_at(wbgt.tolist(), {f"r{k:03d}": 6 for k in np.argsort(wbgt)[-8:]})
    assert case_crossover(rows, "heat").p < 0.005
    assert claim_slopes(rows)["heat"] > 0.99


def test_a_claim_leans_on_no_study() -> None:
    """Without own cramps the studies' pull on pace and heat is gone: slopes are as likely up as down."""
    slopes = claim_slopes(hazard_rows(varied_plans(1, np.random.default_rng(1))))
    assert slopes == pytest.approx({"heat": 0.5, "pace": 0.5}, abs=0.05)
    changed = {prior.column: (prior.mean, prior.sd_alone) for prior in CLAIM_PRIORS}
    assert changed["heat"] == changed["pace"] == changed["morning"] == (0.0, 1.0)
    assert changed["race"] == pytest.approx((1.1, 0.6708204))
    assert "hour_sin" not in changed


def test_no_clean_run_serves_two_cramp_runs() -> None:
    runs = [f"r{n}" for n in range(14)]
    dealt = deal_controls([runs, runs[::-1], runs[:3]])
    served = [run for controls in dealt for run in controls]
    assert len(served) == len(set(served)) == 14
    assert [len(controls) for controls in dealt] == [7, 6, 1]


def test_each_cramp_run_has_ten_controls_at_most_and_only_its_own() -> None:
    dealt = deal_controls([[f"a{n}" for n in range(30)], ["b0", "b1"], []])
    assert [len(controls) for controls in dealt] == [10, 2, 0]
    assert set(dealt[1]) == {"b0", "b1"}


def test_what_is_the_same_in_all_runs_changes_nothing() -> None:
    """A runner of a warmer country is compared with themselves."""
    cramped = {"r030": 2, "r035": 2, "r012": 2}
    cool, warm = ([float(k % 13) + shift for k in range(40)] for shift in (0.0, 8.0))
    assert case_crossover(runs_at(cool, cramped), "heat").p == case_crossover(runs_at(warm, cramped), "heat").p


def test_hotter_cramp_runs_never_raise_p() -> None:
    cramped = {"r001": 2, "r005": 2, "r009": 2, "r013": 2}
    found = []
    for hotter in (0.0, 2.0, 4.0, 8.0):
        wbgt = [10.0 + k % 7 + (hotter if f"r{k:03d}" in cramped else 0.0) for k in range(40)]
        found.append(case_crossover(runs_at(wbgt, cramped), "heat").p)
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.025 < found[0]


def test_an_uncertain_onset_is_taken_where_most_of_it_lies() -> None:
    """Shared .2, .5, .3 over segments 2 to 4: the exposure is the mean of segments 0 to 3, in the control too."""
    rows = runs_at([20.0, 20.0], {"r000": 4})
    shares = {2: 0.2, 3: 0.5, 4: 0.3}
    onset = [
        shares.get(no, 0.0) if run == "r000" else 0.0 for run, no in rows.select("run_id", "segment_no").iter_rows()
    ]
    warmer = pl.when((pl.col("run_id") == "r000") & (pl.col("segment_no") == 3)).then(28.0)
    warmer = warmer.when((pl.col("run_id") == "r000") & (pl.col("segment_no") == 4)).then(35.0)
    rows = rows.with_columns(pl.Series("onset", onset), warmer.otherwise("wbgt_c").alias("wbgt_c"))
    assert case_crossover(rows, "heat").higher_by == pytest.approx(2.0)


def test_runs_without_a_plan_or_a_physical_value_are_no_cases_and_no_controls() -> None:
    rows = runs_at([25.0, 999.0, 20.0, 21.0, 22.0], {"r000": 3, "r001": 3})
    unplanned = rows.with_columns(
        pl.when(pl.col("run_id") == "r004").then(None).otherwise("planned_s").alias("planned_s")
    )
    found = case_crossover(unplanned, "heat")
    assert (found.sets, found.controls, found.higher_by) == (1, 2, 4.5)

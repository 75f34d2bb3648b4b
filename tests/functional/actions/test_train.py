"""Training on real stores: nothing is fitted twice, a worse fit is not used, an older one can be gone back to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from models.fit.hazard import CrampHazard
from pipeline.actions.runs.run_edit import RunEdit, edit_run
from pipeline.actions.runs.runner_edit import edit_runner
from pipeline.actions.training.ready_fit import ready_fit
from pipeline.actions.training.train import Trained, train, train_all, use_fit
from pipeline.errors import NotFound, WrongInput
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner, add_runner, find_runner
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from pipeline.store.fits.fits import Fit, fit_in_use
from pipeline.store.fits.inputs import first_answers
from pipeline.store.fits.trainings import TRAININGS_WITH_MODELS, drop_old_models, listed_trainings, put_training
from tests.support.cli import Home
from tests.support.stores import NOW, make_store
from tests.support.trained import put_answered, run_no, trained_store

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def alone_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna alone, 26 runs and three cramps, trained once: t1. To be copied."""
    settings, _ = trained_store(tmp_path_factory.mktemp("alone") / "home")
    train(settings, NOW)
    return settings.home


@pytest.fixture(scope="module")
def pair_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna and ben, trained once: t1. To be copied."""
    settings, _ = trained_store(tmp_path_factory.mktemp("pair") / "home", 22, ((6, 14), (2, 10, 18)))
    train(settings, NOW)
    return settings.home


@pytest.fixture
def alone(alone_home: Path, tmp_path: Path) -> Settings:
    return Settings(shutil.copytree(alone_home, tmp_path / "home"))


@pytest.fixture
def pair(pair_home: Path, tmp_path: Path) -> Settings:
    return Settings(shutil.copytree(pair_home, tmp_path / "home"))


@contextmanager
def ledger(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_store(settings, write=True) as con:
        yield con


def used(settings: Settings, runner_id: str = "r1") -> Fit:
    with open_store(settings, write=False) as con:
        fit = fit_in_use(con, runner_id)
    assert fit is not None
    return fit


def ids(trained: Trained) -> tuple[str, str]:
    """The newest fit and the one in use."""
    assert trained.newest is not None
    assert trained.in_use is not None
    return trained.newest.training_id, trained.in_use.training_id


def more_runs(settings: Settings, runner_id: str, first: int, last: int, cramped: tuple[int, ...] = ()) -> None:
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_id)
    put_answered(settings, runner, [run_no(n, int(runner_id[1:]) - 1) for n in range(first, last)], cramped)


def spoil(settings: Settings, cramped: tuple[int, ...] = (14, 22)) -> None:
    """The cramped runs were planned to last ten minutes: said so afterwards, it makes every forecast of them worse."""
    for n in cramped:
        edit_run(settings, run_no(n).run_id, None, RunEdit(planned="0:10:00"), NOW)


def test_what_is_known_already_is_not_fitted_again(alone: Settings) -> None:
    again = train(alone, NOW + DAY)
    assert (again.outcome, ids(again)) == ("unchanged", ("t1", "t1"))
    assert train_all(alone, NOW + DAY) == "unchanged, t1 in use"


def test_new_answers_make_a_new_fit_that_takes_the_old_ones_place(alone: Settings) -> None:
    more_runs(alone, "r1", 26, 29)
    new = train(alone, NOW + DAY)
    assert (new.outcome, ids(new)) == ("fitted", ("t2", "t2"))
    assert new.newest is not None
    assert (new.newest.outcome, new.newest.runs, new.newest.cramps) == ("replaced", 29, 3)
    assert new.newest.reason == "on the same 16 runs its forecasts are those of t1"
    assert used(alone).training_id == "t2"


def test_a_fit_whose_forecasts_would_have_been_clearly_worse_is_kept_but_not_used(alone: Settings) -> None:
    before = used(alone)
    spoil(alone)
    worse = train(alone, NOW + DAY)
    assert ids(worse) == ("t2", "t1")
    assert worse.newest is not None
    assert worse.newest.outcome == "kept"
    assert worse.newest.reason.startswith("its forecasts are clearly worse: log loss")
    assert used(alone) == before
    assert train_all(alone, NOW + 2 * DAY) == "unchanged, t1 in use"  # and not fitted once more each night
    ready_fit(alone, "anna", NOW + 2 * DAY)
    assert used(alone) == before


def test_a_person_may_use_the_one_that_was_worse(alone: Settings) -> None:
    spoil(alone)
    train(alone, NOW + DAY)
    assert use_fit(alone, "newest", NOW + DAY).training_id == "t2"
    assert used(alone).training_id == "t2"


def test_going_back_holds_until_the_newest_is_wanted_again(alone: Settings) -> None:
    more_runs(alone, "r1", 26, 28)
    train(alone, NOW + DAY)
    use_fit(alone, "t1", NOW + DAY)
    assert (used(alone).training_id, used(alone).runs) == ("t1", 26)
    more_runs(alone, "r1", 28, 30)
    ready_fit(alone, "anna", NOW + 2 * DAY)
    assert (used(alone).training_id, used(alone).runs) == ("t1", 26)  # exactly the one that was chosen
    held = train(alone, NOW + 2 * DAY)
    assert (ids(held), held.chosen) == (("t3", "t1"), True)
    assert held.newest is not None
    assert held.newest.reason == "you chose t1; to use the newest again: cramplog train --use newest"
    use_fit(alone, "newest", NOW + 2 * DAY)
    more_runs(alone, "r1", 30, 31)
    assert ids(train(alone, NOW + 3 * DAY)) == ("t4", "t4")


def test_a_fit_of_another_model_is_replaced_and_cannot_be_chosen(alone: Settings) -> None:
    with ledger(alone) as con:
        con.execute("UPDATE training SET model_version = 'hazard-0', data_hash = 'of that model'")
        con.execute("UPDATE fit SET model_version = 'hazard-0'")
    with pytest.raises(WrongInput, match="t1 is a fit of hazard-0"):
        use_fit(alone, "t1", NOW)
    new = train(alone, NOW + DAY)
    assert ids(new) == ("t2", "t2")
    assert new.newest is not None
    assert new.newest.reason == "this program can no longer use t1, a fit of hazard-0"


def test_a_fit_that_is_not_there_is_named_with_those_that_are(alone: Settings) -> None:
    with pytest.raises(NotFound, match="no fit is called t9") as refused:
        use_fit(alone, "t9", NOW)
    assert "usable fits: t1" in refused.value.hint


def test_models_of_old_fits_go_and_their_records_stay(alone: Settings) -> None:
    use_fit(alone, "t1", NOW)
    with ledger(alone) as con:
        (first,) = [one.training for one in listed_trainings(con)]
        fit = fit_in_use(con, "r1")
        assert fit is not None
        for _ in range(TRAININGS_WITH_MODELS + 2):
            put_training(con, replace(first, data_hash="another"), [fit])
        drop_old_models(con)
        listed = {one.training.training_id: (one.in_use, one.usable) for one in listed_trainings(con)}
    assert len(listed) == TRAININGS_WITH_MODELS + 3
    assert listed["t1"] == (True, True)  # in use, however old
    assert listed["t2"] == listed["t3"] == (False, False)
    assert listed["t4"] == (False, True)
    with pytest.raises(NotFound, match="the models of fit t3 are deleted: only the 10 newest are stored"):
        use_fit(alone, "t3", NOW)


def test_several_runners_learn_from_each_other_and_each_fit_stands_alone(pair: Settings) -> None:
    fits = {runner: used(pair, runner) for runner in ("r1", "r2")}
    with open_store(pair, write=False) as con:
        (listed,) = listed_trainings(con)
    assert (listed.training.regime, listed.training.runners, listed.training.runs) == ("few", 2, 44)
    for runner, fit in fits.items():
        model = CrampHazard.from_json(fit.model)
        assert list(model.posteriors_) == [runner]
        assert (model.regime_, model.group_.n_runners) == ("few", 2)
        assert json.loads(fit.evaluation)["others"] == {"runners": 1, "runs": 22}


def test_the_record_of_the_store_names_no_run_and_no_runner(pair: Settings) -> None:
    with open_store(pair, write=False) as con:
        (listed,) = listed_trainings(con)
    assert run_no(15).run_id not in listed.training.evaluation
    assert run_no(15).run_id in used(pair, "r1").evaluation
    assert '"r1"' not in listed.training.evaluation


def test_a_new_run_is_folded_into_one_runners_fit_and_nothing_else_is_made(pair: Settings) -> None:
    before, of_ben = used(pair, "r1"), used(pair, "r2")
    more_runs(pair, "r1", 22, 23, cramped=(0,))
    ready_fit(pair, "anna", NOW + DAY)
    after = used(pair, "r1")
    assert (after.training_id, after.runs, after.cramps) == ("t1", 23, 3)
    assert after.fit_id != before.fit_id
    group = [CrampHazard.from_json(fit.model).group_ for fit in (before, after)]
    assert group[0].belief.mean.tolist() == group[1].belief.mean.tolist()
    assert used(pair, "r2") == of_ben
    ready_fit(pair, "anna", NOW + 2 * DAY)
    assert used(pair, "r1") == after  # and not once more for the same runs
    assert ids(train(pair, NOW + 2 * DAY)) == ("t2", "t2")


def test_a_runner_who_came_after_the_fit_starts_as_a_newcomer(pair: Settings) -> None:
    with ledger(pair) as con, change(con, "runner add", "", "single", NOW) as step:
        carla = add_runner(step, Runner("", "carla"))
    ready_fit(pair, "carla", NOW)
    with open_store(pair, write=False) as con:
        assert fit_in_use(con, "r3") is None  # nothing answered, nothing to learn from
    put_answered(pair, carla, [run_no(n, 2) for n in range(4)])
    ready_fit(pair, "carla", NOW)
    fit = used(pair, "r3")
    assert (fit.training_id, fit.runs, fit.cramps) == ("t1", 4, 0)
    assert json.loads(fit.evaluation)["evaluation"]["verdict"] == "too few runs"
    assert list(CrampHazard.from_json(fit.model).posteriors_) == ["r3"]


def test_without_an_answered_run_nothing_is_fitted(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    trained = train(settings, NOW)
    assert (trained.outcome, trained.newest, trained.in_use) == ("nothing", None, None)
    assert train_all(settings, NOW) == "no answered run yet"
    with pytest.raises(NotFound, match="there is no fit yet"):
        use_fit(settings, "t1", NOW)


def test_a_first_answer_is_known_since_it_was_last_corrected(alone: Settings) -> None:
    corrected = NOW + 40 * DAY
    edit_runner(alone, "anna", {"cramps_last_10_races": "1-2", "usual_race": "half"}, {}, NOW + DAY)
    edit_runner(alone, "anna", {"cramps_last_10_races": "3+"}, {}, corrected)
    edit_runner(alone, "anna", {"usual_race": "marathon"}, {}, NOW + 50 * DAY)
    with open_store(alone, write=False) as con:
        (known,) = first_answers(con)
    assert (known.answer, known.usual_race) == ("3+", "marathon")
    assert known.answered_at == corrected.replace(tzinfo=None)


def test_the_verb_says_which_fit_is_in_use_and_why(alone: Settings) -> None:
    home = Home(alone.home)
    first = home("train").stdout
    assert first.startswith("anna: unchanged, 26 answered runs with 3 cramps; looking back over 16 runs: ")
    assert "Had we told you before each of your last 16 runs: " in first
    assert "It takes about 20 cramps" in first
    assert "In use" not in first
    spoil(alone)
    worse = home("train").stdout
    assert "In use: t1. Not the newer t2: its forecasts are clearly worse: log loss" in worse
    assert home("train", "--use", "newest").stdout.startswith("t2 is in use, made on ")
    back = home("train", "--use", "t1").stdout
    assert "and stays so until you choose again or the program's model changes" in back
    assert "In use: t1, as you chose, not the newer t2. To follow the newest again" in home("train").stdout
    assert home.document("train", "--list")["fits"][1]["in_use"] is True
    assert home("train", "--list").stdout.splitlines()[0].startswith("fit  made (UTC)")
    assert home("train", "--use", "t7").exit_code == 4
    assert home("train", "anna", "--list").exit_code == 2


def test_the_full_table_comes_with_v(pair: Settings) -> None:
    full = Home(pair.home)("train", "-v").stdout
    assert "Looking back: each run told from what was known before it" in full
    assert "As if new here: each runner told from the other runners' runs" in full
    for word in ("own rate", "pooled hazard", "came / expected", "Brier skill", "net benefit", "AUROC within"):
        assert word in full, word
    assert full.splitlines()[-1].startswith("Next: ")


@pytest.mark.release
def test_a_log_of_any_length_is_trained(tmp_path: Path) -> None:
    """From 1 to 80 answered runs: the parts between two refits once left an empty part at 33, 44 and 61."""
    settings, (anna,) = trained_store(tmp_path / "home", 0, [()])
    for n_runs in range(1, 81):
        put_answered(settings, anna, [run_no(n_runs - 1)], [0] if n_runs in (7, 15, 23) else [])
        trained = train(settings, NOW)
        assert trained.in_use is not None, n_runs

"""Changes are taken back one by one, and the store is as if they had never been made."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import NotFound, WrongInput
from pipeline.schema import ParsedRun
from pipeline.store.answers.cramps import NewCramp, add_cramp, edit_cramp, remove_cramp, set_answer
from pipeline.store.answers.runners import Runner, edit_runner
from pipeline.store.answers.undo import last_changes, undo_change
from pipeline.store.db.changes import KEYS, change
from pipeline.store.db.connection import open_store
from tests.support.stores import NOW, START, answer, cramp_at, even_run, later, make_store, put_runs

Store = tuple[duckdb.DuckDBPyConnection, Runner, list[ParsedRun]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three runs of one runner, a day apart, unanswered."""
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    runs = [even_run(start_at=START + timedelta(days=day)) for day in range(3)]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, runs)
        yield con, anna, runs


def words(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables that hold the runner's words."""
    return {table: con.execute(f"FROM {table} ORDER BY {key}").fetchall() for table, key in KEYS.items()}


def answers(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [word for (word,) in con.execute("SELECT answer FROM run ORDER BY start_at").fetchall()]


def test_taking_back_a_tag_takes_its_answer_back_too(store: Store) -> None:
    con, anna, runs = store
    cramp_at(con, anna, runs[0], 1800)
    assert answers(con) == ["cramp", "unanswered", "unanswered"]
    undo_change(con, None, NOW)
    assert answers(con) == ["unanswered", "unanswered", "unanswered"]
    assert con.execute("SELECT count(*) FROM cramp").fetchall() == [(0,)]


def test_a_bulk_answer_is_one_step(store: Store) -> None:
    con, anna, runs = store
    answer(con, runs[0], "not sure")
    with change(con, "tag --none", "two runs", "bulk", NOW, anna.runner_id) as step:
        for run in runs[1:]:
            set_answer(step, run.run_id, "no cramp")
    assert answers(con) == ["not sure", "no cramp", "no cramp"]
    assert undo_change(con, None, NOW).detail == "two runs"
    assert answers(con) == ["not sure", "unanswered", "unanswered"]


def test_any_of_the_last_changes_can_be_taken_back(store: Store) -> None:
    con, _, runs = store
    for run in runs:
        answer(con, run)
    second = last_changes(con, 2)[1]
    undo_change(con, second.change_no, NOW)
    assert answers(con) == ["no cramp", "unanswered", "no cramp"]


def test_a_change_that_was_changed_again_waits_for_the_later_one(store: Store) -> None:
    con, _, runs = store
    answer(con, runs[0], "no cramp")
    answer(con, runs[0], "not sure")
    latest, first = last_changes(con, 2)
    with pytest.raises(WrongInput, match=f"cannot be undone: change {latest.change_no}"):
        undo_change(con, first.change_no, NOW)
    undo_change(con, latest.change_no, NOW)
    undo_change(con, first.change_no, NOW)
    assert answers(con)[0] == "unanswered"


def test_changes_of_other_columns_of_a_run_do_not_wait_for_each_other(store: Store) -> None:
    con, _, runs = store
    answer(con, runs[0])
    with change(con, "runs edit", "race", "single", NOW) as step:
        step.update("run", runs[0].run_id, {"race": True})
    race, told = last_changes(con, 2)
    undo_change(con, told.change_no, NOW)
    assert con.execute("SELECT answer, race FROM run WHERE run_id = ?", [runs[0].run_id]).fetchall() == [
        ("unanswered", True)
    ]
    undo_change(con, race.change_no, NOW)
    assert con.execute("SELECT race FROM run WHERE run_id = ?", [runs[0].run_id]).fetchall() == [(False,)]


def test_a_run_with_another_tag_stays_answered_with_cramp(store: Store) -> None:
    con, anna, runs = store
    cramp_at(con, anna, runs[0], 1200)
    cramp_at(con, anna, runs[0], 2400)
    first = last_changes(con, 2)[1]
    undo_change(con, first.change_no, NOW)
    assert answers(con)[0] == "cramp"
    assert con.execute("SELECT onset_moving_s FROM cramp").fetchall() == [(2400.0,)]


def test_nothing_to_take_back_and_twice_the_same_are_said(store: Store) -> None:
    con, _, runs = store
    answer(con, runs[0])
    number = last_changes(con, 1)[0].change_no
    undo_change(con, number, NOW)
    with pytest.raises(WrongInput, match="is already undone"):
        undo_change(con, number, NOW)
    with pytest.raises(NotFound, match="there is no change 99"):
        undo_change(con, 99, NOW)
    con.execute("UPDATE change SET undone_at = made_at")
    with pytest.raises(NotFound, match="there is no change to undo"):
        undo_change(con, None, NOW)


def test_every_answer_stays_in_the_history(store: Store) -> None:
    con, _, runs = store
    answer(con, runs[0], "not sure")
    answer(con, runs[0], "no cramp")
    undo_change(con, None, NOW)
    history = con.execute("SELECT answer, answered_how, taken_back_at IS NOT NULL FROM v_answer ORDER BY 1").fetchall()
    assert history == [("no cramp", "single", True), ("not sure", "single", False)]


def test_an_answer_that_a_richer_copy_took_over_is_taken_back_from_both(store: Store) -> None:
    con, anna, runs = store
    answer(con, runs[0])
    told = last_changes(con, 1)[0]
    copy = even_run(start_at=START, step_s=1.0)
    assert put_runs(con, anna, [copy]) == {runs[0].run_id: copy.run_id}
    assert con.execute("SELECT answer FROM run WHERE run_id = ?", [copy.run_id]).fetchall() == [("no cramp",)]
    undo_change(con, told.change_no, NOW)
    both = [copy.run_id, runs[0].run_id]
    assert con.execute("SELECT answer FROM run WHERE run_id IN (?, ?)", both).fetchall() == [("unanswered",)] * 2


def test_a_tag_taken_away_comes_back_onto_the_copy_that_counts_by_then(store: Store) -> None:
    con, anna, runs = store
    cramp_at(con, anna, runs[0], 1802.5)
    with change(con, "tag rm", "c1", "single", NOW) as step:
        remove_cramp(step, "c1")
    assert answers(con)[0] == "unanswered"
    removed = last_changes(con, 1)[0]
    copy = later(even_run(start_at=START + timedelta(seconds=10), step_s=1.0), run_id="a" * 64)
    put_runs(con, anna, [copy])
    undo_change(con, removed.change_no, NOW)
    assert con.execute("SELECT run_id, onset_moving_s FROM cramp").fetchall() == [("a" * 64, 1792.5)]
    assert con.execute("SELECT answer FROM run WHERE run_id = ?", ["a" * 64]).fetchall() == [("cramp",)]


@pytest.mark.parametrize("seed", range(5))
def test_all_changes_taken_back_leave_the_store_as_it_was(store: Store, seed: int) -> None:
    """A law: whatever was done, in whatever order, from the last to the first it all goes back."""
    con, anna, runs = store
    rng = random.Random(seed)
    before = words(con)
    first = last_changes(con, 1)[0].change_no
    for _ in range(12):
        _change_something(con, anna, runs, rng)
    made = [one for one in last_changes(con, 99) if one.change_no > first]
    assert len(made) >= 6
    for one in made:
        undo_change(con, one.change_no, NOW)
    assert words(con) == before


def _change_something(con: duckdb.DuckDBPyConnection, anna: Runner, runs: list[ParsedRun], rng: random.Random) -> None:
    run = rng.choice(runs)
    tags = [tag for (tag,) in con.execute("SELECT cramp_id FROM cramp ORDER BY 1").fetchall()]
    with change(con, "test", "", "single", NOW) as step:
        match rng.choice(("tag", "tag", "edit", "rm", "answer", "race", "runner")):
            case "tag":
                at_s = rng.uniform(1, 3599)
                onset_at = (run.start_at + timedelta(seconds=at_s)).replace(tzinfo=None)
                severity = rng.choice(("tightness", "mild", "severe"))
                tag = ("during", onset_at, at_s, 60.0, "calf", rng.choice(("left", "both")), severity, None, False)
                add_cramp(step, NewCramp(run.run_id, anna.runner_id, *tag))
            case "edit" if tags:
                edit_cramp(step, rng.choice(tags), {"severity": rng.choice(("tightness", "moderate")), "relief": "no"})
            case "rm" if tags:
                remove_cramp(step, rng.choice(tags))
            case "answer" if not tags:
                set_answer(step, run.run_id, rng.choice(("no cramp", "not sure")))
            case "race":
                step.update("run", run.run_id, {"race": rng.random() < 0.5, "planned_s": rng.uniform(600, 9000)})
            case _:
                edit_runner(step, anna, {"birth_year": rng.randint(1940, 2010)})

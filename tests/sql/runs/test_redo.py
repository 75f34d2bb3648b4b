"""Files read again and richer copies of them: what files say is replaced, what people said stays, and can be taken back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipeline.actions.ingest.ingest import ingest
from pipeline.actions.ingest.reread import redo_originals
from pipeline.actions.runs.run_edit import RunEdit, edit_run
from pipeline.actions.runs.run_joins import merge, remove_run, split
from pipeline.actions.runs.undo import undo
from pipeline.actions.tagging.tag import CrampText, answer_none_between, tag_cramp
from pipeline.actions.tagging.tag_file import import_tags
from pipeline.errors import WrongInput
from pipeline.settings import Settings
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from tests.support.cli import MORNING, recording, session
from tests.support.fit.writer import FitSession
from tests.support.folders import REAL_RUNS
from tests.support.stores import make_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=400)  # a file is judged as on the day it came
FILE_FACTS = ("run", "segment", "lap", "pause", "parse_note")


def starts() -> dict[str, datetime]:
    """The recordings by name; those of a pair overlap."""
    days = ("tagged", "shifted", "bulk", "imported", "deleted", "merged", "split")
    at = {name: MORNING + timedelta(days=number) for number, name in enumerate(days)}
    other = {"merged too": at["merged"] + timedelta(minutes=30), "split too": at["split"] + timedelta(minutes=2)}
    return at | other


def put_files(
    settings: Settings, folder: Path, change_session: Callable[[FitSession], FitSession], now: datetime
) -> None:
    folder.mkdir()
    for number, (name, at) in enumerate(starts().items()):
        plain = session(at, minutes=75 if name == "merged too" else 60)
        (folder / f"{number}.fit").write_bytes(recording(change_session(plain)))
    ingest(settings, [folder], "anna", now)


def richer(plain: FitSession) -> FitSession:
    """The same session with a heart rate: more values, another fingerprint."""
    records = plain.records
    return replace(plain, records=replace(records, heart_rate_bpm=np.full(np.size(records.at_s), 140.0)))


def say_everything(settings: Settings, folder: Path) -> None:
    """Every kind of word, each about a run of its own."""
    day = {name: f"{at:%Y-%m-%d}" for name, at in starts().items()}
    words = {
        "effect": "walked",
        "relief": "partly",
        "recurred": "yes",
        "recurred_after_s": 540.0,
        "note": "on the hill",
    }
    cramp = CrampText("0:40:00", "calf", "left", "severe", **words)  # type: ignore[arg-type]
    tag_cramp(settings, day["tagged"], "anna", cramp, NOW)
    edit_run(settings, day["tagged"], "anna", RunEdit(True, "walking", True, "1:10"), NOW)
    tag_cramp(settings, day["shifted"], "anna", CrampText("0:20:00", "foot", "right", "mild"), NOW)
    edit_run(settings, day["shifted"], "anna", RunEdit(shift="-3:00:00"), NOW)
    answer_none_between(settings, "anna", starts()["bulk"].date(), starts()["bulk"].date(), NOW)
    file = folder / "answers.csv"
    file.write_text(f"run,at\n{day['imported']},not sure\n")
    import_tags(settings, file, "anna", NOW)
    with open_store(settings, write=True) as con, change(con, "ask", "shoes", "single", NOW) as step:
        run = con.execute("SELECT run_id FROM run WHERE start_at::DATE = ?", [day["bulk"]]).fetchall()[0][0]
        given = {"given_id": "g1", "runner_id": "r1", "run_id": run, "question": "shoes", "answer": "new"}
        how = {"asked_because": "control", "answered_how": "single", "answered_at": step.at}
        step.insert("question_answer", {**given, **how})
    remove_run(settings, day["deleted"], "anna", NOW)
    merge(settings, f"{day['merged']}/1", f"{day['merged']}/2", "anna", NOW)
    split(settings, day["split"], "anna", NOW)


def words_by_start(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """What people said of each run that counts, by its start; ids left out, since copies have others."""
    return con.execute("""
        SELECT
            run.start_at, run.start_local, run.sport, run.sport_said, run.indoor, run.indoor_said, run.race,
            run.planned_s, run.shift_s, run.clock_wrong, run.answer, run.answered_how, run.answered_at,
            run.deleted_at IS NOT NULL,
            cramp.* EXCLUDE (run_id), question_answer.* EXCLUDE (run_id)
        FROM run
        LEFT JOIN cramp USING (run_id)
        LEFT JOIN question_answer USING (run_id)
        WHERE run.duplicate_of IS NULL
        ORDER BY run.start_at
    """).fetchall()


def hazard_rows(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute("FROM v_hazard_row ORDER BY run_id, segment_no").fetchall()


def facts(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    """Every row that rests on files, without the number of the records."""
    rows = {
        name: con.execute(f"SELECT COLUMNS(lambda c: c <> 'run_no') FROM {name} ORDER BY ALL").fetchall()
        for name in FILE_FACTS
    }
    sensors = "SELECT run_id, s.* EXCLUDE (run_no) FROM {} AS s JOIN run USING (run_no) ORDER BY ALL"
    return rows | {name: con.execute(sensors.format(name)).fetchall() for name in ("records.record", "tracks.track")}


@pytest.fixture(scope="module")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with nine recordings and every kind of word: to be copied."""
    folder = tmp_path_factory.mktemp("told")
    settings, _ = make_store(folder / "home", "anna")
    put_files(settings, folder / "watch", lambda plain: plain, NOW)
    say_everything(settings, folder)
    return folder


@pytest.fixture
def told(told_once: Path, tmp_path: Path) -> Settings:
    shutil.copytree(told_once / "home", tmp_path / "home")
    return Settings(tmp_path / "home")


def read_words(settings: Settings) -> list[tuple[object, ...]]:
    with open_store(settings, write=False) as con:
        return words_by_start(con)


def test_every_kind_of_word_is_there_to_be_kept(told: Settings) -> None:
    words = read_words(told)
    assert len(words) == 8  # nine recordings, two of them merged
    assert [row[10] for row in words].count("cramp") == 2
    assert {row[11] for row in words} >= {"single", "bulk", "import"}
    assert [row[8] for row in words].count(-10800.0) == 1
    assert [row[13] for row in words].count(True) == 1


def test_every_word_survives_a_redo_and_twice_is_as_once(told: Settings) -> None:
    before = read_words(told)
    with open_store(told, write=False, with_records=True, with_tracks=True) as con:
        were, rows = facts(con), hazard_rows(con)
    for _ in range(2):
        assert {one.outcome for one in redo_originals(told, "anna", LATER)} == {"reread"}
        assert read_words(told) == before
    with open_store(told, write=True, with_records=True, with_tracks=True) as con:
        assert facts(con) == were
        assert hazard_rows(con) == rows
        assert con.execute("SELECT count(DISTINCT run_no) FROM records.record").fetchall() == [(9,)]


def test_every_word_survives_a_richer_copy_of_the_file(told: Settings, tmp_path: Path) -> None:
    before = read_words(told)
    put_files(told, tmp_path / "corrected", richer, LATER)
    assert read_words(told) == before
    with open_store(told, write=False) as con:
        counted = con.execute("SELECT count(*) FROM segment JOIN run USING (run_id) WHERE duplicate_of IS NULL")
        assert counted.fetchall() == [(7 * 12 + 15,)]
        poorer = con.execute(
            "SELECT count(*) FROM segment JOIN run USING (run_id) WHERE duplicate_of IS NULL AND heart_rate_bpm IS NULL"
        )
        assert poorer.fetchall() == [(0,)]


@pytest.mark.parametrize("again", ["redo", "richer copy", "richer copy, then redo"])
def test_everything_can_be_taken_back_after_files_came_again(told: Settings, tmp_path: Path, again: str) -> None:
    """As if nothing had been said; only runs that were joined or parted before another recording came stay so."""
    if "copy" in again:
        put_files(told, tmp_path / "corrected", richer, LATER)
    if "redo" in again:
        redo_originals(told, "anna", LATER)
    with open_store(told, write=False) as con:
        changes = con.execute("SELECT change_no, what FROM change WHERE what <> 'init' ORDER BY 1 DESC").fetchall()
    for number, what in changes:
        if "copy" in again and what in ("runs merge", "runs split"):
            with pytest.raises(WrongInput, match="another recording of this run was imported after"):
                undo(told, number, LATER)
        else:
            undo(told, number, LATER)
    expected = set(starts().values())
    expected -= {starts()["merged"]} if "copy" in again else {starts()["split"]}
    words = read_words(told)
    assert {row[0] for row in words} == {at.replace(tzinfo=None) for at in expected}
    assert len(words) == len(expected)
    nothing = ("running", None, False, None, False, None, 0.0, False, "unanswered", None, None, False)
    assert {row[2:14] for row in words} == {nothing}
    assert {row[14:] for row in words} == {(None,) * (len(words[0]) - 14)}
    with open_store(told, write=False) as con:
        assert con.execute("SELECT count(*) FROM cramp").fetchall() == [(0,)]
        assert con.execute("SELECT count(*) FROM run WHERE deleted_at IS NOT NULL").fetchall() == [(0,)]


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE run SET moving_s = 1, distance_m = NULL, elapsed_s = 7",
        "UPDATE segment SET speed_ms = 99, cell = NULL",
        "DELETE FROM segment",
        "DELETE FROM lap",
        "DELETE FROM pause; DELETE FROM parse_note",
        "UPDATE run SET sport = 'rowing' WHERE sport_said IS NULL",
    ],
)
def test_a_redo_puts_right_what_was_wrong_in_the_store(told: Settings, spoil: str) -> None:
    """As an older parser would have left it."""
    with open_store(told, write=True, with_records=True, with_tracks=True) as con:
        were = facts(con)
        for one in spoil.split(";"):
            con.execute(one)
        assert facts(con) != were or "parse_note" in spoil
    redo_originals(told, None, LATER)
    with open_store(told, write=False, with_records=True, with_tracks=True) as con:
        assert facts(con) == were


def test_tags_are_put_to_their_instants_in_the_run_as_it_is_read_now(told: Settings) -> None:
    with open_store(told, write=True) as con:
        onsets = con.execute("SELECT cramp_id, onset_moving_s FROM cramp ORDER BY 1").fetchall()
        con.execute("UPDATE cramp SET onset_moving_s = 5")
    redo_originals(told, None, LATER)
    with open_store(told, write=False) as con:
        assert con.execute("SELECT cramp_id, onset_moving_s FROM cramp ORDER BY 1").fetchall() == onsets
        assert [onset for _, onset in onsets] == [2400.0, 1200.0]


def test_a_run_of_an_older_parser_is_read_again_when_its_file_comes_again(told: Settings, tmp_path: Path) -> None:
    with open_store(told, write=True, with_records=True, with_tracks=True) as con:
        were = facts(con)
        con.execute("UPDATE run SET parser_version = 0, moving_s = 1")
        con.execute("UPDATE file SET parser_version = 0")
    folder = told.home / "originals"
    assert {one.outcome for one in ingest(told, [folder], "anna", LATER)} == {"reread"}
    assert {one.outcome for one in ingest(told, [folder], "anna", LATER)} == {"known"}
    with open_store(told, write=False, with_records=True, with_tracks=True) as con:
        assert facts(con) == were
        assert con.execute("SELECT count(DISTINCT first_seen_at), min(name) FROM file").fetchall() == [(1, "0.fit")]


def test_a_run_that_is_no_longer_found_in_its_file_stays(tmp_path: Path) -> None:
    """As when another parser takes two sessions for one: the ledger's second one is not in the file any more."""
    settings, _ = make_store(tmp_path / "home", "anna")
    (tmp_path / "one.fit").write_bytes(recording())
    ingest(settings, [tmp_path / "one.fit"], "anna", NOW)
    with open_store(settings, write=True) as con:
        con.execute("INSERT INTO run SELECT * REPLACE ('f' AS run_id, 99 AS run_no, 2 AS session_no) FROM run")
    (said,) = redo_originals(settings, None, NOW)
    assert said.outcome == "reread"
    assert said.notes == ("1 run is no longer in this file; the stored run was left unchanged",)
    with open_store(settings, write=False) as con:
        assert con.execute("SELECT count(*) FROM run").fetchall() == [(2,)]


def test_a_session_that_is_found_now_is_added(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    two = recording(session(sport="cycling", minutes=30), session(MORNING + timedelta(minutes=35), minutes=20))
    (tmp_path / "two.fit").write_bytes(two)
    ingest(settings, [tmp_path / "two.fit"], "anna", NOW)
    with open_store(settings, write=True) as con:
        con.execute("DELETE FROM run WHERE session_no = 2")
    assert [one.outcome for one in redo_originals(settings, None, NOW)] == ["reread"]
    with open_store(settings, write=False) as con:
        assert con.execute("SELECT sport, part_of IS NULL FROM run ORDER BY session_no").fetchall() == [
            ("cycling", True),
            ("running", False),
        ]


def test_a_session_with_another_fingerprint_keeps_the_id_it_has(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    (tmp_path / "one.fit").write_bytes(recording())
    ingest(settings, [tmp_path / "one.fit"], "anna", NOW)
    with open_store(settings, write=True) as con:
        for table in ("run", "segment", "lap"):
            con.execute(f"UPDATE {table} SET run_id = 'an older fingerprint'")
    redo_originals(settings, None, NOW)
    with open_store(settings, write=False) as con:
        assert con.execute("SELECT run_id FROM run").fetchall() == [("an older fingerprint",)]
        assert con.execute("SELECT DISTINCT run_id, count(*) FROM segment GROUP BY 1").fetchall() == [
            ("an older fingerprint", 12)
        ]


def test_a_run_elsewhere_at_the_hour_of_a_wrong_clock_is_no_copy(told: Settings, tmp_path: Path) -> None:
    """The watch was three hours off; at the hour it showed there may have been another run."""
    other = session(starts()["shifted"], minutes=45)
    (tmp_path / "other.fit").write_bytes(recording(other))
    assert [one.outcome for one in ingest(told, [tmp_path / "other.fit"], "anna", NOW)] == ["new"]


@pytest.mark.skipif(not REAL_RUNS.is_dir(), reason="the folder of real recordings is not here")
def test_real_recordings_read_again_are_as_they_were(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    first = ingest(settings, [REAL_RUNS], "anna", NOW)
    answer_none_between(settings, "anna", datetime(1990, 1, 1).date(), None, NOW)
    with open_store(settings, write=False, with_records=True, with_tracks=True) as con:
        were, rows = facts(con), hazard_rows(con)
        linked = con.execute("SELECT run_id, duplicate_of FROM run ORDER BY 1").fetchall()
    again = redo_originals(settings, None, LATER)
    assert {one.outcome for one in again} <= {"reread", "known"}
    assert len(again) == sum(one.outcome != "failed" for one in first)
    with open_store(settings, write=False, with_records=True, with_tracks=True) as con:
        assert con.execute("SELECT run_id, duplicate_of FROM run ORDER BY 1").fetchall() == linked
        assert facts(con) == were
        assert rows
        assert hazard_rows(con) == rows

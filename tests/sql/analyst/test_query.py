"""The analyst's window: answers, words for mistakes, and what no question may reach."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.errors import CannotStart, WrongInput
from pipeline.settings import Settings
from pipeline.store.analyst.publish import publish, snapshot_paths
from pipeline.store.analyst.query import describe, list_views, run_query
from pipeline.store.analyst.snapshot import open_snapshot
from tests.sql.small_store import NOW, small_store

ENDLESS = "SELECT sum(hash(i)) FROM range(100000000000) t(i)"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two runs of three records, published; the questions here change nothing."""
    settings, root = small_store(tmp_path_factory.mktemp("published"), 1, 2)
    publish(settings, NOW, views=("v_run",), sql_root=root)
    return settings


def test_an_answer_has_columns_types_and_rows(published: Settings) -> None:
    answer = run_query(
        published, "SELECT run_id, distance_m / 1000 AS km, start_at FROM v_run WHERE run_no = $n", {"n": 2}
    )
    assert answer.columns == ("run_id", "km", "start_at")
    assert answer.types == ("VARCHAR", "DOUBLE", "TIMESTAMP")
    assert [(run_id, km, str(at)) for run_id, km, at in answer.rows] == [("id-2", 10.0, "2026-06-14 06:00:00")]


def test_records_are_asked_for_like_any_view(published: Settings) -> None:
    answer = run_query(
        published, "SELECT run_id, count(*), max(heart_rate_bpm) FROM v_record GROUP BY ALL ORDER BY ALL"
    )
    assert answer.rows == [("id-1", 3, 142.0), ("id-2", 3, 142.0)]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("FROM v_run ORDER BY run_no", "id-1"),
        ("WITH far AS (SELECT * FROM v_run WHERE distance_m > 5000) SELECT count(*) FROM far;", 2),
        ("PIVOT v_run ON run_id USING count(*) GROUP BY distance_m", 10000.0),
        ("SUMMARIZE v_run", "run_id"),
        ("DESCRIBE v_run", "run_id"),
        ("-- a comment\nVALUES (1)", 1),
        ("SELECT now() > TIMESTAMPTZ '2026-01-01 00:00:00+00'", True),
        ("SELECT '{\"a\": 7}'::JSON ->> 'a'", "7"),
    ],
)
def test_what_analysts_write_works(published: Settings, question: str, first: object) -> None:
    assert run_query(published, question).rows[0][0] == first


# Each is tried on the locked connection itself, so that DuckDB refuses it and not our reading of the statement.
HOSTILE = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_blob('{ledger}')",
    "FROM '{store}'",
    "COPY v_run TO '{folder}/stolen.csv'",
    "COPY v_run TO '{ledger}' (FORMAT csv, USE_TMP_FILE false)",
    "COPY v_run TO '{ledger}.wal' (FORMAT csv)",
    "COPY v_run TO '{ledger}.wal' (FORMAT parquet, USE_TMP_FILE false)",
    "COPY v_run TO '{records}.wal.recovery' (FORMAT csv, USE_TMP_FILE false)",
    "COPY v_run TO '/dev/stdout' (FORMAT csv, USE_TMP_FILE false)",
    "COPY v_run FROM '/etc/passwd'",
    "WITH a AS (COPY v_run TO '{ledger}.wal' (FORMAT csv)) SELECT * FROM a",
    "EXPLAIN ANALYZE COPY v_run TO '{ledger}.wal' (FORMAT csv, USE_TMP_FILE false)",
    "EXPORT DATABASE '{folder}/export'",
    "ATTACH '{store}' AS store",
    "ATTACH '{ledger}' AS again",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 64",
    "SET memory_limit = '100GB'",
    "SET temp_directory = '/tmp'",
    "SET enable_external_access = true",
    "SET disabled_filesystems = ''",
    "SET python_enable_replacements = true",
    "RESET lock_configuration",
    "PRAGMA enable_profiling = 'json'",
    "PRAGMA profiling_output = '{folder}/profile.json'",
    "CALL enable_logging(storage = 'file', storage_path = '{folder}')",
    "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a')",
    "FROM a_frame_of_the_program",
    "INSERT INTO v_run (run_id) VALUES ('x')",
    "UPDATE v_run SET distance_m = 0",
    "DELETE FROM v_run",
    "WITH gone AS (DELETE FROM v_run RETURNING *) SELECT * FROM gone",
    "DROP TABLE v_run",
    "ALTER TABLE v_run ADD COLUMN x INTEGER",
    "CREATE TABLE mine (x INTEGER)",
    "CREATE TABLE memory.main.mine (x INTEGER)",
    "CREATE TABLE records.mine (x INTEGER)",
    "USE memory",
]


@pytest.fixture(scope="module")
def locked(published: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_snapshot(published) as con:
        yield con


@pytest.mark.parametrize("question", HOSTILE)
def test_no_question_reaches_files_settings_python_or_writes(
    published: Settings, locked: duckdb.DuckDBPyConnection, question: str
) -> None:
    a_frame_of_the_program = pl.DataFrame({"secret": [1]})
    ledger, records = snapshot_paths(published)
    places = {"ledger": ledger, "records": records, "store": published.store, "folder": published.analyst}
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in published.analyst.iterdir()}
    with pytest.raises(duckdb.Error):
        locked.execute(question.format(**places)).fetchall()
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in published.analyst.iterdir()} == before
    assert locked.execute("SELECT count(*) FROM v_run, v_record").fetchall() == [(12,)]
    assert a_frame_of_the_program.height == 1


def test_detached_files_cannot_come_back_for_writing(published: Settings) -> None:
    _, records = snapshot_paths(published)
    with open_snapshot(published) as con:
        con.execute("DETACH records")
        with pytest.raises(duckdb.PermissionException):
            con.execute(f"ATTACH '{records}' AS records")


def test_writing_is_refused_in_one_plain_line(published: Settings) -> None:
    for question in ("DELETE FROM v_run", "COPY v_run TO 'out.csv'", "SET threads = 3", "ATTACH '/tmp/x' AS x"):
        with pytest.raises(WrongInput, match="the snapshot can only be read") as refusal:
            run_query(published, question)
        assert refusal.value.exit_code == 2


def test_an_unknown_name_is_answered_with_the_nearest(published: Settings) -> None:
    with pytest.raises(WrongInput, match="no column 'distanse_m'") as column:
        run_query(published, "SELECT distanse_m FROM v_run")
    assert column.value.hint == "did you mean distance_m?"
    with pytest.raises(WrongInput, match="no table 'v_runs'") as table:
        run_query(published, "SELECT * FROM v_runs")
    assert "v_run" in table.value.hint
    with pytest.raises(WrongInput, match="no table 'v_rn'"):
        run_query(published, "SELECT v_rn.run_id FROM v_run")
    with pytest.raises(WrongInput) as nowhere_near:
        run_query(published, "SELECT xyzzy FROM v_run")
    assert "--list" in nowhere_near.value.hint


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("SELECT 1; SELECT 2", "one statement at a time; this is 2"),
        ("", "one statement at a time; this is 0"),
        ("SELECT 1; DROP TABLE v_run", "one statement at a time"),
        ("SELEC 1", "syntax error"),
        ("SELECT 1 / 'a'", "Could not convert"),
        ("SELECT $missing", "missing"),
        ("SELECT length(string_agg(repeat('x', 1000000), '')) FROM range(10000)", "more memory"),
    ],
)
def test_a_wrong_question_is_answered_in_one_line(published: Settings, question: str, words: str) -> None:
    with pytest.raises(WrongInput, match=words) as refusal:
        run_query(published, question)
    assert "\n" not in refusal.value.message


def test_a_question_that_takes_too_long_is_stopped(published: Settings) -> None:
    start = time.monotonic()
    with pytest.raises(WrongInput, match=r"stopped after 0\.3 s"):
        run_query(published, ENDLESS, time_limit_s=0.3)
    assert time.monotonic() - start < 10
    with pytest.raises(WrongInput, match="stopped"):
        run_query(published, "SELECT sleep_ms(60000)", time_limit_s=0.1)
    assert run_query(published, "SELECT 1", time_limit_s=60).rows == [(1,)]


def test_ctrl_c_stops_a_question_at_once(published: Settings) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    press = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
    start = time.monotonic()
    try:
        press.start()
        with pytest.raises(KeyboardInterrupt):
            run_query(published, ENDLESS)
    finally:
        press.cancel()
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - start < 10


def test_more_rows_than_fit_are_refused_not_cut(published: Settings) -> None:
    assert len(run_query(published, "FROM range(100)", most_rows=100).rows) == 100
    with pytest.raises(WrongInput, match="more than 100 rows"):
        run_query(published, "FROM range(101)", most_rows=100)


def test_a_statement_without_an_answer_gives_an_empty_one(published: Settings) -> None:
    assert run_query(published, "SET VARIABLE a = 1").rows == []


def test_the_dictionary_lists_public_views_with_their_comments(published: Settings) -> None:
    listed = {view.name: view.comment for view in list_views(published)}
    assert listed.keys() == {"v_run", "v_record", "v_record_field"}
    assert listed["v_run"] == "One row a run; the watch's word."
    assert "without positions" in listed["v_record"]


def test_a_view_is_described_column_by_column_with_unit(published: Settings) -> None:
    run = {column.name: (column.type, column.comment) for column in describe(published, "v_run")}
    assert list(run) == ["run_id", "run_no", "runner_id", "distance_m", "start_at"]
    assert run["distance_m"] == ("DOUBLE", "Distance, m.")
    record = describe(published, "v_record")
    assert [column.name for column in record][:3] == ["run_id", "run_no", "elapsed_s"]
    assert all(column.comment for column in record)
    field = describe(published, "v_record_field")
    assert [column.name for column in field] == ["run_id", "run_no", "field_no", "field", "elapsed_s", "value", "unit"]
    assert all(column.comment for column in field)
    with pytest.raises(WrongInput, match="no view 'v_rn'") as unknown:
        describe(published, "v_rn")
    assert unknown.value.hint.startswith("did you mean v_run")


def test_housekeeping_is_no_view(published: Settings) -> None:
    for name in ("published", "record", "duckdb_columns"):
        with pytest.raises(WrongInput):
            describe(published, name)


def test_without_a_snapshot_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as refusal:
        run_query(Settings(tmp_path), "SELECT 1")
    assert "cramplog publish" in refusal.value.hint

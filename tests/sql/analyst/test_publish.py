"""The analyst's snapshot: what is in it, what must not be, when it is made anew, and who notices."""

from __future__ import annotations

import os
import signal
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import CannotStart, TryAgain
from pipeline.files import write_lock
from pipeline.settings import Settings
from pipeline.store.analyst.publish import PUBLIC_VIEWS, Published, is_stale, publish, snapshot_paths
from pipeline.store.analyst.snapshot import open_snapshot
from pipeline.store.db.connection import open_store
from tests.sql.small_store import NAME, NOW, V_RUN, add_runs, child, small_store, write_sql

VIEWS = ("v_run",)


def publish_small(settings: Settings, root: Path, wait_s: float = 30.0) -> Published:
    return publish(settings, NOW, views=VIEWS, wait_s=wait_s, sql_root=root)


def rows(settings: Settings, question: str) -> list[tuple[object, ...]]:
    with open_snapshot(settings) as con:
        return con.execute(question).fetchall()


def test_each_public_view_becomes_a_table_with_its_comments(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1, 2)
    made = publish_small(settings, root)
    assert made.rows == {"v_run": 2}
    assert rows(settings, "SELECT run_id, distance_m FROM v_run ORDER BY ALL") == [("id-1", 10000.0), ("id-2", 10000.0)]
    assert rows(settings, "SELECT comment FROM duckdb_tables() WHERE table_name = 'v_run'") == [
        ("One row a run; the watch's word.",)
    ]
    assert rows(settings, "SELECT comment FROM duckdb_columns() WHERE column_name = 'distance_m' AND comment <> ''")[
        0
    ] == ("Distance, m.",)


def test_neither_names_nor_tables_nor_places_of_the_store_are_in_the_files(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    assert NAME.encode() in settings.store.read_bytes()
    assert {path.name for path in settings.analyst.iterdir()} == {".writing", "cramplog.duckdb", "records.duckdb"}
    for path in snapshot_paths(settings):
        assert NAME.encode() not in path.read_bytes()
        with duckdb.connect(str(path), read_only=True) as con:
            tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            columns = {
                name
                for (name,) in con.execute("SELECT column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
            }
        assert tables in ({"v_run", "published"}, {"run", "record", "field", "record_field", "published"})
        assert not {"latitude", "longitude", "name", "cell"} & columns


def test_what_was_deleted_is_not_even_in_the_bytes(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    with open_store(settings, write=True, sql_root=root) as con:
        con.execute("INSERT INTO run (run_id) VALUES ('a-run-to-be-forgotten')")
    publish_small(settings, root)
    ledger, _ = snapshot_paths(settings)
    assert b"a-run-to-be-forgotten" in ledger.read_bytes()
    with open_store(settings, write=True, sql_root=root) as con:
        con.execute("DELETE FROM run WHERE run_id = 'a-run-to-be-forgotten'")
    publish_small(settings, root)
    assert b"a-run-to-be-forgotten" in settings.store.read_bytes()
    assert b"a-run-to-be-forgotten" not in ledger.read_bytes()


def test_records_join_by_either_key_and_leave_with_their_run(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1, 2)
    publish_small(settings, root)
    joined = (
        "SELECT run_id, run_no, max(heart_rate_bpm) FROM v_run"
        " JOIN v_record USING (run_id, run_no) GROUP BY ALL ORDER BY ALL"
    )
    assert rows(settings, joined) == [("id-1", 1, 142.0), ("id-2", 2, 142.0)]
    with open_store(settings, write=True, sql_root=root) as con:
        con.execute("DELETE FROM run WHERE run_no = 1")
    assert publish_small(settings, root).records_written
    assert rows(settings, "SELECT DISTINCT run_no FROM records.record") == [(2,)]


def test_records_are_written_again_only_when_they_changed(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    assert publish_small(settings, root).records_written
    with open_store(settings, write=True, with_records=True, sql_root=root) as con:
        con.execute("UPDATE run SET distance_m = 5000")
    assert not publish_small(settings, root).records_written
    assert rows(settings, "SELECT distance_m FROM v_run") == [(5000.0,)]
    add_runs(settings, root, 2)
    assert publish_small(settings, root).records_written


def test_it_is_stale_after_every_change_and_only_then(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    assert is_stale(settings, root)
    publish_small(settings, root)
    assert not is_stale(settings, root)
    with open_store(settings, write=True, with_records=True, sql_root=root) as con:
        con.execute("SELECT count(*) FROM run").fetchall()
    assert not is_stale(settings, root)
    with open_store(settings, write=True, sql_root=root) as con:
        con.execute("UPDATE run SET distance_m = 10001")
        assert is_stale(settings, root)  # committed into the log, not yet in the file
    assert is_stale(settings, root)
    publish_small(settings, root)
    write_sql(root, "views", "10_v_run.sql", V_RUN.replace("Distance, m.", "Distance in m."))
    assert is_stale(settings, root)


def test_a_reader_keeps_the_old_snapshot_while_the_new_one_takes_its_place(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    with open_snapshot(settings) as reader:
        assert reader.execute("SELECT count(*) FROM v_run").fetchall() == [(1,)]
        add_runs(settings, root, 2)
        publish_small(settings, root, wait_s=0.0)
        assert reader.execute("SELECT count(*) FROM v_run").fetchall() == [(1,)]
        assert reader.execute("SELECT count(*) FROM v_record").fetchall() == [(3,)]
        assert rows(settings, "SELECT (SELECT count(*) FROM v_run), (SELECT count(*) FROM v_record)") == [(2, 6)]


def test_files_are_the_owners_and_for_reading(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    assert [path.stat().st_mode & 0o777 for path in snapshot_paths(settings)] == [0o400, 0o400]
    assert settings.analyst.stat().st_mode & 0o777 == 0o700


def test_both_files_have_the_storage_version_that_the_duckdb_cli_reads(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    versions = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE path IS NOT NULL"
    assert rows(settings, versions) == [("v1.5.0+",), ("v1.5.0+",)]


def test_the_snapshot_says_when_it_was_made_in_utc(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    assert rows(settings, "SELECT published_at FROM published") == [(datetime(2026, 6, 14, 20, 0),)]


@pytest.mark.parametrize("file", [0, 1])
def test_a_damaged_or_missing_snapshot_is_made_anew(tmp_path: Path, file: int) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    damaged = snapshot_paths(settings)[file]
    damaged.chmod(0o600)
    damaged.write_bytes(b"not a database")
    publish_small(settings, root)
    assert rows(settings, "SELECT count(*) FROM v_record") == [(3,)]
    damaged.unlink()
    assert is_stale(settings, root)
    with pytest.raises(CannotStart) as refusal, open_snapshot(settings):
        pass
    assert "cramplog publish" in refusal.value.hint
    publish_small(settings, root)
    assert rows(settings, "SELECT count(*) FROM v_record") == [(3,)]


def test_what_somebody_wrote_into_the_snapshot_is_gone_with_the_next(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    ledger, _ = snapshot_paths(settings)
    ledger.with_name("cramplog.duckdb.wal").write_bytes(b"a log of another time")
    publish_small(settings, root)
    assert rows(settings, "SELECT run_id FROM v_run") == [("id-1",)]


def test_a_second_publish_waits_and_then_says_so(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    with write_lock(settings.analyst, 0.0), pytest.raises(TryAgain, match="another command"):
        publish_small(settings, root, wait_s=0.1)


def test_nothing_is_published_without_a_store(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="no store"):
        publish(Settings(tmp_path / "home"), NOW)


KILLED = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.files import write_lock
from pipeline.store.db.swap import new_file
settings = Settings(Path(sys.argv[1]))
with write_lock(settings.analyst, 1.0), open_store(settings, write=False, sql_root=Path(sys.argv[2])) as con:
    with new_file(con, settings.analyst / 'cramplog.duckdb'):
        con.execute("CREATE TABLE snapshot.v_run AS SELECT i, 'half' AS run_id FROM range(300000) t(i)")
        print('half', flush=True)
        time.sleep(60)
"""


@pytest.mark.slow
def test_a_publish_that_was_killed_leaves_the_old_snapshot_and_no_lock(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    publish_small(settings, root)
    with child(KILLED, settings.home, root) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    assert rows(settings, "SELECT run_id FROM v_run") == [("id-1",)]
    add_runs(settings, root, 2)
    publish_small(settings, root, wait_s=0.0)
    assert rows(settings, "SELECT count(*) FROM v_run") == [(2,)]
    assert {path.name for path in settings.analyst.iterdir()} == {".writing", "cramplog.duckdb", "records.duckdb"}


def test_the_programs_public_views_are_all_published_and_every_column_is_explained(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with open_store(settings, write=True, create=True) as con:
        views = {name for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    assert {name for name in views if name.startswith("v_")} == set(PUBLIC_VIEWS)
    publish(settings, NOW)
    with open_snapshot(settings) as con:
        unexplained = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns()"
            " WHERE database_name = 'cramplog' AND starts_with(table_name, 'v_') AND coalesce(comment, '') = ''"
        ).fetchall()
        private = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns()"
            " WHERE column_name IN ('name', 'note', 'title', 'latitude', 'longitude', 'cell', 'weather_cell', 'home_tz')"
            " AND NOT internal"
        ).fetchall()
    assert (unexplained, private) == ([], [])

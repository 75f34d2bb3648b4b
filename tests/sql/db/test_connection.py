"""Opening the store: who may, for how long one waits, and what is left when a process dies."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import CannotStart, TryAgain
from pipeline.settings import Settings
from pipeline.store.db.attach import lock_holder
from pipeline.store.db.connection import clean_orphans, open_store
from pipeline.store.db.transaction import transaction
from tests.sql.small_store import add_runs, child, small_schema, small_store

HOLD = """
import sys, time
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
with open_store(Settings(Path(sys.argv[1])), write=sys.argv[3] == 'write', sql_root=Path(sys.argv[2])):
    print('held', flush=True)
    time.sleep(float(sys.argv[4]))
"""
HALF_A_RUN = """
import sys, time
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
home, root, step = sys.argv[1:]
with open_store(Settings(Path(home)), write=True, with_records=True, sql_root=Path(root)) as con:
    with transaction(con):
        con.execute("INSERT INTO records.record (run_no, elapsed_s) SELECT 2, i FROM range(100000) t(i)")
        if step == 'records':
            print('writing', flush=True); time.sleep(60)
    with transaction(con):
        con.execute("INSERT INTO run (run_id, run_no) SELECT 'half', 2 FROM range(10000)")
        print('writing', flush=True); time.sleep(60)
"""
COMMITS = """
import sys
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
with open_store(Settings(Path(sys.argv[1])), write=True, sql_root=Path(sys.argv[2])) as con:
    for number in range(1, 100000):
        with transaction(con):
            con.execute("INSERT INTO run (run_id, run_no) SELECT 'run', $n FROM range(10)", {"n": number})
        print(number, flush=True)
"""


def count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row
    return int(row[0])


def test_table_names_without_catalog_are_the_ledgers(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1, 2)
    with open_store(settings, write=False, sql_root=root) as con:
        assert count(con, "run") == 2
        assert count(con, "cramplog.run") == 2


def test_positions_and_records_are_open_only_when_asked_for(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    with open_store(settings, write=False, sql_root=root) as con:
        for table in ("records.record", "tracks.track"):
            with pytest.raises(duckdb.CatalogException):
                count(con, table)
    with open_store(settings, write=False, with_records=True, with_tracks=True, sql_root=root) as con:
        assert (count(con, "records.record"), count(con, "tracks.track")) == (3, 1)


def test_all_three_files_have_the_storage_version_that_the_duckdb_cli_reads(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)
    with open_store(settings, write=True, with_records=True, with_tracks=True, sql_root=root) as con:
        found = con.execute(
            "SELECT database_name, tags['storage_version'] FROM duckdb_databases() WHERE path IS NOT NULL ORDER BY ALL"
        ).fetchall()
    assert found == [("cramplog", "v1.5.0+"), ("records", "v1.5.0+"), ("tracks", "v1.5.0+")]


def test_files_and_log_are_the_owners_only(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)
    with open_store(settings, write=True, sql_root=root) as con:
        con.execute("INSERT INTO run (run_id) VALUES ('a')")
        modes = {path.name: path.stat().st_mode & 0o777 for path in settings.home.iterdir()}
    assert modes == dict.fromkeys(["cramplog.duckdb", "cramplog.duckdb.wal", "records.duckdb", "tracks.duckdb"], 0o600)
    assert settings.home.stat().st_mode & 0o777 == 0o700


def test_without_a_store_the_next_step_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    for write in (False, True):
        with pytest.raises(CannotStart) as refusal, open_store(Settings(tmp_path / "home"), write=write):
            pass
        assert "cramplog init" in refusal.value.hint
    assert not (tmp_path / "home").exists()


def test_making_a_store_that_is_there_changes_nothing(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    before = [(path.name, path.stat().st_mtime_ns) for path in sorted(settings.home.iterdir())]
    with open_store(settings, write=True, create=True, sql_root=root) as con:
        assert count(con, "run") == 1
    assert [(path.name, path.stat().st_mtime_ns) for path in sorted(settings.home.iterdir())] == before


@pytest.mark.slow
def test_busy_store_is_waited_for_and_then_its_holder_named(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)
    with child(HOLD, settings.home, root, "write", 60) as other:
        start = time.monotonic()
        with pytest.raises(TryAgain) as busy, open_store(settings, write=False, wait_s=0.5, sql_root=root):
            pass
        waited_s = time.monotonic() - start
    assert f"(PID {other.pid})" in busy.value.message
    assert 0.5 <= waited_s < 5


@pytest.mark.slow
def test_busy_store_opens_as_soon_as_it_is_free(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    with (
        child(HOLD, settings.home, root, "write", 0.5),
        open_store(settings, write=True, sql_root=root) as con,
    ):
        assert count(con, "run") == 1


@pytest.mark.slow
def test_readers_share_the_store_and_keep_writers_out(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    with child(HOLD, settings.home, root, "read", 60):
        with open_store(settings, write=False, wait_s=0, sql_root=root) as con:
            assert count(con, "run") == 1
        with pytest.raises(TryAgain), open_store(settings, write=True, wait_s=0.2, sql_root=root):
            pass


def test_a_second_writer_in_the_same_process_is_kept_out_too(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)
    with (
        open_store(settings, write=True, sql_root=root),
        pytest.raises(TryAgain, match="another part of this program"),
        open_store(settings, write=True, wait_s=0.1, sql_root=root),
    ):
        pass


def test_the_holder_is_named_by_program_even_without_a_pid() -> None:
    message = 'Could not set lock on file "/x": Conflicting lock is held in {}. See also https://duckdb.org'
    assert lock_holder(message.format("/usr/bin/duckdb (PID 999999999)")) == "duckdb (PID 999999999)"
    assert lock_holder(message.format("/usr/bin/duckdb")) == "duckdb"
    assert lock_holder("Could not set lock on file: unknown") == "another process"


def spoil_middle(content: bytes) -> bytes:
    return content[:5000] + b"\x5a" * 30000 + content[35000:]


@pytest.mark.parametrize(
    "spoil", [spoil_middle, lambda content: content[:10000], lambda _: b"hello" * 99, lambda _: b""]
)
@pytest.mark.parametrize("write", [False, True])
def test_a_damaged_file_is_named(tmp_path: Path, spoil, write: bool) -> None:
    settings, root = small_store(tmp_path, 1)
    settings.records.write_bytes(spoil(settings.records.read_bytes()))
    with (
        pytest.raises(CannotStart, match=r"records\.duckdb is damaged") as refusal,
        open_store(settings, write=write, with_records=True, sql_root=root) as con,
    ):
        count(con, "records.record")
    assert "backup" in refusal.value.hint


def test_a_missing_file_is_named_and_not_made_anew(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    settings.tracks.unlink()
    with (
        pytest.raises(CannotStart, match=r"tracks\.duckdb is missing"),
        open_store(settings, write=True, with_tracks=True, sql_root=root),
    ):
        pass
    assert not settings.tracks.exists()


def test_a_file_of_a_newer_storage_version_is_not_touched(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)
    settings.store.unlink()
    with duckdb.connect(str(settings.store), config={"storage_compatibility_version": "latest"}) as con:
        con.execute("CREATE TABLE run (run_no INTEGER)")
    with pytest.raises(CannotStart, match="newer"), open_store(settings, write=True, sql_root=root):
        pass


def test_a_kill_at_the_stores_birth_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    settings, root = Settings(tmp_path / "home"), small_schema(tmp_path / "sql")
    settings.home.mkdir()
    settings.store.touch()  # a full disk leaves it like this
    with open_store(settings, write=True, create=True, sql_root=root) as con:
        assert count(con, "run") == 0


def test_a_lost_ledger_is_not_replaced_by_an_empty_one_that_would_clear_the_records(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    settings.store.unlink()
    for _ in range(2):
        with (
            pytest.raises(CannotStart, match=r"cramplog\.duckdb is gone"),
            open_store(settings, write=True, create=True, sql_root=root),
        ):
            pass
    with duckdb.connect(str(settings.records), read_only=True) as con:
        assert count(con, "record") == 3


@contextmanager
def as_nobody() -> Iterator[Path]:
    """A folder of ours that this process may read and not write: root gives its rights up for it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield folder
        os.seteuid(os.getuid())
        folder.chmod(0o700)


def test_a_folder_that_cannot_be_written_is_refused_in_words() -> None:
    with as_nobody() as folder:
        settings, root = small_store(folder, 1)
        for path in (folder, settings.home, root, root / "migrations", root / "views"):
            path.chmod(0o555)
        settings.store.chmod(0o444)
        if os.getuid() == 0:
            os.seteuid(65534)
        with (
            pytest.raises(CannotStart, match="may not be opened"),
            open_store(settings, write=True, sql_root=root),
        ):
            pass
        with open_store(settings, write=False, sql_root=root) as con:
            assert count(con, "run") == 1


def test_a_home_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(CannotStart),
        open_store(Settings(tmp_path / "file" / "home"), write=True, create=True),
    ):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device that is always full")
def test_a_full_disk_keeps_what_was_saved_and_says_so(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    log = settings.store.with_name("cramplog.duckdb.wal")

    def write_on() -> None:
        with open_store(settings, write=True, sql_root=root) as con:
            log.symlink_to("/dev/full")
            con.execute("INSERT INTO run (run_id) VALUES ('lost')")

    with pytest.raises(TryAgain, match="disk is full"):
        write_on()
    log.unlink(missing_ok=True)
    with open_store(settings, write=True, sql_root=root) as con:
        assert con.execute("SELECT run_id FROM run").fetchall() == [("id-1",)]


def test_an_error_inside_takes_the_whole_transaction_back(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)

    def fail_halfway(con: duckdb.DuckDBPyConnection) -> None:
        with transaction(con):
            con.execute("INSERT INTO run (run_id) VALUES ('half')")
            raise ZeroDivisionError

    with open_store(settings, write=True, sql_root=root) as con:
        with pytest.raises(ZeroDivisionError):
            fail_halfway(con)
        assert count(con, "run") == 0


def test_one_transaction_cannot_write_two_files(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)

    def write_two(con: duckdb.DuckDBPyConnection) -> None:
        with transaction(con):
            con.execute("INSERT INTO records.record (run_no, elapsed_s) VALUES (1, 0)")
            con.execute("INSERT INTO run (run_id) VALUES ('a')")

    with open_store(settings, write=True, with_records=True, sql_root=root) as con:
        with pytest.raises(duckdb.TransactionException):
            write_two(con)
        assert (count(con, "run"), count(con, "records.record")) == (0, 0)


def test_ctrl_c_waits_for_the_end_of_the_visit_and_what_was_begun_is_whole(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)

    def work_on() -> None:
        with open_store(settings, write=True, sql_root=root) as con, transaction(con):
            con.execute("INSERT INTO run (run_id) VALUES ('first')")
            os.kill(os.getpid(), signal.SIGINT)
            con.execute("INSERT INTO run (run_id) VALUES ('second')")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            work_on()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    with open_store(settings, write=False, sql_root=root) as con:
        assert count(con, "run") == 2


def test_records_and_tracks_without_a_run_go_at_the_next_opening_for_writing(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1, 2)
    with open_store(settings, write=True, sql_root=root) as con:
        con.execute("DELETE FROM run WHERE run_no = 2")
    with open_store(settings, write=False, with_records=True, sql_root=root) as con:
        assert count(con, "records.record") == 6
    with open_store(settings, write=True, with_records=True, with_tracks=True, sql_root=root) as con:
        assert con.execute("SELECT DISTINCT run_no FROM records.record").fetchall() == [(1,)]
        assert con.execute("SELECT DISTINCT run_no FROM tracks.track").fetchall() == [(1,)]
        assert clean_orphans(con) == 0


@pytest.mark.slow
@pytest.mark.parametrize("step", ["records", "ledger"])
def test_killed_while_storing_a_run_the_store_has_the_run_not_at_all(tmp_path: Path, step: str) -> None:
    settings, root = small_store(tmp_path, 1)
    with child(HALF_A_RUN, settings.home, root, step) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with open_store(settings, write=True, with_records=True, sql_root=root) as con:
            assert con.execute("SELECT run_no FROM run").fetchall() == [(1,)]
            assert con.execute("SELECT run_no, count(*) FROM records.record GROUP BY ALL").fetchall() == [(1, 3)]
    add_runs(settings, root, 2)


@pytest.mark.slow
@pytest.mark.parametrize("alive_s", [0.05, 0.2, 0.5])
def test_killed_among_commits_every_acknowledged_one_is_there_and_none_by_half(tmp_path: Path, alive_s: float) -> None:
    settings, root = small_store(tmp_path)
    with child(COMMITS, settings.home, root) as other:
        time.sleep(alive_s)
        os.kill(other.pid, signal.SIGKILL)
        assert other.stdout
        printed = other.stdout.read().split()
    acknowledged = int(printed[-1]) if printed else 1
    with open_store(settings, write=True, sql_root=root) as con:
        stored = con.execute("SELECT run_no, count(*) FROM run GROUP BY ALL ORDER BY ALL").fetchall()
    assert len(stored) in (acknowledged, acknowledged + 1)
    assert stored == [(number, 10) for number in range(1, len(stored) + 1)]

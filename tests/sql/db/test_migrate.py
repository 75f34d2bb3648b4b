"""Migrations: each once, each whole or not at all; views as the program has them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.errors import CannotStart
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.migrate import applied_version, migrations, schema_version
from tests.sql.small_store import add_runs, small_schema, small_store, write_sql


def open_once(settings: Settings, root: Path) -> None:
    with open_store(settings, write=True, sql_root=root):
        pass


def versions(settings: Settings, root: Path) -> dict[str, int]:
    """The version of each file, read without bringing the store up to date."""
    con = duckdb.connect(":memory:")
    for name in ("cramplog", "records", "tracks"):
        con.execute(f"ATTACH '{settings.home / name}.duckdb' AS {name} (READ_ONLY)")
    with con:
        return {name: applied_version(con, name) for name in ("cramplog", "records", "tracks")}


def test_a_new_store_records_every_migration_with_program_and_instant(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path)
    with open_store(settings, write=False, with_records=True, with_tracks=True, sql_root=root) as con:
        for catalog in ("cramplog", "records", "tracks"):
            rows = con.execute(f"SELECT version, name, program_version FROM {catalog}.migration").fetchall()
            assert rows == [(1, "ledger", "0.1.0")]
        assert con.execute("SELECT abs(epoch(applied_at) - epoch(now())) < 600 FROM migration").fetchall() == [(True,)]


def test_a_later_migration_keeps_what_is_stored_even_when_first_opened_for_reading(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    write_sql(root, "migrations", "0002_race.sql", "ALTER TABLE run ADD COLUMN race BOOLEAN DEFAULT FALSE;")
    with open_store(settings, write=False, sql_root=root) as con:
        assert con.execute("SELECT run_id, race FROM run").fetchall() == [("id-1", False)]
    assert versions(settings, root) == {"cramplog": 2, "records": 1, "tracks": 1}


def test_a_failing_migration_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    half = "CREATE TABLE shoe (name VARCHAR); UPDATE run SET distance_m = 0; INSERT INTO nowhere VALUES (1);"
    write_sql(root, "migrations", "0002_shoes.sql", half)
    with pytest.raises(duckdb.CatalogException):
        open_once(settings, root)
    assert versions(settings, root) == {"cramplog": 1, "records": 1, "tracks": 1}
    write_sql(root, "migrations", "0002_shoes.sql", "CREATE TABLE shoe (name VARCHAR);")
    with open_store(settings, write=True, sql_root=root) as con:
        assert con.execute("SELECT distance_m FROM run").fetchall() == [(10000.0,)]
        assert con.execute("SELECT count(*) FROM shoe").fetchall() == [(0,)]


def test_stopped_between_two_files_the_next_opening_goes_on_there(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    write_sql(root, "migrations", "0002_power.records.sql", "CREATE TABLE power_meter (run_no INTEGER);")
    write_sql(root, "migrations", "0002_power.sql", "INSERT INTO nowhere VALUES (1);")
    with pytest.raises(duckdb.CatalogException):
        open_once(settings, root)
    assert versions(settings, root) == {"cramplog": 1, "records": 2, "tracks": 1}
    write_sql(root, "migrations", "0002_power.sql", "CREATE TABLE meter (name VARCHAR);")
    open_once(settings, root)  # the records' part again would fail: its table is there
    assert versions(settings, root) == {"cramplog": 2, "records": 2, "tracks": 1}


def test_a_change_of_records_only_counts_for_the_ledger_too(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    write_sql(root, "migrations", "0002_power.records.sql", "CREATE TABLE power_meter (run_no INTEGER);")
    open_once(settings, root)
    assert versions(settings, root) == {"cramplog": 2, "records": 2, "tracks": 1}


def test_a_store_of_a_newer_program_is_refused_and_untouched(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    newer = small_schema(tmp_path / "newer")
    write_sql(newer, "migrations", "0002_race.sql", "ALTER TABLE run ADD COLUMN race BOOLEAN;")
    open_once(settings, newer)
    for write in (False, True):
        with (
            pytest.raises(CannotStart, match="newer cramplog"),
            open_store(settings, write=write, sql_root=root),
        ):
            pass
    assert versions(settings, root)["cramplog"] == 2


def test_views_are_the_programs_whenever_their_files_differ(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    write_sql(root, "views", "10_v_run.sql", "CREATE OR REPLACE VIEW v_run AS SELECT run_id AS id FROM run;")
    write_sql(root, "views", "20_v_id.sql", "CREATE OR REPLACE VIEW v_id AS SELECT id FROM v_run;")
    with open_store(settings, write=False, sql_root=root) as con:
        assert con.execute("FROM v_id").fetchall() == [("id-1",)]
    (root / "views" / "20_v_id.sql").unlink()
    with (
        open_store(settings, write=False, sql_root=root) as con,
        pytest.raises(duckdb.CatalogException, match="v_id"),
    ):
        con.execute("FROM v_id")


def test_a_failing_view_leaves_the_views_that_were_there(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    write_sql(root, "views", "10_v_run.sql", "CREATE OR REPLACE VIEW v_run AS SELECT 'new' AS word FROM run;")
    write_sql(root, "views", "20_v_id.sql", "CREATE OR REPLACE VIEW v_id AS SELECT nothing FROM run;")
    with pytest.raises(duckdb.BinderException):
        open_once(settings, root)
    with duckdb.connect(str(settings.store), read_only=True) as con:
        assert con.execute("SELECT run_id FROM v_run").fetchall() == [("id-1",)]


def test_an_up_to_date_store_is_not_written(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    before = settings.store.stat().st_mtime_ns
    open_once(settings, root)
    assert settings.store.stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["2_race.sql", "0002.sql", "0002_race.weather.sql", "0003_race.sql", "0001_other.sql"])
def test_a_misnamed_migration_is_our_bug(tmp_path: Path, name: str) -> None:
    root = small_schema(tmp_path)
    write_sql(root, "migrations", name, "SELECT 1;")
    with pytest.raises(ValueError, match=r"migrations|named|two parts"):
        migrations(root)


def test_the_programs_own_schema_makes_a_store_and_runs_fit_its_records(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with open_store(settings, write=True, create=True, with_records=True, with_tracks=True) as con:
        assert applied_version(con) == schema_version() >= 1
        assert con.execute("SELECT count(*) FROM records.record").fetchall() == [(0,)]
        columns = con.execute("SELECT column_name FROM (DESCRIBE records.record)").fetchall()
    assert not {"latitude", "longitude"} & {name for (name,) in columns}


def test_the_small_store_takes_runs_after_every_upgrade(tmp_path: Path) -> None:
    settings, root = small_store(tmp_path, 1)
    for version in (2, 3, 4):
        write_sql(root, "migrations", f"000{version}_more.sql", f"CREATE TABLE more_{version} (n INTEGER);")
        add_runs(settings, root, version)
    with open_store(settings, write=False, with_records=True, sql_root=root) as con:
        assert con.execute("SELECT count(*) FROM records.record").fetchall() == [(12,)]

"""A DuckDB that is kept from one opening of the store to the next: nothing of a visit stays in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipeline.store.db.connection import open_store
from pipeline.store.db.rows import registered
from pipeline.store.db.transaction import transaction
from tests.support.stores import make_store

WRITE = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('CREATE TABLE told (n INTEGER)')"


def tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def failing(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE memory.main.left_behind (n INTEGER)")
    raise ZeroDivisionError


def test_the_next_visit_sees_no_temporary_table_and_no_setting_of_the_last(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True) as con:
        con.execute("CREATE TEMP TABLE noted (n INTEGER)")
        con.execute("SET TimeZone = 'Asia/Tokyo'")
        assert "noted" in tables(con)
    with open_store(settings, write=True) as con:
        assert "noted" not in tables(con)
        assert con.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_after_an_error_nothing_of_its_memory_is_met_again(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    with pytest.raises(ZeroDivisionError), open_store(settings, write=True) as con:
        failing(con)
    with open_store(settings, write=True) as con:
        assert "left_behind" not in tables(con)


def test_between_two_visits_another_process_may_write(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True):
        busy = subprocess.run([sys.executable, "-c", WRITE, str(settings.records)], capture_output=True, text=True)
    subprocess.run([sys.executable, "-c", WRITE, str(settings.records)], check=True)
    with open_store(settings, write=True, with_records=True) as con:
        assert "told" in tables(con)
    assert "Could not set lock on file" in busy.stderr


def test_stores_open_at_once_do_not_share_one(tmp_path: Path) -> None:
    (sams, _), (annas, _) = (make_store(tmp_path / name, name) for name in ("sam", "anna"))
    with open_store(sams, write=True) as one, open_store(annas, write=True) as other:
        names = [con.execute("SELECT name FROM runner").fetchall() for con in (one, other)]
    assert names == [[("sam",)], [("anna",)]]


def test_registered_columns_can_be_read_inside_the_block_only(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True) as con:
        with registered(con, {"numbers": {"n": np.array([1.0, np.nan])}}):
            assert con.execute("SELECT n FROM numbers").fetchall() == [(1.0,), (None,)]
        with pytest.raises(duckdb.CatalogException, match="numbers does not exist"):
            con.execute("SELECT n FROM numbers")


def test_an_error_with_registered_columns_is_the_one_that_is_raised(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True) as con:
        with (
            pytest.raises(duckdb.BinderException, match="wrong_column"),
            transaction(con),
            registered(con, {"numbers": {"n": np.arange(2)}}),
        ):
            con.execute("SELECT wrong_column FROM numbers")
        with registered(con, {"numbers": {"n": np.arange(4)}}):
            assert con.execute("SELECT max(n) FROM numbers").fetchall() == [(3,)]

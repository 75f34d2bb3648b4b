"""SQL is source: one view a file under its own name, with its grain and question, and every public column commented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.store.analyst.publish import PUBLIC_VIEWS
from pipeline.store.db.connection import open_store
from pipeline.store.db.sql_files import sql_files
from tests.support.stores import START, answer, cramp_at, even_run, make_store, put_runs

VIEWS = sql_files("views")
PRIVATE = {"name", "note", "title", "description", "gear", "device", "file_sha256", "home_tz"}
PRIVATE |= {"latitude", "longitude", "cell", "weather_cell"}


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    settings, (runner,) = make_store(tmp_path_factory.mktemp("views") / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as store:
        runs = [even_run(minutes=30), even_run(minutes=60, start_at=START + timedelta(days=1))]
        put_runs(store, runner, runs[:1])
        answer(store, runs[0])
        put_runs(store, runner, runs[1:])
        cramp_at(store, runner, runs[1], 1000)
        yield store


@pytest.mark.parametrize(("name", "text"), VIEWS, ids=[name for name, _ in VIEWS])
def test_a_file_is_one_view_of_its_name_and_says_its_grain(name: str, text: str) -> None:
    made = re.findall(r"CREATE OR REPLACE VIEW (\w+)", text)
    assert made == [Path(name).stem.partition("_")[2]]
    assert text.startswith("-- Grain: ")
    assert "\n-- Question: " in text


@pytest.mark.parametrize("view", PUBLIC_VIEWS)
def test_every_public_column_is_commented(con: duckdb.DuckDBPyConnection, view: str) -> None:
    rows = con.execute("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [view]).fetchall()
    assert rows
    assert [name for name, comment in rows if not comment] == []


def test_public_views_are_those_that_are_published() -> None:
    views = {Path(name).stem.partition("_")[2] for name, _ in VIEWS}
    assert {view for view in views if view.startswith("v_")} == set(PUBLIC_VIEWS)


@pytest.mark.parametrize("view", PUBLIC_VIEWS)
def test_no_public_column_names_a_person_or_a_place(con: duckdb.DuckDBPyConnection, view: str) -> None:
    names = {row[0] for row in con.execute(f"DESCRIBE {view}").fetchall()}
    assert names & PRIVATE == set()


@pytest.mark.parametrize(("name", "text"), sql_files("analysis"), ids=[name for name, _ in sql_files("analysis")])
def test_analysis_asks_its_question_first_and_runs(con: duckdb.DuckDBPyConnection, name: str, text: str) -> None:
    assert text.startswith("-- Question: ")
    assert con.execute(text).fetchall()  # what they answer: test_analysis

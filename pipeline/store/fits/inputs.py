"""The input of training and report: hazard rows and facts of one runner, as polars frames. Called by actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from pipeline.store.db.rows import first_row
from pipeline.store.db.sql_files import read_sql


def hazard_rows(con: duckdb.DuckDBPyConnection, runner_id: str) -> pl.DataFrame:
    """The runner's rows of v_hazard_row, oldest first: the only rows the model is trained on."""
    sql = "SELECT * FROM v_hazard_row WHERE runner_id = $runner_id ORDER BY start_at, run_id, segment_no"
    return _frame(con, sql, runner_id)


def all_hazard_rows(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """All runners' rows of v_hazard_row, oldest first."""
    found: pl.DataFrame = con.sql("SELECT * FROM v_hazard_row ORDER BY start_at, run_id, segment_no").pl()
    return found


@dataclass(frozen=True, slots=True)
class StoredFirstAnswer:
    """A runner's answer about cramps in the last ten races, their usual race, and when they answered (UTC, no zone)."""

    runner_id: str
    answer: str
    usual_race: str | None
    answered_at: datetime


def first_answers(con: duckdb.DuckDBPyConnection) -> list[StoredFirstAnswer]:
    """The first answer of every runner who gave one (sql/queries/first_answers.sql)."""
    return [StoredFirstAnswer(*row) for row in con.execute(read_sql("queries", "first_answers")).fetchall()]


def report_runs(con: duckdb.DuckDBPyConnection, runner_id: str) -> pl.DataFrame:
    """One row per counted run of any sport (sql/queries/report_runs.sql)."""
    return _frame(con, read_sql("queries", "report_runs"), runner_id)


def report_cramps(con: duckdb.DuckDBPyConnection, runner_id: str) -> pl.DataFrame:
    """One row per tag (sql/queries/report_cramps.sql)."""
    return _frame(con, read_sql("queries", "report_cramps"), runner_id)


def usual_hours(con: duckdb.DuckDBPyConnection, runner_id: str) -> pl.DataFrame:
    """One row per segment with its weather (sql/queries/usual_hours.sql)."""
    return _frame(con, read_sql("queries", "usual_hours"), runner_id)


def home_cell(con: duckdb.DuckDBPyConnection, runner_id: str) -> str | None:
    """The cell of most of the runner's recent runs (sql/queries/home_cell.sql); None if no run has a position."""
    row = first_row(con, read_sql("queries", "home_cell"), {"runner_id": runner_id})
    return str(row[0]) if row else None


def evidence_counts(con: duckdb.DuckDBPyConnection, runner_id: str) -> dict[str, Any]:
    """Counts that decide what a report may state (sql/queries/evidence.sql), by name."""
    return _frame(con, read_sql("queries", "evidence"), runner_id).row(0, named=True)


def _frame(con: duckdb.DuckDBPyConnection, sql: str, runner_id: str) -> pl.DataFrame:
    found: pl.DataFrame = con.sql(sql, params={"runner_id": runner_id}).pl()
    return found

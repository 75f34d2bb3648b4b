"""A store with a schema of two tables, so that these tests hold whatever the program's own tables become."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.sql_files import read_sql
from pipeline.store.db.transaction import transaction

NOW = datetime(2026, 6, 14, 20, 0, tzinfo=UTC)
NAME = "Annabel Secretname"

LEDGER = """
CREATE TABLE runner (runner_id VARCHAR, name VARCHAR);
CREATE TABLE run (run_id VARCHAR, run_no INTEGER, runner_id VARCHAR, distance_m DOUBLE, start_at TIMESTAMP);
CREATE TABLE run_field (run_id VARCHAR, field_no INTEGER, name VARCHAR, unit VARCHAR);
"""
V_RUN = """
CREATE OR REPLACE VIEW v_run AS SELECT run_id, run_no, runner_id, distance_m, start_at FROM run;
COMMENT ON VIEW v_run IS 'One row a run; the watch''s word.';
COMMENT ON COLUMN v_run.distance_m IS 'Distance, m.';
"""


def write_sql(root: Path, folder: str, name: str, text: str) -> None:
    """Puts one .sql file into a schema's folder."""
    place = root / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(text, encoding="utf-8")


def small_schema(root: Path) -> Path:
    """Migrations and views of the small store; records and tracks as the program has them."""
    write_sql(root, "migrations", "0001_ledger.sql", LEDGER)
    records = [read_sql("migrations", part) for part in ("0001_ledger.records", "0003_carried.records")]
    write_sql(root, "migrations", "0001_ledger.records.sql", "\n".join(records))
    write_sql(root, "migrations", "0001_ledger.tracks.sql", read_sql("migrations", "0001_ledger.tracks"))
    write_sql(root, "views", "00_kept_run.sql", "CREATE OR REPLACE VIEW kept_run AS FROM run")
    write_sql(root, "views", "10_v_run.sql", V_RUN)
    return root


def small_store(folder: Path, *run_numbers: int) -> tuple[Settings, Path]:
    """A store made under `folder` with these runs, and where its schema lies."""
    settings, root = Settings(folder / "home"), small_schema(folder / "sql")
    shutil.copytree(_empty_home(), settings.home, copy_function=shutil.copy)
    if run_numbers:
        add_runs(settings, root, *run_numbers)
    return settings, root


@cache
def _empty_home() -> Path:
    """A small store just made, to be copied: making one takes longer than most of these tests."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    with open_store(Settings(folder / "home"), write=True, create=True, sql_root=small_schema(folder / "sql")):
        return folder / "home"


def add_runs(settings: Settings, root: Path, *run_numbers: int) -> None:
    """Runs of 3 records each, 10 km long, of a runner whose name must stay in the store."""
    with open_store(settings, write=True, with_records=True, with_tracks=True, sql_root=root) as con:
        for number in run_numbers:
            facts = {"n": number, "name": NAME}
            with transaction(con):
                con.execute("INSERT INTO tracks.track VALUES ($n, 0, 51.4769, -0.0005)", {"n": number})
            with transaction(con):
                con.execute(
                    "INSERT INTO records.record (run_no, elapsed_s, heart_rate_bpm)"
                    " FROM (VALUES ($n, 0, 140), ($n, 1, 141), ($n, 2, 142))",
                    {"n": number},
                )
            with transaction(con):
                con.execute("INSERT INTO runner SELECT 'ann-' || $n, $name", facts)
                con.execute(
                    "INSERT INTO run SELECT 'id-' || $n, $n, 'ann-' || $n, 10000, TIMESTAMP '2026-06-14 06:00'",
                    {"n": number},
                )


@contextmanager
def child(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process of its own, waited for until it has printed its first line; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()

"""Publishes the snapshot that analysts and `cramplog sql` read: new files filled from the public views.

It is never a copy of the store, which has deleted and private rows. The actions call `publish` and `is_stale`; `query`
opens the snapshot.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources.abc import Traversable
from pathlib import Path

import duckdb

from pipeline.errors import CannotStart, TryAgain
from pipeline.files import make_private_folder, private_umask, write_lock
from pipeline.instants import naive_utc
from pipeline.settings import Settings
from pipeline.store.db.attach import attach
from pipeline.store.db.connection import PATIENCE_S, open_store
from pipeline.store.db.migrate import views_hash
from pipeline.store.db.sql_files import SQL_ROOT, read_sql
from pipeline.store.db.swap import file_mark, new_file

# The public interface: these names, their columns and comments. A view that is not listed stays in the store.
PUBLIC_VIEWS = (
    "v_runner",
    "v_run",
    "v_lap",
    "v_run_field",
    "v_cramp",
    "v_answer",
    "v_question",
    "v_question_count",
    "v_segment",
    "v_run_weather",
    "v_hazard_row",
    "v_prediction",
    "v_calibration",
    "v_data_quality",
    "v_night",
)


@dataclass(frozen=True, slots=True)
class Published:
    """The snapshot in `folder`: the number of rows per view, and whether the records had changed and were rewritten."""

    folder: Path
    rows: dict[str, int]
    records_written: bool


def snapshot_paths(settings: Settings) -> tuple[Path, Path]:
    """The paths of the published ledger and the published records, which need not exist yet."""
    return settings.analyst / "cramplog.duckdb", settings.analyst / "records.duckdb"


def publish(
    settings: Settings,
    now: datetime,
    *,
    views: tuple[str, ...] = PUBLIC_VIEWS,
    wait_s: float = PATIENCE_S,
    sql_root: Traversable = SQL_ROOT,
) -> Published:
    """Write the snapshot from the present store; the records only if they have changed. `now` is aware.

    Raises what `open_store` raises, and TryAgain while another publish is running.
    """
    ledger, records = snapshot_paths(settings)
    make_private_folder(settings.analyst)
    with (
        private_umask(),
        write_lock(settings.analyst, wait_s),
        open_store(settings, write=False, with_records=True, wait_s=wait_s, sql_root=sql_root) as con,
    ):
        records_mark = _records_mark(con, settings)
        changed = _mark_of(records) != records_mark
        if changed:
            with new_file(con, records):
                con.execute(read_sql("queries", "publish_records"))
                _sign(con, now, records_mark)
        with new_file(con, ledger):
            rows = {view: _copy_view(con, view) for view in views}
            _sign(con, now, _store_mark(settings, sql_root))
    return Published(settings.analyst, rows, changed)


def is_stale(settings: Settings, sql_root: Traversable = SQL_ROOT) -> bool:
    """True if the store or the program's views changed since the last publish, or if there was none."""
    ledger, records = snapshot_paths(settings)
    return not records.is_file() or _mark_of(ledger) != _store_mark(settings, sql_root)


def _copy_view(con: duckdb.DuckDBPyConnection, view: str) -> int:
    """Copy the view with its comments to a table of the same name in `snapshot`; returns the number of rows."""
    row = con.execute(f'CREATE TABLE snapshot."{view}" AS FROM cramplog."{view}"').fetchone()
    about = con.execute(
        "SELECT comment FROM duckdb_views() WHERE database_name = 'cramplog' AND view_name = $view",
        {"view": view},
    ).fetchone()
    if about and about[0]:
        con.execute(f'COMMENT ON TABLE snapshot."{view}" IS {_literal(about[0])}')
    columns = con.execute(
        "SELECT column_name, comment FROM duckdb_columns()"
        " WHERE database_name = 'cramplog' AND table_name = $view AND comment IS NOT NULL",
        {"view": view},
    ).fetchall()
    for column, comment in columns:
        con.execute(f'COMMENT ON COLUMN snapshot."{view}"."{column}" IS {_literal(comment)}')
    return int(row[0]) if row else 0


def _literal(text: str) -> str:
    """A comment as SQL text: COMMENT ON takes no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _sign(con: duckdb.DuckDBPyConnection, now: datetime, mark: str) -> None:
    """Store when the snapshot was published, and the mark of its source, which `is_stale` compares."""
    con.execute("CREATE TABLE snapshot.published (published_at TIMESTAMP NOT NULL, source_mark VARCHAR NOT NULL)")
    con.execute("INSERT INTO snapshot.published VALUES ($at, $mark)", {"at": naive_utc(now), "mark": mark})


def _mark_of(path: Path) -> str | None:
    """The source mark in a published file; None if it is missing or unreadable, so that it is published again."""
    if not path.is_file():
        return None
    with duckdb.connect(":memory:") as con:
        try:
            attach(con, path, "snapshot", write=False, wait_s=0.0)
            row = con.execute("SELECT source_mark FROM snapshot.published").fetchone()
        except (CannotStart, TryAgain, duckdb.Error):
            return None
    return str(row[0]) if row else None


def _store_mark(settings: Settings, sql_root: Traversable) -> str:
    return f"{file_mark(settings.store)} {views_hash(sql_root)}"


def _records_mark(con: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    """Mark of the records' file, the query that copies it, and the runs: a run deleted from the ledger changes it too."""
    runs = con.execute("SELECT run_no, run_id FROM kept_run ORDER BY run_no").fetchall()
    source = read_sql("queries", "publish_records") + repr(runs)
    return f"{file_mark(settings.records)} {hashlib.sha256(source.encode()).hexdigest()}"

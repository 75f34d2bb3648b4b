"""Runs read again from their originals: data from the file are replaced, the runner's entries stay. Called by ingest.

A run's id never changes, even if a newer parser would compute a different one: answers, tags, duplicates and links in
reports refer to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.store.db.changes import Unlogged
from pipeline.store.db.transaction import transaction
from pipeline.store.runs.duplicates import move_tag
from pipeline.store.runs.rows import PARTS, NewRun, file_facts, gather_sensors, number_runs, write_parts, write_sensors

_COLUMNS = (
    "run_id, file_sha256, session_no, runner_id, sport, sport_said, indoor_said, shift_s, parser_version, ingested_at"
)
_REPLACED = ("segment", "parse_note", *PARTS)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A stored run whose file is read again, with the runner's corrections of data from the file."""

    run_id: str
    file_sha256: str
    session_no: int
    runner_id: str
    sport: str
    sport_said: str | None
    indoor_said: bool | None
    shift_s: float
    parser_version: int
    ingested_at: datetime


def stored_runs(
    con: duckdb.DuckDBPyConnection, file_sha256s: Sequence[str], run_ids: Sequence[str] = ()
) -> list[StoredRun]:
    """The runs of these files and those with these ids, deleted ones and duplicates too, in the order of their files."""
    rows = con.execute(
        f"SELECT {_COLUMNS} FROM run WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))"  # noqa: S608  our names
        " OR run_id IN (SELECT unnest($runs::VARCHAR[])) ORDER BY session_no, run_no",
        {"files": list(file_sha256s), "runs": list(run_ids)},
    ).fetchall()
    return [StoredRun(*row) for row in rows]


def redo_runs(con: duckdb.DuckDBPyConnection, runs: Sequence[NewRun]) -> None:
    """Replace the file data of runs that are in the ledger, by their ids. The ledger changes for all of them or none.

    The records get a new run_no. If the program is killed between the steps, the run is unchanged and the next opening
    for writing deletes the records without a run.
    """
    if not runs:
        return
    again = number_runs(con, runs)
    sensors = gather_sensors(again)
    write_sensors(con, sensors)
    with transaction(con):
        run_ids = [run.parsed.run_id for run in runs]
        for table in _REPLACED:
            con.execute(
                f"DELETE FROM {table} WHERE list_contains($runs::VARCHAR[], run_id)",  # noqa: S608  tables of ours
                {"runs": run_ids},
            )
        for number, run in again:
            Unlogged(con).update("run", run.parsed.run_id, file_facts(number, run))
        write_parts(con, sensors)
        _move_tags(con, run_ids)


def _move_tags(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> None:
    rows = con.execute(
        "SELECT cramp_id FROM cramp WHERE list_contains($runs::VARCHAR[], run_id)", {"runs": run_ids}
    ).fetchall()
    for (cramp_id,) in rows:
        move_tag(Unlogged(con), cramp_id)

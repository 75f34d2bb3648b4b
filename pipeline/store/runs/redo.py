"""Runs read again from their originals: what the file says is replaced, what people said stays. Called by ingest.

A run keeps its id for life, though a newer parser might compute another: answers, tags, copies and links in reports hang
on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.store.db.changes import Unnoted
from pipeline.store.db.transaction import transaction
from pipeline.store.runs.duplicates import settle_tag
from pipeline.store.runs.rows import PARTS, NewRun, file_facts, gathered, numbered, write_parts, write_sensors

_KNOWN = (
    "run_id, file_sha256, session_no, runner_id, sport, sport_said, indoor_said, shift_s, parser_version, ingested_at"
)
_REPLACED = ("segment", "parse_note", *PARTS)


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run of the ledger as its file is found again, with the runner's words on what files say."""

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


def known_runs(
    con: duckdb.DuckDBPyConnection, file_sha256s: Sequence[str], run_ids: Sequence[str] = ()
) -> list[KnownRun]:
    """The runs of these files and those of these ids, deleted ones and copies too, in the order of their files."""
    rows = con.execute(
        f"SELECT {_KNOWN} FROM run WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))"  # noqa: S608  our names
        " OR run_id IN (SELECT unnest($runs::VARCHAR[])) ORDER BY session_no, run_no",
        {"files": list(file_sha256s), "runs": list(run_ids)},
    ).fetchall()
    return [KnownRun(*row) for row in rows]


def redo_runs(con: duckdb.DuckDBPyConnection, runs: Sequence[NewRun]) -> None:
    """Replace what files say of runs that the ledger has, by their ids; all of them or, in the ledger, none.

    The records get a new run_no: a kill between the steps leaves the run as it was, and the next opening for writing
    clears the records that no run has.
    """
    if not runs:
        return
    again = numbered(con, runs)
    sensors = gathered(again)
    write_sensors(con, sensors)
    with transaction(con):
        run_ids = [run.parsed.run_id for run in runs]
        for table in _REPLACED:
            con.execute(
                f"DELETE FROM {table} WHERE list_contains($runs::VARCHAR[], run_id)",  # noqa: S608  tables of ours
                {"runs": run_ids},
            )
        for number, run in again:
            Unnoted(con).update("run", run.parsed.run_id, file_facts(number, run))
        write_parts(con, sensors)
        _settle_tags(con, run_ids)


def _settle_tags(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> None:
    rows = con.execute(
        "SELECT cramp_id FROM cramp WHERE list_contains($runs::VARCHAR[], run_id)", {"runs": run_ids}
    ).fetchall()
    for (cramp_id,) in rows:
        settle_tag(Unnoted(con), cramp_id)

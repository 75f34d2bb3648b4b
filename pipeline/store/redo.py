"""Runs read again from their originals: what the file says is replaced, what people said stays. Called by ingest.

A run keeps its id for life, though a newer parser might compute another: answers, tags, copies and links in reports hang
on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.store.changes import Unnoted
from pipeline.store.connection import transaction
from pipeline.store.duplicates import settle_tag
from pipeline.store.run_rows import NewRun, file_facts, numbered, write_parts, write_sensors

_KNOWN = (
    "run_id, file_sha256, session_no, runner_id, sport, sport_said, indoor_said, shift_s, parser_version, ingested_at"
)
_PARTS = ("segment", "lap", "pause", "parse_note")


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


def known_runs(con: duckdb.DuckDBPyConnection, file_sha256s: Sequence[str]) -> dict[str, list[KnownRun]]:
    """The runs of each of these files, deleted ones and copies too, in the order of the file."""
    rows = con.execute(
        f"SELECT {_KNOWN} FROM run WHERE list_contains($files::VARCHAR[], file_sha256) ORDER BY session_no, run_no",  # noqa: S608
        {"files": list(file_sha256s)},
    ).fetchall()
    found: dict[str, list[KnownRun]] = {}
    for row in rows:
        run = KnownRun(*row)
        found.setdefault(run.file_sha256, []).append(run)
    return found


def redo_runs(con: duckdb.DuckDBPyConnection, runs: Sequence[NewRun]) -> None:
    """Replace what files say of runs that the ledger has, by their ids; all of them or, in the ledger, none.

    The records get a new run_no: a kill between the steps leaves the run as it was, and the next opening for writing
    clears the records that no run has.
    """
    if not runs:
        return
    again = numbered(con, runs)
    write_sensors(con, again)
    with transaction(con):
        run_ids = [run.parsed.run_id for run in runs]
        for table in _PARTS:
            con.execute(
                f"DELETE FROM {table} WHERE list_contains($runs::VARCHAR[], run_id)",  # noqa: S608  tables of ours
                {"runs": run_ids},
            )
        for number, run in again:
            Unnoted(con).update("run", run.parsed.run_id, file_facts(number, run))
        write_parts(con, again)
        _settle_tags(con, run_ids)


def _settle_tags(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> None:
    rows = con.execute(
        "SELECT cramp_id FROM cramp WHERE list_contains($runs::VARCHAR[], run_id)", {"runs": run_ids}
    ).fetchall()
    for (cramp_id,) in rows:
        settle_tag(Unnoted(con), cramp_id)

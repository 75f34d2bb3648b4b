"""One run with all that is known of it, for `cramplog runs RUN`. Called by the runs action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.store.find import RunRow, copies_beside
from pipeline.store.rows import one_row
from pipeline.store.runners import Runner
from pipeline.store.tags import Tag, tags_of


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer to the cramp question, as it was given once; instants are UTC without a zone."""

    answer: str
    answered_how: str
    answered_at: datetime
    taken_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunDetails:
    """One run with its tags, the answers it was ever given (oldest first), its mean weather (None where unknown), what was
    repaired in its file, and its other recordings."""

    runner: str
    run: RunRow
    laps: int
    pauses: int
    air_temp_c: float | None
    wbgt_c: float | None
    cramps: tuple[Tag, ...]
    answers: tuple[GivenAnswer, ...]
    notes: tuple[str, ...]
    copies: tuple[RunRow, ...]


def run_details(con: duckdb.DuckDBPyConnection, runner: Runner, run: RunRow) -> RunDetails:
    """The run with its tags, mean weather and notes."""
    one = {"run_id": run.run_id}
    counts = one_row(
        con,
        "SELECT (SELECT count(*) FROM lap WHERE run_id = $run_id), "
        "(SELECT count(*) FROM pause WHERE run_id = $run_id), "
        "avg(air_temp_c), avg(wbgt_c) FROM v_run_weather WHERE run_id = $run_id",
        one,
    )
    laps, pauses, air_temp_c, wbgt_c = counts or (0, 0, None, None)
    answers = con.execute(
        "SELECT answer, answered_how, answered_at, taken_back_at FROM v_answer"
        " WHERE run_id IN (SELECT run_id FROM kept_run WHERE coalesce(duplicate_of, run_id) = $run_id)"
        " ORDER BY answered_at",
        one,
    ).fetchall()
    notes = con.execute("SELECT detail FROM parse_note WHERE run_id = $run_id ORDER BY kind", one).fetchall()
    return RunDetails(
        runner=runner.name,
        run=run,
        laps=laps,
        pauses=pauses,
        air_temp_c=air_temp_c,
        wbgt_c=wbgt_c,
        cramps=tuple(tags_of(con, run.runner_id, run.run_id)),
        answers=tuple(GivenAnswer(*row) for row in answers),
        notes=tuple(detail for (detail,) in notes),
        copies=tuple(copies_beside(con, run.run_id)),
    )

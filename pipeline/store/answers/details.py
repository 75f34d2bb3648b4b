"""One run with everything stored about it, for `cramplog runs RUN`. Called by the runs action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.schema import Device, FieldSummary, RecordedWeather
from pipeline.store.answers.runners import Runner
from pipeline.store.answers.tags import Tag, tags_of
from pipeline.store.db.rows import first_row
from pipeline.store.db.sql_files import read_sql
from pipeline.store.runs.extras import carried_weather_of, devices_of, fields_of
from pipeline.store.runs.find import RunRow, duplicate_runs


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer to the cramp question from the history; instants are UTC without a zone."""

    answer: str
    answered_how: str
    answered_at: datetime
    taken_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunDetails:
    """One run with its tags, all its answers (oldest first), its mean weather (None if unknown), the repairs of its file,
    and its duplicates.

    `weather_from` holds the sources of that weather; `carried_weather` holds the weather from files, used only where no
    weather hours are stored. Title, description and gear are the run's own, or else those of a duplicate.
    """

    runner: str
    run: RunRow
    laps: int
    pauses: int
    air_temp_c: float | None
    wbgt_c: float | None
    weather_from: tuple[str, ...]
    cramps: tuple[Tag, ...]
    answers: tuple[GivenAnswer, ...]
    notes: tuple[str, ...]
    duplicates: tuple[RunRow, ...]
    title: str | None
    description: str | None
    gear: str | None
    fields: tuple[FieldSummary, ...]
    devices: tuple[Device, ...]
    carried_weather: tuple[RecordedWeather, ...]


def run_details(con: duckdb.DuckDBPyConnection, runner: Runner, run: RunRow) -> RunDetails:
    """All details of the run."""
    params = {"run_id": run.run_id}
    counts = first_row(
        con,
        "SELECT (SELECT count(*) FROM lap WHERE run_id = $run_id), "
        "(SELECT count(*) FROM pause WHERE run_id = $run_id), "
        "avg(air_temp_c ORDER BY segment_no), avg(wbgt_c ORDER BY segment_no), "
        "list_sort(list(DISTINCT provider) FILTER (air_temp_c IS NOT NULL)) FROM v_run_weather WHERE run_id = $run_id",
        params,
    )
    laps, pauses, air_temp_c, wbgt_c, weather_from = counts or (0, 0, None, None, None)
    title, description, gear = first_row(con, read_sql("queries", "run_title"), params) or (None, None, None)
    return RunDetails(
        runner=runner.name,
        run=run,
        laps=laps,
        pauses=pauses,
        air_temp_c=air_temp_c,
        wbgt_c=wbgt_c,
        weather_from=tuple(weather_from or ()),
        cramps=tuple(tags_of(con, run.runner_id, run.run_id)),
        answers=_answers_of(con, run.run_id),
        notes=_notes_of(con, run.run_id),
        duplicates=tuple(duplicate_runs(con, run.run_id)),
        title=title,
        description=description,
        gear=gear,
        fields=fields_of(con, run.run_id),
        devices=devices_of(con, run.run_id),
        carried_weather=carried_weather_of(con, run.run_id),
    )


def _answers_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[GivenAnswer, ...]:
    rows = con.execute(
        "SELECT answer, answered_how, answered_at, taken_back_at FROM v_answer"
        " WHERE run_id IN (SELECT run_id FROM kept_run WHERE coalesce(duplicate_of, run_id) = ?)"
        " ORDER BY answered_at",
        [run_id],
    ).fetchall()
    return tuple(GivenAnswer(*row) for row in rows)


def _notes_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[str, ...]:
    rows = con.execute("SELECT detail FROM parse_note WHERE run_id = ? ORDER BY kind", [run_id]).fetchall()
    return tuple(detail for (detail,) in rows)

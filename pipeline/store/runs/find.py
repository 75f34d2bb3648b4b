"""Finds one run by the name a person gives: last, a date, a date and a number, or a short id. Called by actions.

`find_run` reads the runs itself. To find many, read them once with `all_runs` and use `run_called` and `run_started`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.errors import NotFound
from pipeline.units import short_id

_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:/(\d+))?$")
_COLUMNS = (
    "run_id, run_no, runner_id, sport, indoor, start_at, start_local, tz, elapsed_s, timer_s, moving_s, distance_m, "
    "race, planned_s, answer, duplicate_of, simulated, clock_wrong, records, tz_rule, utc_offset_s, sport_said, "
    "indoor_said, shift_s"
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of the ledger; instants are UTC without a zone, start_local is the local clock of the place.

    sport_said and indoor_said are the runner's corrections (None if the file's value holds); shift_s is the runner's
    correction of the clock, seconds.
    """

    run_id: str
    run_no: int
    runner_id: str
    sport: str
    indoor: bool
    start_at: datetime
    start_local: datetime | None
    tz: str | None
    elapsed_s: float
    timer_s: float
    moving_s: float
    distance_m: float | None
    race: bool
    planned_s: float | None
    answer: str
    duplicate_of: str | None
    simulated: bool
    clock_wrong: bool
    records: int
    tz_rule: str
    utc_offset_s: int | None
    sport_said: str | None
    indoor_said: bool | None
    shift_s: float

    @property
    def day(self) -> str:
        """Local date of the start, as `runs` shows it."""
        return f"{self.start_local or self.start_at:%Y-%m-%d}"


def runner_runs(con: duckdb.DuckDBPyConnection, runner_id: str, unanswered_only: bool = False) -> list[RunRow]:
    """The runs of a runner that count (duplicates left out), oldest first."""
    counted = _counted(all_runs(con, runner_id))
    return [run for run in counted if run.answer == "unanswered" or not unanswered_only]


def all_runs(con: duckdb.DuckDBPyConnection, runner_id: str) -> list[RunRow]:
    """Every run of a runner, duplicates too, oldest first."""
    rows = con.execute(
        f"SELECT {_COLUMNS} FROM kept_run WHERE runner_id = ? ORDER BY start_at, run_no",  # noqa: S608
        [runner_id],
    ).fetchall()
    return [RunRow(*row) for row in rows]


def find_run(con: duckdb.DuckDBPyConnection, runner_id: str, word: str) -> RunRow:
    """The run named by `last`, `2026-06-14`, `2026-06-14/2` or the first letters of its id (4 or more, unique).

    Raises NotFound with the nearest runs, or with the candidates if several runs match.
    """
    return run_called(all_runs(con, runner_id), word)


def run_called(recorded: list[RunRow], word: str) -> RunRow:
    """As `find_run`, of one runner's runs (duplicates too, oldest first)."""
    runs = _counted(recorded)
    if not runs:
        raise NotFound("this runner has no run yet", "cramplog ingest PATH --runner NAME")
    if word == "last":
        return runs[-1]
    if match := _DAY.match(word):
        return _of_day(runs, match.group(1), int(match.group(2) or 0))
    found = _begun_with(runs, word)
    if len(found) == 1:
        return found[0]
    if duplicates := _begun_with(recorded, word):
        counted = short_id(str(duplicates[0].duplicate_of))
        raise NotFound(
            f"'{word}' is a duplicate of another run", f"the run that counts is {counted}: cramplog runs {counted}"
        )
    raise NotFound(
        f"no run is called '{word}'",
        "use last, a date (2026-06-14), a date and a number (2026-06-14/2) or an id from cramplog runs",
    )


def find_recording(con: duckdb.DuckDBPyConnection, runner_id: str, word: str) -> RunRow:
    """As `find_run`; an id may also be that of a duplicate."""
    recorded = all_runs(con, runner_id)
    duplicates = [run for run in _begun_with(recorded, word) if run.duplicate_of is not None]
    return duplicates[0] if len(duplicates) == 1 else run_called(recorded, word)


def run_started(recorded: list[RunRow], start_at: datetime) -> RunRow:
    """The run of one runner that began within a minute of `start_at` (UTC, no zone); for a duplicate the run that counts.

    Raises NotFound with the nearest runs.
    """
    runs = sorted(recorded, key=lambda run: abs((run.start_at - start_at).total_seconds()))
    if runs and abs((runs[0].start_at - start_at).total_seconds()) <= 60:
        return next(run for run in runs if run.run_id == (runs[0].duplicate_of or runs[0].run_id))
    near = ", ".join(f"{run.start_at:%Y-%m-%dT%H:%M:%SZ}" for run in runs[:3])
    raise NotFound(
        f"no run began at {start_at:%Y-%m-%dT%H:%M:%SZ}",
        f"the nearest began at {near}" if near else "there is no run yet",
    )


def run_by_id(con: duckdb.DuckDBPyConnection, run_id: str) -> RunRow:
    """The run with that complete id, which may be a duplicate."""
    rows = con.execute(f"SELECT {_COLUMNS} FROM kept_run WHERE run_id = ?", [run_id]).fetchall()  # noqa: S608
    return RunRow(*rows[0])


def duplicate_runs(con: duckdb.DuckDBPyConnection, run_id: str) -> list[RunRow]:
    """The duplicates of this run, the one with the most records first."""
    rows = con.execute(
        f"SELECT {_COLUMNS} FROM kept_run WHERE duplicate_of = ? ORDER BY records DESC, run_no",  # noqa: S608
        [run_id],
    ).fetchall()
    return [RunRow(*row) for row in rows]


def _counted(runs: list[RunRow]) -> list[RunRow]:
    return [run for run in runs if run.duplicate_of is None]


def _begun_with(runs: list[RunRow], word: str) -> list[RunRow]:
    return [run for run in runs if len(word) >= 4 and run.run_id.startswith(word.lower())]


def _of_day(runs: list[RunRow], day: str, number: int) -> RunRow:
    on_day = [run for run in runs if run.day == day]
    if number and number <= len(on_day):
        return on_day[number - 1]
    if len(on_day) == 1 and not number:
        return on_day[0]
    if on_day:
        names = ", ".join(f"{day}/{n}" for n in range(1, len(on_day) + 1))
        found = f"there are {len(on_day)} runs" if len(on_day) > 1 else "there is one run"
        raise NotFound(f"{found} on {day}", f"choose one: {names}")
    try:
        wanted = datetime.fromisoformat(day)
    except ValueError:
        raise NotFound(f"{day} is not a valid date", "write dates as 2026-06-14") from None
    near = sorted(runs, key=lambda run: abs((wanted - datetime.fromisoformat(run.day)).days))
    raise NotFound(f"no run on {day}", "the nearest are " + ", ".join(list(dict.fromkeys(run.day for run in near))[:3]))

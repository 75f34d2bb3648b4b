"""`cramplog runs`: the list, and one run with all that is known of it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np

from pipeline.settings import Settings
from pipeline.store.connection import open_store
from pipeline.store.find import RunRow, find_run, runner_runs
from pipeline.store.runners import Runner, all_runners, find_runner
from pipeline.store.runs import read_records

_INBOX_DONE = ("taken", "refused")


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run and whose it is."""

    runner: str
    run: RunRow


@dataclass(frozen=True, slots=True)
class TaggedCramp:
    """A tag as kept: `onset_at` is UTC without a zone; both onsets are None for somewhere or after."""

    phase: str
    onset_at: datetime | None
    onset_moving_s: float | None
    uncertainty_s: float
    muscle: str
    side: str
    severity: str


@dataclass(frozen=True, slots=True)
class RunDetails:
    """One run with its tags, its mean weather (None where unknown), and what was repaired in its file."""

    runner: str
    run: RunRow
    laps: int
    pauses: int
    air_temp_c: float | None
    wbgt_c: float | None
    cramps: tuple[TaggedCramp, ...]
    notes: tuple[str, ...]


def list_runs(settings: Settings, runner_name: str | None, unanswered_only: bool = False) -> list[ListedRun]:
    """The runs that count, of one runner or of all, oldest first. Raises NotFound for an unknown runner."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con) if runner_name is None else [find_runner(con, runner_name)]
        found = [
            ListedRun(one.name, run) for one in runners for run in runner_runs(con, one.runner_id, unanswered_only)
        ]
    return sorted(found, key=lambda listed: listed.run.start_at)


def show_run(settings: Settings, run_word: str, runner_name: str | None) -> RunDetails:
    """The run meant by `last`, a date or a short id. Raises NotFound with the nearest ones."""
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        return _details(con, runner, find_run(con, runner.runner_id, run_word))


def distance_at_m(settings: Settings, run: RunRow, moving_s: float) -> float | None:
    """Metres made at a moving time of a run, between records linear; None when the watch measured no way."""
    with open_store(settings, write=False, with_records=True) as con:
        records = read_records(con, run.run_no)
    known = np.isfinite(records["moving_s"]) & np.isfinite(records["distance_m"])
    if not known.any():
        return None
    return float(np.interp(moving_s, records["moving_s"][known], records["distance_m"][known]))


def waiting_in_inbox(settings: Settings) -> int:
    """How many files wait for the next nightly."""
    if not settings.inbox.is_dir():
        return 0
    inside = (path.relative_to(settings.inbox) for path in settings.inbox.rglob("*") if path.is_file())
    return sum(path.parts[0] not in _INBOX_DONE and not path.name.startswith(".") for path in inside)


def _details(con: duckdb.DuckDBPyConnection, runner: Runner, run: RunRow) -> RunDetails:
    one = {"run_id": run.run_id}
    counts = con.execute(
        "SELECT (SELECT count(*) FROM lap WHERE run_id = $run_id), "
        "(SELECT count(*) FROM pause WHERE run_id = $run_id), "
        "avg(air_temp_c), avg(wbgt_c) FROM v_run_weather WHERE run_id = $run_id",
        one,
    ).fetchone()
    laps, pauses, air_temp_c, wbgt_c = counts or (0, 0, None, None)
    cramps = con.execute(
        "SELECT phase, onset_at, onset_moving_s, uncertainty_s, muscle, side, severity FROM v_cramp "
        "WHERE run_id = $run_id ORDER BY phase DESC, onset_at",
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
        cramps=tuple(TaggedCramp(*row) for row in cramps),
        notes=tuple(detail for (detail,) in notes),
    )

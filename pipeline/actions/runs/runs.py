"""`cramplog runs`: the list of runs, and one run in full detail. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.actions.tagging.moments import LapPress, lap_presses
from pipeline.actions.tagging.tag import run_clock
from pipeline.settings import Settings
from pipeline.store.answers.details import RunDetails, run_details
from pipeline.store.answers.runners import all_runners, find_runner
from pipeline.store.answers.unanswered import unanswered_runs
from pipeline.store.db.connection import PATIENCE_S, open_store
from pipeline.store.runs.find import RunRow, find_run, runner_runs
from pipeline.store.runs.laps import closed_by_hand
from pipeline.store.runs.runs import read_records

_INBOX_DONE = ("taken", "refused")


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run and the name of its runner; for an unanswered run also its title, and whether its texts mention a cramp."""

    runner: str
    run: RunRow
    title: str | None = None
    speaks_of_cramp: bool = False


def list_runs(settings: Settings, runner_name: str | None) -> list[ListedRun]:
    """The runs that count, of one runner or of all, oldest first. Raises NotFound for an unknown runner."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con) if runner_name is None else [find_runner(con, runner_name)]
        found = [ListedRun(runner.name, run) for runner in runners for run in runner_runs(con, runner.runner_id)]
    return sorted(found, key=lambda listed: listed.run.start_at)


def list_unanswered(settings: Settings, runner_name: str | None, wait_s: float = PATIENCE_S) -> list[ListedRun]:
    """The runs without an answer: first the runs with texts that mention a cramp, then the others, both oldest first."""
    with open_store(settings, write=False, wait_s=wait_s) as con:
        runners = all_runners(con) if runner_name is None else [find_runner(con, runner_name)]
        found = [
            ListedRun(runner.name, entry.run, entry.title, entry.speaks_of_cramp)
            for runner in runners
            for entry in unanswered_runs(con, runner.runner_id)
        ]
    return sorted(found, key=lambda listed: (not listed.speaks_of_cramp, listed.run.start_at))


def runs_mentioning_cramp(settings: Settings, runner_name: str | None, wait_s: float = PATIENCE_S) -> list[ListedRun]:
    """The runs without an answer that mention a cramp in their texts."""
    return [listed for listed in list_unanswered(settings, runner_name, wait_s) if listed.speaks_of_cramp]


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One run in full detail, and the presses of the lap button that may mark a cramp."""

    details: RunDetails
    presses: tuple[LapPress, ...]


def show_run(settings: Settings, run_word: str, runner_name: str | None) -> ShownRun:
    """The run named by `last`, a date or a short id. Raises NotFound with the nearest runs."""
    with open_store(settings, write=False, with_records=True) as con:
        runner = find_runner(con, runner_name)
        run = find_run(con, runner.runner_id, run_word)
        laps = closed_by_hand(con, run.run_id)
        return ShownRun(run_details(con, runner, run), lap_presses(run_clock(con, run), laps) if laps else ())


def distance_at_m(settings: Settings, run: RunRow, moving_s: float) -> float | None:
    """Metres run at a moving time, linear between records; None if the watch measured no distance."""
    with open_store(settings, write=False, with_records=True) as con:
        records = read_records(con, run.run_no)
    finite = np.isfinite(records["moving_s"]) & np.isfinite(records["distance_m"])
    if not finite.any():
        return None
    return float(np.interp(moving_s, records["moving_s"][finite], records["distance_m"][finite]))


def waiting_in_inbox(settings: Settings) -> int:
    """The number of files that wait for the next nightly."""
    if not settings.inbox.is_dir():
        return 0
    inside = (path.relative_to(settings.inbox) for path in settings.inbox.rglob("*") if path.is_file())
    return sum(path.parts[0] not in _INBOX_DONE and not path.name.startswith(".") for path in inside)

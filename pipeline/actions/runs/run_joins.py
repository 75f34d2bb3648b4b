"""`cramplog runs rm`, `runs merge`, `runs split`: which recordings count, by the runner's word. Each is one step of `undo`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb

from pipeline.errors import WrongInput
from pipeline.settings import Settings
from pipeline.store.answers.corrections import delete_run, merge_runs, split_run
from pipeline.store.answers.runners import find_runner
from pipeline.store.answers.tags import tags_of
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from pipeline.store.runs.find import RunRow, duplicate_runs, find_recording, find_run, run_by_id
from pipeline.units import short_id


@dataclass(frozen=True, slots=True)
class RunToGo:
    """A run that is to be deleted, or was: with how many tags and other recordings, and the change to undo."""

    run: RunRow
    tags: int
    copies: int
    change_no: int | None


@dataclass(frozen=True, slots=True)
class Merged:
    """Two recordings that are one run now: the one that counts, the other as it was, and the change to undo.

    `answers` are both as they were, richer first; `tags` is how many the run has now.
    """

    counted: RunRow
    copy: RunRow
    answers: tuple[str, str]
    tags: int
    change_no: int


@dataclass(frozen=True, slots=True)
class Split:
    """A run and the recordings that are runs of their own now; its `tags` stayed with it."""

    counted: RunRow
    others: tuple[RunRow, ...]
    tags: int
    change_no: int


def run_to_go(settings: Settings, run_word: str, runner_name: str | None) -> RunToGo:
    """What a deletion would take out. Raises NotFound."""
    with open_store(settings, write=False) as con:
        return _to_go(con, find_run(con, find_runner(con, runner_name).runner_id, run_word))


def remove_run(settings: Settings, run_word: str, runner_name: str | None, now: datetime) -> RunToGo:
    """Delete a run with its other recordings; their files stay known, and undo brings it back. Raises NotFound."""
    with open_store(settings, write=True) as con:
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        gone = _to_go(con, run)
        with change(con, "runs rm", f"{run.day} ({short_id(run.run_id)})", "single", now, run.runner_id) as step:
            delete_run(step, run.run_id)
        return replace(gone, change_no=step.change_no)


def _to_go(con: duckdb.DuckDBPyConnection, run: RunRow) -> RunToGo:
    tags = len(tags_of(con, run.runner_id, run.run_id))
    return RunToGo(run, tags, len(duplicate_runs(con, run.run_id)), None)


def merge(settings: Settings, word: str, other_word: str, runner_name: str | None, now: datetime) -> Merged:
    """Make two recordings one run. Raises NotFound, WrongInput when they cannot be the same run."""
    with open_store(settings, write=True, with_records=True) as con:
        runner_id = find_runner(con, runner_name).runner_id
        ones = [_counted(con, find_recording(con, runner_id, one)) for one in (word, other_word)]
        _refuse_merge(*ones)
        said = " and ".join(f"{one.day} ({short_id(one.run_id)})" for one in ones)
        with change(con, "runs merge", said, "single", now, runner_id) as step:
            twins = merge_runs(step, ones[0].run_id, ones[1].run_id)
        richer, poorer = sorted(ones, key=lambda one: one.run_id != twins.richer)
        tags = len(tags_of(con, runner_id, richer.run_id))
        answers = (richer.answer, poorer.answer)
        return Merged(run_by_id(con, richer.run_id), poorer, answers, tags, step.change_no)


def _counted(con: duckdb.DuckDBPyConnection, run: RunRow) -> RunRow:
    return run if run.duplicate_of is None else run_by_id(con, run.duplicate_of)


def _refuse_merge(one: RunRow, other: RunRow) -> None:
    if one.run_id == other.run_id:
        raise WrongInput("that is one run already", f"cramplog runs {short_id(one.run_id)} shows its copies")
    apart = max(one.start_at, other.start_at) - min(_end(one), _end(other))
    if apart >= timedelta():
        raise WrongInput(
            "these two do not overlap in time, and two runs one after the other are two runs",
            "if a watch's clock was wrong, set it first: cramplog runs edit RUN --shift +1:00:00",
        )


def _end(run: RunRow) -> datetime:
    return run.start_at + timedelta(seconds=run.elapsed_s)


def split(settings: Settings, run_word: str, runner_name: str | None, now: datetime) -> Split:
    """Make the copies of a run, or the one copy that is named, runs of their own. Raises NotFound, WrongInput without any."""
    with open_store(settings, write=True, with_records=True) as con:
        found = find_recording(con, find_runner(con, runner_name).runner_id, run_word)
        counted = _counted(con, found)
        copies = [found] if found.duplicate_of else duplicate_runs(con, found.run_id)
        if not copies:
            raise WrongInput(
                f"the run of {found.day} is one recording: there is nothing to split",
                "cramplog runs RUN shows the copies of a run",
            )
        said = f"{counted.day} ({short_id(counted.run_id)}) from {', '.join(short_id(one.run_id) for one in copies)}"
        with change(con, "runs split", said, "single", now, counted.runner_id) as step:
            split_run(step, counted.run_id, [one.run_id for one in copies])
        others = tuple(run for one in copies if (run := run_by_id(con, one.run_id)).duplicate_of is None)
        tags = len(tags_of(con, counted.runner_id, counted.run_id))
        return Split(counted, others, tags, step.change_no)

"""`cramplog runs rm`, `runs merge`, `runs split`: the runner decides which recordings count. Each is one step of `undo`."""

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
class RunDeletion:
    """A run to delete, or just deleted: its numbers of tags and of duplicate recordings, and the change to undo."""

    run: RunRow
    tags: int
    duplicates: int
    change_no: int | None


@dataclass(frozen=True, slots=True)
class Merged:
    """Two recordings that are now one run: the recording that counts, the duplicate, and the change to undo.

    `answers` are those before the merge, the richer recording's first; `tags` is the number that the run has now.
    """

    counted: RunRow
    duplicate: RunRow
    answers: tuple[str, str]
    tags: int
    change_no: int


@dataclass(frozen=True, slots=True)
class Split:
    """A run and the recordings that are now separate runs; its `tags` stayed with it."""

    counted: RunRow
    others: tuple[RunRow, ...]
    tags: int
    change_no: int


def preview_deletion(settings: Settings, run_word: str, runner_name: str | None) -> RunDeletion:
    """What a deletion would remove. Raises NotFound."""
    with open_store(settings, write=False) as con:
        return _deletion(con, find_run(con, find_runner(con, runner_name).runner_id, run_word))


def remove_run(settings: Settings, run_word: str, runner_name: str | None, now: datetime) -> RunDeletion:
    """Delete a run with its duplicate recordings; their files are not imported again. Raises NotFound."""
    with open_store(settings, write=True) as con:
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        deletion = _deletion(con, run)
        with change(con, "runs rm", f"{run.day} ({short_id(run.run_id)})", "single", now, run.runner_id) as step:
            delete_run(step, run.run_id)
        return replace(deletion, change_no=step.change_no)


def _deletion(con: duckdb.DuckDBPyConnection, run: RunRow) -> RunDeletion:
    tags = len(tags_of(con, run.runner_id, run.run_id))
    return RunDeletion(run, tags, len(duplicate_runs(con, run.run_id)), None)


def merge(settings: Settings, first_word: str, second_word: str, runner_name: str | None, now: datetime) -> Merged:
    """Make two recordings one run. Raises NotFound, WrongInput if they cannot be the same run."""
    with open_store(settings, write=True, with_records=True) as con:
        runner_id = find_runner(con, runner_name).runner_id
        first, second = (_counted(con, find_recording(con, runner_id, word)) for word in (first_word, second_word))
        _refuse_merge(first, second)
        detail = " and ".join(f"{run.day} ({short_id(run.run_id)})" for run in (first, second))
        with change(con, "runs merge", detail, "single", now, runner_id) as step:
            pair = merge_runs(step, first.run_id, second.run_id)
        richer, poorer = (first, second) if pair.richer == first.run_id else (second, first)
        tags = len(tags_of(con, runner_id, richer.run_id))
        answers = (richer.answer, poorer.answer)
        return Merged(run_by_id(con, richer.run_id), poorer, answers, tags, step.change_no)


def _counted(con: duckdb.DuckDBPyConnection, run: RunRow) -> RunRow:
    """The run that counts: this one, or the one that it duplicates."""
    return run if run.duplicate_of is None else run_by_id(con, run.duplicate_of)


def _refuse_merge(first: RunRow, second: RunRow) -> None:
    """Raises WrongInput if the two are one run already, or do not overlap in time."""
    if first.run_id == second.run_id:
        raise WrongInput(
            "these recordings are one run already",
            f"list its recordings with: cramplog runs {short_id(first.run_id)}",
        )
    apart = max(first.start_at, second.start_at) - min(_end(first), _end(second))
    if apart >= timedelta():
        raise WrongInput(
            "these two runs do not overlap in time, so they cannot be the same run",
            "if a watch's clock was wrong, correct it first: cramplog runs edit RUN --shift +1:00:00",
        )


def _end(run: RunRow) -> datetime:
    return run.start_at + timedelta(seconds=run.elapsed_s)


def split(settings: Settings, run_word: str, runner_name: str | None, now: datetime) -> Split:
    """Make all duplicates of a run, or the named duplicate, separate runs. Raises NotFound, WrongInput if there is none."""
    with open_store(settings, write=True, with_records=True) as con:
        found = find_recording(con, find_runner(con, runner_name).runner_id, run_word)
        counted = _counted(con, found)
        duplicates = [found] if found.duplicate_of else duplicate_runs(con, found.run_id)
        if not duplicates:
            raise WrongInput(
                f"the run of {found.day} has only one recording, so it cannot be split",
                "list the recordings of a run with: cramplog runs RUN",
            )
        run_ids = [run.run_id for run in duplicates]
        detail = f"{counted.day} ({short_id(counted.run_id)}) from {', '.join(map(short_id, run_ids))}"
        with change(con, "runs split", detail, "single", now, counted.runner_id) as step:
            split_run(step, counted.run_id, run_ids)
        others = tuple(run for run_id in run_ids if (run := run_by_id(con, run_id)).duplicate_of is None)
        tags = len(tags_of(con, counted.runner_id, counted.run_id))
        return Split(counted, others, tags, step.change_no)

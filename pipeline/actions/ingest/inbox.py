"""The inbox: imports the run files, weather files and answers that lie in a folder. Three stages of the nightly.

Files in `inbox/<runner>/` belong to that runner. Run files directly in `inbox/` belong to the only runner; if there are
several runners, they wait. Weather files and files of answers may lie anywhere in it. Imported files move to
`inbox/taken/`, refused ones to `inbox/refused/`; nothing is deleted. An archive moves as a whole; its unreadable members
are in quarantine. A stage that refused a file imports all others and then raises SomeFailed: this night failed, and the
next one does not, because the file has moved.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipeline.actions.ingest.ingest import FileOutcome, ingest
from pipeline.actions.risk.automatic_forecasts import forecast_new_runs
from pipeline.actions.tagging.tag_file import import_tags, is_answers_file
from pipeline.actions.weather.cells import map_all_cells
from pipeline.actions.weather.fetch import WeatherFetched, fetch_weather
from pipeline.actions.weather.find_files import find_files
from pipeline.actions.weather.import_files import import_weather
from pipeline.errors import SomeFailed, WrongInput
from pipeline.files import make_private_folder, write_whole
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner, all_runners
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.weather.files.read import is_weather_file

_PROCESSED = ("taken", "refused")


def take_runs(settings: Settings, now: datetime) -> str:
    """Import the inbox's run files, each for the runner of its folder. Returns counts of what was done.

    Raises SomeFailed at the end if files failed.
    """
    by_runner, waiting = _sort_by_runner(settings, _waiting(settings, "run"))
    outcomes: list[FileOutcome] = []
    for runner, paths in by_runner:
        of_runner = ingest(settings, paths, runner.name, now)
        outcomes += of_runner
        _move_ingested(settings, paths, of_runner)
    counts = {
        name: sum(outcome.outcome == name for outcome in outcomes)
        for name in ("new", "known", "reread", "duplicate", "newer_copy", "partial", "failed")
    }
    text = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count) or "nothing new"
    return _finish(
        text + (f"; {waiting} files wait: put them into inbox/<runner>/" if waiting else ""),
        [f"{outcome.path}: {outcome.reason}" for outcome in outcomes if outcome.outcome == "failed"],
    )


def _finish(counts: str, failed: Sequence[str]) -> str:
    """Return the counts. Raises SomeFailed with them if files failed; `failed` has each file with its reason."""
    if failed:
        raise SomeFailed(counts, failed)
    return counts


def _move_ingested(settings: Settings, paths: Sequence[Path], outcomes: Sequence[FileOutcome]) -> None:
    """Move to `taken` the files and archives with at least one stored run, to `refused` all others."""
    imported = {outcome.file for outcome in outcomes if outcome.outcome != "failed"}
    _move(settings, [path for path in paths if path in imported], "taken")
    _move(settings, [path for path in paths if path not in imported], "refused")


def take_weather(settings: Settings, now: datetime) -> str:
    """Import the inbox's weather files, then fetch the hours that runs still lack. Returns counts of what was done.

    Raises SomeFailed at the end if files were refused.
    """
    (from_files, failed), fetched = _take_weather_files(settings, now), _fetch_counts(fetch_weather(settings, now))
    return _finish(f"{from_files}; {fetched}" if fetched else from_files, failed)


def _fetch_counts(fetched: WeatherFetched) -> str:
    """What was fetched, in counts; '' if there was nothing to fetch. The stage does not fail if the service is silent."""
    counts = [f"{fetched.hours} hours for {fetched.runs} runs fetched"] if fetched.requests else []
    counts += [f"{fetched.pending} runs wait: {fetched.waits}"] if fetched.pending else []
    return ", ".join(counts)


def _take_weather_files(settings: Settings, now: datetime) -> tuple[str, list[str]]:
    """Import the inbox's weather files. Returns counts of what was done, and the refused files with their reasons."""
    outcomes = import_weather(settings, _waiting(settings, "weather"), now)
    with open_store(settings, write=True) as con, transaction(con):
        map_all_cells(con)  # also for the runs of a night that was stopped
    _move(settings, [Path(outcome.path) for outcome in outcomes if outcome.outcome != "failed"], "taken")
    _move(settings, [Path(outcome.path) for outcome in outcomes if outcome.outcome == "failed"], "refused")
    failed = [f"{outcome.path}: {outcome.reason}" for outcome in outcomes if outcome.outcome == "failed"]
    hours = sum(outcome.hours for outcome in outcomes)
    counts = f"{hours} hours from {len(outcomes)} files" if outcomes else "nothing new"
    return counts + (f", {len(failed)} refused" if failed else ""), failed


def take_answers(settings: Settings, now: datetime) -> str:
    """Forecast new runs, then import the inbox's files of answers. Returns counts of what was done.

    Lines without a matching run wait in the inbox and do not fail the night. Raises SomeFailed at the end if files were
    refused.
    """
    forecast = forecast_new_runs(settings, now)
    files = _runner_names(settings, _waiting(settings, "answers"))
    imported = cramps = waiting = 0
    refused: list[str] = []
    for name, path in files:
        try:
            result = import_tags(settings, path, name, now)
        except WrongInput as error:
            _move(settings, [path], "refused")
            refused.append(f"{path}: {error.message}")
            continue
        imported, cramps, waiting = imported + result.imported, cramps + result.cramps, waiting + len(result.left)
        if result.imported:
            _move(settings, [path], "taken")
            _write_waiting(path, result.left)
    counts = [f"{imported} lines, {cramps} cramps"] if files else ["nothing new"]
    counts += [f"{waiting} lines wait: no matching run, or not valid"] if waiting else []
    counts += [f"{len(refused)} files refused"] if refused else []
    counts += [f"forecast before their answer: {forecast}"] if forecast else []
    return _finish(", ".join(counts), refused)


def _write_waiting(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write the lines that could not be imported back into the inbox as a file of answers."""
    if rows:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        write_whole(path, text.getvalue().encode("utf-8"))  # its temporary name begins with a dot, and is skipped


def _waiting(settings: Settings, kind: str) -> list[Path]:
    """The files of one kind in the inbox: run, weather or answers."""
    if not settings.inbox.is_dir():
        return []
    inside = (
        path for path in find_files([settings.inbox]) if path.relative_to(settings.inbox).parts[0] not in _PROCESSED
    )
    return [path for path in inside if _kind_of(path) == kind]


def _kind_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return "run"  # the import will report why it cannot be read
    if is_answers_file(head):
        return "answers"
    return "weather" if is_weather_file(head) else "run"


def _runner_names(settings: Settings, paths: Sequence[Path]) -> list[tuple[str | None, Path]]:
    parts = [(path.relative_to(settings.inbox).parts, path) for path in paths]
    return [(inside[0] if len(inside) > 1 else None, path) for inside, path in parts]


def _sort_by_runner(settings: Settings, paths: Sequence[Path]) -> tuple[list[tuple[Runner, list[Path]]], int]:
    """The files per runner, and the number of files without a known runner."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con)
    only = runners[0].name if len(runners) == 1 else None
    named = [(name or only, path) for name, path in _runner_names(settings, paths)]
    by_runner = [(runner, [path for name, path in named if name == runner.name]) for runner in runners]
    waiting = sum(name not in {runner.name for runner in runners} for name, _ in named)
    return [(runner, files) for runner, files in by_runner if files], waiting


def _move(settings: Settings, paths: Sequence[Path], folder: str) -> None:
    for path in paths:
        target = settings.inbox / folder / path.relative_to(settings.inbox)
        make_private_folder(target.parent)
        number = 1
        while target.exists():
            number += 1
            target = target.with_name(f"{number}-{path.name}")
        with suppress(FileNotFoundError):  # another nightly moved it
            path.replace(target)

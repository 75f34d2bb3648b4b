"""The inbox: files left in a folder become runs, weather hours and answers. Three stages of the nightly.

`inbox/<runner>/...` belongs to that runner; run files directly in `inbox/` to the only runner there is, else they wait.
Weather files and files of answers may lie anywhere in it. Taken files move to `inbox/taken/`, refused ones to
`inbox/refused/`; nothing is deleted. An archive moves as a whole: what could not be read of it lies in quarantine.
A stage that refused a file takes all others and then raises SomeFailed: tonight's night failed, and since the file has
moved, tomorrow's does not.
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
from pipeline.actions.weather.cells import serve_cells
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

_DONE = ("taken", "refused")


def take_runs(settings: Settings, now: datetime) -> str:
    """Ingest the inbox's run files for the runners whose folders they lie in; returns what was done, in counts.

    Raises SomeFailed at the end, when files gave nothing.
    """
    by_runner, waiting = _sort_by_runner(settings, _waiting(settings, "run"))
    outcomes: list[FileOutcome] = []
    for runner, paths in by_runner:
        found = ingest(settings, paths, runner.name, now)
        outcomes += found
        _move_read(settings, paths, found)
    counts = {
        word: sum(one.outcome == word for one in outcomes)
        for word in ("new", "known", "reread", "duplicate", "newer_copy", "partial", "failed")
    }
    taken = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items() if count) or "nothing new"
    return _done(
        taken + (f"; {waiting} files wait: put them into inbox/<runner>/" if waiting else ""),
        [f"{one.path}: {one.reason}" for one in outcomes if one.outcome == "failed"],
    )


def _done(counts: str, failed: Sequence[str]) -> str:
    """What the stage did, in counts. Raises SomeFailed with them when files failed; `failed` names each with its reason."""
    if failed:
        raise SomeFailed(counts, failed)
    return counts


def _move_read(settings: Settings, paths: Sequence[Path], outcomes: Sequence[FileOutcome]) -> None:
    """To `taken` what gave a run or is known, to `refused` what gave nothing."""
    taken = {one.file for one in outcomes if one.outcome != "failed"}
    _move(settings, [path for path in paths if path in taken], "taken")
    _move(settings, [path for path in paths if path not in taken], "refused")


def take_weather(settings: Settings, now: datetime) -> str:
    """Import the inbox's weather files, then fetch what runs still lack; returns what was done, in counts.

    Raises SomeFailed at the end, when files were refused.
    """
    (from_files, failed), fetched = _take_weather_files(settings, now), _in_counts(fetch_weather(settings, now))
    return _done(f"{from_files}; {fetched}" if fetched else from_files, failed)


def _in_counts(fetched: WeatherFetched) -> str:
    """A fetch in words; '' when there was nothing to fetch. A service that is silent tonight fails no stage."""
    counts = [f"{fetched.hours} hours for {fetched.runs} runs fetched"] if fetched.requests else []
    counts += [f"{fetched.pending} runs wait: {fetched.waits}"] if fetched.pending else []
    return ", ".join(counts)


def _take_weather_files(settings: Settings, now: datetime) -> tuple[str, list[str]]:
    """The inbox's weather files into the store: what was done, in counts, and the refused files with their reasons."""
    outcomes = import_weather(settings, _waiting(settings, "weather"), now)
    with open_store(settings, write=True) as con, transaction(con):
        serve_cells(con)  # also for runs that came in a night that was cut short
    _move(settings, [Path(one.path) for one in outcomes if one.outcome != "failed"], "taken")
    _move(settings, [Path(one.path) for one in outcomes if one.outcome == "failed"], "refused")
    failed = [f"{one.path}: {one.reason}" for one in outcomes if one.outcome == "failed"]
    hours = sum(one.hours for one in outcomes)
    counts = f"{hours} hours from {len(outcomes)} files" if outcomes else "nothing new"
    return counts + (f", {len(failed)} refused" if failed else ""), failed


def take_answers(settings: Settings, now: datetime) -> str:
    """Forecast new runs, then import the inbox's files of answers; returns what was done, in counts.

    Lines about unknown runs wait in the inbox, and fail no night. Raises SomeFailed at the end, when files were refused.
    """
    forecast = forecast_new_runs(settings, now)
    found = _runner_names(settings, _waiting(settings, "answers"))
    taken = cramps = waiting = 0
    refused: list[str] = []
    for name, path in found:
        try:
            result = import_tags(settings, path, name, now)
        except WrongInput as error:
            _move(settings, [path], "refused")
            refused.append(f"{path}: {error.message}")
            continue
        taken, cramps, waiting = taken + result.imported, cramps + result.cramps, waiting + len(result.left)
        if result.imported:
            _move(settings, [path], "taken")
            _leave(path, result.left)
    counts = [f"{taken} lines, {cramps} cramps"] if found else ["nothing new"]
    counts += [f"{waiting} lines wait: their runs are not there, or they are wrong"] if waiting else []
    counts += [f"{len(refused)} files refused"] if refused else []
    counts += [f"forecast before their answer: {forecast}"] if forecast else []
    return _done(", ".join(counts), refused)


def _leave(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """The lines that could not be taken, as the file of answers that stays in the inbox."""
    if rows:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        write_whole(path, text.getvalue().encode("utf-8"))  # its half-written name begins with a dot: not looked at


def _waiting(settings: Settings, kind: str) -> list[Path]:
    """Files of one kind in the inbox: run, weather or answers."""
    if not settings.inbox.is_dir():
        return []
    inside = (path for path in find_files([settings.inbox]) if path.relative_to(settings.inbox).parts[0] not in _DONE)
    return [path for path in inside if _kind_of(path) == kind]


def _kind_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return "run"  # reading it there will say why it cannot be read
    if is_answers_file(head):
        return "answers"
    return "weather" if is_weather_file(head) else "run"


def _runner_names(settings: Settings, paths: Sequence[Path]) -> list[tuple[str | None, Path]]:
    parts = [(path.relative_to(settings.inbox).parts, path) for path in paths]
    return [(inside[0] if len(inside) > 1 else None, path) for inside, path in parts]


def _sort_by_runner(settings: Settings, paths: Sequence[Path]) -> tuple[list[tuple[Runner, list[Path]]], int]:
    """Each runner's files, and how many belong to nobody we know."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con)
    only = runners[0].name if len(runners) == 1 else None
    named = [(name or only, path) for name, path in _runner_names(settings, paths)]
    sorted_out = [(runner, [path for name, path in named if name == runner.name]) for runner in runners]
    waiting = sum(name not in {runner.name for runner in runners} for name, _ in named)
    return [(runner, files) for runner, files in sorted_out if files], waiting


def _move(settings: Settings, paths: Sequence[Path], folder: str) -> None:
    for path in paths:
        target = settings.inbox / folder / path.relative_to(settings.inbox)
        make_private_folder(target.parent)
        number = 1
        while target.exists():
            number += 1
            target = target.with_name(f"{number}-{path.name}")
        with suppress(FileNotFoundError):  # another nightly was quicker
            path.replace(target)

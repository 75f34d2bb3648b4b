"""`cramplog ingest --redo` without a path: every run read again from its original. Nothing else is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline.actions.ingest import FileOutcome, take_files
from pipeline.actions.originals import original_of
from pipeline.actions.read_files import ReadFile, read_files
from pipeline.settings import Settings
from pipeline.store.connection import open_store
from pipeline.store.runners import Runner, all_runners, find_runner
from pipeline.store.runs import FileRow, files_seen


def originals_to_read(settings: Settings, runner_name: str | None) -> list[tuple[Runner, list[FileRow]]]:
    """The files that gave runs, of one runner or of all. Raises NotFound for an unknown runner."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con) if runner_name is None else [find_runner(con, runner_name)]
        rows = [row for row in files_seen(con).values() if row.outcome != "failed"]
    return [(one, [row for row in rows if row.runner_id == one.runner_id]) for one in runners]


def redo_originals(
    settings: Settings,
    runner_name: str | None,
    now: datetime,
    said: Callable[[FileOutcome], None] = lambda _: None,
    dry_run: bool = False,
) -> list[FileOutcome]:
    """Read every original again; a run whose original is gone, damaged or no longer readable stays as it is, and is named."""
    outcomes: list[FileOutcome] = []
    for runner, rows in originals_to_read(settings, runner_name):
        files = _read_originals(settings, rows, now)
        outcomes += take_files(settings, files, runner, now, said, dry_run, redo=True)
    return outcomes


def _read_originals(settings: Settings, rows: list[FileRow], now: datetime) -> Iterator[ReadFile]:
    """Each original, by the name it came with."""
    paths = [original_of(settings, row.file_sha256) for row in rows]
    for row, file in zip(rows, read_files(paths, now), strict=True):
        named = replace(file, path=Path(row.name))
        if file.sha256 != row.file_sha256:  # another content must not become another run
            lost = "is damaged" if file.sha256 else "is gone"
            reason = f"its original {lost}: what it told before stays; cramplog ingest FILE --redo puts it back"
            named = replace(named, sha256=row.file_sha256, content=b"", runs=(), refusal=reason)
        yield named

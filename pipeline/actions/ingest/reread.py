"""`cramplog ingest --redo` without a path: every run read again from its original. Nothing else is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from pipeline.actions.ingest.ingest import FileOutcome, Taking, pool_for, read_each, take_files
from pipeline.actions.reading.originals import original_of
from pipeline.actions.reading.read_file import ReadFile, Reading
from pipeline.formats.sources.find import Source
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner, all_runners, find_runner
from pipeline.store.db.connection import open_store
from pipeline.store.runs.export_details import all_export_details
from pipeline.store.runs.runs import FileRow, files_seen


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
    with open_store(settings, write=False) as con:
        reading = Reading(settings, now, keep=False, words=all_export_details(con))
    for runner, rows in originals_to_read(settings, runner_name):
        sources = [Source(original_of(settings, row.file_sha256), (), row.name) for row in rows]
        with pool_for(sources) as pool:
            files = _checked(read_each(sources, reading, pool), rows)
            outcomes += take_files(files, Taking(settings, runner, now, dry_run, redo=True), said)
    return outcomes


def _checked(files: Iterable[ReadFile], rows: list[FileRow]) -> Iterator[ReadFile]:
    """Each original, unless it is another content: that must not become another run."""
    for row, file in zip(rows, files, strict=True):
        if file.sha256 == row.file_sha256:
            yield file
        else:
            lost = "is damaged" if file.sha256 else "is gone"
            reason = f"its original {lost}: what it told before stays; cramplog ingest FILE --redo puts it back"
            yield replace(file, sha256=row.file_sha256, size_bytes=0, runs=(), refusal=reason)

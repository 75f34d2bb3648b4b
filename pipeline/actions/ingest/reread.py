"""`cramplog ingest --redo` without a path: reads every stored original again. Does not look for new files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from pipeline.actions.ingest.ingest import FileOutcome, ImportJob, pool_for, read_files, store_files
from pipeline.actions.reading.originals import original_of
from pipeline.actions.reading.read_file import ReadFile, Reading
from pipeline.formats.sources.find import Source
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner, all_runners, find_runner
from pipeline.store.db.connection import open_store
from pipeline.store.runs.export_details import all_export_details
from pipeline.store.runs.runs import FileRow, files_seen


def originals_to_read(settings: Settings, runner_name: str | None) -> list[tuple[Runner, list[FileRow]]]:
    """The files that have runs, per runner, for one runner or all. Raises NotFound for an unknown runner."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con) if runner_name is None else [find_runner(con, runner_name)]
        rows = [row for row in files_seen(con).values() if row.outcome != "failed"]
    return [(runner, [row for row in rows if row.runner_id == runner.runner_id]) for runner in runners]


def redo_originals(
    settings: Settings,
    runner_name: str | None,
    now: datetime,
    report_outcome: Callable[[FileOutcome], None] = lambda _: None,
    dry_run: bool = False,
) -> list[FileOutcome]:
    """Read every original again. If an original is missing, damaged or no longer readable, its runs stay and it is reported."""
    outcomes: list[FileOutcome] = []
    with open_store(settings, write=False) as con:
        reading = Reading(settings, now, keep=False, export_details=all_export_details(con))
    for runner, rows in originals_to_read(settings, runner_name):
        sources = [Source(original_of(settings, row.file_sha256), (), row.name) for row in rows]
        with pool_for(sources) as pool:
            files = _checked(read_files(sources, reading, pool), rows)
            outcomes += store_files(files, ImportJob(settings, runner, now, dry_run, redo=True), report_outcome)
    return outcomes


def _checked(files: Iterable[ReadFile], rows: list[FileRow]) -> Iterator[ReadFile]:
    """Yield each original; refuse one with another content, which must not become another run."""
    for row, file in zip(rows, files, strict=True):
        if file.sha256 == row.file_sha256:
            yield file
        else:
            problem = "damaged" if file.sha256 else "missing"
            reason = (
                f"the stored original is {problem}; its run was left unchanged."
                " To store the original again: cramplog ingest FILE --redo"
            )
            yield replace(file, sha256=row.file_sha256, size_bytes=0, runs=(), refusal=reason)

"""`cramplog ingest`: imports run files, once or whenever they arrive in a folder. Prints each outcome; failures with a reason."""

from __future__ import annotations

import gc
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json, print_progress
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
from pipeline.cli.lines.file_lines import FileLines, file_fields, summary
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.ingest.ingest import FileOutcome
    from pipeline.formats.sources.find import FoundFiles

FAILED = 1
MANY_FILES, LARGE_BYTES = 20, 5_000_000
EVERY_S = 5.0  # between two checks of --watch


@click.command(cls=Verb)
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@runner_option
@click.option("--redo", is_flag=True, help="Read stored files again; without PATH all of them.")
@click.option("--dry-run", is_flag=True, help="Only check the files; store nothing.")
@click.option("--watch", is_flag=True, help="Wait for new files in these folders and import each when it is complete.")
@click.option(
    "--every", "every_s", type=float, metavar="SECONDS", help="Seconds between checks with --watch (default 5)."
)
@json_option
def ingest(
    paths: tuple[Path, ...], runner_name: str | None, redo: bool, dry_run: bool, watch: bool, every_s: float | None, as_json: bool
) -> int:  # fmt: skip
    """Import recordings (FIT, GPX or TCX, also compressed).

    PATH is a file, a folder (searched with its subfolders) or an export as you downloaded it. A file that was imported
    before is recognised by its content. A file that cannot be read is reported; the others are still imported.

    --redo reads stored files again, for example after an update of cramplog; your answers and corrections stay. Press
    Ctrl-C to end --watch.

    \b
    Examples:
      cramplog ingest ~/Downloads/export_12345.zip
      cramplog ingest ~/Garmin/Activity --runner anna --watch
      cramplog ingest --redo
    """
    _check(paths, redo, dry_run, watch, every_s, as_json)
    if watch:
        return _watch(paths, runner_name, EVERY_S if every_s is None else every_s)
    if _is_large(paths):
        from pipeline.actions.reading.forkserver import reading_server

        reading_server()  # loads while we search for files
    from pipeline.formats.sources.find import FoundFiles, find_sources

    _freeze_loaded_objects()
    found = find_sources(paths) if paths else FoundFiles(())
    outcomes = _ingest(found, runner_name, dry_run, redo, as_json) if paths else _redo(runner_name, dry_run, as_json)
    failed = sum(outcome.outcome == "failed" for outcome in outcomes)
    if as_json:
        print_json("ingest", files=[file_fields(outcome) for outcome in outcomes])
        return FAILED if failed else 0
    result = "no recordings found" if found.skipped and not outcomes else summary(outcomes)
    click.echo(result + (" (nothing was stored: --dry-run)" if dry_run else ""))
    if failed and not dry_run and current_settings().quarantine.is_dir():
        folder = current_settings().quarantine
        print_progress(f"files that could not be read were copied to {folder}, with the reason in a text file")
    if not dry_run and len(outcomes) > failed:
        _print_next(found, runner_name, redo)
    return FAILED if failed else 0


def _is_large(paths: tuple[Path, ...]) -> bool:
    """True for more than a few files: a folder, an archive, a long list."""
    return len(paths) >= MANY_FILES or any(
        path.is_dir() or (path.is_file() and path.stat().st_size > LARGE_BYTES) for path in paths
    )


def _freeze_loaded_objects() -> None:
    """Exclude the loaded modules from garbage collection: searching them takes 11 % of `benchmarks.one_run`.

    Not after DuckDB is loaded: at exit it would report its types that were not searched as leaked.
    """
    if "duckdb" not in sys.modules:
        gc.freeze()


def _check(
    paths: tuple[Path, ...], redo: bool, dry_run: bool, watch: bool, every_s: float | None, as_json: bool
) -> None:
    """Raises click.UsageError for options that do not go together."""
    if not paths and not redo:
        raise click.UsageError("name files or folders to import, or give --redo to read the stored files again")
    also = [name for name, given in (("--redo", redo), ("--dry-run", dry_run), ("--json", as_json)) if given]
    if watch and also:
        raise click.UsageError(f"--watch and {also[0]} cannot be used together")
    if every_s is not None and not watch:
        raise click.UsageError("--every needs --watch")


def _ingest(found: FoundFiles, runner_name: str | None, dry_run: bool, redo: bool, as_json: bool) -> list[FileOutcome]:
    """Import the files found; prints progress and outcomes."""
    from pipeline.actions.ingest.ingest import ingest_found

    with_notes = sum(source.details is not None for source in found.sources)
    skipped = plural(found.skipped, "other file") + " skipped"
    parts = [
        (with_notes, f"titles and notes for {with_notes:,} of them"),
        (found.skipped, f"{skipped} ({'not a recording' if found.skipped == 1 else 'not recordings'})"),
        (found.without_file, f"{plural(found.without_file, 'activity', 'activities')} without a recording"),
    ]
    lines = _start_lines(len(found.sources) + len(found.refused), [text for number, text in parts if number], as_json)
    outcomes = ingest_found(current_settings(), found, runner_name, utc_now(), lines.report_outcome, dry_run, redo)
    lines.end()
    return outcomes


def _redo(runner_name: str | None, dry_run: bool, as_json: bool) -> list[FileOutcome]:
    """Read the stored files again."""
    from pipeline.actions.ingest.reread import originals_to_read, redo_originals

    lines = _start_lines(sum(len(rows) for _, rows in originals_to_read(current_settings(), runner_name)), [], as_json)
    outcomes = redo_originals(current_settings(), runner_name, utc_now(), lines.report_outcome, dry_run)
    lines.end()
    return outcomes


def _start_lines(total: int, details: list[str], as_json: bool) -> FileLines:
    """Prints how many files will be read, and what else was found."""
    if total > 1 or details:
        print_progress("; ".join([f"{plural(total, 'file')} to read", *details]))
    return FileLines(total, silent=as_json)


def _print_next(found: FoundFiles, runner_name: str | None, redo: bool) -> None:
    """Print the next step; after an export with titles and notes, the runs that mention a cramp."""
    mentions = _count_mentions(runner_name) if any(source.details for source in found.sources) else 0
    if mentions:
        runs = "1 run mentions a cramp in its" if mentions == 1 else f"{mentions:,} runs mention a cramp in their"
        next_step(f"cramplog runs --unanswered ({runs} title or notes)")
    elif redo:
        next_step("cramplog report")
    else:
        next_step("tag each cramp (cramplog tag --help), then all other runs: cramplog tag --none --from DATE")


def _count_mentions(runner_name: str | None) -> int:
    """How many unanswered runs mention a cramp."""
    from pipeline.actions.runs.runs import runs_mentioning_cramp  # large: not needed for files without titles and notes

    return len(runs_mentioning_cramp(current_settings(), runner_name))


def _watch(paths: tuple[Path, ...], runner_name: str | None, every_s: float) -> int:
    """Import what arrives in these folders until Ctrl-C."""
    from pipeline.actions.ingest.watch import make_watch, watch

    folders = make_watch(paths, current_settings().home, every_s)
    _ingest_complete([], runner_name)  # reports a missing store or an unnamed runner now, not with the first file
    print_progress(f"watching {', '.join(map(str, folders.folders))}; press Ctrl-C to stop")
    watch(folders, partial(_ingest_complete, runner_name=runner_name), print_progress, time.sleep)
    return 0


def _ingest_complete(files: list[Path], runner_name: str | None) -> None:
    """Import the recordings among these files; other files in the folder are ignored."""
    from pipeline.actions.ingest.ingest import ingest_found
    from pipeline.formats.sources.find import find_recordings

    found = find_recordings(files)
    lines = FileLines(len(found.sources) + len(found.refused), silent=False)
    ingest_found(current_settings(), found, runner_name, utc_now(), lines.report_outcome)
    lines.end()

"""`cramplog ingest`: run files in, once or as they come into a folder. Each gets its line when done; failed ones say why."""

from __future__ import annotations

import gc
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json, tell
from pipeline.cli.frame.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.cli.lines.file_lines import FileLines, file_fields, summary
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.ingest.ingest import FileOutcome
    from pipeline.formats.sources.find import FoundFiles

FAILED = 1
MANY, MUCH = 20, 5_000_000  # files, and bytes in one
EVERY_S = 5.0  # between two looks of --watch


@click.command(cls=Verb)
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@runner_option
@click.option("--redo", is_flag=True, help="Read known files again; without PATH all of them, as they were kept.")
@click.option("--dry-run", is_flag=True, help="Read and judge the files; keep nothing.")
@click.option("--watch", is_flag=True, help="Wait for new files in these folders and take each once it is whole.")
@click.option("--every", "every_s", type=float, metavar="SECONDS", help="With --watch: between two looks; else 5.")
@json_option
def ingest(
    paths: tuple[Path, ...], runner_name: str | None, redo: bool, dry_run: bool, watch: bool, every_s: float | None, as_json: bool
) -> int:  # fmt: skip
    """Take recordings (FIT, GPX, TCX, also packed): files, folders with all they hold, and exports as they were downloaded.

    What was taken before is known by its content; a bad file is named with its reason and stops no other. With --redo
    known files are read again, as after a new version; all that you said of the runs stays. --watch ends with Ctrl-C.

    \b
    Examples:
      cramplog ingest ~/Downloads/export_12345.zip
      cramplog ingest ~/Garmin/Activity --runner anna --watch
      cramplog ingest --redo
    """
    _check(paths, redo, dry_run, watch, every_s, as_json)
    if watch:
        return _watch(paths, runner_name, EVERY_S if every_s is None else every_s)
    if _are_much(paths):
        from pipeline.actions.reading.forkserver import reading_server

        reading_server()  # loads while it is looked what is there
    from pipeline.formats.sources.find import FoundFiles, find_sources

    _spare_what_is_loaded()
    found = find_sources(paths) if paths else FoundFiles(())
    outcomes = _take(found, runner_name, dry_run, redo, as_json) if paths else _redo(runner_name, dry_run, as_json)
    failed = sum(outcome.outcome == "failed" for outcome in outcomes)
    if as_json:
        print_json("ingest", files=[file_fields(outcome) for outcome in outcomes])
        return FAILED if failed else 0
    said = "no recording there" if found.skipped and not outcomes else summary(outcomes)
    click.echo(said + (" (nothing was kept: --dry-run)" if dry_run else ""))
    if failed and not dry_run and here().quarantine.is_dir():
        tell(f"copies of recordings that could not be read are in {here().quarantine}, with the reason beside each")
    if not dry_run and len(outcomes) > failed:
        _say_next(found, runner_name, redo)
    return FAILED if failed else 0


def _are_much(paths: tuple[Path, ...]) -> bool:
    """Whether these promise more than a few files: folders, archives, a long list."""
    return len(paths) >= MANY or any(path.is_dir() or (path.is_file() and path.stat().st_size > MUCH) for path in paths)


def _spare_what_is_loaded() -> None:
    """To look through numpy and all else for garbage, again and at the end, is 11 % of `benchmarks.one_run`.

    Not once DuckDB is there: types of its that nobody looked through count as leaked, and at the end it says so.
    """
    if "duckdb" not in sys.modules:
        gc.freeze()


def _check(
    paths: tuple[Path, ...], redo: bool, dry_run: bool, watch: bool, every_s: float | None, as_json: bool
) -> None:
    """Raises click.UsageError for options that do not go together."""
    if not paths and not redo:
        raise click.UsageError("say which files or folders, or --redo to read the known ones again")
    also = [name for name, said in (("--redo", redo), ("--dry-run", dry_run), ("--json", as_json)) if said]
    if watch and also:
        raise click.UsageError(f"--watch and {also[0]} do not go together")
    if every_s is not None and not watch:
        raise click.UsageError("--every is said with --watch only")


def _take(found: FoundFiles, runner_name: str | None, dry_run: bool, redo: bool, as_json: bool) -> list[FileOutcome]:
    """Take what was found; progress and outcomes are said meanwhile."""
    from pipeline.actions.ingest.ingest import ingest_found

    words = sum(source.details is not None for source in found.sources)
    parts = [
        (words, f"titles and notes for {words:,} of them"),
        (
            found.skipped,
            f"{plural(found.skipped, 'other file is', 'other files are')} left alone as no recording",
        ),
        (found.without_file, f"{plural(found.without_file, 'activity', 'activities')} without a recording"),
    ]
    lines = _begun(len(found.sources) + len(found.refused), [said for number, said in parts if number], as_json)
    outcomes = ingest_found(here(), found, runner_name, utc_now(), lines.said, dry_run, redo)
    lines.end()
    return outcomes


def _redo(runner_name: str | None, dry_run: bool, as_json: bool) -> list[FileOutcome]:
    """Read every original again."""
    from pipeline.actions.ingest.reread import originals_to_read, redo_originals

    lines = _begun(sum(len(rows) for _, rows in originals_to_read(here(), runner_name)), [], as_json)
    outcomes = redo_originals(here(), runner_name, utc_now(), lines.said, dry_run)
    lines.end()
    return outcomes


def _begun(total: int, more: list[str], as_json: bool) -> FileLines:
    """Says how many files there are to look at, and what else was found."""
    if total > 1 or more:
        tell("; ".join([f"{plural(total, 'file')} to look at", *more]))
    return FileLines(total, silent=as_json)


def _say_next(found: FoundFiles, runner_name: str | None, redo: bool) -> None:
    """What is of most use after this; where an export had words, the runs that speak of a cramp."""
    speak = _how_many_speak(runner_name) if any(source.details for source in found.sources) else 0
    if speak:
        runs = "1 run speaks" if speak == 1 else f"{speak:,} runs speak"
        next_step(f"cramplog runs --unanswered ({runs} of a cramp in the title or the notes)")
    elif redo:
        next_step("cramplog report")
    else:
        next_step("tag each cramp (cramplog tag --help), then the rest: cramplog tag --none --from DATE")


def _how_many_speak(runner_name: str | None) -> int:
    from pipeline.actions.runs.runs import runs_mentioning_cramp  # loads the list of runs: only if it is needed

    return len(runs_mentioning_cramp(here(), runner_name))


def _watch(paths: tuple[Path, ...], runner_name: str | None, every_s: float) -> int:
    """Take what comes into these folders until Ctrl-C."""
    from pipeline.actions.ingest.watch import make_watch, watch

    folders = make_watch(paths, here().home, every_s)
    _take_whole([], runner_name)  # no store, or a runner that has to be named: said now and not with the first file
    tell(f"watching {', '.join(map(str, folders.folders))}; Ctrl-C ends it")
    watch(folders, partial(_take_whole, runner_name=runner_name), tell, time.sleep)
    return 0


def _take_whole(files: list[Path], runner_name: str | None) -> None:
    """Take the recordings among these files; whatever else comes into a folder is nobody's business here."""
    from pipeline.actions.ingest.ingest import ingest_found
    from pipeline.formats.sources.find import find_recordings

    found = find_recordings(files)
    lines = FileLines(len(found.sources) + len(found.refused), silent=False)
    ingest_found(here(), found, runner_name, utc_now(), lines.said)
    lines.end()

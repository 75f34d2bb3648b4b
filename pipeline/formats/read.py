"""The entry point for run files: bytes to ParsedRuns. Called by the actions; nothing here opens a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib import import_module

from pipeline.errors import FileRefused
from pipeline.formats.cleaning.session import clean_session
from pipeline.formats.decoded import DecodedRun
from pipeline.formats.identity import run_id
from pipeline.formats.sniff import sniff
from pipeline.formats.sources.gzip_files import unwrap_gzip
from pipeline.schema import ExportDetails, ParsedRun, ParseNote

PARSER_VERSION = 2  # goes up when the same file may give other records, times or kinds of notes than before

# Kind of content: the module below `formats` that reads it and its function, imported for the first such file.
_DECODERS = {
    "fit": ("fit.decode", "decode_fit"),
    "gpx": ("tracks.gpx", "decode_gpx"),
    "apple": ("sources.apple_workout", "decode_apple"),
    "tcx": ("tracks.tcx", "decode_tcx"),
}
# Kind of content: code, what is wrong, what to do next. A zip comes here by itself or out of a gzip file.
_REFUSED = {
    "empty": ("empty", "the file is empty", "copy it from the watch again"),
    "zip": ("archive", "a zip archive, not a recording", "unpack it, then use the recordings in it"),
    "gzip": ("archive", "compressed with gzip twice", "decompress it once, then try again"),
    "unknown": (
        "unknown",
        "not a FIT, GPX or TCX file",
        "use the file from the watch: .fit, .gpx or .tcx, also as .gz",
    ),
}


def read_runs(content: bytes, now: datetime, details: ExportDetails | None = None) -> list[ParsedRun]:
    """Return the sessions of a run file, cleaned, in the order of the file.

    `now` (aware) is used to find clocks that are ahead. `details` are what an export's table adds to the file. Raises
    FileRefused, with the reason, for a file without a run.
    """
    kind, content, notes = _unwrapped(content)
    if kind not in _DECODERS:
        raise FileRefused(*_REFUSED[kind])
    sessions = _without_duplicates(_decoder(kind)(content))
    if details is not None:
        sessions = {name: _with_details(decoded, details) for name, decoded in sessions.items()}
    cleaned = (clean_session(decoded, name, now) for name, decoded in sessions.items())
    runs = [run for run in cleaned if run.elapsed_s > 0]
    if not runs:
        raise FileRefused("too_short", "contains only a single moment", "use the complete recording")
    return [replace(run, notes=(*notes, *run.notes)) for run in runs] if notes else runs


def _decoder(kind: str) -> Callable[[bytes], tuple[DecodedRun, ...]]:
    module, function = _DECODERS[kind]
    decode: Callable[[bytes], tuple[DecodedRun, ...]] = getattr(import_module(f"pipeline.formats.{module}"), function)
    return decode


def _unwrapped(content: bytes) -> tuple[str, bytes, tuple[ParseNote, ...]]:
    """Return the kind of the content, its bytes without gzip, and notes about the compression."""
    kind = sniff(content)
    if kind != "gzip":
        return kind, content, ()
    unpacked, complete = unwrap_gzip(content)
    cut = ParseNote("cut_archive", "the gzip compression is cut or damaged: the part that could be unpacked was read")
    return sniff(unpacked), unpacked, () if complete else (cut,)


def _with_details(decoded: DecodedRun, details: ExportDetails) -> DecodedRun:
    """Add the export's details to the session. Call it after the fingerprint was computed: it stays the same run."""
    reports = () if details.weather is None else (details.weather,)
    weather = tuple(replace(report, elapsed_s=decoded.begins_s + report.elapsed_s) for report in reports)
    return replace(
        decoded,
        sport=decoded.sport or details.sport,
        sub_sport=decoded.sub_sport or details.sub_sport,
        title=details.title or decoded.title,
        description=details.description or decoded.description,
        gear=details.gear,
        weather=(*decoded.weather, *weather),
    )


def _without_duplicates(sessions: tuple[DecodedRun, ...]) -> dict[str, DecodedRun]:
    """Return sessions by run_id. A session that the file contains twice (chained duplicates) gets a note."""
    by_id: dict[str, DecodedRun] = {}
    for decoded in sessions:
        name = run_id(decoded)
        if name in by_id:
            duplicate = ParseNote("same_session", "the file contains this session more than once")
            by_id[name] = replace(by_id[name], notes=(*by_id[name].notes, duplicate))
        else:
            by_id[name] = decoded
    return by_id

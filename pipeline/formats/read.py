"""The way in for run files: bytes to ParsedRuns. Called by the actions; nothing here opens a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib import import_module

from pipeline.errors import FileRefused
from pipeline.formats.cleaning.session import settle
from pipeline.formats.decoded import DecodedRun
from pipeline.formats.identity import run_id
from pipeline.formats.sniff import sniff
from pipeline.formats.sources.gzip_files import unwrap_gzip
from pipeline.schema import ExportDetails, ParsedRun, ParseNote

PARSER_VERSION = 2  # goes up when the same file may give other records, times or notes than before

# Kind of content: the module of this room that reads it and the function in it, loaded when such a file comes.
_DECODERS = {
    "fit": ("fit.decode", "decode_fit"),
    "gpx": ("tracks.gpx", "decode_gpx"),
    "apple": ("sources.apple_workout", "decode_apple"),
    "tcx": ("tracks.tcx", "decode_tcx"),
}
# kind of content: code, what is wrong, what to do next
_REFUSED = {
    "empty": ("empty", "empty: there is nothing in it", "fetch it from the watch again"),
    "zip": ("archive", "an archive inside a file packed with gzip", "unpack it first"),
    "gzip": ("archive", "packed twice", "unpack it first"),
    "unknown": ("unknown", "neither FIT, GPX nor TCX", "give what the watch recorded: .fit, .gpx, .tcx or their .gz"),
}


def read_runs(content: bytes, now: datetime, words: ExportDetails | None = None) -> list[ParsedRun]:
    """The sessions of a run file, cleaned, in the order of the file.

    `now` (aware) judges clocks that run ahead; `words` are what an export says of the file beside it. Raises
    FileRefused, with its reason, for a file without a run.
    """
    kind, content, notes = _unwrapped(content)
    if kind not in _DECODERS:
        raise FileRefused(*_REFUSED[kind])
    sessions = _each_once(_decoder(kind)(content))
    if words is not None:
        sessions = {name: _with_words(decoded, words) for name, decoded in sessions.items()}
    settled = (settle(decoded, name, now) for name, decoded in sessions.items())
    runs = [run for run in settled if run.elapsed_s > 0]
    if not runs:
        raise FileRefused("too_short", "holds a single moment only", "give the whole recording")
    return [replace(run, notes=(*notes, *run.notes)) for run in runs] if notes else runs


def _decoder(kind: str) -> Callable[[bytes], tuple[DecodedRun, ...]]:
    module, function = _DECODERS[kind]
    decode: Callable[[bytes], tuple[DecodedRun, ...]] = getattr(import_module(f"pipeline.formats.{module}"), function)
    return decode


def _unwrapped(content: bytes) -> tuple[str, bytes, tuple[ParseNote, ...]]:
    """What is inside, its bytes, and what was odd about the wrapping."""
    kind = sniff(content)
    if kind != "gzip":
        return kind, content, ()
    unpacked, whole = unwrap_gzip(content)
    cut = ParseNote("cut_archive", "the .gz wrapping is cut or damaged: what could be unpacked was read")
    return sniff(unpacked), unpacked, () if whole else (cut,)


def _with_words(decoded: DecodedRun, words: ExportDetails) -> DecodedRun:
    """The session with the export's words; after its fingerprint was taken, so that it stays the same run."""
    said = () if words.weather is None else (words.weather,)
    weather = tuple(replace(one, elapsed_s=decoded.begins_s + one.elapsed_s) for one in said)
    return replace(
        decoded,
        sport=decoded.sport or words.sport,
        sub_sport=decoded.sub_sport or words.sub_sport,
        title=words.title or decoded.title,
        description=words.description or decoded.description,
        gear=words.gear,
        weather=(*decoded.weather, *weather),
    )


def _each_once(sessions: tuple[DecodedRun, ...]) -> dict[str, DecodedRun]:
    """Sessions by their run_id; one that the file holds twice (chained copies) is taken once, with a note."""
    once: dict[str, DecodedRun] = {}
    for decoded in sessions:
        name = run_id(decoded)
        if name in once:
            twice = ParseNote("same_session", "the file holds this session more than once")
            once[name] = replace(once[name], notes=(*once[name].notes, twice))
        else:
            once[name] = decoded
    return once

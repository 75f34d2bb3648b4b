"""Measures the CPU time of our FIT decoder against other decoders on real files, all in turn in one process.

By hand: python -m benchmarks.decode [FILE.fit ...]   (without files: the real recordings, and files made here)
Peers besides fitparse come from requirements-bench.lock; a peer that is not installed is reported and left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.fit_files import many_definitions, three_megabytes
from pipeline.formats.fit.fields import plan_of
from pipeline.formats.fit.layout import cut_of, layout_of
from pipeline.formats.fit.messages import read_messages
from pipeline.formats.read import read_runs

REAL = Path(__file__).resolve().parents[2] / "shared" / "real_runs"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 4  # the best round counts, because other work of the machine only adds time
OURS_A_ROUND = 15  # per round, because one fitparse takes as long as hundreds of ours
DECODE_GOAL, READ_GOAL, MEMORY_GOAL_MB = 300, 100, 40
MADE = "made"
FEW_RECORDS = 2000  # a file with fewer records says little about speed


def fitparse_records(content: bytes) -> int:
    import fitparse

    return sum(1 for _ in fitparse.FitFile(io.BytesIO(content), check_crc=False).get_messages("record"))


def fitdecode_records(content: bytes) -> int:
    import fitdecode

    with fitdecode.FitReader(io.BytesIO(content), check_crc=fitdecode.CrcCheck.DISABLED) as reader:
        return sum(1 for frame in reader if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "record")


def garmin_records(content: bytes) -> int:
    from garmin_fit_sdk import Decoder, Stream

    messages, _ = Decoder(Stream.from_byte_array(bytearray(content))).read(enable_crc_check=False)
    return len(messages.get("record_mesgs", ()))


def our_records(content: bytes) -> int:
    """Reads records with all fields, laps, sessions, events, all other messages we use, and the checksum."""
    parts, _ = read_messages(content)
    for part in parts:
        for columns in (part.record.numbers, part.record.arrays, part.record.texts, part.hrv.numbers, part.hrv.arrays):
            dict(columns)  # a column is decoded when it is read
    return sum(part.record.starts.size for part in parts)


def our_records_anew(content: bytes) -> int:
    """Reads the same without cached definitions, as the first file of a new watch."""
    for cached in (layout_of, cut_of, plan_of):
        cached.cache_clear()
    return our_records(content)


def our_runs(content: bytes) -> int:
    """Reads cleaned runs, as `cramplog ingest` before it writes to the store."""
    return sum(run.records["elapsed_s"].size for run in read_runs(content, NOW))


Reader = Callable[[bytes], int]
PEERS: dict[str, Reader] = {
    "fitparse": fitparse_records,
    "fitdecode": fitdecode_records,
    "garmin-fit-sdk": garmin_records,
}
OURS: dict[str, Reader] = {"decode": our_records, "anew": our_records_anew, "read_runs": our_runs}


@dataclass(frozen=True, slots=True)
class Timed:
    """A reader's best CPU time on a file and its number of records; None if it failed."""

    cpu_s: float
    n_records: int | None


def measure(content: bytes, readers: dict[str, Reader]) -> dict[str, Timed]:
    """Returns the best times: all readers in turn, ROUNDS times, ours several times per round."""
    best: dict[str, Timed] = {}
    for _ in range(ROUNDS):
        for name, reader in readers.items():
            for _ in range(OURS_A_ROUND if name in OURS else 1):
                now = _timed(reader, content)
                best[name] = min(best.get(name, now), now, key=lambda timed: timed.cpu_s)
    return best


def _timed(reader: Reader, content: bytes) -> Timed:
    begin = time.process_time()
    try:
        n_records = reader(content)
    except Exception:  # any error of a peer means that it cannot read the file
        return Timed(time.process_time() - begin, None)
    return Timed(time.process_time() - begin, n_records)


def installed_peers() -> dict[str, Reader]:
    modules = {"fitparse": "fitparse", "fitdecode": "fitdecode", "garmin-fit-sdk": "garmin_fit_sdk"}
    peers = {name: PEERS[name] for name, module in modules.items() if importlib.util.find_spec(module)}
    for name in PEERS.keys() - peers.keys():
        print(f"without {name}: pip install --require-hashes -r requirements-bench.lock")
    return peers


def print_table(files: dict[str, bytes]) -> bool:
    """Prints one line per file; returns True if every goal was reached."""
    peers = installed_peers()
    print(
        "\nhow many times our CPU time the peers take to decode, and fitparse against ours anew and against read_runs"
    )
    print(
        f"{'file':<44}{'kB':>6}{'records':>9}{'ours ms':>9}"
        + "".join(f"{name:>16}" for name in (*peers, "anew", "read_runs"))
    )
    reached = True
    for name, content in files.items():
        timed = measure(content, {**peers, **OURS})
        verdict = _verdict(name, timed)
        print(_line(name, len(content), timed, peers), verdict, flush=True)
        reached &= verdict != "MISSED"
    return reached


def _line(name: str, size: int, timed: dict[str, Timed], peers: dict[str, Reader]) -> str:
    ours = timed["decode"]
    cells = [_ratio(timed[peer], ours) for peer in peers]
    cells += [f"{timed['fitparse'].cpu_s / timed[whose].cpu_s:.1f}" for whose in ("anew", "read_runs")]
    head = f"{name[:43]:<44}{size // 1000:>6}{ours.n_records or 0:>9}{1000 * ours.cpu_s:>9.2f}"
    return head + "".join(f"{cell:>16}" for cell in cells) + " "


def _ratio(peer: Timed, ours: Timed) -> str:
    if peer.n_records is None:
        return "cannot"
    return f"{peer.cpu_s / ours.cpu_s:.1f}" + ("" if peer.n_records <= (ours.n_records or 0) else "*")


def _verdict(name: str, timed: dict[str, Timed]) -> str:
    """Returns the verdict on a file; short files and files that fitparse cannot read have no goal."""
    ours, fitparse, garmin = timed["decode"], timed["fitparse"], timed.get("garmin-fit-sdk")
    if name.startswith(MADE):
        return "" if garmin is None else "reached" if garmin.cpu_s >= ours.cpu_s else "MISSED"
    if fitparse.n_records != ours.n_records or (ours.n_records or 0) <= FEW_RECORDS:
        return ""
    fast = fitparse.cpu_s >= DECODE_GOAL * ours.cpu_s and fitparse.cpu_s >= READ_GOAL * timed["read_runs"].cpu_s
    return "reached" if fast else "MISSED"


def peak_mb(content: bytes, reader: Reader) -> float:
    """Returns the peak memory (MB) of a reader besides the file; Python and numpy allocate all of it, so tracemalloc sees it."""
    reader(content)  # tables that stay
    tracemalloc.start()
    reader(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # peers warn about each field that they cannot read
    paths = args.files or sorted(REAL.glob("*.fit"))
    if not paths:
        print("the real recordings are not here: give files, or see the two made ones")
    made = {
        f"{MADE}: a definition a record, 30 kinds": many_definitions(5000),
        f"{MADE}: a definition a record, 1,000 kinds": many_definitions(5000, 1000),
    }
    reached = print_table({path.name: path.read_bytes() for path in paths} | ({} if args.files else made))
    print("(* a peer that finds more records than we do; `cannot`: it raised an error)")
    large = three_megabytes()
    for what, reader in OURS.items():
        peak = peak_mb(large, reader)
        print(f"{what} of a made file of {len(large) / 1e6:.1f} MB takes {peak:.0f} MB at most")
        reached &= peak <= MEMORY_GOAL_MB or what != "decode"
    print("every goal reached" if reached else "a goal was missed")


if __name__ == "__main__":
    main()

"""Measures the speed of a first import: `cramplog ingest` of an archive against fitparse, which only decodes the files.

By hand: python -m benchmarks.bulk [--runs N] [--full]     makes its files and stores in a temporary folder
The archive: one-hour FIT files at one record a second, of several shapes, 2 % damaged (benchmarks/run_files.py). Ours reads,
cleans and stores them; fitparse decodes a sample of them with as many processes, its time scaled up (--full: all of them).
Then the same archive is imported into a store with five times as many runs, and fewer GPX and TCX files into separate stores.
gpxpy parses the same GPX files: with as many processes against our ingest, and in one process against our reader alone.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.run_files import write_archive, write_some
from pipeline.formats.tracks.gpx import decode_gpx

CRAMPLOG = Path(sys.executable).with_name("cramplog")
PROCESSES = os.cpu_count() or 1
SAMPLE = 40  # files that fitparse decodes, unless --full
ROUNDS = 3
FASTER_GOAL, FASTER_FLOOR = 100, 70
GPX_GOAL, GPX_FLOOR = 4, 3
GPX_SAMPLE = 10  # files that one process reads in both ways
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
GROWTH_LIMIT, MEMORY_LIMIT_MB, RECORDS_LIMIT_KB = 1.2, 500, 120


@dataclass(frozen=True, slots=True)
class Ingest:
    """One `cramplog ingest`: seconds, and the peak memory of all its processes (0 if not measured)."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def new_home(home: Path) -> Path:
    """Makes an empty store with one runner and returns its folder."""
    _run(home, "init", "--runner", "anna")
    return home


def ingested(home: Path, folder: Path, watched: bool = False, program: Sequence[str] = (str(CRAMPLOG),)) -> Ingest:
    """Imports the folder with the program in another process; measures it with all the processes that it starts."""
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun_s = time.perf_counter()
    child = subprocess.Popen(
        [*program, "ingest", str(folder)], env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    memory = Highest(child.pid) if watched else None
    _, error = child.communicate()
    wall_s = time.perf_counter() - begun_s
    if child.returncode not in (0, 1):  # 1: damaged files were reported
        raise SystemExit(error.decode())
    with suppress(ChildProcessError):  # processes that it started, which end later
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ingest(wall_s, cpu_s, memory.stop() if memory else 0.0)


def _adopt_orphans() -> None:
    """Makes orphaned processes children of this process, so that their time is counted (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Highest:
    """Measures ten times per second the memory of a process with its children, and the files in /dev/shm."""

    def __init__(self, pid: int) -> None:
        self.pid, self.most_kb, self.going = pid, 0, True
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def stop(self) -> float:
        """Stops, and returns the peak (MB)."""
        self.going = False
        self.thread.join()
        return self.most_kb / 1024

    def _look(self) -> None:
        while self.going:
            used_kb = sum(_proportional_kb(pid) for pid in _tree(self.pid))
            self.most_kb = max(self.most_kb, used_kb + _shared_memory_kb())
            time.sleep(0.1)


def fitparse_s(files: Sequence[Path], full: bool) -> float:
    """Returns the wall time of fitparse for all records of these files, with PROCESSES processes."""
    some = files if full else files[:: max(1, len(files) // SAMPLE)]
    return _parallel_s(_fitparse, some) * len(files) / len(some)


def gpxpy_s(files: Sequence[Path]) -> float:
    """Returns the wall time of gpxpy to parse these files, with PROCESSES processes."""
    return _parallel_s(_gpxpy, files)


def _parallel_s(parse: Callable[[Path], int], files: Sequence[Path]) -> float:
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(parse, files[:PROCESSES]))  # its imports do not count
        begun_s = time.perf_counter()
        list(pool.map(parse, files))
        return time.perf_counter() - begun_s


def gpx_readers_s(files: Sequence[Path]) -> tuple[float, float]:
    """Returns CPU seconds per file in this process, of our reader and of gpxpy, in turn; the median of ROUNDS."""
    ours, theirs = [], []
    _decode_gpx(files[0])
    _gpxpy(files[0])
    for _ in range(ROUNDS):
        ours.append(_cpu_s(_decode_gpx, files))
        theirs.append(_cpu_s(_gpxpy, files))
    return median(ours) / len(files), median(theirs) / len(files)


def _cpu_s(read: Callable[[Path], int], files: Sequence[Path]) -> float:
    begun_s = time.process_time()
    for path in files:
        read(path)
    return time.process_time() - begun_s


def main() -> int:
    """Prints the table; returns 1 if a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="files in the archive (1000)")
    parser.add_argument("--full", action="store_true", help="let fitparse decode every file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        laws = [*_fit_laws(Path(folder), args.runs, args.full), *_xml_laws(Path(folder), max(20, args.runs // 10))]
    return 0 if all(laws) else 1


def _fit_laws(folder: Path, runs: int, full: bool) -> list[bool]:
    write_archive(folder / "old", 0, 5 * runs)
    write_archive(folder / "new", 5 * runs, runs)
    large = new_home(folder / "large")
    ingested(large, folder / "old")
    files = sorted((folder / "new").iterdir())
    fresh, grown, peer_s = [], [], []
    for number in range(ROUNDS):  # nothing is deleted in between: ext4 would look for new inodes among those just freed
        fresh.append(ingested(new_home(folder / f"fresh{number}"), folder / "new"))
        peer_s.append(fitparse_s(files, full))
        grown.append(ingested(Path(shutil.copytree(large, folder / f"grown{number}")), folder / "new"))
    watched = ingested(new_home(folder / "watched"), folder / "new", watched=True)
    wall_s, cpu_s = median(ingest.wall_s for ingest in fresh), median(ingest.cpu_s for ingest in fresh)
    faster, growth = median(peer_s) / wall_s, median(ingest.cpu_s for ingest in grown) / cpu_s
    records_kb = (folder / "watched" / "records.duckdb").stat().st_size / 1000 / runs
    print(f"{runs:,} FIT files of an hour, {PROCESSES} processes, median of {ROUNDS}")
    print(f"  wall {1000 * wall_s / runs:.1f} ms per run, CPU of all processes {1000 * cpu_s / runs:.1f} ms per run")
    how = "all files" if full else f"{SAMPLE} of them, scaled up"
    print(f"  fitparse decoding only ({how}): {1000 * median(peer_s) / runs:.0f} ms per run")
    return [
        _law("times as fast as fitparse", f"{faster:.0f}", f"goal {FASTER_GOAL}", faster >= FASTER_FLOOR),
        _law(
            f"CPU in a store of {5 * runs:,} against an empty one",
            f"{growth:.2f}",
            "at most 1.2",
            growth <= GROWTH_LIMIT,
        ),
        _law("memory of all processes", f"{watched.peak_mb:.0f} MB", "at most 500", watched.peak_mb <= MEMORY_LIMIT_MB),
        _law("records file, per run", f"{records_kb:.0f} kB", "at most 120", records_kb <= RECORDS_LIMIT_KB),
    ]


def _xml_laws(folder: Path, runs: int) -> list[bool]:
    wall_s = {}
    for kind in ("gpx", "tcx"):
        write_some(folder / kind, kind, 0, runs)
        ingest = ingested(new_home(folder / f"{kind} store"), folder / kind)
        wall_s[kind] = ingest.wall_s
        figures = f"wall {1000 * ingest.wall_s / runs:.0f} ms, CPU {1000 * ingest.cpu_s / runs:.0f} ms per run"
        print(f"{runs:,} {kind.upper()} files of an hour: {figures}")
    files = sorted((folder / "gpx").iterdir())
    peer_s = gpxpy_s(files)
    print(f"  gpxpy parsing only the GPX files: wall {1000 * peer_s / runs:.0f} ms a run")
    print(f"  ingest of GPX, times as fast as gpxpy parses it: {peer_s / wall_s['gpx']:.1f}")
    ours_s, theirs_s = gpx_readers_s(files[:GPX_SAMPLE])
    print(f"  reading GPX in one process: CPU {1000 * ours_s:.0f} ms a run, gpxpy {1000 * theirs_s:.0f} ms")
    faster = theirs_s / ours_s
    return [_law("reading GPX, times as fast as gpxpy", f"{faster:.1f}", f"goal {GPX_GOAL}", faster >= GPX_FLOOR)]


def _law(what: str, figure: str, limit: str, holds: bool) -> bool:
    print(f"  {what}: {figure} ({limit}){'' if holds else '  BROKEN'}")
    return holds


def _run(home: Path, *args: str) -> None:
    subprocess.run([CRAMPLOG, *args], env=environment(home), check=True, stdout=subprocess.DEVNULL)


def environment(home: Path) -> dict[str, str]:
    """Returns the environment without a variable that makes each start compile modules (two to three times as slow)."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**variables, "CRAMPLOG_HOME": str(home)}


def _fitparse(path: Path) -> int:
    import fitparse

    warnings.simplefilter("ignore")
    count = 0
    with suppress(fitparse.FitParseError):
        for _ in fitparse.FitFile(str(path), check_crc=False).get_messages("record"):
            count += 1
    return count


def _gpxpy(path: Path) -> int:
    import gpxpy

    return int(gpxpy.parse(path.read_bytes().decode()).get_points_no())


def _decode_gpx(path: Path) -> int:
    return sum(run.columns["time_s"].size for run in decode_gpx(path.read_bytes()))


def _tree(pid: int) -> list[int]:
    """Returns the process and all its descendants."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(descendant for child in children for descendant in _tree(int(child)))]
    return []


def _proportional_kb(pid: int) -> int:
    """Returns its memory; shared memory is divided by the number of processes that share it."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _shared_memory_kb() -> int:
    """Returns the size of our shared-memory files, which may not be mapped by any process yet."""
    with suppress(OSError):
        return sum(path.stat().st_size for path in Path("/dev/shm").glob("cramplog-*/*")) // 1024
    return 0


if __name__ == "__main__":
    sys.exit(main())

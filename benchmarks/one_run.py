"""Measures the import of one run: `cramplog ingest one.fit` into 1,000 runs against a process that imports duckdb and polars.

By hand: python -m benchmarks.one_run [--runs N]     makes its files and its store in a temporary folder
At most 1.5 times as long, so that a command is no slower than a script of the user. The runs start near earlier runs, as most
runs do; the first run from a place loads the borders of time zones, 70 ms more. On a busy machine compare CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.bulk import CRAMPLOG, environment, ingested, new_home
from benchmarks.run_files import fit_recording, write_archive

ROUNDS = 15
LIMIT = 1.5
IMPORTS = [sys.executable, "-c", "import duckdb, polars"]


def main() -> int:
    """Runs both in turn, after one round that does not count; returns 1 if ours takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="runs in the store (1000)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        home = new_home(Path(folder) / "home")
        write_archive(Path(folder) / "files", 0, runs)
        ingested(home, Path(folder) / "files")
        pairs = []
        for number in range(ROUNDS + 1):
            file = Path(folder) / f"{number}.fit"
            file.write_bytes(fit_recording("plain", runs + number))
            pairs.append((_seconds([str(CRAMPLOG), "ingest", str(file)], home), _seconds(IMPORTS, home)))
    ours, theirs = zip(*pairs[1:], strict=True)
    print(f"cramplog ingest one.fit into {runs:,} runs against import duckdb, polars, medians of {ROUNDS}")
    ratio, figures = _compared([wall_s for wall_s, _ in ours], [wall_s for wall_s, _ in theirs])
    print(f"  wall {figures} (at most {LIMIT}){'' if ratio <= LIMIT else '  BROKEN'}")
    _, figures = _compared([cpu_s for _, cpu_s in ours], [cpu_s for _, cpu_s in theirs])
    print(f"  CPU {figures}")
    return 0 if ratio <= LIMIT else 1


def _compared(ours_s: Sequence[float], theirs_s: Sequence[float]) -> tuple[float, str]:
    """Returns the ratio of the medians, and a text with the medians."""
    mine_s, peer_s = median(ours_s), median(theirs_s)
    return mine_s / peer_s, f"{1000 * mine_s:.0f} ms against {1000 * peer_s:.0f} ms, ratio {mine_s / peer_s:.2f}"


def _seconds(command: list[str], home: Path) -> tuple[float, float]:
    """Returns wall and CPU time of one process."""
    begun_s = time.perf_counter()
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.DEVNULL) as child:
        _, status, used = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - begun_s
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return wall_s, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())

"""How long does one run take? `cramplog ingest one.fit` into a store of 1,000 against a process that imports duckdb and polars.

By hand: python -m benchmarks.one_run [--runs N]     makes its files and its store in a temporary folder
At most 1.5 times as long: so a verb is no slower than a script of one's own would be.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.bulk import CRAMPLOG, environment, ingested, new_home
from benchmarks.run_files import fit_recording, write_archive

ROUNDS = 15
LIMIT = 1.5
IMPORTS = [sys.executable, "-c", "import duckdb, polars"]


def main() -> int:
    """The two in turn, after one round that does not count; 1 when ours takes too long."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--runs", type=int, default=1000, help="runs in the store (1000)")
    runs = asked.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        home = new_home(Path(folder) / "home")
        write_archive(Path(folder) / "files", 0, runs)
        ingested(home, Path(folder) / "files")
        pairs = []
        for number in range(ROUNDS + 1):
            file = Path(folder) / f"{number}.fit"
            file.write_bytes(fit_recording("plain", runs + number))
            pairs.append((_seconds([str(CRAMPLOG), "ingest", str(file)], home), _seconds(IMPORTS, home)))
    ours, theirs = (median(times) for times in zip(*pairs[1:], strict=True))
    ratio = ours / theirs
    print(
        f"cramplog ingest one.fit into {runs:,} runs {1000 * ours:.0f} ms, import duckdb, polars {1000 * theirs:.0f} ms"
    )
    print(f"  ratio of the medians {ratio:.2f} (at most {LIMIT}){'' if ratio <= LIMIT else '  BROKEN'}")
    return 0 if ratio <= LIMIT else 1


def _seconds(command: list[str], home: Path) -> float:
    """Wall time of one whole process."""
    begun_s = time.perf_counter()
    subprocess.run(command, env=environment(home), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun_s


if __name__ == "__main__":
    sys.exit(main())

"""Measures how long `cramplog --help` takes, against `python -c 'import click'` in the same run: at most three times as long.

Run by hand: .venv/bin/python benchmarks/cli.py
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROUNDS = 11
HELP = [str(Path(sys.executable).with_name("cramplog")), "--help"]
CLICK = [sys.executable, "-c", "import click"]


def seconds(command: list[str]) -> float:
    """Returns the wall time of one process."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    """Runs both in turn, after one round that does not count."""
    pairs = [(seconds(HELP), seconds(CLICK)) for _ in range(ROUNDS + 1)][1:]
    ours, theirs = (median(times) for times in zip(*pairs, strict=True))
    ratio = median(our_s / their_s for our_s, their_s in pairs)
    print(
        f"cramplog --help {ours * 1000:.0f} ms, import click {theirs * 1000:.0f} ms, ratio {ratio:.2f} (goal: at most 3)"
    )


if __name__ == "__main__":
    main()

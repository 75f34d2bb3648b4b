"""Reads maimed files one after the other and says which break a law; a program of its own, under a guard.

`python -m tests.support.maimed.read FOLDER --seed N [--variants N] [--first N] [--seconds S]`, by the suite and by
`make fuzz`. A variant lies in FOLDER while it is read, and stays there when it breaks a law or the guard ends the program.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.formats.sources.find import find_sources
from tests.support.maimed.files import variant, whole_files
from tests.support.maimed.plausible import breaches

NOW = datetime(2026, 12, 1, tzinfo=UTC)
GUARD_S = 20
GUARD_BYTES = 300_000_000  # above what the program needs before its first variant
_LAST_RESORT_BYTES = 4_000_000_000  # of address space: what runs away ends here, not in the machine


def broken_laws(path: Path) -> tuple[int, list[str]]:
    """How many runs the file gave, and what it did that no file may do. A refusal with its reason is right."""
    broken, n_runs = [], 0
    try:
        for source in find_sources([path]).sources:
            try:
                runs = read_runs(source.read(), NOW, source.details)
            except FileRefused:
                continue
            n_runs += len(runs)
            broken += [breach for run in runs for breach in breaches(run)]
    except Exception as error:  # whatever it is: nothing but FileRefused may come out
        broken.append(f"{type(error).__name__}: {error}")
    return n_runs, broken


def _read_each(folder: Path, seed: int, numbers: Iterator[int], until_s: float) -> tuple[int, int, int]:
    """How many variants were read until then or Ctrl-C, how many runs they gave, and how many broke a law."""
    files, most_bytes = whole_files(), _peak_bytes() + GUARD_BYTES
    n_read = n_runs = n_broken = 0
    for number in numbers:
        name, content = variant(files, seed, number)
        path = folder / name
        try:
            gave, broken = _read_guarded(path, content, most_bytes)
        except KeyboardInterrupt:
            path.unlink(missing_ok=True)
            break
        if broken:
            _say(f"{path}: {'; '.join(broken)}")
        else:
            path.unlink()
        n_read, n_runs, n_broken = n_read + 1, n_runs + gave, n_broken + bool(broken)
        if time.monotonic() > until_s:
            break
    return n_read, n_runs, n_broken


def _read_guarded(path: Path, content: bytes, most_bytes: int) -> tuple[int, list[str]]:
    """The same as `broken_laws`; too much time ends the program, too much memory is a law broken."""
    path.touch(mode=0o600)
    path.write_bytes(content)
    signal.alarm(GUARD_S)
    n_runs, broken = broken_laws(path)
    signal.alarm(0)
    if _peak_bytes() > most_bytes:
        broken.append(f"more than {GUARD_BYTES} bytes of memory by now")
    return n_runs, broken


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()  # read also when the guard ends the program


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def main() -> int:
    """0 when every variant kept the laws; the last line counts them."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--variants", type=int)
    asked.add_argument("--seconds", type=float, default=float("inf"))
    args = asked.parse_args()
    os.umask(0o077)
    warnings.simplefilter("error")  # numbers that do not fit are damage that the reader did not see
    args.folder.mkdir(parents=True, exist_ok=True)
    resource.setrlimit(resource.RLIMIT_AS, (_LAST_RESORT_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    _say(f"seed {args.seed}; what fails is kept in {args.folder}")
    numbers = count(args.first) if args.variants is None else iter(range(args.first, args.first + args.variants))
    n_read, n_runs, n_broken = _read_each(args.folder, args.seed, numbers, time.monotonic() + args.seconds)
    _say(f"{n_read} variants read, {n_runs} runs, {n_broken} broke a law")
    return 1 if n_broken else 0


if __name__ == "__main__":
    sys.exit(main())

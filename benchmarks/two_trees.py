"""Compares the speed of bulk ingest in this checkout and in another one, in pairs of alternating order.

By hand: TMPDIR=/dev/shm python -m benchmarks.two_trees OTHER_TREE [--runs N] [--rounds N] [--memory]
OTHER_TREE is a second checkout (`git worktree add`) with the change; both run with this Python. On a machine with other work
CPU time varies less than wall time. `--memory` prints the peak memory of all processes instead.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bulk import Ingest, environment, ingested
from benchmarks.run_files import write_archive

HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Tree:
    """A checkout: the command that runs its program, and an empty store."""

    program: Sequence[str]
    store: Path

    def ingest(self, archive: Path, memory: bool = False) -> Ingest:
        """Imports the archive into a copy of the empty store."""
        home = Path(shutil.copytree(self.store, self.store.with_name("home")))
        try:
            return ingested(home, archive, memory, self.program)
        finally:
            shutil.rmtree(home)


def main() -> int:
    """Prints the figures of both trees and their ratios; the first pair does not count, because it compiles."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("second", metavar="OTHER_TREE", type=Path, help="the other checkout")
    parser.add_argument("--runs", type=int, default=600, help="files in the archive (600)")
    parser.add_argument("--rounds", type=int, default=9, help="pairs (9)")
    parser.add_argument("--memory", action="store_true", help="compare memory, not time")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_archive(folder / "archive", 0, args.runs)
        first, second = _tree(HERE, folder / "here"), _tree(args.second.resolve(), folder / "other")
        pairs = [
            _pair(first, second, folder / "archive", args.memory, number % 2 > 0) for number in range(args.rounds + 1)
        ]
    for what in ("peak_mb",) if args.memory else ("wall_s", "cpu_s"):
        _print_figure(what, [(getattr(mine, what), getattr(theirs, what)) for mine, theirs in pairs[1:]])
    return 0


def _tree(root: Path, folder: Path) -> Tree:
    """Returns the program defined in the tree's pyproject.toml, independent of what is installed."""
    entry = tomllib.loads((root / "pyproject.toml").read_text())["project"]["scripts"]["cramplog"]
    module, _, function = entry.partition(":")
    # PYTHONSAFEPATH: otherwise the worker processes would import modules from the current folder.
    paths = (f"PYTHONPATH={root}", "PYTHONSAFEPATH=1")
    start = f"import sys; from {module} import {function} as begin; sys.exit(begin())"
    folder.mkdir()
    tree = Tree(("env", *paths, sys.executable, "-c", start), folder / "empty")
    subprocess.run(
        [*tree.program, "init", "--runner", "anna"], env=environment(tree.store), check=True, capture_output=True
    )
    return tree


def _pair(first: Tree, second: Tree, archive: Path, memory: bool, swapped: bool) -> tuple[Ingest, Ingest]:
    if swapped:
        theirs = second.ingest(archive, memory)
        return first.ingest(archive, memory), theirs
    return first.ingest(archive, memory), second.ingest(archive, memory)


def _print_figure(name: str, pairs: Sequence[tuple[float, float]]) -> None:
    mine, theirs = zip(*pairs, strict=True)
    ratio = median(second / first for first, second in pairs)
    print(
        f"{name}: here {median(mine):.2f} (least {min(mine):.2f}), other {median(theirs):.2f} (least {min(theirs):.2f})"
    )
    print(f"  other / here: {ratio:.3f} median of {len(pairs)} pairs, {min(theirs) / min(mine):.3f} by the least")


if __name__ == "__main__":
    sys.exit(main())

"""A real full disk: each verb that writes says so and loses nothing; with space again it does its work."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.evening import PROGRAM, TOLD, WORK, Evening, answers, ended, leftovers

DISK_MIB = 48
# KiB left free: none, or so much that a verb begins and cannot end.
FULL = [
    *((verb, 0) for verb in ("init", "runner add", "tag", "tag edit", "tag import", "undo")),
    *((verb, 0) for verb in ("train", "report", "publish", "nightly")),
    ("weather", 300),
    ("init", 300),
    ("ingest", 100),
    ("ingest", 850),
]
Disk = Callable[[int], Path]


def fill(disk: Path, but_kib: int) -> Path:
    """A file that takes the disk's space, but for so much."""
    facts = os.statvfs(disk)
    filler = disk / "filler"
    filler.write_bytes(bytes(facts.f_bavail * facts.f_frsize - but_kib * 1024))
    return filler


@pytest.mark.parametrize(("verb", "free_kib"), FULL)
def test_a_full_disk_is_said_nothing_is_lost_and_the_verb_completes_with_space_again(
    verb: str, free_kib: int, evening: Evening, small_disk: Disk
) -> None:
    disk = small_disk(DISK_MIB)
    work = WORK[verb]
    home = evening.copy(work, disk / "home")
    words = evening.words(work)
    told = [] if work.without_store else answers(home)
    filler = fill(disk, free_kib)
    code, out, err = ended(home.child(*words))
    assert "Traceback" not in err + out
    assert "bug" not in err + out
    assert "the disk is full" in err + out
    assert "free some space; what was saved before is still there" in err + out
    assert code == 5
    filler.unlink()
    if told:
        assert [run for run in answers(home) if run in told] == told
    if verb == "ingest":
        taken = re.findall(r"^new +\S+/(\d+)\.fit", out, re.MULTILINE)
        assert len(answers(home)) >= len(TOLD) + len(taken)
    again = home(*words)
    assert (again.exit_code, again.stderr.replace(f"{56} files to read\n", "")) == (0, "")
    assert leftovers(disk) == []


def test_a_page_or_a_list_that_cannot_be_written_is_no_bug(evening: Evening, tmp_path: Path) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    environment = {**os.environ, "CRAMPLOG_HOME": str(home.path)}
    for words in ("runs", "--help", "sql --list --csv"):
        line = f"{PROGRAM} {words} > /dev/full"
        done = subprocess.run(line, shell=True, env=environment, stderr=subprocess.PIPE, text=True, timeout=60)
        assert done.returncode == 5
        assert done.stderr.splitlines()[0] == "Error (try_again): the disk is full"
        assert "Traceback" not in done.stderr

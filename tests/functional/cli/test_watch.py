"""`cramplog ingest DIR --watch`: real files come into a real folder, slowly, half, over a stick that is pulled out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.actions.ingest.watch import FileState, Watch, complete_files, list_files, watch
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from tests.support.cli import MORNING, Home, recording, session

EVERY_S = 0.3


def morning(day: int, minutes: int = 20) -> bytes:
    """A recording of that day after the first morning."""
    return recording(session(MORNING + timedelta(days=day), minutes))


class Watcher:
    """`cramplog ingest ... --watch` at work, and what it has said so far."""

    def __init__(self, home: Home, *folders: Path) -> None:
        words = ("ingest", *map(str, folders), "--watch", "--every", str(EVERY_S))
        self.child = home.child(*words, PYTHONUNBUFFERED="1")
        self.out, self.err = list[str](), list[str]()
        self.readers = [
            threading.Thread(target=said.extend, args=(pipe,))
            for said, pipe in ((self.out, self.child.stdout), (self.err, self.child.stderr))
        ]
        for reader in self.readers:
            reader.start()
        self.hears(lambda: any(line.startswith("watching ") for line in self.err))

    def hears(self, what: Callable[[], bool], within_s: float = 60.0) -> None:
        """Wait until that is so."""
        end = time.monotonic() + within_s
        while not what():
            assert time.monotonic() < end, (self.out, self.err)
            assert self.child.poll() is None, (self.out, self.err)
            time.sleep(0.02)

    def says(self, *lines: str) -> None:
        """Wait until these lines stand on stdout, and no other."""
        self.hears(lambda: len(self.out) >= len(lines))
        assert self.out == [f"{line}\n" for line in lines]

    def warns(self, words: str) -> None:
        """Wait until a line on stderr has these words."""
        self.hears(lambda: any(words in line for line in self.err))

    def looks_again(self) -> None:
        """Let a few looks go by."""
        time.sleep(4 * EVERY_S)

    def ended(self) -> int:
        """Its exit code after Ctrl-C."""
        os.killpg(self.child.pid, signal.SIGINT)
        code = self.child.wait(30)
        for reader in self.readers:
            reader.join(30)
        return code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where new files come into."""
    folder = tmp_path / "Downloads"
    folder.mkdir()
    return folder


@pytest.fixture
def watching(home: Home, folder: Path) -> Iterator[Watcher]:
    """A watcher of the folder, in a process of its own."""
    watcher = Watcher(home, folder)
    yield watcher
    if watcher.child.poll() is None:
        watcher.child.kill()
        watcher.child.wait()
    for pipe in filter(None, (watcher.child.stdout, watcher.child.stderr)):
        pipe.close()


def test_a_file_that_is_written_slowly_is_taken_once_and_whole(watching: Watcher, folder: Path, home: Home) -> None:
    content = morning(0)
    with (folder / "slow.fit").open("wb", buffering=0) as file:
        for part in range(6):
            file.write(content[len(content) * part // 6 : len(content) * (part + 1) // 6])
            time.sleep(EVERY_S / 2)
    watching.says(f"new         {folder / 'slow.fit'}: 241 records")
    watching.looks_again()
    assert len(watching.out) == 1
    assert len(home.document("runs")["runs"]) == 1
    assert watching.ended() == 130
    assert "stopped: everything reported so far is saved" in "".join(watching.err)


def test_half_files_and_what_is_no_recording_are_left_alone_and_folders_below_count(
    watching: Watcher, folder: Path
) -> None:
    below = folder / "2026" / "June"
    below.mkdir(parents=True)
    for name in ("run.fit.crdownload", "run.fit.part", ".run.fit", "run.fit.TMP", "empty.fit"):
        (folder / name).write_bytes(b"" if name == "empty.fit" else morning(0))
    (below / "other.fit").write_bytes(morning(1))
    (folder / "notes.txt").write_text("hello")
    (folder / "broken.fit").write_bytes(morning(2)[:14])
    watching.hears(lambda: len(watching.out) >= 2)
    watching.looks_again()
    new, failed = sorted(watching.out, reverse=True)
    assert new == f"new         {below / 'other.fit'}: 241 records\n"
    assert failed.startswith(f"failed      {folder / 'broken.fit'}: ")
    (folder / "run.fit.crdownload").rename(folder / "run.fit")
    watching.hears(lambda: len(watching.out) == 3)
    assert watching.out[2] == f"new         {folder / 'run.fit'}: 241 records\n"


def test_a_stick_that_is_pulled_out_and_comes_back_goes_on(watching: Watcher, folder: Path) -> None:
    (folder / "first.fit").write_bytes(morning(0))
    watching.says(f"new         {folder / 'first.fit'}: 241 records")
    folder.rename(folder.with_name("in the pocket"))
    watching.warns(f"{folder} is gone; waiting for it to come back")
    (folder.with_name("in the pocket") / "second.fit").write_bytes(morning(1))
    folder.with_name("in the pocket").rename(folder)
    watching.warns(f"{folder} is back")
    watching.hears(lambda: len(watching.out) == 2)
    assert watching.out[1] == f"new         {folder / 'second.fit'}: 241 records\n"
    assert len(watching.err) == 3  # idle looks say nothing


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("{file}", "--watch"), 2, "is a file, and --watch needs a folder"),
        (("{gone}", "--watch"), 4, "there is no folder"),
        (("{folder}", "--watch", "--every", "0"), 2, "is not a valid time between two checks"),
        (("{folder}", "--watch", "--json"), 2, "--watch and --json cannot be used together"),
        (("{folder}", "--watch", "--redo"), 2, "--watch and --redo cannot be used together"),
        (("{folder}", "--watch", "--runner", "bne"), 4, "bne"),
        (("{folder}", "--every", "3"), 2, "--every needs --watch"),
    ],
)
def test_a_watch_that_cannot_be_meant_does_not_begin(
    home: Home, folder: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (folder.parent / "one.fit").write_bytes(morning(0))
    paths = {"file": folder.parent / "one.fit", "gone": folder / "no", "folder": folder}
    done = home("ingest", *(word.format_map(paths) for word in words))
    assert done.exit_code == code
    assert said in done.output
    assert home.document("runs")["runs"] == []


class Enough(Exception):
    """Ends a watch in a test, where a person presses Ctrl-C."""


def naps(*meanwhile: Callable[[], object]) -> Callable[[float], None]:
    """A sleep in which the first of these happens, then the next; after the last one it ends the watch."""
    left = list(meanwhile)

    def sleep(_: float) -> None:
        if not left:
            raise Enough
        left.pop(0)()

    return sleep


def test_a_busy_store_keeps_the_file_for_a_later_look_and_is_said_once(home: Home, folder: Path) -> None:
    (folder / "one.fit").write_bytes(morning(0))
    taken: list[str] = []
    said: list[str] = []

    def take(files: list[Path]) -> None:
        with open_store(Settings(home.path), write=True, wait_s=0.05):
            taken.extend(file.name for file in files)

    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    held: list[list[str]] = []

    def still_held() -> None:
        held.append(list(taken))

    def let_go() -> None:
        still_held()
        other.communicate("\n", timeout=30)

    with pytest.raises(Enough):
        watch(Watch((folder,), home.path, 5.0), take, said.append, naps(still_held, still_held, let_go, lambda: None))
    assert held == [[], [], []]
    assert taken == ["one.fit"]
    assert len(said) == 1
    assert said[0].startswith("the store is busy: cramplog.duckdb is held by")
    assert said[0].endswith("; 1 waiting, trying again every 5 s")


HOLD = """
import sys
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
with open_store(Settings(Path(sys.argv[1])), write=True):
    print('held', flush=True)
    sys.stdin.readline()
"""


def test_an_error_that_waiting_does_not_mend_ends_the_watch(home: Home, folder: Path) -> None:
    (folder / "one.fit").write_bytes(morning(0))

    def take(files: list[Path]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        watch(Watch((folder,), home.path, 5.0), take, pytest.fail, naps(lambda: None))


def test_a_file_that_changes_again_is_taken_again() -> None:
    one, many = "one.fit", "many.fit"
    first = {one: FileState(10, 1), many: FileState(10, 1)}
    later = {one: FileState(10, 1), many: FileState(20, 2)}
    assert complete_files({}, first, {}) == []
    assert complete_files(first, later, {}) == [one]
    assert complete_files(later, later, {one: FileState(10, 1)}) == [many]
    assert complete_files(later, later, {one: FileState(10, 1), many: FileState(10, 1)}) == [many]
    assert complete_files(later, later, later) == []


def test_the_stores_own_home_is_never_looked_into(folder: Path) -> None:
    home = folder / "store"
    (home / "originals").mkdir(parents=True)
    (home / "originals" / "ab12").write_bytes(b"kept")
    (folder / "new.fit").write_bytes(b"new")
    assert list(list_files(Watch((folder,), home, 5.0))) == [str(folder / "new.fit")]

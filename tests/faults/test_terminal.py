"""Terminals that are narrow, of another language or closed; questions broken off; a store somebody else holds."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.evening import PROGRAM, TOLD, WORK, Evening, answers, ended
from tests.support.cli import CALF, Home, recording, session
from tests.support.daily import drawn_daily

NARROW = 40
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ENGLISH_NOT = [
    {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    ASCII,
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
]


class Terminal:
    """A verb on a terminal of so many columns."""

    def __init__(self, home: Home, *words: str, columns: int = NARROW) -> None:
        self.side, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment |= {"CRAMPLOG_HOME": str(home.path), "TERM": "xterm"}
        self.child = subprocess.Popen(
            ["setsid", "--ctty", "--wait", str(PROGRAM), *words],
            env=environment,
            stdin=other,
            stdout=other,
            stderr=other,
        )
        os.close(other)
        self.text = ""

    def wait_for(self, words: str, within_s: float = 60) -> None:
        """Read on until these words stand there."""
        end = time.monotonic() + within_s
        while words not in self.text:
            assert time.monotonic() < end, self.text
            if not self._read():
                raise AssertionError(self.text)

    def press(self, keys: str) -> None:
        """Type these."""
        os.write(self.side, keys.encode())

    def ended(self) -> tuple[int, str]:
        """Exit code, and all that stood there."""
        while self._read():
            pass
        code = self.child.wait(60)
        os.close(self.side)
        return code, self.text.replace("\r\n", "\n")

    def _read(self) -> bool:
        try:
            if not select.select([self.side], [], [], 60)[0]:
                return False
            new = os.read(self.side, 4096)
        except OSError:  # the other side is closed
            return False
        self.text += new.decode(errors="replace")
        return bool(new)


@pytest.mark.parametrize(
    "words",
    [
        ("runs",),
        ("tag", "list"),
        ("undo", "--list"),
        ("sql", "SELECT run_id, answer, start_at, moving_s FROM v_run"),
        ("sql", "--list"),
    ],
)
def test_a_table_wider_than_the_terminal_is_a_block_a_row(
    words: tuple[str, ...], evening: Evening, tmp_path: Path
) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    code, narrow = Terminal(home, *words).ended()
    assert code == 0
    shown = narrow.split("Next:")[0]
    assert max(len(line) for line in shown.splitlines()) <= NARROW
    whole = home(*words).stdout.split("Next:")[0]
    assert max(len(line) for line in whole.splitlines()) > NARROW  # not a terminal: as it is
    cells = [
        cell for line in whole.splitlines()[1:] for cell in re.split(r"  +", line) if cell and "(6 rows)" not in cell
    ]
    flat = re.sub(r"\s+", "", narrow)
    assert [cell for cell in cells if re.sub(r"\s+", "", cell) not in flat] == []


def test_help_fits_a_narrow_terminal_but_for_its_examples(evening: Evening, tmp_path: Path) -> None:
    for verb in ("runs", "tag", "ingest"):
        code, text = Terminal(Home(tmp_path / "none"), verb, "--help").ended()
        assert code == 0
        wide = [line for line in text.splitlines() if len(line) > NARROW and not line.startswith("    cramplog ")]
        assert wide == []


@pytest.mark.parametrize("locale", drawn_daily(ENGLISH_NOT, [ASCII], 1), ids=lambda locale: locale["LC_ALL"])
def test_in_another_language_names_units_and_numbers_stay(
    locale: dict[str, str], evening: Evening, tmp_path: Path
) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    assert home("runner", "add", "Zoë Łuk").exit_code == 0
    folder = tmp_path / "Läufe"
    folder.mkdir()
    (folder / "Übung İı.fit").write_bytes(recording(session()))
    (folder / os.fsdecode(b"caf\xe9.fit")).write_bytes(recording(session(minutes=20)))
    for words in (["ingest", str(folder), "--runner", "anna"], []):
        code, out, err = ended(home.child(*words, **locale))
        assert (code, "Error" in err) == (0, False), err
    last = ("runs", "last", "--runner", "anna")
    assert ended(home.child(*last, **locale))[1] == home(*last).stdout
    code, out, _ = ended(home.child("runner", "list", "--json", **locale))
    assert code == 0
    assert "Zoë Łuk" in [runner["name"] for runner in json.loads(out)["runners"]]
    code, out, _ = ended(home.child("ingest", str(folder), "--runner", "anna", "--json", **locale))
    assert [file["outcome"] for file in json.loads(out)["files"]] == ["known", "known"]


def test_a_reader_that_goes_away_and_a_closed_stdin_are_no_errors(evening: Evening, tmp_path: Path) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    environment = {**os.environ, "CRAMPLOG_HOME": str(home.path)}
    query = "SELECT * FROM range(100000)"
    for line in (
        f"{PROGRAM} runs | head -1",
        f"{PROGRAM} sql '{query}' --csv | head -1",
        f"{PROGRAM} runs <&- | head -1",
    ):
        done = subprocess.run(line, shell=True, env=environment, capture_output=True, text=True, timeout=60)
        assert done.stderr == ""
        assert len(done.stdout.splitlines()) == 1
    for closed in ("<&-", ">&-", "2>&-"):
        line = f"{PROGRAM} tag --none --from 2026-06-18 {closed}"
        done = subprocess.run(line, shell=True, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    assert answers(home) == TOLD


@pytest.mark.parametrize(
    ("words", "question", "before"),
    [
        (("init",), "Your name", ""),
        (("init",), "Races with a cramp", "ben\r\r"),
        (("tag", "--none", "--from", "2026-06-18"), "Answer 2 unanswered runs", ""),
        (("runs", "rm", "2026-06-19"), "2026-06-19", ""),
    ],
)
def test_ctrl_c_at_a_question_changes_nothing(
    words: tuple[str, ...], question: str, before: str, evening: Evening, tmp_path: Path
) -> None:
    work = WORK["init"] if words == ("init",) else WORK["runs"]
    home = evening.copy(work, tmp_path / "home")
    terminal = Terminal(home, *words, columns=120)
    if before:
        terminal.wait_for("Your name")
        terminal.press(before)
    terminal.wait_for(question)
    time.sleep(0.2)  # the question stands there a moment before it listens
    terminal.press("\x03")
    code, text = terminal.ended()
    assert code == 130
    assert "stopped: everything already said is kept" in text
    assert "Traceback" not in text
    if work.without_store:
        assert not (home.path / "cramplog.duckdb").exists()
    else:
        assert answers(home) == TOLD


HOLD = """
import sys, time
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
with open_store(Settings(Path(sys.argv[1])), write=True):
    print('held', flush=True)
    time.sleep(600)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A home, the process that holds its store, and the verbs that wait for it."""

    home: Home
    holder: subprocess.Popen[str]
    children: list[subprocess.Popen[str]]


@pytest.fixture(scope="module", autouse=True)
def waiting(evening: Evening, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waiting]:
    """Two verbs that wait for a held store, for 30 s: meanwhile the other tests of this module run."""
    home = evening.copy(WORK["runs"], tmp_path_factory.mktemp("busy") / "home")
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(home.path)], stdout=subprocess.PIPE, text=True)
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    verbs = (["runs"], ["tag", "2026-06-19", "--at", "0:05:00", *CALF])
    children = [home.child(*words) for words in verbs]
    yield Waiting(home, other, children)
    for child in (other, *children):  # those that no test has waited for too
        child.kill()
        child.wait()
        for pipe in filter(None, (child.stdout, child.stderr)):
            pipe.close()


def test_a_store_that_stays_busy_is_named_with_its_holder(waiting: Waiting) -> None:
    for child in waiting.children:
        code, _, err = ended(child)
        assert code == 5
        assert "the store is busy: cramplog.duckdb is held by" in err
        assert f"(PID {waiting.holder.pid})" in err

"""Ctrl-C in every verb, at several moments: one clear line, nothing lost, and the same verb then does its work.

Moments are told by what the verb has just loaded, which Python says on stderr when asked to: a busy computer is slow.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.cli.frame.verbs import VERBS
from tests.faults.evening import NEW_FILES, TOLD, WORK, Evening, answers, ended, leftovers
from tests.support.cli import Home
from tests.support.daily import drawn_daily

STOPPED_LINE = "stopped: everything reported so far is saved, nothing is half done"
LOADING = ("duckdb", 0.0)  # a library is just there, the next ones are loading
OPENED = ("pipeline.store.db.connection", 0.15)
AT_WORK = ("pipeline.store.db.connection", 0.7)
MOMENTS = [
    *((verb, OPENED) for verb in VERBS),
    *((verb, LOADING) for verb in ("ingest", "sql")),
    *((verb, AT_WORK) for verb in ("ingest", "train")),
]
# One for each way in which a verb loads: the store alone, the readers' processes, the models, the analyst's snapshot.
EACH_WAY = [("runs", OPENED), ("ingest", OPENED), ("ingest", AT_WORK), ("train", OPENED), ("sql", LOADING)]


def pressed(
    home: Home, words: list[str], moment: tuple[str, float], number: signal.Signals = signal.SIGINT
) -> tuple[int, str]:
    """Exit code and stderr of the verb, its group signalled so long after that module was loaded."""
    module, after_s = moment
    child = home.child(*words, PYTHONPROFILEIMPORTTIME="1")
    seen, lines = threading.Event(), list[str]()
    reader = threading.Thread(target=_read, args=(child, module, seen, lines))
    reader.start()
    assert seen.wait(60)
    time.sleep(after_s)
    with suppress(ProcessLookupError):  # it has ended already
        os.killpg(child.pid, number)
    reader.join(60)
    code = child.wait(60)
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    child.stderr.close()
    return code, "".join(line for line in lines if not line.startswith("import time:"))


def _read(child: subprocess.Popen[str], module: str, seen: threading.Event, lines: list[str]) -> None:
    assert child.stderr
    for line in child.stderr:
        lines.append(line)
        if line.rstrip().endswith(f"| {module}") or line.split()[-1:] == [module]:
            seen.set()
    seen.set()


def test_every_verb_has_work_for_these_tests() -> None:
    assert set(WORK) == set(VERBS)


@pytest.mark.parametrize(
    "case", drawn_daily(MOMENTS, EACH_WAY, 3), ids=lambda case: "-".join(map(str, (case[0], *case[1])))
)
def test_ctrl_c_stops_a_verb_in_one_line_and_it_completes_the_next_time(
    case: tuple[str, tuple[str, float]], evening: Evening, tmp_path: Path
) -> None:
    verb, moment = case
    work = WORK[verb]
    home = evening.copy(work, tmp_path / "home")
    words = evening.words(work)
    code, err = pressed(home, words, moment)
    assert "Traceback" not in err
    ended_before = ((work.code, False), (-signal.SIGINT, False))  # the second: Python itself was ending
    assert (code, STOPPED_LINE in err) in ((130, True), *ended_before)
    assert leftovers(tmp_path) == []
    again = home(*words)
    assert again.exit_code in (work.code, work.again), again.output
    assert again.exception is None or isinstance(again.exception, SystemExit)
    if not work.without_store:
        assert {day for day, _ in TOLD} - {day for day, _ in answers(home)} <= work.takes_away


def test_before_anything_is_loaded_ctrl_c_ends_without_a_word(tmp_path: Path) -> None:
    slow = tmp_path / "path"
    slow.mkdir()
    (slow / "click.py").write_text("import time\nprint('loading', flush=True)\ntime.sleep(60)\n")
    child = Home(tmp_path / "home").child("runs", PYTHONPATH=str(slow))
    assert child.stdout
    assert child.stdout.readline() == "loading\n"
    os.killpg(child.pid, signal.SIGINT)
    assert ended(child) == (130, "", "")


FIRST_POINTS = """
import os, signal, threading, time
from models.fit.posterior import standard_t
threading.Timer(0.002, os.kill, (os.getpid(), signal.SIGINT)).start()
standard_t(5, 8, 1)
time.sleep(1)
"""


def test_ctrl_c_is_heard_while_the_first_points_of_a_model_are_made() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_POINTS], capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGINT, done.stderr


@pytest.mark.parametrize("verb", ["ingest", "nightly"])
def test_what_the_system_ends_goes_on_the_next_time(verb: str, evening: Evening, tmp_path: Path) -> None:
    work = WORK[verb]
    home = evening.copy(work, tmp_path / "home")
    words = evening.words(work)
    code, err = pressed(home, words, AT_WORK, signal.SIGTERM)
    assert "Traceback" not in err
    assert code in (-signal.SIGTERM, 143, 0)
    again = home(*words)
    assert again.exit_code == 0, again.output
    assert len(answers(home)) == len(TOLD) + {"ingest": NEW_FILES, "nightly": 3}[verb]
    assert set(TOLD) <= set(answers(home))


AT_THE_END = """
import os, signal
from pathlib import Path
from pipeline.store.db import engine
class PressedMeanwhile:
    def close(self):
        os.kill(os.getpid(), signal.SIGINT)
engine._idle[Path(), None] = PressedMeanwhile()
"""


def test_ctrl_c_while_the_program_ends_is_no_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", AT_THE_END], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")

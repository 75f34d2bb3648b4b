"""Where the `cramplog` command begins, before anything large is loaded. Called by the installed script.

Until `main` can answer, Ctrl-C ends the program without a word: nothing has been touched by then.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

from pipeline.errors import STOPPED


def begin() -> None:
    """Run the command line."""
    _close_no_door()
    _speak_utf8()
    _say_every_name()
    _count_alone()
    _collect_seldom()
    answered = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else the shell said to ignore it
    if answered:
        signal.signal(signal.SIGINT, _leave)
    from pipeline.cli.frame.main import main

    if answered:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(STOPPED)


def _close_no_door() -> None:
    """A closed stdin, stdout or stderr becomes an empty one: its number would go to the next file, such as the store's."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  it stays open


def _speak_utf8() -> None:
    """Where file names and arguments would be read as ASCII, Python starts again and reads them as UTF-8."""
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606  this very program


def _count_alone() -> None:
    """numpy's matrices are small here: threads for them take 75 ms to start, and sum in another order on other machines."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _collect_seldom() -> None:
    """While modules load, Python would look hundreds of times for garbage among what stays: 3 % of `benchmarks.one_run`."""
    gc.set_threshold(50_000)


def _say_every_name() -> None:
    """A letter the terminal cannot show, or a byte of a file name that is none, becomes '?' and ends no verb."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")

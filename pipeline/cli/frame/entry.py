"""The start of the `cramplog` command, before anything large is loaded. Called by the installed script.

Until `main` is loaded, Ctrl-C ends the program without a message: nothing has been changed by then.
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
    _reopen_closed_streams()
    _ensure_utf8()
    _replace_unprintable()
    _limit_blas_threads()
    _collect_rarely()
    # Otherwise the shell has set SIGINT to be ignored, as for a background job; then it stays ignored.
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, _exit_at_once)
    from pipeline.cli.frame.main import main

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


def _exit_at_once(_number: int, _frame: FrameType | None) -> None:
    os._exit(STOPPED)


def _reopen_closed_streams() -> None:
    """Open a closed stdin, stdout or stderr on the null device: the next file, such as the store, would get its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  stays open


def _ensure_utf8() -> None:
    """Restart Python in UTF-8 mode where it would read file names and arguments as ASCII."""
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606  starts this program again


def _limit_blas_threads() -> None:
    """Use one thread for numpy: its matrices are small here, and threads take 75 ms to start and sum in a different order."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _collect_rarely() -> None:
    """Collect garbage rarely: while modules load nothing becomes garbage, and collecting is 3 % of `benchmarks.one_run`."""
    gc.set_threshold(50_000)


def _replace_unprintable() -> None:
    """Print '?' for a character that the terminal cannot show, or an invalid byte of a file name, instead of failing."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")

"""Prints each stage of a night as it ends, one line per stage. For the command line and for a served night's process."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.actions.nightly.nightly import StageOutcome, stage_log
from pipeline.errors import CramplogError


@contextmanager
def show_stages(show: Callable[[str], object]) -> Iterator[None]:
    """Inside, call `show` with a line for each stage that ends in this process, and for each file or runner that failed."""
    handler, before = _StageHandler(show), (stage_log.level, stage_log.propagate)
    stage_log.setLevel(logging.INFO)
    stage_log.propagate = False
    stage_log.addHandler(handler)
    try:
        yield
    finally:
        stage_log.removeHandler(handler)
        stage_log.setLevel(before[0])
        stage_log.propagate = before[1]


@contextmanager
def print_stages(zone: str | None, now: datetime) -> Iterator[None]:
    """Inside, print each stage on stdout as it ends, after a line with `now` on the clock of `zone`; nothing without a zone."""
    if zone is None:
        yield
        return
    _print(f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}  the night begins")
    with show_stages(_print):
        try:
            yield
        except CramplogError as error:  # before any stage; Prefect's own log is not shown
            _print(f"the night could not begin: {error.message}")
            raise


def stage_line(outcome: StageOutcome) -> str:
    """'fit       done      1.2 s  3 unchanged'."""
    return f"{outcome.stage:<8}  {outcome.outcome:<6}  {outcome.seconds:6.1f} s  {outcome.detail}"


class _StageHandler(logging.Handler):
    def __init__(self, show: Callable[[str], object]) -> None:
        super().__init__(logging.INFO)
        self.show = show

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # a closed terminal must not stop the night
            outcome: StageOutcome = record.outcome  # type: ignore[attr-defined]  # `nightly` adds it as extra
            self.show(stage_line(outcome))
            for item in outcome.failed_items:
                self.show(f"          {item}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")  # inside a flow, `print` would write into Prefect's log
    sys.stdout.flush()

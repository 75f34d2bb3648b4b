"""Shows each stage of a night as it ends, one line each. For the command line and for a served night's own process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from pipeline.actions.nightly.nightly import StageOutcome, stage_log


@contextmanager
def stages_shown(show: Callable[[str], object]) -> Iterator[None]:
    """Inside, `show` gets a line for each stage that ends in this process, and one for each file or runner that failed."""
    shown, before = _Shown(show), (stage_log.level, stage_log.propagate)
    stage_log.setLevel(logging.INFO)
    stage_log.propagate = False
    stage_log.addHandler(shown)
    try:
        yield
    finally:
        stage_log.removeHandler(shown)
        stage_log.setLevel(before[0])
        stage_log.propagate = before[1]


def stage_line(outcome: StageOutcome) -> str:
    """'fit       done      1.2 s  3 unchanged'."""
    return f"{outcome.stage:<8}  {outcome.outcome:<6}  {outcome.seconds:6.1f} s  {outcome.detail}"


class _Shown(logging.Handler):
    def __init__(self, show: Callable[[str], object]) -> None:
        super().__init__(logging.INFO)
        self.show = show

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # a closed terminal must not stop the night
            outcome: StageOutcome = record.outcome  # type: ignore[attr-defined]  # `nightly` gives it as extra
            self.show(stage_line(outcome))
            for item in outcome.failed_items:
                self.show(f"          {item}")

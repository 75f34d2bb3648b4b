"""The command line as a person types it, on a home of its own; and small recordings to give to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner, Result

from pipeline.cli.frame.main import cli
from tests.support.fit.writer import FitActivity, FitEvent, FitLap, FitRecords, FitSession, write_fit

MORNING = datetime(2026, 6, 14, 5, 30, tzinfo=UTC)  # 07:30 on the Danube's clock
DAY = "2026-06-14"
DANUBE = (48.2, 16.4)
CALF = ("--muscle", "calf", "--side", "left", "--severity", "moderate")


@dataclass(frozen=True, slots=True)
class Home:
    """A folder as CRAMPLOG_HOME, and the verbs on it."""

    path: Path

    def __call__(self, *words: str, stdin: str | None = None) -> Result:
        """The verb in this process, without a terminal."""
        return CliRunner(env={"CRAMPLOG_HOME": str(self.path)}).invoke(cli, words, input=stdin)

    def document(self, *words: str) -> dict[str, Any]:
        """The one JSON document of the verb on stdout."""
        found: dict[str, Any] = json.loads(self(*words, "--json").stdout)
        return found

    def child(self, *words: str, **changes: str) -> subprocess.Popen[str]:
        """The verb as a process and a process group of its own, as from a shell; `changes` to its environment."""
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("cramplog")), *words],
            env={**os.environ, "CRAMPLOG_HOME": str(self.path), **changes},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def session(
    start_at: datetime = MORNING, minutes: int = 60, pause: tuple[int, int] | None = None, sport: str = "running"
) -> FitSession:
    """An hour at 3 m/s on the Danube, a record every 5 s; `pause` (elapsed from, to) stops the timer."""
    at_s = np.arange(0, minutes * 60 + 1, 5.0)
    first, last = pause or (0, 0)
    timer_s = at_s - np.clip(at_s - first, 0, last - first)
    recorded = (at_s <= first) | (at_s >= last)
    records = FitRecords(
        at_s=at_s[recorded],
        latitude=np.full(recorded.sum(), DANUBE[0]) + timer_s[recorded] * 2.7e-5,
        longitude=np.full(recorded.sum(), DANUBE[1]),
        altitude_m=np.full(recorded.sum(), 160.0),
        distance_m=3.0 * timer_s[recorded],
        speed_ms=np.full(recorded.sum(), 3.0),
    )
    end_s, timer_end_s = float(at_s[-1]), float(timer_s[-1])
    stops = [FitEvent(first, "stop_all"), FitEvent(last, "start")] if pause else []
    return FitSession(
        start_at=start_at,
        elapsed_s=end_s,
        timer_s=timer_end_s,
        records=records,
        sport=sport,
        distance_m=3.0 * timer_end_s,
        laps=(FitLap(0.0, end_s, timer_end_s, 3.0 * timer_end_s),),
        events=(FitEvent(0, "start"), *stops, FitEvent(end_s, "stop_all")),
    )


def recording(*sessions: FitSession) -> bytes:
    """A watch's file with these sessions, one of `session()` when none is given."""
    return write_fit(FitActivity(sessions or (session(),), "test watch"))


def recordings(folder: Path, count: int, minutes: int = 40) -> Path:
    """`count` files in a folder, one a day from MORNING on."""
    folder.mkdir()
    for day in range(count):
        at = MORNING + timedelta(days=day)
        (folder / f"{day:03d}.fit").write_bytes(recording(session(at, minutes)))
    return folder

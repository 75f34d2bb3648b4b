"""How the nights went, and when the next is due: for `cramplog nightly --status` and `--serve`. `nightly` runs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from pipeline.actions.nightly.nightly import STAGES
from pipeline.actions.runs.runner import list_runners
from pipeline.config import DEFAULT
from pipeline.errors import TryAgain
from pipeline.files import make_private_folder, write_lock
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.health.nights import StageRow, last_stages

DUE = timedelta(hours=24)
TOO_OLD = timedelta(hours=36)  # a night was missed
LAST_STAGE = list(STAGES)[-1]


@dataclass(frozen=True, slots=True)
class Night:
    """One night: when it began (aware, UTC), its stages, and its outcome: done, failed, stopped or at work (running now)."""

    began_at: datetime
    stages: tuple[StageRow, ...]
    outcome: str

    @property
    def seconds(self) -> float:
        """From the start of the first stage to the end of the last."""
        return (self.stages[-1].ended_at - self.stages[0].started_at).total_seconds()

    @property
    def summary(self) -> str:
        """What failed and why, where the night stopped, or how long it took."""
        if failed := [f"{row.stage}: {row.detail}" for row in self.stages if row.outcome == "failed"]:
            return "; ".join(failed)
        if self.outcome == "done":
            return f"all {len(self.stages)} stages in {self.seconds:.0f} s"
        return f"after {self.stages[-1].stage}"


def last_nights(settings: Settings, count: int) -> list[Night]:
    """The last `count` nights, the newest first. Raises CannotStart without a store."""
    with open_store(settings, write=False) as con:
        rows = last_stages(con, count)
    running = is_running(settings)
    by_night = [tuple(stages) for _, stages in groupby(rows, key=lambda row: row.night_id)]
    return [
        Night(stages[0].night_began_at.replace(tzinfo=UTC), stages, _outcome(stages, running and number == 0))
        for number, stages in enumerate(by_night)
    ]


def is_running(settings: Settings) -> bool:
    """True if a night is running on this home now."""
    try:
        with write_lock(settings.home, 0.0):
            return False
    except TryAgain:
        return True


@contextmanager
def serve_lock(settings: Settings) -> Iterator[None]:
    """Inside, no other process serves the nights of this home. Raises TryAgain if one already does."""
    with ExitStack() as lock:
        try:
            lock.enter_context(write_lock(make_private_folder(settings.prefect), 0.0))
        except TryAgain as error:
            raise TryAgain(
                f"another cramplog nightly --serve already runs for {settings.home}", "stop that one first"
            ) from error
        yield


def trouble(nights: Sequence[Night], now: datetime) -> str | None:
    """What is wrong with the last night, as text; None if it went well. A running night is not judged yet."""
    ended = [night for night in nights if night.outcome != "at work"]
    if not ended:
        return None if nights else "there was no night yet"
    if ended[0].outcome != "done":
        return f"the last night {'failed' if ended[0].outcome == 'failed' else 'was stopped'}"
    if nights[0].outcome != "at work" and now - ended[0].began_at > TOO_OLD:
        return f"the last night was {_ago(now - ended[0].began_at)} ago"
    return None


def catching_up(settings: Settings, now: datetime) -> str | None:
    """Why a night is due at once, as text; None if the last complete one began less than a day ago."""
    complete = [night for night in last_nights(settings, 10) if night.outcome in ("done", "failed")]
    if not complete:
        return "there was no complete night yet"
    age = now - complete[0].began_at
    return f"the last complete night was {_ago(age)} ago" if age > DUE else None


def zone_of_nights(settings: Settings) -> tuple[str, str]:
    """The time zone for the nights, and where it comes from: the runners' zone if they share one, else the setting."""
    zones = {runner.home_tz for runner in list_runners(settings) if runner.home_tz}
    if len(zones) == 1:
        return zones.pop(), "the runners' home zone"
    if settings.home_tz is None:
        return "UTC", "no home zone is set"
    source = settings.sources["home_tz"].source
    return settings.home_tz, "this computer's zone" if source == DEFAULT else f"from {source}"


def next_night(at: str, zone: str, now: datetime) -> datetime:
    """The next time the clock of `zone` shows `at` (HH:MM), by Prefect's rules for clock changes.

    In autumn, of two equal times, the first; in spring, a time that is skipped runs an hour earlier.
    """
    hour, minute = map(int, at.split(":"))
    today = now.astimezone(ZoneInfo(zone)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    days = (today + timedelta(days=number) for number in range(3))
    instants = (min(day.replace(fold=fold).astimezone(UTC) for fold in (0, 1)) for day in days)
    return next(instant for instant in instants if instant > now).astimezone(ZoneInfo(zone))


def _outcome(stages: Sequence[StageRow], running: bool) -> str:
    if stages[-1].stage != LAST_STAGE:
        return "at work" if running else "stopped"
    return "failed" if any(row.outcome == "failed" for row in stages) else "done"


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"

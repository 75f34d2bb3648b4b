"""`cramplog` without arguments: the state of the store, and the most useful next step. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.actions.runs.runs import runs_mentioning_cramp, waiting_in_inbox
from pipeline.config import OFF
from pipeline.errors import CannotStart
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.health.counts import LastNight, StoreCounts
from pipeline.store.health.health import Contents, check_health

BRIEFLY_S = 0.5  # a status line must not wait half a minute for a busy store


@dataclass(frozen=True, slots=True)
class Today:
    """The store's counts, the last night, and what to do next."""

    counts: StoreCounts
    night: LastNight | None
    next_step: str


def look_today(settings: Settings) -> Today:
    """The state of the store. Raises TryAgain for a busy store, CannotStart for a damaged or missing one."""
    contents = _contents(settings)
    speak = len(runs_mentioning_cramp(settings, None, BRIEFLY_S)) if contents.counts.unanswered else 0
    weather_step = "cramplog weather --file FILE" if settings.weather_url == OFF else "cramplog weather"
    return Today(contents.counts, contents.night, _next_step(contents, waiting_in_inbox(settings), speak, weather_step))


def _contents(settings: Settings) -> Contents:
    for _ in range(2):
        health = check_health(settings, BRIEFLY_S)
        if health is not None and (trouble := health.busy or health.damage):
            raise trouble
        if health is not None and health.contents is not None:
            return health.contents
        with open_store(settings, write=False, wait_s=BRIEFLY_S):
            pass  # migrates an older store; raises if there is none
    raise CannotStart("the store was changed by another program", "try again")


def _next_step(contents: Contents, waiting: int, speak: int, weather_step: str) -> str:
    """The first missing step on the way to a report. `speak`: unanswered runs with a cramp in their title or notes.

    `weather_step` is the command that gets weather: by fetching, or from files if fetching is off.
    """
    counts, night = contents.counts, contents.night
    steps = [
        (not counts.runners, "cramplog runner add NAME"),
        (waiting > 0, f"cramplog nightly ({waiting:,} waiting in the inbox)"),
        (not counts.runs, "cramplog ingest FOLDER"),
        (night is not None and bool(night.failed), "cramplog doctor, because a stage of the last nightly failed"),
        (
            speak > 0,
            f"cramplog runs --unanswered, and tag them, first those with a cramp in the title or notes ({speak:,})",
        ),
        (counts.unanswered > 0, "cramplog runs --unanswered, and tag them"),
        (counts.weathered_runs < counts.outdoor_runs, weather_step),
    ]
    return next((step for missing, step in steps if missing), "cramplog report")

"""Bare `cramplog`: how things stand, and the one step that is of most use now. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.actions.runs.runs import runs_mentioning_cramp, waiting_in_inbox
from pipeline.config import OFF
from pipeline.errors import CannotStart
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.health.counts import LastNight, StoreCounts
from pipeline.store.health.health import Contents, check_health

BRIEFLY_S = 0.5  # nobody waits half a minute to hear how things stand


@dataclass(frozen=True, slots=True)
class Today:
    """The store's counts, the last night, and what to do next."""

    standing: StoreCounts
    night: LastNight | None
    next_step: str


def look_today(settings: Settings) -> Today:
    """How things stand. Raises TryAgain for a busy store, CannotStart for a damaged one or none."""
    held = _held(settings)
    speak = len(runs_mentioning_cramp(settings, None, BRIEFLY_S)) if held.counts.unanswered else 0
    weather_step = "cramplog weather --file FILE" if settings.weather_url == OFF else "cramplog weather"
    return Today(held.counts, held.night, _next_step(held, waiting_in_inbox(settings), speak, weather_step))


def _held(settings: Settings) -> Contents:
    for _ in range(2):
        health = check_health(settings, BRIEFLY_S)
        if health is not None and (trouble := health.busy or health.damage):
            raise trouble
        if health is not None and health.contents is not None:
            return health.contents
        with open_store(settings, write=False, wait_s=BRIEFLY_S):
            pass  # brings an older store up to date; says what is wrong without one
    raise CannotStart("the store was changed by another program", "try again")


def _next_step(held: Contents, waiting: int, speak: int, weather_step: str) -> str:
    """The first thing that is missing on the way to a report; `speak`: unanswered runs whose words speak of a cramp.

    `weather_step` is how weather comes here: fetched, or from files where nothing may be fetched.
    """
    standing, night = held.counts, held.night
    steps = [
        (not standing.runners, "cramplog runner add NAME"),
        (waiting > 0, f"cramplog nightly ({waiting:,} waiting in the inbox)"),
        (not standing.runs, "cramplog ingest FOLDER"),
        (night is not None and bool(night.failed), "cramplog doctor, since the last night did not do everything"),
        (
            speak > 0,
            f"cramplog runs --unanswered, and tag them ({speak:,} with words that speak of a cramp come first)",
        ),
        (standing.unanswered > 0, "cramplog runs --unanswered, and tag them"),
        (standing.weathered_runs < standing.outdoor_runs, weather_step),
    ]
    return next((words for missing, words in steps if missing), "cramplog report")

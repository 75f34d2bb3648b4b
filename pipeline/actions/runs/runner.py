"""`cramplog runner add` and `list`, and the checks of a runner's fields. Called by the command line, `init`, `runner_edit`.

A name is also the name of a folder in the inbox and of a report's file, so it is checked before anything is made.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import available_timezones

from pipeline.errors import WrongInput
from pipeline.questions import find_question, read_answer
from pipeline.settings import Settings
from pipeline.store.answers.questions import delete_questionnaire_item, put_questionnaire_item
from pipeline.store.answers.runners import ListedRunner, Runner, all_runners, runner_counts
from pipeline.store.answers.runners import add_runner as put_runner
from pipeline.store.db.changes import Change, change
from pipeline.store.db.connection import open_store
from pipeline.vocabulary import FIRST_ANSWERS, USUAL_RACES, choose_or_none

SEXES = ("female", "male", "other")
DISTANCE_UNITS = ("km", "miles")
TEMPERATURE_UNITS = ("C", "F")
LONGEST_NAME = 60
RESERVED = ("taken", "refused")  # the inbox's own folders
_NAME = re.compile(r"^[^\W_][\w .'-]*$")


def add_runner(settings: Settings, runner: Runner, now: datetime, profile: Mapping[str, str] | None = None) -> Runner:
    """Store a runner and the profile answers; returns the runner with its new id.

    Raises WrongInput for a name or an answer that is not valid; then nobody is added.
    """
    wanted = checked_runner(runner, now)
    with open_store(settings, write=True) as con, change(con, "runner add", wanted.name, "single", now) as step:
        added = put_runner(step, wanted)
        step.runner_id = added.runner_id
        store_profile(step, added, profile or {})
        return added


def store_profile(step: Change, runner: Runner, profile: Mapping[str, str]) -> list[str]:
    """Store answers about a runner within the caller's change; returns the keys that changed."""
    keys = []
    for key, text in profile.items():
        question = find_question(key, "runner")
        if not text.strip():
            changed = delete_questionnaire_item(step, runner.runner_id, None, question)
        else:
            changed = put_questionnaire_item(
                step, runner.runner_id, None, question, read_answer(question, text), "profile"
            )
        keys += [question.key] if changed else []
    return keys


def count_runners(settings: Settings) -> list[ListedRunner]:
    """Every runner with counts of runs, answers, cramps and ticked warning signs."""
    with open_store(settings, write=False) as con:
        return runner_counts(con)


def list_runners(settings: Settings) -> list[Runner]:
    """Every runner, in the order they were added."""
    with open_store(settings, write=False) as con:
        return all_runners(con)


def checked_runner(runner: Runner, now: datetime) -> Runner:
    """The runner with every field checked and in its stored spelling. Raises WrongInput with what is expected."""
    return replace(
        runner,
        name=checked_name(runner.name),
        birth_year=checked_birth_year(runner.birth_year, now),
        sex=choose_or_none(runner.sex, SEXES, "a sex that cramplog can store"),
        home_tz=checked_zone(runner.home_tz),
        cramps_last_10_races=checked_first_answer(runner.cramps_last_10_races),
        usual_race=checked_race(runner.usual_race),
        distance_unit=choose_or_none(runner.distance_unit, DISTANCE_UNITS, "a unit of distance"),
        temperature_unit=choose_or_none(runner.temperature_unit, TEMPERATURE_UNITS, "a unit of temperature"),
    )


def checked_name(name: str) -> str:
    """The name without spaces around it. Raises WrongInput if it cannot be the name of a folder."""
    trimmed = name.strip()
    if len(trimmed) > LONGEST_NAME or not _NAME.match(trimmed) or trimmed.lower() in RESERVED:
        raise WrongInput(
            f"'{trimmed}' cannot be a runner's name",
            f"expected at most {LONGEST_NAME} letters, digits, spaces, dots and dashes; not {' or '.join(RESERVED)}",
        )
    return trimmed


def checked_birth_year(year: int | None, now: datetime) -> int | None:
    """The year, unchanged. Raises WrongInput for an age outside 5 to 110 years."""
    if year is not None and not now.year - 110 <= year <= now.year - 5:
        raise WrongInput(f"{year} cannot be a runner's birth year", f"expected {now.year - 110} to {now.year - 5}")
    return year


def read_year(text: str) -> int:
    """A year as a person writes it. Raises WrongInput for anything else."""
    if not text.strip().isdecimal():
        raise WrongInput(f"'{text}' is not a year", "write four digits, such as 1984")
    return int(text)


def checked_zone(zone: str | None) -> str | None:
    """The IANA time zone in its official spelling, None for none. Raises WrongInput with the nearest names."""
    if not zone:
        return None
    zones = {name.lower(): name for name in available_timezones()}
    if zone.lower() in zones:
        return zones[zone.lower()]
    cities = {name.rsplit("/", 1)[-1]: name for name in zones}
    wanted = zone.lower().replace(" ", "_").rsplit("/", 1)[-1]
    near = difflib.get_close_matches(wanted, cities, n=3, cutoff=0.7)
    hint = (
        f"did you mean {' or '.join(zones[cities[city]] for city in near)}?"
        if near
        else "write region and city, such as Europe/Vienna"
    )
    raise WrongInput(f"'{zone}' is not a time zone", hint)


def checked_first_answer(answer: str | None) -> str | None:
    """Races with a cramp among the last 10, as 0, 1-2 or 3+; a count from 0 to 10 is accepted too. Raises WrongInput."""
    if not answer:
        return None
    if answer.isdecimal() and int(answer) <= 10:
        return FIRST_ANSWERS[0 if int(answer) == 0 else 1 if int(answer) <= 2 else 2]
    return choose_or_none(answer, FIRST_ANSWERS, "a count of races out of 10")


def checked_race(race: str | None) -> str | None:
    """The kind of race in its stored spelling, None for none. Raises WrongInput with the list of kinds."""
    return choose_or_none(race, USUAL_RACES, "a race that cramplog knows")

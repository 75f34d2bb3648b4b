"""`cramplog runs edit`: corrects or adds what the file lacks or has wrong. One call is one step of `undo`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

import duckdb

from pipeline.actions.runs.run_clock import CorrectedClock, parse_shift, parse_start, shifted, started
from pipeline.errors import WrongInput
from pipeline.formats.cleaning.sport import SPORTS, sport_of_word
from pipeline.settings import Settings
from pipeline.store.answers.corrections import shift_run
from pipeline.store.answers.runners import find_runner
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from pipeline.store.runs.duplicates import find_duplicate
from pipeline.store.runs.find import RunRow, find_run, run_by_id
from pipeline.units import format_duration, parse_duration_s


@dataclass(frozen=True, slots=True)
class RunEdit:
    """The changes to a run; None leaves a field unchanged. `planned` is a duration, or empty to remove it.

    `shift` is added to its clock ('+1:00:00'); alternatively `start` is its start in the local time of the place.
    """

    race: bool | None = None
    sport: str | None = None
    indoor: bool | None = None
    planned: str | None = None
    shift: str | None = None
    start: str | None = None


@dataclass(frozen=True, slots=True)
class EditedRun:
    """A run after the edit, its changes as text, and the change to undo (None if nothing changed).

    `looks_like` is another run that now looks like a duplicate of it.
    """

    run: RunRow
    changed: tuple[str, ...]
    change_no: int | None
    looks_like: RunRow | None


def edit_run(settings: Settings, run_word: str, runner_name: str | None, edit: RunEdit, now: datetime) -> EditedRun:
    """Correct a run. Raises NotFound for the run, WrongInput for a value that is not valid."""
    with open_store(settings, write=True) as con:
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        values = {name: value for name, value in _values(edit).items() if value != getattr(run, name)}
        clock = _clock(run, edit, now)
        changed = (*_describe(values), *([f"clock {_shift_text(clock.by)}"] if clock else []))
        if not changed:
            return EditedRun(run, (), None, None)
        with change(con, "runs edit", f"{run.day}: {', '.join(changed)}", "single", now, run.runner_id) as step:
            if values:
                step.update("run", run.run_id, values)
            if clock:
                shift_run(step, run.run_id, clock.columns, clock.by)
        return EditedRun(run_by_id(con, run.run_id), changed, step.change_no, _duplicate(con, run.run_id))


def _values(edit: RunEdit) -> dict[str, object]:
    """The edited columns: the runner's value (`sport_said`, `indoor_said`) and the value in use."""
    values: dict[str, object] = {}
    if edit.race is not None:
        values["race"] = edit.race
    if edit.sport is not None:
        values["sport"] = values["sport_said"] = checked_sport(edit.sport)
    if edit.indoor is not None:
        values["indoor"] = values["indoor_said"] = edit.indoor
    if edit.planned is not None:
        values["planned_s"] = _checked_planned_s(edit.planned) if edit.planned else None
    return values


def checked_sport(word: str) -> str:
    """The sport in its stored spelling. Raises WrongInput with the nearest sport, or the list."""
    sport, _ = sport_of_word(word)
    if sport in SPORTS:
        return str(sport)
    near = get_close_matches(str(sport), SPORTS, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"write one of: {', '.join(SPORTS)}"
    raise WrongInput(f"'{word}' is not a sport that cramplog knows", hint)


def _checked_planned_s(text: str) -> float:
    planned_s = parse_duration_s(text)
    if not 60 <= planned_s <= 7 * 86400:
        raise WrongInput(
            f"the planned time '{text}' is not between 1 minute and 7 days", "write hours and minutes, such as 3:00"
        )
    return planned_s


def _clock(run: RunRow, edit: RunEdit, now: datetime) -> CorrectedClock | None:
    if edit.shift is not None and edit.start is not None:
        raise WrongInput("--shift and --start both set the clock", "use only one of them")
    if edit.shift is not None:
        clock = shifted(run, parse_shift(edit.shift), now)
    elif edit.start is not None:
        clock = started(run, parse_start(edit.start), now)
    else:
        return None
    return clock if clock.by else None


def _describe(values: dict[str, object]) -> list[str]:
    """The changes as text, such as 'race', 'sport cycling', 'planned 3:00:00'."""
    changes = []
    if "race" in values:
        changes.append("race" if values["race"] else "no race")
    if "sport_said" in values:
        changes.append(f"sport {values['sport_said']}")
    if "indoor_said" in values:
        changes.append("indoor" if values["indoor_said"] else "outdoor")
    if "planned_s" in values:
        planned_s = values["planned_s"]
        changes.append(f"planned {format_duration(planned_s)}" if isinstance(planned_s, float) else "no planned time")
    return changes


def _shift_text(by: timedelta) -> str:
    """'+1:00:00' or '-30 d 2:00:00'."""
    length = abs(by)
    days = f"{length.days:,} d " if length.days else ""
    return f"{'-' if by < timedelta() else '+'}{days}{format_duration(length.seconds)}"


def _duplicate(con: duckdb.DuckDBPyConnection, run_id: str) -> RunRow | None:
    """Another run that looks like a duplicate of this one."""
    pair = find_duplicate(con, run_id)
    if pair is None:
        return None
    return run_by_id(con, pair.richer if pair.poorer == run_id else pair.poorer)

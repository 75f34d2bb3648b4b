"""`cramplog runner edit`: what is known of a runner, corrected; the profile questions answered. One step of `undo`.

Called by the command line. What may be said is checked in `pipeline.actions.runs.runner`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipeline.actions.runs.runner import checked_runner, keep_profile, read_year
from pipeline.settings import Settings
from pipeline.store.answers.questions import QuestionnaireItem, questionnaire_items
from pipeline.store.answers.runners import Runner, find_runner
from pipeline.store.answers.runners import edit_runner as change_runner
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store


@dataclass(frozen=True, slots=True)
class Edited:
    """A runner as known now, and what was done: the columns and questions that changed, files moved, files in the way.

    `change_no` is the change to undo, None when all was as it is.
    """

    runner: Runner
    changed: tuple[str, ...]
    change_no: int | None
    moved: tuple[Path, ...] = ()
    in_the_way: tuple[Path, ...] = ()
    given: Mapping[str, QuestionnaireItem] = field(default_factory=dict)


def edit_runner(
    settings: Settings, name: str | None, values: Mapping[str, str], profile: Mapping[str, str], now: datetime
) -> Edited:
    """Correct what is known of a runner, in the words of the options; an empty word takes it away. One step to undo.

    A new name takes the runner's inbox folder and report along. Raises NotFound, or WrongInput for what cannot be meant.
    """
    with open_store(settings, write=True) as con:
        before = find_runner(con, name)
        wanted = _changed_columns(before, values, now)
        with change(con, "runner edit", "", "single", now, before.runner_id) as step:
            after = change_runner(step, before, wanted) if wanted else before
            changed = (*wanted, *keep_profile(step, before, profile))
            step.detail = f"{after.name}: {', '.join(changed)}"
        moved, in_the_way = move_with_name(settings, before.name, after.name)
        number = step.change_no if step.rows else None
        return Edited(after, changed, number, moved, in_the_way, questionnaire_items(con, after.runner_id, None))


def show_runner(settings: Settings, name: str | None) -> Edited:
    """One runner with the answers about them. Raises NotFound."""
    with open_store(settings, write=False) as con:
        runner = find_runner(con, name)
        return Edited(runner, (), None, given=questionnaire_items(con, runner.runner_id, None))


def _changed_columns(before: Runner, values: Mapping[str, str], now: datetime) -> dict[str, object]:
    """The columns that differ, checked; an empty word is NULL, but for the name."""
    said: dict[str, object] = {column: words.strip() or None for column, words in values.items()}
    if "name" in said:
        said["name"] = values["name"]
    if said.get("birth_year") is not None:
        said["birth_year"] = read_year(str(said["birth_year"]))
    after = checked_runner(replace(before, **said), now)  # type: ignore[arg-type]  # columns of Runner
    return {column: getattr(after, column) for column in said if getattr(after, column) != getattr(before, column)}


def move_with_name(settings: Settings, old: str, new: str) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The inbox folder and the report under the new name; what lies there already stays, and the old with it."""
    if old == new:
        return (), ()
    pairs = [
        (settings.inbox / old, settings.inbox / new),
        (settings.reports / f"{old}.html", settings.reports / f"{new}.html"),
    ]
    there = [(here, target) for here, target in pairs if here.exists()]
    free = [(here, target) for here, target in there if not target.exists()]
    for here, target in free:
        here.rename(target)
    return tuple(target for _, target in free), tuple(here for here, target in there if (here, target) not in free)

"""`cramplog runner edit`: corrects the stored facts about a runner and answers the profile questions. One step of `undo`.

Called by the command line. `pipeline.actions.runs.runner` checks the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipeline.actions.runs.runner import checked_runner, read_year, store_profile
from pipeline.settings import Settings
from pipeline.store.answers.questions import QuestionnaireItem, questionnaire_items
from pipeline.store.answers.runners import Runner, find_runner
from pipeline.store.answers.runners import edit_runner as change_runner
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store


@dataclass(frozen=True, slots=True)
class EditedRunner:
    """A runner after the edit: the columns and questions that changed, the files moved, and those not moved.

    `not_moved`: files that kept the old name, because the new name was in use. `change_no` is the change to undo, None if
    nothing changed.
    """

    runner: Runner
    changed: tuple[str, ...]
    change_no: int | None
    moved: tuple[Path, ...] = ()
    not_moved: tuple[Path, ...] = ()
    given: Mapping[str, QuestionnaireItem] = field(default_factory=dict)


def edit_runner(
    settings: Settings, name: str | None, values: Mapping[str, str], profile: Mapping[str, str], now: datetime
) -> EditedRunner:
    """Correct the stored facts about a runner, by column; an empty text removes a value. One step of `undo`.

    A new name also renames the runner's inbox folder and report. Raises NotFound, or WrongInput for a value that is not valid.
    """
    with open_store(settings, write=True) as con:
        before = find_runner(con, name)
        wanted = _changed_columns(before, values, now)
        with change(con, "runner edit", "", "single", now, before.runner_id) as step:
            after = change_runner(step, before, wanted) if wanted else before
            changed = (*wanted, *store_profile(step, before, profile))
            step.detail = f"{after.name}: {', '.join(changed)}"
        moved, not_moved = move_with_name(settings, before.name, after.name)
        number = step.change_no if step.rows else None
        return EditedRunner(after, changed, number, moved, not_moved, questionnaire_items(con, after.runner_id, None))


def show_runner(settings: Settings, name: str | None) -> EditedRunner:
    """One runner with the answers about them. Raises NotFound."""
    with open_store(settings, write=False) as con:
        runner = find_runner(con, name)
        return EditedRunner(runner, (), None, given=questionnaire_items(con, runner.runner_id, None))


def _changed_columns(before: Runner, values: Mapping[str, str], now: datetime) -> dict[str, object]:
    """The columns that differ, checked; an empty text is NULL, except for the name."""
    wanted: dict[str, object] = {column: text.strip() or None for column, text in values.items()}
    if "name" in wanted:
        wanted["name"] = values["name"]
    if wanted.get("birth_year") is not None:
        wanted["birth_year"] = read_year(str(wanted["birth_year"]))
    after = checked_runner(replace(before, **wanted), now)  # type: ignore[arg-type]  # columns of Runner
    return {column: getattr(after, column) for column in wanted if getattr(after, column) != getattr(before, column)}


def move_with_name(settings: Settings, old: str, new: str) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Rename the inbox folder and the report; returns the new paths, and the old paths that were not renamed.

    A path is not renamed if the new name is in use.
    """
    if old == new:
        return (), ()
    pairs = [
        (settings.inbox / old, settings.inbox / new),
        (settings.reports / f"{old}.html", settings.reports / f"{new}.html"),
    ]
    existing = [(path, target) for path, target in pairs if path.exists()]
    free = [(path, target) for path, target in existing if not target.exists()]
    for path, target in free:
        path.rename(target)
    return tuple(target for _, target in free), tuple(pair[0] for pair in existing if pair not in free)

"""`cramplog undo`: lists the last changes and undoes one of them. Everything that a runner enters is such a change."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.runs.runner_edit import move_with_name
from pipeline.settings import Settings
from pipeline.store.answers.runners import all_runners
from pipeline.store.answers.undo import MadeChange, adds_runner, last_changes, undo_change
from pipeline.store.db.connection import open_store


def list_changes(settings: Settings, most: int) -> list[MadeChange]:
    """The newest changes, newest first, including those already undone."""
    with open_store(settings, write=False) as con:
        return last_changes(con, most)


def undo(settings: Settings, change_no: int | None, now: datetime) -> MadeChange:
    """Undo one change, by default the last; a name restored to a runner also renames the inbox folder and the report.

    Raises NotFound for an unknown change, WrongInput if it is undone already or a later change wrote the same values.
    """
    with open_store(settings, write=False) as con:
        about_runner = adds_runner(con, change_no)
    with open_store(settings, write=True, with_records=True, with_private=about_runner) as con:
        before = {runner.runner_id: runner.name for runner in all_runners(con)}
        made = undo_change(con, change_no, now)
        for runner in all_runners(con):
            move_with_name(settings, before.get(runner.runner_id, runner.name), runner.name)
        return made

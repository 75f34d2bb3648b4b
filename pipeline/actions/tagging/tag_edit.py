"""`cramplog tag edit`, `tag rm`, `tag list`: correct, remove and list tags. Each correction is one step of `undo`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.actions.tagging.moments import place_moment
from pipeline.actions.tagging.tag import checked_uncertainty_s, is_after, run_clock
from pipeline.settings import Settings
from pipeline.store.answers.cramps import answer_of, edit_cramp, remove_cramp
from pipeline.store.answers.runners import find_runner
from pipeline.store.answers.tags import Tag, find_tag, tags_of
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from pipeline.store.runs.find import find_run
from pipeline.vocabulary import EFFECTS, MUSCLES, RECURRED, RELIEFS, SEVERITIES, SIDES, choose, choose_or_none

_CHOICES = {
    "muscle": (MUSCLES, "a muscle"),
    "side": (SIDES, "a side"),
    "severity": (SEVERITIES, "a severity"),
    "effect": (EFFECTS, "an effect"),
    "relief": (RELIEFS, "a word for relief"),
    "recurred": (RECURRED, "a word for coming back"),
}
_ALWAYS = ("muscle", "side", "severity")  # every tag has these


@dataclass(frozen=True, slots=True)
class TagEdit:
    """The changes to a tag. None leaves a field unchanged; an empty text removes its value if the field is optional."""

    at: str | None = None
    uncertainty_s: float | None = None
    muscle: str | None = None
    side: str | None = None
    severity: str | None = None
    note: str | None = None
    effect: str | None = None
    relief: str | None = None
    recurred: str | None = None
    recurred_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class EditedTag:
    """A tag after the edit (or before its removal), its run's answer, and the change to undo; None if nothing changed."""

    tag: Tag
    answer: str
    change_no: int | None


def list_tags(settings: Settings, run_word: str | None, runner_name: str | None) -> list[Tag]:
    """The tags of one run, or of a runner. Raises NotFound for an unknown run or runner."""
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        run_id = find_run(con, runner.runner_id, run_word).run_id if run_word else None
        return tags_of(con, runner.runner_id, run_id)


def edit_tag(settings: Settings, tag_word: str, runner_name: str | None, edit: TagEdit, now: datetime) -> EditedTag:
    """Correct a tag. Raises NotFound for the tag, WrongInput for a word outside the lists or a moment outside the run."""
    with open_store(settings, write=True, with_records=True) as con:
        tag = find_tag(con, find_runner(con, runner_name).runner_id, tag_word)
        values = {name: value for name, value in _values(con, tag, edit).items() if value != getattr(tag, name)}
        if not values:
            return EditedTag(tag, answer_of(con, tag.run_id), None)
        detail = f"{tag.cramp_id}, {tag.day}: {', '.join(values)}"
        with change(con, "tag edit", detail, "single", now, tag.runner_id) as step:
            edit_cramp(step, tag.cramp_id, values)
        return EditedTag(find_tag(con, tag.runner_id, tag.cramp_id), answer_of(con, tag.run_id), step.change_no)


def remove_tag(settings: Settings, tag_word: str, runner_name: str | None, now: datetime) -> EditedTag:
    """Remove a tag. Raises NotFound for an unknown tag."""
    with open_store(settings, write=True) as con:
        tag = find_tag(con, find_runner(con, runner_name).runner_id, tag_word)
        detail = f"{tag.cramp_id}, {tag.day}: {tag.muscle} {tag.side}, {tag.severity}"
        with change(con, "tag rm", detail, "single", now, tag.runner_id) as step:
            answer = remove_cramp(step, tag.cramp_id)
        return EditedTag(tag, answer, step.change_no)


def _values(con: duckdb.DuckDBPyConnection, tag: Tag, edit: TagEdit) -> dict[str, object]:
    """The edited columns with the values to store."""
    values: dict[str, object] = {}
    for name, (choices, what) in _CHOICES.items():
        text = getattr(edit, name)
        if text is not None:
            values[name] = choose(text, choices, what) if name in _ALWAYS else choose_or_none(text, choices, what)
    if edit.note is not None:
        values["note"] = edit.note or None
    if edit.uncertainty_s is not None:
        values["uncertainty_s"] = checked_uncertainty_s(edit.uncertainty_s)
    if edit.recurred_after_s is not None or values.get("recurred", "yes") != "yes":
        values["recurred_after_s"] = edit.recurred_after_s
        values.setdefault("recurred", "yes")  # a time of return means that it came back
    return values | ({} if edit.at is None else _moved(con, tag, edit.at))


def _moved(con: duckdb.DuckDBPyConnection, tag: Tag, at: str) -> dict[str, object]:
    """The columns for another moment of the same run."""
    if is_after(at):
        return {"phase": "after", "onset_at": None, "onset_moving_s": None, "moved_out_of_pause": False}
    moment = place_moment(at, run_clock(con, find_run(con, tag.runner_id, tag.run_id)))
    return {
        "phase": "during",
        "onset_at": moment.at,
        "onset_moving_s": moment.moving_s,
        "moved_out_of_pause": moment.in_pause,
    }

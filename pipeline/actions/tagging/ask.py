"""`cramplog ask`: the optional questions about a run, which runs are to be asked about, and the answers kept.

Asked are runs with a tagged cramp and a tenth of the others, picked by chance (sql/views/06_asked_run.sql). What stretching
did and whether it came back belong to a cramp and are kept with its tag. Each call is one step of `undo`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import WrongInput
from pipeline.questions import RUN_QUESTIONS, Question, find_question, in_control_tenth, read_answer
from pipeline.settings import Settings
from pipeline.store.answers.cramps import edit_cramp
from pipeline.store.answers.questions import (
    DueRun,
    QuestionnaireItem,
    delete_questionnaire_item,
    due_runs,
    put_questionnaire_item,
    questionnaire_items,
)
from pipeline.store.answers.runners import all_runners, find_runner
from pipeline.store.answers.tags import Tag, tags_of
from pipeline.store.db.changes import Change, change
from pipeline.store.db.connection import open_store
from pipeline.store.runs.find import RunRow, find_run
from pipeline.units import parse_duration_s
from pipeline.vocabulary import EFFECTS, RECURRED, RELIEFS, choose_or_none

# About each tagged cramp: the question and its words; `recurred_after` takes a duration.
CRAMP_QUESTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "effect": ("What did it do to the run?", EFFECTS),
    "relief": ("Did stopping and stretching help?", RELIEFS),
    "recurred": ("Did it come back in that run?", RECURRED),
    "recurred_after": ("How long after you went on?", ()),
}
_NO_TIME: dict[str, object] = {"recurred_after_s": None}


@dataclass(frozen=True, slots=True)
class Due:
    """A run to ask about, and whose it is."""

    runner: str
    run: DueRun


@dataclass(frozen=True, slots=True)
class RunAnswers:
    """A run, why it would be asked about, what is answered already, and the cramps tagged in it."""

    run: RunRow
    because: str
    given: Mapping[str, QuestionnaireItem]
    tags: tuple[Tag, ...]

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions about the run that have no answer yet."""
        return tuple(question for question in RUN_QUESTIONS if question.key not in self.given)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an `ask` kept: the keys that changed, and the change to undo; None when all was as it is."""

    run: RunRow
    because: str
    keys: tuple[str, ...]
    change_no: int | None


def list_due(settings: Settings, runner_name: str | None) -> list[Due]:
    """The runs to ask about that have no answer yet, newest first, of one runner or of all."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con) if runner_name is None else [find_runner(con, runner_name)]
        return [Due(one.name, run) for one in runners for run in due_runs(con, one.runner_id)]


def look_at_answers(settings: Settings, run_word: str, runner_name: str | None) -> RunAnswers:
    """One run and its answers. Raises NotFound for the run."""
    with open_store(settings, write=False) as con:
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        tags = tuple(tags_of(con, run.runner_id, run.run_id))
        return RunAnswers(run, _because(run, tags), questionnaire_items(con, run.runner_id, run.run_id), tags)


def answer_questions(
    settings: Settings, run_word: str, runner_name: str | None, said: Mapping[str, str], now: datetime
) -> Answered:
    """Keep answers about one run, by key; an empty word takes an answer away.

    `relief`, `effect`, `recurred` and `recurred_after` are about its cramp; with several of them, write c7.relief.
    Raises NotFound for the run, WrongInput for a key or an answer that cannot be meant; then nothing is kept.
    """
    with open_store(settings, write=True) as con:
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        tags = tuple(tags_of(con, run.runner_id, run.run_id))
        because = _because(run, tags)
        with change(con, "ask", "", "single", now, run.runner_id) as step:
            kept = [key for key, words in said.items() if _keep(step, run, tags, because, key, words)]
            step.detail = f"{run.day}: {', '.join(kept)}"
        return Answered(run, because, tuple(kept), step.change_no if step.rows else None)


def _because(run: RunRow, tags: tuple[Tag, ...]) -> str:
    """Why this run would be asked about: cramp, control, or own when nobody had to ask."""
    if any(tag.severity != "tightness" for tag in tags):
        return "cramp" if run.sport == "running" else "own"
    in_sample = run.sport == "running" and run.answer == "no cramp" and in_control_tenth(run.run_id)
    return "control" if in_sample else "own"


def _keep(step: Change, run: RunRow, tags: tuple[Tag, ...], because: str, key: str, words: str) -> bool:
    tag_id, _, name = key.strip().lower().replace("-", "_").rpartition(".")
    if name in CRAMP_QUESTIONS:
        return _keep_of_cramp(step, _one_tag(run, tags, tag_id, name), name, words)
    question = find_question(key, "run")
    if not words.strip():
        return delete_questionnaire_item(step, run.runner_id, run.run_id, question)
    return put_questionnaire_item(step, run.runner_id, run.run_id, question, read_answer(question, words), because)


def _one_tag(run: RunRow, tags: tuple[Tag, ...], tag_id: str, name: str) -> Tag:
    """The cramp that is meant; without an id the only one."""
    found = [tag for tag in tags if tag_id in ("", tag.cramp_id)]
    if len(found) == 1:
        return found[0]
    if not tags:
        raise WrongInput(
            f"no cramp is tagged in the run of {run.day}, so {name} has nothing to be about", "tag it first"
        )
    ids = ", ".join(f"{tag.cramp_id}.{name}" for tag in tags)
    raise WrongInput(f"which cramp of the run of {run.day} is meant?", f"write one of: {ids}")


def _keep_of_cramp(step: Change, tag: Tag, name: str, words: str) -> bool:
    values = cramp_values(name, words)
    if all(getattr(tag, column) == value for column, value in values.items()):
        return False
    edit_cramp(step, tag.cramp_id, values)
    return True


def cramp_values(name: str, words: str) -> dict[str, object]:
    """Columns of the cramp; what did not come back has no time of coming back, and what has one came back."""
    if name == "recurred_after":
        return {"recurred": "yes", "recurred_after_s": parse_duration_s(words)} if words.strip() else _NO_TIME
    word = choose_or_none(words, CRAMP_QUESTIONS[name][1], f"a word for {name}")
    return {name: word} | (_NO_TIME if name == "recurred" and word != "yes" else {})

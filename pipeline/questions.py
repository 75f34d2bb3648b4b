"""The optional questions about runs and runners: their text, valid answers, and which runs are asked about.

A trainer compiled the list (topics below). Muscle, side and moment belong to the tag; conditions, medication, injuries and
blood belong to the private items. No I/O; used by the store, the actions and the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from pipeline.errors import WrongInput

Scope = Literal["run", "runner"]
Kind = Literal["choice", "choices", "number", "words"]
MOST_CHARACTERS = 500
FEWEST_CONTROLS = 5  # answered runs without a cramp; with fewer there is no comparison (v_question_count)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `limits` (in `unit`) are for a number; `choices` are for one choice, or several if `kind` is 'choices'."""

    key: str
    label: str
    text: str
    topic: str
    scope: Scope
    kind: Kind
    choices: tuple[str, ...] = ()
    unit: str | None = None
    limits: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as stored: one or several choices, a number in the unit of the question, or free text (`words`)."""

    answer: str | None = None
    value: float | None = None
    words: str | None = None

    @property
    def text(self) -> str:
        """The answer as displayed: 'tights', '6.5', 'the old ones'."""
        return self.answer or self.words or f"{self.value or 0:g}"


RUN_QUESTIONS = (
    Question("clothing", "Clothing", "What did you wear? (sweat suit: that, or more than the day needed)", "clothing",
             "run", "choice", ("short", "long", "tights", "sweat suit")),
    Question("shoes_new", "New shoes", "Were your shoes new, worn for fewer than five runs?", "shoes",
             "run", "choice", ("yes", "no")),
    Question("shoes", "Shoes worn", "Which shoes were they?", "shoes", "run", "words"),
    Question("drink", "Drink on the run", "How much did you drink on the run?", "drink",
             "run", "choice", ("nothing", "under half a litre", "half to one litre", "over one litre")),
    Question("electrolytes", "Electrolytes on the run", "Did you take electrolytes (tablets, powder, a sports drink)?",
             "drink", "run", "choice", ("none", "some", "much")),
    Question("electrolytes_what", "Which electrolytes", "What was it?", "drink", "run", "words"),
    Question("food_before", "Food before", "What did you eat in the three hours before?", "diet",
             "run", "choice", ("nothing", "snack", "meal")),
    Question("food_during", "Food on the way", "Did you eat on the way, gels too?", "diet",
             "run", "choice", ("nothing", "some", "much")),
    Question("sleep_h", "Sleep the night before", "How many hours did you sleep the night before?", "rest",
             "run", "number", unit="h", limits=(0, 16)),
    Question("soreness", "Soreness before", "How sore were your legs before the run, from 0 (not at all) to 10?", "rest",
             "run", "number", unit="of 10", limits=(0, 10)),
    Question("felt", "How it felt", "How did the air feel?", "heat",
             "run", "choice", ("cold", "cool", "mild", "warm", "hot")),
)  # fmt: skip

PROFILE_QUESTIONS = (
    Question("also_cramps", "Cramps elsewhere", "Where else do cramps come? (none, or several words)", "exercise",
             "runner", "choices", ("bike", "stairs", "swim", "gym", "night", "rest", "none")),
    Question("usual_shoes", "Usual shoes", "Which shoes do you usually run in?", "shoes", "runner", "words"),
    Question("drink_habit", "Drink habit", "What do you usually drink on a long run?", "drink", "runner", "words"),
    Question("diet", "Diet", "How do you eat, in a few words?", "diet", "runner", "words"),
    Question("supplements", "Supplements", "Which supplements do you take?", "diet", "runner", "words"),
    Question("training_change", "Training lately", "How much did you train in the last 4 weeks, against what you are used to?",
             "fitness", "runner", "choice", ("less", "the same", "more", "far more")),
    Question("strength_per_week", "Strength sessions", "How many strength sessions do you do a week?", "fitness",
             "runner", "number", unit="a week", limits=(0, 14)),
    Question("stretching", "Stretching habit", "How often do you stretch?", "stretching",
             "runner", "choice", ("never", "sometimes", "after most runs", "daily")),
    Question("family_cramps", "Cramps in the family", "Do parents or siblings of yours have leg cramps?", "family",
             "runner", "choice", ("yes", "no", "not known")),
)  # fmt: skip

QUESTIONS = {question.key: question for question in (*RUN_QUESTIONS, *PROFILE_QUESTIONS)}

QUESTION_REASONS = {
    "cramp": "This run had a cramp. Some runs without a cramp get the same questions: only the comparison can show anything.",
    "control": "This run had no cramp. One in ten such runs is picked at random, to compare the runs with a cramp with them.",
    "own": "You chose this run yourself. Your answer is stored, but left out of comparisons.",
    "profile": "A trainer would ask this. Your answer is stored with today's date and shown in your own report.",
}


def in_control_tenth(run_id: str) -> bool:
    """Returns True if a run without a cramp is one of the random tenth to ask about; depends on its id only.

    sql/views/06_asked_run.sql computes the same. `run_id` is a SHA-256 in hex.
    """
    return int(run_id[:8], 16) % 10 == 0


def find_question(key: str, scope: Scope) -> Question:
    """Returns the question with this key. Raises WrongInput with the existing keys."""
    keys = [question.key for question in QUESTIONS.values() if question.scope == scope]
    wanted = key.strip().lower().replace("-", "_")
    if wanted in keys:
        return QUESTIONS[wanted]
    near = get_close_matches(wanted, keys, n=1)
    about = "a run" if scope == "run" else "a runner"
    raise WrongInput(
        f"'{key}' is not a question about {about}",
        f"did you mean {near[0]}?" if near else f"one of: {', '.join(keys)}",
    )


def read_answer(question: Question, text: str) -> Answer:
    """Returns the answer in `text`. Raises WrongInput with the choices or the limits.

    A choice may be abbreviated if only one choice begins like that.
    """
    clean = " ".join(text.split())
    if question.kind == "number":
        return Answer(value=_number(question, clean))
    if question.kind == "words":
        return Answer(words=_free_text(question, clean))
    if question.kind == "choices":
        return Answer(answer=_several(question, clean))
    return Answer(answer=_choice(question, clean))


def _choice(question: Question, text: str) -> str:
    wanted = text.lower()
    matching = [choice for choice in question.choices if choice.startswith(wanted)]
    if wanted in question.choices:
        return wanted
    if len(matching) == 1 and wanted:
        return matching[0]
    raise WrongInput(f"'{text}' is not an answer to {question.key}", f"one of: {', '.join(question.choices)}")


def _several(question: Question, text: str) -> str:
    """Returns 'bike, stairs', in the order of the choices. Raises WrongInput for 'none' together with others."""
    chosen = {_choice(question, part.strip()) for part in text.replace(";", ",").split(",")}
    if "none" in chosen and len(chosen) > 1:
        raise WrongInput(f"'{text}' contains none and other answers", "write none alone, or the others without none")
    return ", ".join(choice for choice in question.choices if choice in chosen)


def _number(question: Question, text: str) -> float:
    lowest, highest = question.limits
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not lowest <= value <= highest:
        raise WrongInput(
            f"'{text}' is not an answer to {question.key}",
            f"expected a number from {lowest:g} to {highest:g} ({question.unit})",
        )
    return value


def _free_text(question: Question, text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise WrongInput(f"the answer to {question.key} is too long", f"write at most {MOST_CHARACTERS} characters")
    return text

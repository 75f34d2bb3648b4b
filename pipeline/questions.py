"""The optional questions about a run and about a runner: their words, what counts as an answer, who is asked.

The list is the trainer's (topics below). Muscle, side and moment belong to the tag, conditions, medication, injuries and
blood to the private items. Nothing here stores or asks; the store, the actions and the report read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from pipeline.errors import WrongInput

Scope = Literal["run", "runner"]
Kind = Literal["choice", "choices", "number", "words"]
LONGEST_WORDS = 500
FEWEST_CONTROLS = 5  # runs without a cramp that were asked: with fewer a comparison is not told (v_question_count)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `limits` (in `unit`) bound a number; `choices` an answer of one word, or for 'choices' of several."""

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
    """An answer as it is kept: one of the choices, a number in the question's unit, or the runner's own words."""

    answer: str | None = None
    value: float | None = None
    words: str | None = None

    @property
    def said(self) -> str:
        """The answer as it is said back: 'tights', '6.5', 'the old ones'."""
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

WHY_ASKED = {
    "cramp": "This run had a cramp. The same is asked of some runs without one: only both together can show anything.",
    "control": "This run is one of the tenth without a cramp that chance picked. It is what the runs with a cramp are "
    "held against.",
    "own": "Nobody had to ask about this run. What you say is kept, and left out of comparisons: you chose the run.",
    "profile": "A trainer would ask this. It is kept with today's date and shown on your own report.",
}


def in_control_tenth(run_id: str) -> bool:
    """Whether chance picked this run as one to ask about though it brought no cramp: one in ten, by its id alone.

    The same in SQL is sql/views/06_asked_run.sql. `run_id` is a SHA-256 in hex.
    """
    return int(run_id[:8], 16) % 10 == 0


def find_question(key: str, scope: Scope) -> Question:
    """The question of that key. Raises WrongInput with the keys there are."""
    known = [one.key for one in QUESTIONS.values() if one.scope == scope]
    wanted = key.strip().lower().replace("-", "_")
    if wanted in known:
        return QUESTIONS[wanted]
    near = get_close_matches(wanted, known, n=1)
    about = "a run" if scope == "run" else "a runner"
    raise WrongInput(
        f"'{key}' is not a question about {about}",
        f"did you mean {near[0]}?" if near else f"one of: {', '.join(known)}",
    )


def read_answer(question: Question, text: str) -> Answer:
    """What the runner said, as it is kept. Raises WrongInput with the choices or the limits.

    A choice may be shortened as long as only one begins so.
    """
    said = " ".join(text.split())
    if question.kind == "number":
        return Answer(value=_number(question, said))
    if question.kind == "words":
        return Answer(words=_words(question, said))
    if question.kind == "choices":
        return Answer(answer=_several(question, said))
    return Answer(answer=_choice(question, said))


def _choice(question: Question, said: str) -> str:
    wanted = said.lower()
    begun = [choice for choice in question.choices if choice.startswith(wanted)]
    if wanted in question.choices:
        return wanted
    if len(begun) == 1 and wanted:
        return begun[0]
    raise WrongInput(f"'{said}' is no answer to {question.key}", f"one of: {', '.join(question.choices)}")


def _several(question: Question, said: str) -> str:
    """'bike, stairs', in the order of the choices; 'none' stands alone."""
    chosen = {_choice(question, part.strip()) for part in said.replace(";", ",").split(",")}
    if "none" in chosen and len(chosen) > 1:
        raise WrongInput(f"'{said}' says none and more", "say none alone, or the others without it")
    return ", ".join(choice for choice in question.choices if choice in chosen)


def _number(question: Question, said: str) -> float:
    lowest, highest = question.limits
    try:
        value = float(said.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not lowest <= value <= highest:
        raise WrongInput(
            f"'{said}' is no answer to {question.key}",
            f"expected a number from {lowest:g} to {highest:g} ({question.unit})",
        )
    return value


def _words(question: Question, said: str) -> str:
    if len(said) > LONGEST_WORDS:
        raise WrongInput(f"the answer to {question.key} is too long", f"at most {LONGEST_WORDS} letters")
    return said

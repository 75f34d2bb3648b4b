"""Sentences about the answers to the optional questions. Called by `checklist`.

Answers after cramps are shown with those of the control runs: runs without a cramp, chosen at random to be asked about.
Where there are too few control runs, the sentence says that the answers show nothing yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pipeline.questions import FEWEST_CONTROLS, QUESTIONS
from pipeline.report.numbers.facts import AnswerCount, ReportFacts
from pipeline.report.numbers.wording import day


def question_lines(facts: ReportFacts, key: str, title: str) -> tuple[str, ...]:
    """'Runs with a cramp: long 3, short 1 (of 4). Runs without: short 4, long 2 (of 6).', or that it shows nothing yet."""
    counts = counts_of(facts, key)
    label = "" if QUESTIONS[key].label == title else f"{QUESTIONS[key].label}. "
    cramp_runs = _tally(key, [(count.answer, count.cramp_runs) for count in counts])
    control_runs = _tally(key, [(count.answer, count.control_runs) for count in counts])
    controls = counts[0].control_runs_asked
    if not cramp_runs:
        return (f"{label}Runs without a cramp: {control_runs}. No run with a cramp was asked about yet.",)
    lead = f"{label}Runs with a cramp: {cramp_runs}."
    if counts[0].comparable:
        return (f"{lead} Runs without: {control_runs}.",)
    if not controls:
        return (f"{lead} No run without a cramp was asked about yet, so this shows nothing.",)
    needed = f"A comparison also needs {FEWEST_CONTROLS} runs without a cramp that you were asked about"
    return (f"{lead} {needed}; with {controls} so far, this shows nothing.",)


def _tally(key: str, counts: Sequence[tuple[str, int]]) -> str:
    """'long 3, short 1 (of 4)', most frequent first; for numbers 'middle value 6.5 h (of 4)'. Empty without an answer."""
    number = sum(times for _, times in counts)
    question = QUESTIONS[key]
    if not number:
        return ""
    if question.kind == "number":
        values = [float(answer) for answer, times in counts for _ in range(times)]
        return f"middle value {median(values):g} {question.unit} (of {number})"
    ordered = sorted((pair for pair in counts if pair[1]), key=lambda pair: (-pair[1], pair[0]))
    return f"{', '.join(f'{answer} {times}' for answer, times in ordered)} (of {number})"


def counts_of(facts: ReportFacts, key: str) -> list[AnswerCount]:
    """The counts of one question; empty without an answer."""
    return [count for count in facts.questionnaire.counts if count.question == key]


def profile_lines(facts: ReportFacts, keys: Sequence[str]) -> list[str]:
    """'Diet: vegetarian (answered on 3 March 2026).'"""
    profile = {fact.question: fact for fact in facts.questionnaire.profile}
    return [
        f"{QUESTIONS[key].label}: {_with_unit(key, profile[key].answer)} (answered on {day(profile[key].on)})."
        for key in keys
        if key in profile
    ]


def _with_unit(key: str, answer: str) -> str:
    unit = QUESTIONS[key].unit
    return f"{answer} {unit}" if unit else answer

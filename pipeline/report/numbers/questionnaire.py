"""Sentences about the answers to the optional questions. Called by `checklist`.

Answers after cramps stand beside those of the other runs asked, or it is said that alone they show nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pipeline.questions import FEWEST_CONTROLS, QUESTIONS
from pipeline.report.numbers.facts import AnswerCount, ReportFacts
from pipeline.report.numbers.wording import day


def question_lines(facts: ReportFacts, key: str, title: str) -> tuple[str, ...]:
    """'After cramps: long 3, short 1 (of 4). Other runs asked: short 4, long 2 (of 6).', or that it shows nothing yet."""
    counts = counts_of(facts, key)
    label = "" if QUESTIONS[key].label == title else f"{QUESTIONS[key].label}. "
    after = _tallied(key, [(one.answer, one.cramp_runs) for one in counts])
    others = _tallied(key, [(one.answer, one.control_runs) for one in counts])
    controls = counts[0].control_runs_asked
    if counts[0].comparable:
        return (f"{label}After cramps: {after}. Other runs asked: {others}.",)
    if not after:
        return (f"{label}Runs without a cramp: {others}. No run with a cramp was asked about yet.",)
    if not controls:
        return (f"{label}After cramps: {after}. Asked only after cramps so far, which shows nothing.",)
    few = f"Of the {FEWEST_CONTROLS} other runs it takes {controls} {'is' if controls == 1 else 'are'} asked so far"
    return (f"{label}After cramps: {after}. {few}, so this shows nothing yet.",)


def _tallied(key: str, counts: Sequence[tuple[str, int]]) -> str:
    """'long 3, short 1 (of 4)', most frequent first; of numbers their middle: '6.5 h in the middle (of 4)'."""
    number = sum(times for _, times in counts)
    question = QUESTIONS[key]
    if not number:
        return ""
    if question.kind == "number":
        values = [float(answer) for answer, times in counts for _ in range(times)]
        return f"{median(values):g} {question.unit} in the middle (of {number})"
    ordered = sorted((pair for pair in counts if pair[1]), key=lambda pair: (-pair[1], pair[0]))
    return f"{', '.join(f'{answer} {times}' for answer, times in ordered)} (of {number})"


def counts_of(facts: ReportFacts, key: str) -> list[AnswerCount]:
    """The counts of one question; empty when nobody was asked."""
    return [one for one in facts.told.counts if one.question == key]


def profile_lines(facts: ReportFacts, keys: Sequence[str]) -> list[str]:
    """'Diet: vegetarian (said on 3 March 2026).'"""
    said = {one.question: one for one in facts.told.profile}
    return [
        f"{QUESTIONS[key].label}: {_with_unit(key, said[key].said)} (said on {day(said[key].on)})."
        for key in keys
        if key in said
    ]


def _with_unit(key: str, words: str) -> str:
    unit = QUESTIONS[key].unit
    return f"{words} {unit}" if unit else words

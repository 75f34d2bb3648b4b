"""The optional questionnaire as facts for a report: counts, profile answers, and which kinds of private items exist.

Called by the report action while the store is open with `private` attached.
"""

from __future__ import annotations

import duckdb

from pipeline.report.numbers.facts import AnswerCount, ProfileFact, QuestionnaireFacts
from pipeline.store.answers.private import recorded_kinds
from pipeline.store.answers.questions import question_counts, questionnaire_items


def questionnaire_facts(con: duckdb.DuckDBPyConnection, runner_id: str) -> QuestionnaireFacts:
    """One runner's answers, in a fixed order, because the hash of a report depends on it."""
    profile = questionnaire_items(con, runner_id, None)
    return QuestionnaireFacts(
        counts=tuple(AnswerCount(*row) for row in question_counts(con, runner_id)),
        profile=tuple(
            ProfileFact(given.question, given.answer.text, given.answered_at.date()) for given in profile.values()
        ),
        private_kinds=tuple(sorted(recorded_kinds(con, runner_id))),
    )

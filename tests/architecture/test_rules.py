"""Constants that mean the same in the rules, the model and the SQL have the same value."""

from __future__ import annotations

import re

from models.fit import design
from models.scoring import evaluate, forward
from pipeline import rules, schema
from tests.support.folders import ROOT

SQL = ROOT / "sql"


def test_forecasts_begin_where_a_personal_number_does() -> None:
    assert forward.FIRST_RUNS == evaluate.FEWEST_FORECASTS == rules.FEWEST_ANSWERED_RUNS == 10


def test_a_segment_is_as_long_in_the_model_and_in_the_sql_as_in_the_schema() -> None:
    assert design.SEGMENT_S == schema.SEGMENT_S == 300.0
    cut = (SQL / "queries" / "cut_segments.sql").read_text(encoding="utf-8").split("SELECT", 1)[1]
    assert set(re.findall(r"\* (\d{3})\b|/ (\d{3})\b", cut)) == {("300", ""), ("", "300")}
    onsets = (SQL / "views" / "04_first_onset.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"uncertainty_s > (\d+)", onsets)) == {"300"}


def test_morning_ends_at_the_same_hour_on_the_page_and_in_the_claim_fit() -> None:
    assert design.MORNING_ENDS_H == rules.MORNING_ENDS_H == 10.0

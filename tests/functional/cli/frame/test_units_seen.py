"""What the verbs say in miles and °F; what they hand to programs stays in SI."""

from __future__ import annotations

import pytest

from tests.support.cli import CALF, DAY, Home


@pytest.fixture
def imperial(ran: Home) -> Home:
    (ran.path / "config.toml").write_text('distance = "miles"\ntemperature = "F"\n', encoding="utf-8")
    return ran


def test_runs_are_listed_in_miles_with_the_pace_of_a_mile(imperial: Home) -> None:
    lines = imperial("runs").stdout.splitlines()
    assert lines[0].split()[3] == "miles"
    assert lines[1].split()[:7] == [DAY, "07:30", "running", "6.2", "0:55:00", "8:56", "/mile"]  # 9.9 km at 5:33


def test_one_run_is_told_in_miles(imperial: Home) -> None:
    said = imperial("runs", "last").stdout
    assert "6.15 miles, 8:56 /mile" in said
    assert "km" not in said


def test_a_cramp_at_a_mile_is_said_back_in_miles(imperial: Home) -> None:
    assert ", mile 4.0, after" in imperial("tag", "last", "--at", "mile4", *CALF).stdout


def test_documents_for_programs_stay_in_si(imperial: Home) -> None:
    (run,) = imperial.document("runs", "last")["runs"]
    assert run["distance_m"] == 9900.0

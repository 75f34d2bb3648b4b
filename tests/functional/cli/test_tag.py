"""`cramplog tag`: what was understood is said back; what cannot be meant changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import CALF, DAY, Home, recordings


def test_tag_says_back_the_local_time_the_way_and_the_moving_time(ran: Home) -> None:
    said = ran("tag", "last", "--at", "0:40:00", *CALF)
    assert said.exit_code == 0
    understood = "calf left, moderate: 2026-06-14 at 08:15:00 local, km 7.2, after 0:40:00 of moving time"
    assert said.stdout.splitlines()[0] == understood
    assert "at 0:40:00 of moving time (08:15), give or take 0:01:00: calf left, moderate" in ran("runs", DAY).stdout


@pytest.mark.parametrize("moment", ["40m", "e0:45:00", "km7.2"])
def test_the_same_moment_in_other_words_is_the_same_tag(ran: Home, moment: str) -> None:
    ran("tag", "last", "--at", "0:40:00", *CALF)
    document = ran.document("tag", "last", "--at", moment, *CALF)
    assert document["schema"] == "cramplog.tag/1"
    assert (document["new"], document["onset_moving_s"]) == (False, 2400.0)
    assert (document["onset_at"], document["distance_m"]) == ("2026-06-14T06:15:00Z", 7200.0)


def test_a_moment_in_a_pause_is_moved_out_and_said(ran: Home) -> None:
    said = ran("tag", "last", "--at", "e0:33:00", *CALF)
    assert "08:00:00 local, km 5.4, after 0:30:00 of moving time" in said.stdout
    assert "that moment lies in a pause" in said.stdout


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--at", "1:10:00", *CALF], "it lasted from 0:00:00 to 0:55:00"),
        (["--at", "noonish", *CALF], "2:21:10 or 141m"),
        (["--at", "0:10:00", "--muscle", "claf", "--side", "left", "--severity", "mild"], "calf"),
        (["--at", "0:10:00", "--muscle", "calf"], "--side, --severity"),
        (["--at", "0:10:00", *CALF, "--uncertainty", "soon"], "141m"),
        (["--none", "--at", "0:10:00"], "do not go together"),
        (["--none", "--from", DAY], "leave RUN out"),
        ([], "--none"),
    ],
)
def test_a_tag_that_cannot_be_meant_changes_nothing(once: Home, words: list[str], hint: str) -> None:
    said = once("tag", "last", *words)
    assert said.exit_code == 2
    assert hint in said.stderr
    assert once.document("runs", "last")["runs"][0]["answer"] == "unanswered"


def test_no_cramp_is_an_answer_and_a_tagged_cramp_stands_against_it(ran: Home) -> None:
    assert ran("tag", DAY, "--none").stdout.splitlines()[0].endswith(": no cramp")
    assert ran.document("runs", "last")["runs"][0]["answer"] == "no cramp"
    assert ran("tag", DAY, "--at", "0:20:00", *CALF).exit_code == 0
    assert ran("tag", DAY, "--none").exit_code == 2
    assert ran.document("runs", "last")["runs"][0]["answer"] == "cramp"


def test_the_bulk_answer_is_counted_first_and_needs_a_yes(home: Home, tmp_path: Path) -> None:
    home("ingest", str(recordings(tmp_path / "five", 5, minutes=20)))
    window = ("tag", "--none", "--from", "2026-06-15", "--to", "2026-06-17")
    assert "3 runs from 2026-06-15 to 2026-06-17: would be answered" in home(*window, "--dry-run").stdout
    refused = home(*window)
    assert refused.exit_code == 2
    assert "add --yes" in refused.stderr
    assert [run["answer"] for run in home.document("runs")["runs"]] == ["unanswered"] * 5
    assert "3 runs from 2026-06-15 to 2026-06-17: answered" in home(*window, "--yes").stdout
    answers = [run["answer"] for run in home.document("runs")["runs"]]
    assert answers == ["unanswered", "no cramp", "no cramp", "no cramp", "unanswered"]
    assert home(*window, "--yes").stdout.startswith("0 runs")
    assert home("tag", "--none", "--from", "2026-06-17", "--to", "2026-06-15").exit_code == 2


def test_a_file_of_answers_gives_its_good_lines_and_names_its_bad_ones(ran: Home, tmp_path: Path) -> None:
    lines = ("run,at,muscle,side,severity", f"{DAY},0:20:00,calf,left,mild", f"{DAY},0:40:00,claf,left,mild")
    (tmp_path / "cramps.csv").write_text("\n".join(lines), encoding="utf-8")
    said = ran("tag", "import", str(tmp_path / "cramps.csv"))
    assert said.exit_code == 1
    assert said.stdout.startswith("1 line taken, 1 new cramp\nline 3 not taken: 'claf' is not a muscle")
    document = ran.document("tag", "import", str(tmp_path / "cramps.csv"))
    assert (document["taken"], document["cramps"], document["bad"][0]["line"]) == (1, 0, 3)
    (tmp_path / "wrong.csv").write_text("name,size\nx,1\n", encoding="utf-8")
    assert ran("tag", "import", str(tmp_path / "wrong.csv")).exit_code == 2
    assert ran("tag", "import", str(tmp_path / "gone.csv")).exit_code == 4


@pytest.mark.slow
def test_the_time_of_an_answer_is_utc_whatever_the_computers_zone(ran: Home) -> None:
    child = ran.child("tag", DAY, "--none", TZ="America/Denver")
    child.communicate(timeout=30)
    assert child.returncode == 0
    (off_s,) = ran.document("sql", "SELECT epoch(now()::TIMESTAMPTZ) - epoch(answered_at) FROM v_run")["rows"][0]
    assert -60 < off_s < 120

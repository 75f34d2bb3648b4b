"""`cramplog ingest` of many files and of exports: what is listed, what is summed, what a terminal shows meanwhile."""

from __future__ import annotations

import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.test_terminal import Terminal
from tests.support.cli import MORNING, Home, recording, recordings, session

TABLE = """Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Filename
1,"Jun 14, 2026, 5:30:00 AM",Sunday,Run,"Wadenkrampf bei km 8,
zum zweiten Mal",activities/1.fit
2,"Jun 15, 2026, 5:30:00 AM",Evening \x1b[31mround,Run,,activities/2.fit
3,"Jun 16, 2026, 5:30:00 AM",Broken,Run,,activities/3.fit
4,"Jun 17, 2026, 5:30:00 AM",By hand,Run,,
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 recordings, one of them cut to its head, and a shorter one of a phone that went along once."""
    folder = recordings(tmp_path_factory.mktemp("many") / "watch", 60, minutes=6)
    (folder / "007.fit").write_bytes((folder / "007.fit").read_bytes()[:14])
    (folder / "phone.fit").write_bytes(recording(session(MORNING + timedelta(days=3, seconds=5), 5)))
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A bulk export of two runs, with a damaged one, one entered by hand, and a photo."""
    path = tmp_path / "export_1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("activities.csv", TABLE)
        for day in (0, 1):
            archive.writestr(f"activities/{day + 1}.fit", recording(session(MORNING + timedelta(days=day), 50)))
        archive.writestr("activities/3.fit", recording()[:14])
        archive.writestr("media/1.jpg", b"\xff\xd8\xff\xe0 a photo")
    return path


def test_of_many_files_the_new_ones_are_summed_and_what_needs_a_look_is_listed(home: Home, many: Path) -> None:
    said = home("ingest", str(many))
    lines = said.stdout.splitlines()
    assert said.exit_code == 1
    assert sum(line.startswith("new ") for line in lines) == 50
    assert f"failed      {many / '007.fit'}: damaged before its first record" in lines
    (twin,) = [line for line in lines if line.startswith("duplicate ")]
    (counted,) = [run["run_id"] for run in home.document("runs")["runs"] if run["start_at"] == "2026-06-17T05:30:00Z"]
    assert twin == f"duplicate   {many / 'phone.fit'}: 61 records, the same run as {counted[:7]}"
    assert lines[-3] == "...         8 more without problems"
    assert lines[-2].startswith("61 files: 58 new, ")
    assert "1 failed" in lines[-2]
    assert "1 duplicate" in lines[-2]
    assert f"files that could not be read were copied to {home.path / 'quarantine'}" in said.stderr
    again = home("ingest", str(many))
    assert (again.exit_code, again.stdout.splitlines()[-2]) == (1, "61 files: 60 known, 1 failed")


def test_a_terminal_shows_a_bar_with_count_rate_and_time_left(home: Home, many: Path) -> None:
    code, text = Terminal(home, "ingest", str(many), columns=100).ended()
    assert code == 1
    bars = [part for part in text.split("\r\x1b[K") if part.startswith("[")]
    assert bars[0] == "[....................] 0 of 61 files"
    assert any(part.startswith("[#######.............] 24 of 61 files, ") for part in bars)
    assert "files/s, " in bars[-1]
    assert bars[-1].endswith(" 0 s left")
    assert max(len(part) for part in bars) < 100


def test_an_export_is_said_member_by_member_with_what_else_is_in_it(home: Home, export: Path) -> None:
    said = home("ingest", str(export))
    assert said.exit_code == 1  # one member failed
    first, *_ = said.stderr.splitlines()
    assert first == (
        "3 files to read; titles and notes for 3 of them; 1 other file skipped (not a recording); "
        "1 activity without a recording"
    )
    lines = said.stdout.splitlines()
    assert lines[0] == f"new         {export}: activities/1.fit: 601 records"
    assert lines[2] == f"failed      {export}: activities/3.fit: damaged before its first record"
    assert lines[3] == "3 files: 2 new, 1 failed"
    document = home.document("ingest", str(export))
    assert [file["outcome"] for file in document["files"]] == ["known", "known", "failed"]
    assert {file["file"] for file in document["files"]} == {str(export)}


def test_a_folder_without_a_recording_says_so(home: Home, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.jpg").write_bytes(b"\xff\xd8\xff\xe0 a photo")
    said = home("ingest", str(tmp_path / "photos"))
    assert (said.exit_code, said.stdout) == (0, "no recordings found\n")
    assert said.stderr == "0 files to read; 1 other file skipped (not a recording)\n"


def test_runs_whose_words_speak_of_a_cramp_are_offered_first_and_no_answer_is_made_of_it(
    home: Home, export: Path
) -> None:
    home("ingest", str(recordings(export.parent / "older", 1, minutes=20)))
    home("runs", "edit", "last", "--shift", "-3d")
    said = home("ingest", str(export))
    assert said.stdout.splitlines()[-1] == (
        "Next: cramplog runs --unanswered (1 run mentions a cramp in its title or notes)"
    )
    head, first, *others = home("runs", "--unanswered").stdout.splitlines()[:4]
    assert head.split()[-1] == "title"
    assert first.split()[0] == "2026-06-14"
    assert first.endswith('"Sunday" (title or notes mention a cramp)')
    assert [line.split()[0] for line in others] == ["2026-06-11", "2026-06-15"]
    assert others[1].endswith('"Evening [31mround"')  # and no escape sequence
    fields = home.document("runs", "--unanswered")["runs"]
    assert [(run["title"], run["speaks_of_cramp"]) for run in fields] == [
        ("Sunday", True), (None, False), ("Evening \x1b[31mround", False),
    ]  # fmt: skip
    assert {run["answer"] for run in fields} == {"unanswered"}
    short = fields[0]["run_id"][:7]
    assert (
        home("ask").stdout.splitlines()[-1]
        == f"Next: cramplog runs {short} (unanswered; its title or notes mention a cramp)"
    )
    assert home().stdout.splitlines()[-1] == (
        "Next: cramplog runs --unanswered, and tag them, first those with a cramp in the title or notes (1)"
    )
    home("tag", short, "--none")
    shown = home("runs", "--unanswered").stdout + home("ask").stdout + home().stdout
    assert not re.search("(mentions?|speaks?) (of )?a cramp", shown)


def test_a_run_shows_what_its_export_said_of_it(home: Home, export: Path) -> None:
    home("ingest", str(export))
    lines = home("runs", "2026-06-14").stdout.splitlines()
    assert "  title      Sunday" in lines
    assert "  notes      Wadenkrampf bei km 8, zum zweiten Mal" in lines
    (run,) = home.document("runs", "2026-06-14")["runs"]
    assert (run["title"], run["description"]) == ("Sunday", "Wadenkrampf bei km 8,\nzum zweiten Mal")

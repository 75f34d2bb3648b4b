"""Tags corrected and taken away, and `undo`, as a person types them."""

from __future__ import annotations

from tests.support.cli import CALF, DAY, Home


def tagged(home: Home, at: str = "0:40:00") -> str:
    """Tags a cramp; returns its id as the list shows it."""
    assert home("tag", DAY, "--at", at, *CALF).exit_code == 0
    return str(home.document("tag", "list")["tags"][-1]["cramp_id"])


def test_a_tag_is_listed_corrected_and_taken_away(ran: Home) -> None:
    tag = tagged(ran)
    line = ran("tag", "list", DAY).stdout.splitlines()[1].split()
    assert line == [tag, DAY, "0:40:00", "calf", "left", "moderate"]
    said = ran(
        "tag", "edit", tag, "--severity", "severe", "--relief", "partly", "--recurred", "yes", "--recurred-after", "9m"
    )
    assert said.stdout.splitlines()[0] == f"{tag} changed: calf left, severe, run of {DAY}"
    assert ran("tag", "list").stdout.splitlines()[1].split()[5:] == ["severe", "partly", "yes", "after", "0:09:00"]
    said = ran("tag", "rm", tag)
    assert "the run is unanswered now" in said.stdout
    assert ran.document("tag", "list")["tags"] == []


def test_a_corrected_moment_moves_the_onset(ran: Home) -> None:
    tag = tagged(ran)
    ran("tag", "edit", tag, "--at", "0:20:00")
    (now,) = ran.document("tag", "list")["tags"]
    assert (now["onset_moving_s"], now["onset_at"]) == (1200.0, "2026-06-14T05:50:00Z")
    ran("tag", "edit", tag, "--at", "after")
    (now,) = ran.document("tag", "list")["tags"]
    assert (now["phase"], now["onset_at"]) == ("after", None)
    assert ran.document("runs", DAY)["runs"][0]["answer"] == "no cramp"


def test_a_moment_outside_the_run_is_refused_and_changes_nothing(ran: Home) -> None:
    tag = tagged(ran)
    before = ran.document("tag", "list")
    said = ran("tag", "edit", tag, "--at", "9:00:00", "--side", "both")
    assert said.exit_code == 2
    assert "it lasted from 0:00:00 to 0:55:00" in said.stderr
    assert ran.document("tag", "list") == before


def test_what_cannot_be_meant_is_said(ran: Home) -> None:
    tag = tagged(ran)
    for words, exit_code, told in (
        ([tag], 2, "say what is to be other"),
        ([tag, "--relief", "magic"], 2, "one of: yes, partly, no, not tried"),
        ([tag, "--muscle", ""], 2, "one of: foot, calf"),
        ([tag, "--severity", ""], 2, "one of: tightness"),
        ([tag, "--uncertainty", "13h"], 2, "between 0 and 43200 s"),
        (["c99", "--side", "both"], 4, f"there are {tag}"),
    ):
        said = ran("tag", "edit", *words)
        assert said.exit_code == exit_code, words
        assert told in said.stderr
    assert ran("tag", "rm", "c99").exit_code == 4


def test_the_same_again_is_no_change(ran: Home) -> None:
    tag = tagged(ran)
    changes = len(ran.document("undo", "--list")["changes"])
    assert "nothing changed" in ran("tag", "edit", tag, "--severity", "moderate", "--at", "0:40:00").stdout
    assert len(ran.document("undo", "--list")["changes"]) == changes


def test_undo_takes_the_last_changes_back_one_by_one(ran: Home) -> None:
    tag = tagged(ran)
    ran("tag", "edit", tag, "--side", "both")
    ran("tag", "rm", tag)
    assert f"tag rm: {tag}, {DAY}: calf both, moderate" in ran("undo").stdout
    assert ran.document("tag", "list")["tags"][0]["side"] == "both"
    ran("undo")
    assert ran.document("tag", "list")["tags"][0]["side"] == "left"
    ran("undo")
    assert ran.document("tag", "list")["tags"] == []
    assert ran.document("runs", DAY)["runs"][0]["answer"] == "unanswered"
    listed = ran("undo", "--list").stdout
    assert listed.count("taken back") == 3


def test_undo_of_a_change_that_was_changed_again_names_the_later_one(ran: Home) -> None:
    tag = tagged(ran)
    ran("tag", "edit", tag, "--side", "both")
    changes = ran.document("undo", "--list")["changes"]
    said = ran("undo", str(changes[1]["change_no"]))
    assert said.exit_code == 2
    assert f"undo that change first: cramplog undo {changes[0]['change_no']}" in said.stderr


def test_an_import_is_one_step(ran: Home) -> None:
    file = ran.path / "answers.csv"
    file.write_text(f"run,at,muscle,side,severity,race,relief\n{DAY},0:30:00,foot,right,mild,yes,yes\n")
    ran("tag", "import", str(file))
    (tag,) = ran.document("tag", "list")["tags"]
    assert (tag["relief"], tag["tagged_how"]) == ("yes", "import")
    assert ran.document("runs", DAY)["runs"][0]["race"] is True
    assert "answers.csv: 1 lines, 1 cramps" in ran("undo").stdout
    run = ran.document("runs", DAY)["runs"][0]
    assert (run["answer"], run["race"]) == ("unanswered", False)


def test_importing_the_same_file_again_is_no_change(ran: Home) -> None:
    file = ran.path / "answers.csv"
    file.write_text(f"run,at,muscle,side,severity,race,planned\n{DAY},0:30:00,foot,right,mild,yes,1:00\n")
    ran("tag", "import", str(file))
    changes = len(ran.document("undo", "--list")["changes"])
    ran("tag", "import", str(file))
    assert len(ran.document("undo", "--list")["changes"]) == changes


def test_of_two_lines_about_a_run_the_later_has_the_last_word(ran: Home) -> None:
    file = ran.path / "answers.csv"
    lines = [
        "run,at,muscle,side,severity,race,planned",
        f"{DAY},none,,,,yes,1:00",
        f"{DAY},0:30:00,foot,right,mild,no,",
    ]
    file.write_text("\n".join(lines))
    assert ran("tag", "import", str(file)).stdout.splitlines()[0] == "2 lines taken, 1 new cramp"
    run = ran.document("runs", DAY)["runs"][0]
    assert (run["answer"], run["race"], run["planned_s"]) == ("cramp", False, 3600)


def test_not_sure_keeps_a_run_out_of_the_counts(ran: Home) -> None:
    assert f"{DAY}" in ran("tag", DAY, "--not-sure").stdout
    assert ran.document("runs", DAY)["runs"][0]["answer"] == "not sure"
    assert ran("tag", DAY, "--not-sure", "--none").exit_code == 2


def test_a_run_shows_every_answer_it_was_ever_given(ran: Home) -> None:
    ran("tag", DAY, "--not-sure")
    ran("tag", "--none", "--from", DAY, "--yes")  # answers only what is unanswered
    ran("undo")
    tagged(ran)
    said = ran("runs", DAY).stdout
    assert "answer     cramp" in said
    lines = [line.split(maxsplit=1)[1] for line in said.splitlines() if line.split()[0] == "answered"]
    assert [line.split(" on ")[0] for line in lines] == ["not sure", "cramp"]
    assert lines[0].endswith("(single), taken back")
    given = ran.document("runs", DAY)["runs"][0]["answers"]
    assert [one["taken_back_at"] is None for one in given] == [False, True]


def test_a_run_shows_what_of_it_is_the_runners_word(ran: Home) -> None:
    assert "you said" not in ran("runs", DAY).stdout
    ran("runs", "edit", DAY, "--sport", "walking", "--indoor", "--shift", "-1:00:00")
    assert "you said   walking, indoors, the clock 1:00:00 back" in ran("runs", DAY).stdout


def test_a_runner_with_files_is_not_taken_back_and_one_without_is(ran: Home) -> None:
    ran("runner", "add", "ben", "--also-cramps", "bike")
    assert "runner add: ben" in ran("undo").stdout
    assert [one["name"] for one in ran.document("runner", "list")["runners"]] == ["anna"]
    added = ran.document("undo", "--list")["changes"][-1]["change_no"]
    said = ran("undo", str(added))
    assert said.exit_code == 2
    assert "who has files or answers now" in said.stderr


def test_a_runner_with_a_private_item_is_not_taken_back(ran: Home) -> None:
    ran("runner", "add", "ben")
    ran("runner", "private", "ben", "--add", "condition: asthma")
    assert ran("undo").exit_code == 2
    ran("runner", "private", "ben", "--rm", "i1", "--yes")
    assert ran("undo").exit_code == 0


def test_undo_of_a_new_name_moves_the_inbox_and_the_report_back(ran: Home) -> None:
    (ran.path / "inbox" / "anna").mkdir(parents=True)
    ran("report")
    ran("runner", "edit", "anna", "--name", "ann")
    assert (ran.path / "inbox" / "ann").is_dir()
    ran("undo")
    assert (ran.path / "inbox" / "anna").is_dir()
    assert [path.name for path in (ran.path / "reports").iterdir()] == ["anna.html"]

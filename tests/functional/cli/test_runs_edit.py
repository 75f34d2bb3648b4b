"""`cramplog runs edit`, `rm`, `merge`, `split` and `ingest --redo`, as a person types them."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.cli import CALF, DAY, MORNING, Home, recording, session


def run_of(home: Home, word: str = DAY) -> dict[str, object]:
    (run,) = home.document("runs", word)["runs"]
    return dict(run)


def take(home: Home, name: str, content: bytes) -> None:
    path = home.path.parent / name
    path.write_bytes(content)
    assert home("ingest", str(path)).exit_code == 0


@pytest.fixture
def two(home: Home) -> Home:
    """A run of an hour from 07:30 on, and one from 08:00 on that overlaps it by half."""
    take(home, "one.fit", recording())
    take(home, "two.fit", recording(session(MORNING + timedelta(minutes=30))))
    return home


def test_several_words_at_once_are_one_step_to_undo(ran: Home) -> None:
    before = run_of(ran)
    said = ran("runs", "edit", DAY, "--race", "--planned", "3:00", "--sport", "trail run", "--indoor")
    assert ": race, sport running, indoor, planned 3:00:00\n" in said.stdout
    run = run_of(ran)
    assert (run["race"], run["planned_s"], run["sport_said"], run["indoor"]) == (True, 10800.0, "running", True)
    assert ran("undo").exit_code == 0
    assert run_of(ran) == before


def test_the_same_word_again_changes_nothing(ran: Home) -> None:
    ran("runs", "edit", DAY, "--race")
    changes = len(ran.document("undo", "--list")["changes"])
    assert "is unchanged" in ran("runs", "edit", DAY, "--race").stdout
    assert len(ran.document("undo", "--list")["changes"]) == changes


def test_no_plan_takes_the_plan_away(ran: Home) -> None:
    ran("runs", "edit", DAY, "--planned", "1:30")
    assert "no planned time" in ran("runs", "edit", DAY, "--planned", "").stdout
    assert run_of(ran)["planned_s"] is None


def test_what_cannot_be_meant_is_said_and_changes_nothing(ran: Home) -> None:
    before = run_of(ran)
    for words, exit_code, told in (
        ([DAY], 2, "nothing to change: give an option"),
        ([DAY, "--sport", "swiming", "--race"], 0, ""),
        ([DAY, "--sport", "rowwing"], 2, "did you mean 'rowing'?"),
        ([DAY, "--sport", "chess"], 2, "one of: running, walking"),
        ([DAY, "--shift", "1:00:00"], 2, "write +1:00:00, -90m, +30d"),
        ([DAY, "--shift", "+90000000d"], 2, "is not valid"),
        ([DAY, "--shift", "+999999d"], 0, ""),
        ([DAY, "--shift", "-999999d"], 2, "is outside the years 1 to 9999"),
        ([DAY, "--start", "07:30"], 2, "such as 2026-06-14 07:30"),
        ([DAY, "--start", "2026-06-14 07:31", "--shift", "+1m"], 2, "use only one of them"),
        ([DAY, "--planned", "0:00"], 2, "between 1 minute and 7 days"),
        (["2026-06-10", "--race"], 4, "the nearest are"),
    ):
        said = ran("runs", "edit", *words)
        assert (said.exit_code, words) == (exit_code, words)
        assert told in said.stderr
        if exit_code == 0:
            ran("undo")
    assert run_of(ran) == before


def test_a_corrected_clock_moves_the_start_and_the_tags_and_undo_brings_them_back(ran: Home) -> None:
    ran("tag", DAY, "--at", "0:40:00", *CALF)
    before = run_of(ran)
    assert "2026-06-14 08:30" in ran("runs", "edit", DAY, "--shift", "+1:00:00").stdout
    run = run_of(ran)
    assert (run["start_at"], run["start_local"]) == ("2026-06-14T06:30:00Z", "2026-06-14T08:30:00")
    (tag,) = ran.document("tag", "list")["tags"]
    assert (tag["onset_at"], tag["onset_moving_s"]) == ("2026-06-14T07:15:00Z", 2400.0)
    ran("undo")
    assert run_of(ran) == before


def test_a_clock_set_back_into_winter_keeps_to_the_zones_winter_time(ran: Home) -> None:
    ran("runs", "edit", DAY, "--shift", "-150d")
    run = run_of(ran, "last")
    assert (run["start_at"], run["start_local"]) == ("2026-01-15T05:30:00Z", "2026-01-15T06:30:00")
    assert run["utc_offset_s"] == 3600


def test_a_watch_of_1990_is_set_by_the_day_and_hour_of_its_run(home: Home) -> None:
    take(home, "old.fit", recording(session(MORNING.replace(year=1990, month=1, day=1))))
    assert run_of(home, "1990-01-01")["clock_wrong"] is True
    home("tag", "1990-01-01", "--at", "0:40:00", *CALF)
    assert home("runs", "edit", "1990-01-01", "--start", "2026-06-14 07:30").exit_code == 0
    run = run_of(home)
    assert (run["start_at"], run["clock_wrong"]) == ("2026-06-14T05:30:00Z", False)
    rows = home.document("sql", "SELECT sum(onset)::INTEGER AS onsets, count(*) AS n FROM v_hazard_row")["rows"]
    assert rows == [[1, 8]]


def test_a_clock_corrected_before_a_tag_waits_for_the_tag(ran: Home) -> None:
    """Taking the clock back alone would leave the tag an hour off."""
    shift = ran.document("runs", "edit", DAY, "--shift", "+1:00:00")["change"]
    ran("tag", DAY, "--at", "0:40:00", *CALF)
    said = ran("undo", str(shift))
    assert said.exit_code == 2
    assert "undo that change first" in said.stderr
    ran("undo")
    assert ran("undo", str(shift)).exit_code == 0
    assert run_of(ran)["start_at"] == "2026-06-14T05:30:00Z"


def test_a_run_that_now_looks_like_another_is_said_and_not_joined(two: Home) -> None:
    said = two("runs", "edit", f"{DAY}/1", "--shift", "+29m").stdout
    assert "it looks like the same run as 2026-06-14 08:00" in said
    assert len(two.document("runs")["runs"]) == 2
    words = said.split("if it is: cramplog ")[1].splitlines()[0].split()
    assert two(*words).exit_code == 0
    assert len(two.document("runs")["runs"]) == 1


def test_a_deleted_run_is_nowhere_until_it_is_brought_back(ran: Home) -> None:
    ran("tag", DAY, "--at", "0:40:00", *CALF)
    before = run_of(ran)
    said = ran("runs", "rm", DAY, "--yes")
    number = ran.document("undo", "--list")["changes"][0]["change_no"]
    assert said.stdout.splitlines()[0].endswith(" with 1 tagged cramp")
    assert f"to undo this: cramplog undo {number}" in said.stdout
    assert ran.document("runs")["runs"] == []
    assert ran.document("tag", "list")["tags"] == []
    for view in ("v_run", "v_cramp", "v_segment", "v_hazard_row", "v_answer", "v_lap"):
        assert ran.document("sql", f"SELECT count(*) AS n FROM {view}")["rows"] == [[0]], view
    ran("undo", str(number))
    assert run_of(ran) == before


def test_a_deletion_asks_and_never_hangs(ran: Home) -> None:
    for words in ((), ("--json",)):
        said = ran("runs", "rm", DAY, *words)
        assert said.exit_code == 2
    assert "add --yes" in ran("runs", "rm", DAY).stderr
    assert len(ran.document("runs")["runs"]) == 1


def test_a_deleted_run_stays_deleted_when_its_file_or_a_copy_comes(home: Home) -> None:
    take(home, "one.fit", recording())
    number = home.document("runs", "rm", "last", "--yes")["change"]
    again = home("ingest", str(home.path.parent / "one.fit"))
    assert f"you deleted this run, so it is not imported again; to restore it: cramplog undo {number}" in again.stdout
    packed = home.path.parent / "one.fit.gz"
    packed.write_bytes(gzip.compress(recording()))
    copy = home.path.parent / "copy.fit"
    copy.write_bytes(recording(session(MORNING + timedelta(seconds=20))))
    for path, outcome in ((packed, "known"), (copy, "duplicate")):
        (file,) = home.document("ingest", str(path))["files"]
        assert (file["outcome"], f"cramplog undo {number}" in file["notes"][-1]) == (outcome, True)
    assert home.document("runs")["runs"] == []
    assert home.document("sql", "SELECT count(*) AS n FROM v_run")["rows"] == [[0]]
    home("undo", str(number))
    assert len(home.document("runs")["runs"]) == 1
    assert home.document("sql", "SELECT count(*) AS n FROM v_run")["rows"] == [[2]]


def test_two_recordings_become_one_run_and_two_again(two: Home) -> None:
    before = two.document("runs")
    two("tag", f"{DAY}/1", "--at", "0:40:00", *CALF)
    two("tag", f"{DAY}/2", "--none")
    answered = two.document("runs")
    said = two("runs", "merge", f"{DAY}/1", f"{DAY}/2")
    assert "'cramp' is used" in said.stdout
    (run,) = two.document("runs")["runs"]
    (tag,) = two.document("tag", "list")["tags"]
    assert (run["answer"], tag["run_id"], tag["onset_moving_s"]) == ("cramp", run["run_id"], 600.0)
    two("undo")
    assert two.document("runs") == answered
    (tag,) = two.document("tag", "list")["tags"]
    assert tag["onset_moving_s"] == 2400.0
    two("undo")
    two("undo")
    assert two.document("runs") == before


def test_copies_are_split_by_their_id_and_never_joined_again(home: Home) -> None:
    take(home, "one.fit", recording())
    take(home, "copy.fit", recording(session(MORNING + timedelta(seconds=20))))
    (counted,) = home.document("runs")["runs"]
    rows = home.document("sql", "SELECT run_id FROM v_run WHERE duplicate_of IS NOT NULL")["rows"]
    copy = str(rows[0][0])
    assert home("runs", copy[:7]).exit_code == 4
    assert f"the run that counts is {counted['run_id'][:7]}" in home("runs", copy[:7]).stderr
    home("tag", "last", "--at", "0:40:00", *CALF)
    said = home("runs", "split", copy[:7])
    assert f"1 tagged cramp stayed with {counted['run_id'][:7]}" in said.stdout
    assert [run["answer"] for run in home.document("runs")["runs"]] == ["cramp", "unanswered"]
    assert home("ingest", "--redo").exit_code == 0
    assert len(home.document("runs")["runs"]) == 2
    home("runs", "merge", copy[:7], str(counted["run_id"])[:7])
    assert len(home.document("runs")["runs"]) == 1


def test_what_is_no_pair_is_refused(two: Home) -> None:
    take(two, "later.fit", recording(session(MORNING + timedelta(days=1))))
    for words, exit_code, told in (
        (["merge", f"{DAY}/1", f"{DAY}/1"], 2, "these recordings are one run already"),
        (["merge", f"{DAY}/1", "last"], 2, "do not overlap in time"),
        (["merge", f"{DAY}/1", "ffffffff"], 4, "no run is called"),
        (["split", "last"], 2, "has only one recording"),
    ):
        said = two("runs", *words)
        assert (said.exit_code, told in said.stderr) == (exit_code, True), words


def test_redo_without_a_path_reads_every_original_by_its_name(two: Home) -> None:
    said = two("ingest", "--redo")
    assert said.stdout.splitlines()[:3] == [
        "read again  one.fit: 721 records",
        "read again  two.fit: 721 records",
        "2 files: 2 read again",
    ]
    assert two("ingest").exit_code == 2
    assert "2 files: 2 read again (nothing was stored: --dry-run)" in two("ingest", "--redo", "--dry-run").stdout


def test_an_original_that_is_gone_or_damaged_keeps_its_run_and_is_named(two: Home) -> None:
    before = two.document("runs")
    first, second = sorted(path for path in (two.path / "originals").rglob("*") if path.is_file())
    first.unlink()
    second.write_bytes(b"hello")
    said = two("ingest", "--redo")
    assert said.exit_code == 1
    assert "the stored original is missing" in said.stdout
    assert "the stored original is damaged" in said.stdout
    assert [run | {"run_no": 0} for run in two.document("runs")["runs"]] == [
        run | {"run_no": 0} for run in before["runs"]
    ]
    for name in ("one.fit", "two.fit"):
        assert two("ingest", str(two.path.parent / name), "--redo").exit_code == 0
    assert two("ingest", "--redo").exit_code == 0


def test_a_new_file_given_with_redo_is_simply_new(ran: Home, tmp_path: Path) -> None:
    (tmp_path / "new.fit").write_bytes(recording(session(MORNING + timedelta(days=2))))
    assert ran.document("ingest", str(tmp_path / "new.fit"), "--redo")["files"][0]["outcome"] == "new"

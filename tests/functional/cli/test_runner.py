"""`cramplog runner edit`, `list`, `flags` and `private`: what is known of a runner, and what stays with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import CALF, DAY, Home


def columns(home: Home, *words: str) -> dict[str, object]:
    found: dict[str, object] = home.document("runner", "edit", *words)["runner"]
    return found


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_profile_is_corrected_shown_and_taken_back(home: Home) -> None:
    home(
        "runner",
        "edit",
        "--birth-year",
        "1984",
        "--distance",
        "Miles",
        "--also-cramps",
        "rest,bike",
        "--set",
        "diet=oats",
    )
    said = home.document("runner", "edit")
    assert (said["runner"]["birth_year"], said["runner"]["distance_unit"]) == (1984, "miles")
    assert {key: one["said"] for key, one in said["profile"].items()} == {"also_cramps": "bike, rest", "diet": "oats"}
    home("runner", "edit", "--birth-year", "", "--set", "diet=")
    assert columns(home)["birth_year"] is None
    assert "runner edit: anna: birth_year, diet" in home("undo").stdout
    said = home.document("runner", "edit")
    assert (said["runner"]["birth_year"], said["profile"]["diet"]["said"]) == (1984, "oats")
    home("undo")
    said = home.document("runner", "edit")
    assert (said["runner"]["birth_year"], said["runner"]["distance_unit"], said["profile"]) == (None, None, {})


def test_runner_add_takes_the_same_options(home: Home) -> None:
    assert (
        home("runner", "add", "ben", "--temperature", "f", "--also-cramps", "night", "--birth-year", "1990").exit_code
        == 0
    )
    said = home.document("runner", "edit", "ben")
    assert (said["runner"]["temperature_unit"], said["runner"]["birth_year"]) == ("F", 1990)
    assert said["profile"]["also_cramps"]["said"] == "night"
    home("undo")
    assert [one["name"] for one in home.document("runner", "list")["runners"]] == ["anna"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--birth-year", "soon"), "write four digits, such as 1984"),
        (("--birth-year", "1800"), "expected 1916 to"),
        (("--sex", "x"), "one of: female, male, other"),
        (("--distance", "furlongs"), "one of: km, miles"),
        (("--temperature", "K"), "one of: C, F"),
        (("--home-tz", "Europe/Viena"), "Europe/Vienna"),
        (("--also-cramps", "moon"), "one of: bike, stairs, swim, gym, night, rest, none"),
        (("--set", "training_change=lots"), "one of: less, the same, more, far more"),
        (("--set", "strength_per_week=99"), "from 0 to 14"),
        (("--set", "clothing=long"), "not a question about a runner"),
        (("--name", ""), "cannot be a runner's name"),
        (("--name", "../x"), "cannot be a runner's name"),
    ],
)
def test_what_cannot_be_meant_is_said_and_changes_nothing(home: Home, words: tuple[str, ...], told: str) -> None:
    before = home.document("runner", "edit")
    said = home("runner", "edit", "--cramps-last-10", "3+", *words)
    assert said.exit_code == 2
    assert told in said.stderr
    assert home.document("runner", "edit") == before


def test_a_new_name_takes_inbox_and_report_along(home: Home) -> None:
    for path in ("inbox/anna/a.fit", "reports/anna.html"):
        (home.path / path).parent.mkdir(parents=True)
        (home.path / path).write_text("mine")
    said = home("runner", "edit", "anna", "--name", "Anna B.")
    assert said.exit_code == 0
    assert (home.path / "inbox/Anna B./a.fit").read_text() == "mine"
    assert (home.path / "reports/Anna B..html").read_text() == "mine"
    assert home("runs", "--runner", "Anna B.").exit_code == 0


def test_what_is_in_the_way_of_a_new_name_stays_and_is_said(home: Home) -> None:
    for folder in ("anna", "eva"):
        (home.path / "inbox" / folder).mkdir(parents=True)
        (home.path / "inbox" / folder / "a.fit").write_text(folder)
    said = home("runner", "edit", "anna", "--name", "eva")
    assert "move its content yourself" in said.stdout
    assert [(home.path / "inbox" / folder / "a.fit").read_text() for folder in ("anna", "eva")] == ["anna", "eva"]
    home("runner", "add", "ben")
    assert home("runner", "edit", "ben", "--name", "eva").exit_code == 2


def test_the_list_counts_runs_answers_cramps_and_signs(ran: Home) -> None:
    ran("tag", DAY, "--at", "0:40:00", *CALF)
    ran("runner", "flags", "--tick", "dark_urine", "--tick", "wound")
    line = ran("runner", "list").stdout.splitlines()[1].split()
    assert line == ["anna", "1", "1", "1", "2"]


def test_a_ticked_sign_withholds_the_number_until_it_is_cleared(ran: Home) -> None:
    ran("tag", DAY, "--at", "0:40:00", *CALF)
    page = ran.path / "reports" / "anna.html"
    ran("report")
    assert "please see a doctor first" not in page.read_text()
    said = ran("runner", "flags", "--tick", "chest")
    assert said.stdout.startswith("Call your emergency number now:\n  Chest pain, shortness of breath, or fainting.\n")
    assert not any(character.isdigit() for character in said.stdout)
    ran("report")
    held = page.read_text()
    assert "please see a doctor first" in held
    assert "of 100" not in held
    assert 'id="checklist"' not in held
    assert "no warning sign is ticked" in ran("runner", "flags", "--clear", "all").stdout
    ran("report")
    assert "please see a doctor first" not in page.read_text()
    ran("undo")
    assert [one["key"] for one in ran.document("runner", "flags")["flags"] if one["ticked_at"]] == ["chest"]


def test_signs_are_listed_with_their_dates_and_wrong_keys_refused(home: Home) -> None:
    said = home("runner", "flags", "--tick", "dark-urine")
    assert said.exit_code == 0
    assert "dark_urine  TICKED on 20" in home("runner", "flags").stdout
    assert "nothing changed" in home("runner", "flags", "--tick", "dark_urine").stdout
    home("runner", "flags", "--clear", "dark_urine")
    assert "dark_urine  cleared on 20" in home("runner", "flags").stdout
    refused = home("runner", "flags", "--tick", "headache")
    assert refused.exit_code == 2
    assert "one of: heat_stroke" in refused.stderr
    assert home("runner", "flags", "--tick", "chest", "--clear", "chest").exit_code == 2


def test_private_items_are_shown_only_when_asked_for(ran: Home) -> None:
    log = ran.path / "log.txt"
    said = ran("runner", "private", "--add", "condition: zebrafever", "--since", "2019-05-01", "--log-file", str(log))
    assert (
        "in a separate file on this computer (private.duckdb); no snapshot holds it and no report shows it"
        in said.stdout
    )
    blood = ("--value", "141", "--unit", "mmol/L", "--on", "2026-03-14", "--note", "quaggaword")
    assert "no snapshot holds it" not in ran("runner", "private", "--add", "blood: sodium", *blood).stdout
    items = ran.document("runner", "private")["items"]
    assert [(one["kind"], one["name"], one["value"], one["unit"], one["on_day"]) for one in items] == [
        ("blood", "sodium", 141.0, "mmol/l", "2026-03-14"),
        ("condition", "zebrafever", None, None, "2019-05-01"),
    ]
    assert ran("runner", "private", "--csv").stdout.count("zebrafever") == 1
    for words in (("publish",), ("runs",), ("runs", DAY), ("undo", "--list"), ("report",), ("runner", "edit")):
        shown = ran(*words)
        assert shown.exit_code == 0, words
        assert "zebrafever" not in shown.output
    page = (ran.path / "reports" / "anna.html").read_text()
    assert page.count("Recorded. Reports never show what it is.") == 2
    holders = {
        path.name
        for path in ran.path.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in (b"zebrafever", b"quaggaword"))
    }
    assert holders == {"private.duckdb"}
    assert (ran.path / "private.duckdb").stat().st_mode & 0o777 == 0o600


def test_what_is_taken_away_is_gone_from_the_bytes_of_every_file(ran: Home) -> None:
    ran("runner", "private", "--add", "medication: zebrapills", "--note", "quaggaword")
    ran("runner", "private", "--add", "injury: ankle")
    assert b"zebrapills" in bytes_of(ran.path)
    refused = ran("runner", "private", "--rm", "i1")
    assert (refused.exit_code, "add --yes" in refused.stderr) == (2, True)
    said = ran("runner", "private", "--rm", "i1", "--yes")
    assert "undo cannot restore it" in said.stdout
    assert b"zebrapills" not in bytes_of(ran.path)
    assert b"quaggaword" not in bytes_of(ran.path)
    assert [one["item_id"] for one in ran.document("runner", "private")["items"]] == ["i2"]
    ran("runner", "private", "--add", "injury: knee")
    assert [one["item_id"] for one in ran.document("runner", "private")["items"]] == ["i2", "i3"]
    assert (ran.path / "private.duckdb").stat().st_mode & 0o777 == 0o600
    gone = ran("runner", "private", "--rm", "i1", "--yes")
    assert gone.exit_code == 4
    assert "recorded items: i2, i3" in gone.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--add", "diabetes"), "one of: condition, medication, injury, blood"),
        (("--add", "mood: low"), "one of: condition, medication, injury, blood"),
        (("--add", "blood: sodium"), "--value 141 --unit mmol/l --on"),
        (("--add", "blood: sodium", "--value", "1", "--unit", "stone", "--on", "2026-03-14"), "one of: mmol/l"),
        (("--add", "blood: sodium", "--value", "-1", "--unit", "g/l", "--on", "2026-03-14"), "0 or more"),
        (("--add", "condition: x", "--since", "2999-01-01"), "is in the future"),
        (("--add", "condition: x", "--value", "3"), "write other details with --note"),
        (("--value", "3"), "these options describe a new item"),
        (("--add", "condition: x", "--list"), "give only one of --add, --rm and --list"),
    ],
)
def test_a_private_item_that_cannot_be_meant_is_refused(home: Home, words: tuple[str, ...], told: str) -> None:
    said = home("runner", "private", *words)
    assert said.exit_code == 2
    assert told in said.stderr
    assert home.document("runner", "private")["items"] == []


def test_private_items_are_each_runners_own(home: Home) -> None:
    home("runner", "add", "ben")
    home("runner", "private", "anna", "--add", "injury: ankle")
    assert home.document("runner", "private", "ben")["items"] == []
    assert home("runner", "private", "ben", "--rm", "i1", "--yes").exit_code == 4
    refused = home("runner", "private", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["code"]) == (2, "wrong_input")

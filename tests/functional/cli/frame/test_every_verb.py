"""What every verb shares: help, errors as one line or one document, exit codes."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.cli.frame.errors import told_fault
from pipeline.cli.frame.verbs import VERBS
from pipeline.errors import CannotStart, CramplogError, NotFound, TryAgain, WrongInput
from pipeline.vocabulary import FIRST_ANSWERS, MUSCLES, SEVERITIES, SIDES, USUAL_RACES
from tests.support.cli import Home


def test_help_names_every_verb(empty: Home) -> None:
    said = empty("--help")
    assert said.exit_code == 0
    for verb in VERBS:
        assert f"\n  {verb} " in said.stdout


def test_help_of_tag_and_init_says_the_words_the_store_takes(empty: Home) -> None:
    tag = " ".join(empty("tag", "--help").stdout.split())
    assert all(word in tag for word in (*MUSCLES, *SIDES, *SEVERITIES))
    init = empty("init", "--help").stdout
    assert all(word in init for word in (*FIRST_ANSWERS, *USUAL_RACES))


@pytest.mark.parametrize(
    ("words", "offered"), [(["ingst"], "'ingest'"), (["runner"], "'runner add'"), (["xyz"], "cramplog --help")]
)
def test_an_unknown_verb_offers_the_nearest(empty: Home, words: list[str], offered: str) -> None:
    said = empty(*words)
    assert said.exit_code == 2
    assert offered in said.stderr


@pytest.mark.parametrize(
    ("error", "code"), [(WrongInput, 2), (CannotStart, 3), (NotFound, 4), (TryAgain, 5), (CramplogError, 1)]
)
def test_each_error_has_its_exit_code(error: type[CramplogError], code: int) -> None:
    assert told_fault(error("what happened", "what to do"), as_json=False) == code


def test_a_full_disk_is_said_as_something_to_try_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert told_fault(OSError(28, "No space left on device"), as_json=False) == 5
    assert "the disk is full" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["runs", "--runner", "ana"], "not_found", 4),
        (["runs", "--bogus"], "wrong_usage", 2),
        (["tag", "--none", "--from", "yesterday"], "wrong_usage", 2),
        (["sql", "SELECT 1; SELECT 2"], "wrong_input", 2),
        (["ingest", "no-such-folder"], "not_found", 4),
    ],
)
def test_with_json_an_error_is_one_document_too(once: Home, words: list[str], code: str, exit_code: int) -> None:
    document = once.document(*words)
    assert sorted(document) == ["code", "hint", "message", "schema"]
    assert (document["schema"], document["code"]) == ("cramplog.error/1", code)
    assert once(*words, "--json").exit_code == exit_code


def test_a_bug_is_one_line_and_keeps_its_traceback_for_v(ran: Home) -> None:
    with duckdb.connect(ran.path / "cramplog.duckdb") as con:
        con.execute("DROP TABLE lap")
    said = ran("runs", "last")
    assert said.exit_code == 1
    assert "this is a bug in cramplog: CatalogException" in said.stderr
    assert "run again with -v" in said.stderr
    assert "Traceback" not in said.stderr
    assert isinstance(ran("runs", "last", "-v").exception, duckdb.CatalogException)


def test_without_a_store_every_verb_says_how_to_make_one(empty: Home) -> None:
    for words in (["runs"], ["tag", "last", "--none"], ["sql", "SELECT 1"], ["runner", "add", "anna"]):
        said = empty(*words)
        assert said.exit_code == 3
        assert "cramplog init" in said.stderr
    assert not (empty.path / "cramplog.duckdb").exists()


def test_a_store_of_a_newer_program_is_not_touched(home: Home) -> None:
    with duckdb.connect(home.path / "cramplog.duckdb") as con:
        con.execute("INSERT INTO migration VALUES (9999, 'later', TIMESTAMP '2030-01-01', '9')")
    said = home("runs")
    assert said.exit_code == 3
    assert "newer" in said.stderr


def test_a_damaged_store_is_named(home: Home) -> None:
    (home.path / "cramplog.duckdb").write_bytes(b"no database" * 1000)
    said = home("runs")
    assert said.exit_code == 3
    assert "cramplog.duckdb is damaged" in said.stderr

"""What can be set, as a person meets it: quiet, log file, bare `cramplog`, versions, completion."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from models.fit.version import MODEL_VERSION
from pipeline.cli.frame.complete import FIXED_WORDS
from pipeline.cli.frame.main import cli
from pipeline.cli.frame.verbs import VERBS
from pipeline.store.db.migrate import schema_version
from tests.support.cli import CALF, DAY, Home, recordings

PROGRAM = Path(sys.executable).with_name("cramplog")


def test_version_names_program_schema_and_model(empty: Home) -> None:
    said = empty("--version")
    assert re.fullmatch(rf"cramplog \d+\.\d+\.\d+, schema {schema_version()}, model {MODEL_VERSION}\n", said.stdout)


def test_bare_cramplog_without_a_store_says_how_to_begin_in_four_lines(empty: Home) -> None:
    said = empty()
    assert (said.exit_code, said.stderr) == (0, "")
    assert len(said.stdout.splitlines()) == 4
    assert said.stdout.endswith("Next: cramplog init\n")
    assert not empty.path.exists()


def test_bare_cramplog_counts_in_four_lines_and_names_the_next_step(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home().stdout.splitlines() == [
        "0 runs of 1 runner",
        "0 answered, 0 unanswered; no cramp",
        "0 hours of weather; no nightly yet",
        "Next: cramplog ingest FOLDER",
    ]
    home("ingest", str(recordings(tmp_path / "files", 3)))
    home("tag", DAY, "--at", "10m", *CALF)
    home("tag", "2026-06-15", "--none")
    assert home().stdout.splitlines() == [
        "3 runs of 1 runner since 2026-06-14, the last on 2026-06-16",
        "2 answered, 1 unanswered; 1 cramp in 1 run",
        "weather for 0 of 3 runs outdoors; no nightly yet",
        "Next: cramplog runs --unanswered, and tag them",
    ]
    home("tag", "2026-06-16", "--none")
    assert home().stdout.endswith("Next: cramplog weather --file FILE\n")  # tests may not fetch it
    with monkeypatch.context() as fetching:
        fetching.delenv("CRAMPLOG_WEATHER_URL")
        assert home().stdout.endswith("Next: cramplog weather\n")
    assert home("nightly", "--plain").exit_code == 0
    assert "UTC, 6 stages done" in home().stdout.splitlines()[2]


def test_bare_cramplog_says_what_is_wrong_with_a_store_it_cannot_read(home: Home) -> None:
    (home.path / "cramplog.duckdb").write_bytes(b"no database" * 1000)
    said = home()
    assert said.exit_code == 0
    assert len(said.stdout.splitlines()) == 4
    assert "cramplog.duckdb is damaged" in said.stdout


def test_bare_cramplog_names_who_holds_the_store(home: Home) -> None:
    with duckdb.connect(home.path / "cramplog.duckdb"):
        held = home.child()
        out, _ = held.communicate(timeout=30)
    assert held.returncode == 0
    assert "the store is busy" in out.lower()
    assert f"(PID {os.getpid()})" in out


def test_a_wrong_setting_stops_every_verb_before_it_begins(empty: Home) -> None:
    empty.path.mkdir()
    (empty.path / "config.toml").write_text("distnace = 'miles'\n")
    for words in ([], ["init", "--runner", "anna"], ["doctor"]):
        said = empty(*words)
        assert said.exit_code == 2
        assert "did you mean distance?" in said.stderr
    assert [path.name for path in empty.path.iterdir()] == ["config.toml"]


def test_quiet_can_be_set_for_good(home: Home, tmp_path: Path) -> None:
    files = recordings(tmp_path / "files", 2)
    assert "2 files to look at" in home("ingest", str(files), "--dry-run").stderr
    (home.path / "config.toml").write_text("quiet = true\n")
    assert home("ingest", str(files), "--dry-run").stderr == ""


def test_the_log_file_is_private_and_says_what_went_on_without_names_or_places(ran: Home, tmp_path: Path) -> None:
    log = tmp_path / "cramplog.log"
    assert ran("runs", "--log-file", str(log)).exit_code == 0
    assert ran("runs", "--runner", "ana", "--log-file", str(log)).exit_code == 4
    with duckdb.connect(ran.path / "cramplog.duckdb") as con:
        con.execute("DROP TABLE lap")
    assert ran("runs", "last", "--log-file", str(log)).exit_code == 1
    assert log.stat().st_mode & 0o777 == 0o600
    entries = log.read_text().splitlines()
    at = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    claims = [
        r"INFO runs begins",
        r"INFO runs ends, exit code 0",
        r"INFO runs begins",
        r"ERROR runs ends with not_found, exit code 4",
        r"INFO runs begins",
        r"ERROR runs broke: CatalogException at .*cli/runs\.py:\d+ runs > .*runs/\w+\.py:\d+ \w+.*",
    ]
    assert len(entries) == len(claims)
    for entry, claim in zip(entries, claims, strict=True):
        assert re.fullmatch(f"{at} {claim}", entry)
    assert not any(word in log.read_text() for word in ("ana", str(ran.path), DAY))


def test_a_night_leaves_its_stages_in_the_log_file(home: Home, tmp_path: Path) -> None:
    log = tmp_path / "night.log"
    assert home("nightly", "--plain", "--log-file", str(log)).exit_code == 0
    for stage in ("inbox", "weather", "answers", "fit", "reports", "publish"):
        assert f" INFO stage {stage} done\n" in log.read_text()


def test_a_log_file_that_cannot_be_is_refused_before_anything_is_done(empty: Home, tmp_path: Path) -> None:
    said = empty("init", "--runner", "anna", "--log-file", str(tmp_path / "nowhere" / "cramplog.log"))
    assert said.exit_code == 2
    assert "cannot be a log file" in said.stderr
    assert not empty.path.exists()


@pytest.mark.parametrize(("terminal", "clears"), [("xterm", True), ("dumb", False)])
def test_progress_clears_its_line_only_on_a_terminal_that_can(
    home: Home, tmp_path: Path, terminal: str, clears: bool
) -> None:
    person, screen = pty.openpty()
    done = subprocess.run(
        [PROGRAM, "ingest", recordings(tmp_path / "files", 2), "--dry-run"],
        env={**os.environ, "CRAMPLOG_HOME": str(home.path), "TERM": terminal},
        stdout=subprocess.PIPE, stderr=screen, check=True, timeout=60,
    )  # fmt: skip
    said = os.read(person, 10_000)
    os.close(person)
    os.close(screen)
    assert (b"\033[K" in said) is clears
    assert b"\033" not in done.stdout


def test_nothing_is_coloured_when_the_setting_says_never(home: Home) -> None:
    (home.path / "config.toml").write_text('color = "never"\n')
    child = home.child("doctor", FORCE_COLOR="1")
    out, said = child.communicate(timeout=60)
    assert "color        never  (config.toml)" in out
    assert "\033" not in out + said


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("cramplog r", {"runner", "runs", "risk", "report"}),
        ("cramplog runner ", {verb.split()[1] for verb in VERBS if verb.startswith("runner ")}),
        ("cramplog tag im", {"import"}),
        ("cramplog tag import --ru", {"--runner"}),
        (
            "cramplog tag last --muscle ",
            {"foot", "calf", "hamstring", "quadriceps", "adductor", "glute", "abdomen", "other"},
        ),
        ("cramplog tag last --side l", {"left"}),
        ("cramplog tag last --severity ", {"tightness", "mild", "moderate", "severe"}),
        ("cramplog completion ", {"bash", "zsh", "fish"}),
        ("cramplog doctor --f", {"--fix"}),
    ],
)
def test_a_shell_is_offered_verbs_of_two_words_options_and_fixed_words(
    empty: Home, line: str, offered: set[str]
) -> None:
    words = line.split(" ")
    child = empty.child(_CRAMPLOG_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    out, said = child.communicate(timeout=30)
    assert said == ""
    assert {one.removeprefix("plain,") for one in out.split()} == offered


def test_every_option_with_fixed_words_is_an_option_of_some_verb() -> None:
    commands = [cli.get_command(cli.make_context("cramplog", [], resilient_parsing=True), verb) for verb in VERBS]
    options = {name for command in commands if command for option in command.params for name in option.opts}
    assert set(FIXED_WORDS) <= options


def test_the_script_for_bash_offers_words_once_it_is_loaded(empty: Home) -> None:
    script = empty("completion", "bash").stdout
    line = "COMP_WORDS=(cramplog tag im); COMP_CWORD=2; _cramplog_completion cramplog; echo ${COMPREPLY[@]}"
    asked = subprocess.run(
        ["bash", "-c", f"{script}\n{line}"],
        env={**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"},
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert asked.stdout == "import\n"


def test_without_a_known_shell_completion_asks_which(empty: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/unknown")
    said = empty("completion")
    assert said.exit_code == 2
    assert "bash, zsh, fish" in said.stderr

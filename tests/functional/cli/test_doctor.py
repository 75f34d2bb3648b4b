"""`cramplog doctor`: what it sees, what it calls a problem, and that it says nothing about people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.actions.admin.doctor import examine
from pipeline.files import private_umask
from pipeline.settings import load_settings
from pipeline.store.db.migrate import schema_version
from pipeline.weather.service.address import Service
from pipeline.weather.service.reach import Reach, reach
from tests.support.cli import Home
from tests.support.weather.server import WeatherServer


def problems(home: Home) -> list[str]:
    """The codes of what is wrong."""
    return [one["code"] for one in home.document("doctor")["problems"]]


def modes(home: Home) -> set[int]:
    """Modes of all files and folders but the inbox's."""
    paths = [path for path in (home.path, *home.path.rglob("*")) if home.path / "inbox" not in (path, *path.parents)]
    return {path.stat().st_mode & 0o777 for path in paths}


def test_without_a_store_it_says_so_and_makes_nothing(empty: Home) -> None:
    said = empty("doctor")
    assert said.exit_code == 0
    assert "no store yet" in said.stdout
    assert said.stdout.endswith("Nothing is wrong.\nNext: cramplog init\n")
    assert not empty.path.exists()
    assert empty.document("doctor")["store"] is None
    empty.path.mkdir(mode=0o700)
    (empty.path / "cramplog.duckdb").touch(mode=0o600)  # what a kill at its making leaves
    assert "no store yet" in empty("doctor").stdout


def test_each_setting_is_said_with_where_it_came_from(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.path / "config.toml").write_text('temperature = "F"\nnightly_at = "02:15"\n')
    monkeypatch.setenv("CRAMPLOG_DISTANCE", "miles")
    monkeypatch.setenv("NO_COLOR", "1")
    said = home("doctor", "-q").stdout
    for line in (
        f"  home         {home.path}  (CRAMPLOG_HOME)",
        "  distance     miles  (CRAMPLOG_DISTANCE)",
        "  temperature  F  (config.toml)",
        "  nightly_at   02:15  (config.toml)",
        "  log_file     none  (default)",
        "  color        never  (NO_COLOR)",
        "  quiet        yes  (--quiet)",
        f"  config file  {home.path / 'config.toml'}",
    ):
        assert line in said.splitlines()
    told = {one["name"]: (one["value"], one["source"]) for one in home.document("doctor")["settings"]}
    assert told["distance"] == ("miles", "CRAMPLOG_DISTANCE")
    assert told["log_file"] == (None, "default")


def test_that_weather_is_off_is_said(home: Home) -> None:
    assert "  service      off: no weather is fetched" in home("doctor").stdout.splitlines()
    assert home.document("doctor")["weather_reach"] == {"host": None, "state": "off"}


def test_whether_the_weather_service_can_be_reached_is_tried_without_asking_it_anything(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WeatherServer() as server:
        monkeypatch.setenv("CRAMPLOG_WEATHER_URL", server.url)
        assert "weather from 127.0.0.1, reachable" in home("doctor").stdout
        assert server.heard == []
    ended = home("doctor")
    assert "weather from 127.0.0.1, not reachable from here; weather can also be imported from files" in ended.stdout
    assert ended.exit_code == 0


def test_the_weather_key_is_said_to_be_set_and_never_shown(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPLOG_WEATHER_KEY", "hunter2")
    said = home("doctor").stdout + home("doctor", "--json").stdout
    assert "  weather_key  set  (CRAMPLOG_WEATHER_KEY)" in said.splitlines()
    assert "hunter2" not in said


def test_a_config_with_the_key_that_others_may_read_is_a_problem_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    config = tmp_path / "config" / "cramplog" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('distance = "miles"\n')
    config.chmod(0o644)
    assert examine(load_settings(os.environ), os.environ, fix=False).problems == ()
    config.write_text('weather_key = "hunter2"\n')
    found = examine(load_settings(os.environ), os.environ, fix=True)
    assert (found.narrowed, found.problems, config.stat().st_mode & 0o777) == (1, (), 0o600)


def test_a_service_that_takes_the_connection_but_not_its_encryption_is_out_of_reach() -> None:
    with WeatherServer() as server:
        address = server.url.replace("http:", "https:")
        assert reach(Service(address, address), 0.5) == Reach("127.0.0.1", "silent")


def test_behind_a_proxy_reach_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    address = "https://weather.example.org/v1/archive"
    assert reach(Service(address, address)) == Reach("weather.example.org", "by_proxy")


def test_a_healthy_store_is_told_in_counts(ran: Home) -> None:
    with private_umask():  # as the command has it
        assert ran("nightly", "--plain").exit_code == 0
    (ran.path / "inbox" / "anna").mkdir(parents=True)
    (ran.path / "inbox" / "anna" / "new.fit").write_bytes(b"to be looked at tonight")
    said = ran("doctor")
    assert said.exit_code == 0
    for words in (
        "readable",
        "no program that writes",
        "1 file waiting",
        "1, 1 unanswered",
        "0 hours of 0 places; for 0 of 1 outdoor run",
        "6 of 6 stages done",
    ):
        assert words in said.stdout
    assert f"{schema_version()}, current" in said.stdout
    document = ran.document("doctor")
    assert document["inbox_waiting"] == 1
    assert document["store"]["standing"]["first_at"] == "2026-06-14T05:30:00Z"
    assert sorted(document["sizes_bytes"]) == ["ledger", "private", "records", "tracks"]


def test_repairs_and_refusals_are_counted_by_kind_without_a_files_name(ran: Home, tmp_path: Path) -> None:
    (tmp_path / "annas-secret-place.fit").write_bytes(b"no recording at all")
    assert ran("ingest", str(tmp_path / "annas-secret-place.fit")).exit_code == 1
    with duckdb.connect(ran.path / "cramplog.duckdb") as con:
        con.execute(
            "INSERT INTO parse_note BY NAME SELECT run_id, file_sha256, 'gap' AS kind, 'a gap' AS detail, 4 AS n FROM run"
        )
    said = ran("doctor").stdout
    assert "gap: 1 run, 4 times" in said
    assert "failed: 1 run, 1 time" in said
    assert not any(word in said + ran("doctor", "--json").stdout for word in ("anna", "secret", "48.2"))


def test_rights_of_others_are_a_problem_that_fix_takes_away(ran: Home) -> None:
    ran.path.chmod(0o755)
    (ran.path / "tracks.duckdb").chmod(0o644)
    (ran.path / "inbox").mkdir(mode=0o755)
    said = ran("doctor")
    assert said.exit_code == 1
    assert "other users of this computer may open the home folder and 1 more" in said.stdout
    assert "cramplog doctor --fix" in said.stdout
    mended = ran("doctor", "--fix")
    assert mended.exit_code == 0
    assert "2 files and folders closed to other users" in mended.stdout
    assert modes(ran) <= {0o700, 0o600, 0o500, 0o400}
    assert (ran.path / "inbox").stat().st_mode & 0o777 == 0o755
    assert problems(ran) == []


def test_fix_does_not_follow_a_link_out_of_the_home(home: Home, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch(mode=0o644)
    (tmp_path / "elsewhere").chmod(0o644)
    (home.path / "link").symlink_to(tmp_path / "elsewhere")
    assert home("doctor", "--fix").exit_code == 0
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o644


def test_an_open_log_file_is_a_problem_too(home: Home, tmp_path: Path) -> None:
    log = tmp_path / "cramplog.log"
    log.touch()
    log.chmod(0o644)
    said = home("doctor", "--log-file", str(log))
    assert said.exit_code == 1
    assert "cramplog.log" in said.stdout


@pytest.mark.parametrize("name", ["cramplog", "records", "tracks", "private"])
def test_a_damaged_file_is_named_and_nothing_is_changed(home: Home, name: str) -> None:
    path = home.path / f"{name}.duckdb"
    path.write_bytes(b"no database" * 1000)
    said = home("doctor")
    assert said.exit_code == 1
    assert f"{name}.duckdb is damaged" in said.stdout
    assert "backup" in said.stdout
    assert path.read_bytes() == b"no database" * 1000


def test_a_missing_file_of_the_store_is_a_problem(home: Home) -> None:
    (home.path / "records.duckdb").unlink()
    assert problems(home) == ["cannot_start"]
    assert not (home.path / "records.duckdb").exists()


def test_an_older_store_is_told_and_left_as_it_is(home: Home) -> None:
    ledger = home.path / "cramplog.duckdb"
    with duckdb.connect(ledger) as con:
        con.execute("DELETE FROM migration WHERE version > 1")
    before = ledger.read_bytes()
    said = home("doctor")
    assert said.exit_code == 0
    assert f"1; this program has {schema_version()}, the next verb updates the store" in said.stdout
    assert ledger.read_bytes() == before


def test_a_store_of_a_newer_program_is_a_problem(home: Home) -> None:
    with duckdb.connect(home.path / "cramplog.duckdb") as con:
        con.execute("INSERT INTO migration VALUES (9999, 'later', TIMESTAMP '2030-01-01', '9')")
    said = home("doctor")
    assert said.exit_code == 1
    assert "update cramplog" in said.stdout


def test_a_busy_store_names_its_holder_and_is_no_problem(home: Home) -> None:
    with duckdb.connect(home.path / "cramplog.duckdb"):
        child = home.child("doctor")
        out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    assert f"(PID {os.getpid()})" in out
    assert "not checked, because it is busy" in out


def test_a_night_that_failed_is_a_problem_named_by_its_stage(home: Home) -> None:
    assert home("nightly", "--plain").exit_code == 0
    with duckdb.connect(home.path / "cramplog.duckdb") as con:
        con.execute("UPDATE night SET outcome = 'failed', detail = 'anna has no weather' WHERE stage = 'fit'")
    said = home("doctor")
    assert said.exit_code == 1
    assert "in the last nightly, fit failed" in said.stdout
    assert "anna" not in said.stdout
    assert home().stdout.splitlines()[2].endswith("fit failed")


def test_a_variable_that_looks_like_a_setting_and_is_none_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPLOG_DISTNACE", "miles")
    found: list[dict[str, Any]] = home.document("doctor")["problems"]
    assert [one["code"] for one in found] == ["unknown_setting"]
    assert "CRAMPLOG_DISTNACE" in found[0]["message"]

"""Where the files lie and who may read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import CannotStart
from pipeline.settings import load_settings, make_private_folder, private_umask


def test_everything_lies_in_the_home_that_the_environment_names(tmp_path: Path) -> None:
    settings = load_settings({"CRAMPLOG_HOME": str(tmp_path)})
    assert settings.home == tmp_path
    places = [
        settings.store,
        settings.records,
        settings.tracks,
        settings.originals,
        settings.inbox,
        settings.reports,
        settings.analyst,
        settings.prefect,
    ]
    assert {place.parent for place in places} == {tmp_path}
    assert len(set(places)) == len(places)


def test_a_relative_home_is_fixed_where_the_program_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings({"CRAMPLOG_HOME": "demo"}).home == tmp_path / "demo"


def test_without_the_variable_the_users_own_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    for unset in ({}, {"CRAMPLOG_HOME": " "}):
        home = load_settings(unset).home
        assert home.is_relative_to(tmp_path)
        assert home.name == "cramplog"


def test_loading_makes_nothing(tmp_path: Path) -> None:
    load_settings({"CRAMPLOG_HOME": str(tmp_path / "home")})
    assert list(tmp_path.iterdir()) == []


def test_a_home_of_nobody_is_refused_with_the_variable_to_set() -> None:
    with pytest.raises(CannotStart) as refusal:
        load_settings({"CRAMPLOG_HOME": "~no-such-user-as-this/cramplog"})
    assert "CRAMPLOG_HOME" in refusal.value.hint


def test_new_folders_are_private_all_the_way_and_old_ones_keep_their_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    made = make_private_folder(tmp_path / "a" / "b")
    assert made.stat().st_mode & 0o777 == 0o700
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert make_private_folder(tmp_path).stat().st_mode & 0o777 == 0o755


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot make the folder"):
        make_private_folder(tmp_path / "file")
    with pytest.raises(CannotStart, match="cannot make the folder"):
        make_private_folder(tmp_path / "file" / "below")


def test_files_made_inside_the_umask_are_the_owners_and_it_is_given_back(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with private_umask():
            (tmp_path / "private").touch()
        (tmp_path / "open").touch()
    finally:
        os.umask(before)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o644

"""What is set and by whom, where the files lie and who may read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import Value, unknown_variables, zone_of_this_computer
from pipeline.errors import CannotStart, WrongInput
from pipeline.settings import Settings, config_path, load_settings
from pipeline.units import Units
from pipeline.weather.service.address import service_of


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


def test_without_a_word_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings({"CRAMPLOG_HOME": str(tmp_path), "TZ": "Europe/Vienna"})
    assert settings == Settings(tmp_path, Units("km", "C"), "Europe/Vienna", "03:30", None, True, False)
    assert {name for name, value in settings.sources.items() if value.source != "default"} == {"home"}
    assert settings.sources["home"].source == "CRAMPLOG_HOME"


def written(home: Path, text: str) -> dict[str, str]:
    """An environment whose home holds this config.toml."""
    (home / "config.toml").write_text(text, encoding="utf-8")
    return {"CRAMPLOG_HOME": str(home), "TZ": "Europe/Vienna"}


def test_flag_wins_over_environment_over_file_over_default(tmp_path: Path) -> None:
    environ = written(tmp_path, 'distance = "miles"\ntemperature = "F"\nquiet = false\nlog_file = "file.log"\n')
    environ |= {"CRAMPLOG_TEMPERATURE": "C", "CRAMPLOG_QUIET": "no", "CRAMPLOG_LOG_FILE": "/logs/environment.log"}
    settings = load_settings(environ, {"quiet": "yes", "log_file": "/logs/flag.log"})
    assert (settings.units, settings.quiet, settings.log_file) == (Units("miles", "C"), True, Path("/logs/flag.log"))
    sources = {name: value.source for name, value in settings.sources.items()}
    assert sources == {
        "home": "CRAMPLOG_HOME",
        "distance": "config.toml",
        "temperature": "CRAMPLOG_TEMPERATURE",
        "home_tz": "default",
        "nightly_at": "default",
        "log_file": "--log-file",
        "color": "default",
        "quiet": "--quiet",
        "weather_url": "default",
        "weather_key": "default",
    }


def test_a_log_file_of_the_config_lies_beside_it_and_any_other_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    environ = written(tmp_path, 'log_file = "cramplog.log"\n')
    assert load_settings(environ).log_file == tmp_path / "cramplog.log"
    assert load_settings({**environ, "CRAMPLOG_LOG_FILE": "cramplog.log"}).log_file == Path("/cramplog.log")


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ('distnace = "miles"', "sets 'distnace', which is not a setting", "did you mean distance?"),
        ('home-tz = "Europe/Vienna"', "sets 'home-tz'", "did you mean home_tz?"),
        ('home = "elsewhere"', "sets 'home'", "CRAMPLOG_HOME"),
        ('distance = "leagues"', "is not valid: 'leagues'", "expected km or miles"),
        ("temperature = 24", "is not valid: '24'", "expected C or F"),
        ('home_tz = "Europe/Viena"', "is not valid: 'Europe/Viena'", "a time zone such as Europe/Vienna"),
        ('nightly_at = "25:00"', "is not valid: '25:00'", "a time of day such as 03:30"),
        ('color = "always"', "is not valid: 'always'", "expected auto or never"),
        ('quiet = "perhaps"', "is not valid: 'perhaps'", "expected true or false"),
        ("distance = miles", "cannot be read", 'distance = "miles"'),
        ("[distance]", "is not valid: '{}'", "expected km or miles"),
    ],
)
def test_an_invalid_setting_names_the_file_the_key_and_what_was_expected(
    tmp_path: Path, line: str, said: str, hint: str
) -> None:
    with pytest.raises(WrongInput) as refusal:
        load_settings(written(tmp_path, line + "\n"))
    assert str(tmp_path / "config.toml") in refusal.value.message
    assert said in refusal.value.message
    assert hint in refusal.value.hint


ELSEWHERE = "https://weather.example.org/api"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (ELSEWHERE, ELSEWHERE),
        (ELSEWHERE + "/", ELSEWHERE),
        ("OFF", "off"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_the_weather_comes_by_https_from_this_computer_or_not_at_all(tmp_path: Path, given: str, kept: str) -> None:
    settings = load_settings({"CRAMPLOG_HOME": str(tmp_path), "CRAMPLOG_WEATHER_URL": given})
    assert settings.weather_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "http://weather.example.org",
        "http://127.0.0.1.example.org",
        "http://localhost@example.org",
        "ftp://127.0.0.1",
        "weather.example.org",
        "https://",
        "https://[::1",
        "https://weather.example.org:port",
        "https://me:hunter2@weather.example.org",
        "https://weather.example.org?apikey=hunter2",
        "https://weather.example.org#hunter2",
        "https://weather.example.org/hunter2 and more",
    ],
)
def test_any_other_address_is_refused_and_not_repeated_for_it_may_hold_a_key(tmp_path: Path, given: str) -> None:
    with pytest.raises(WrongInput, match="CRAMPLOG_WEATHER_URL is not valid") as refusal:
        load_settings({"CRAMPLOG_HOME": str(tmp_path), "CRAMPLOG_WEATHER_URL": given})
    assert "hunter2" not in refusal.value.message + refusal.value.hint
    assert "https://" in refusal.value.hint


def test_the_weather_key_is_kept_but_shown_nowhere(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, 'weather_key = "hunter2"\n'))
    assert settings.weather_key == "hunter2"
    assert settings.sources["weather_key"] == Value("set", "config.toml")
    assert "hunter2" not in repr(settings) + repr(settings.sources) + repr(service_of(settings))


@pytest.mark.parametrize("line", ['weather_key = "hunter 2"', "weather_key = 22222", 'weather_key = "hünter2"'])
def test_a_key_that_cannot_be_one_is_refused_without_being_repeated(tmp_path: Path, line: str) -> None:
    with pytest.raises(WrongInput, match=r"weather_key in .* is not valid") as refusal:
        load_settings(written(tmp_path, line + "\n"))
    assert "nter" not in str(refusal.value)
    assert "2222" not in str(refusal.value)


FREE = ("https://archive-api.open-meteo.com/v1/archive", "https://api.open-meteo.com/v1/forecast")
OTHER = ("https://api.open-meteo.com.example.org/v1/archive", "https://api.open-meteo.com.example.org/v1/forecast")
PAID = ("https://customer-archive-api.open-meteo.com/v1/archive", "https://customer-api.open-meteo.com/v1/forecast")


@pytest.mark.parametrize(
    ("url", "key", "addresses"),
    [
        ("", "", FREE),
        ("", "hunter2", PAID),
        ("https://customer-archive-api.open-meteo.com", "hunter2", PAID),
        ("https://customer-api.open-meteo.com", "hunter2", PAID),
        ("https://api.open-meteo.com", "", FREE),
        ("https://api.open-meteo.com.example.org", "", OTHER),
        (ELSEWHERE, "hunter2", (f"{ELSEWHERE}/v1/archive", f"{ELSEWHERE}/v1/forecast")),
    ],
)
def test_archive_and_forecast_have_an_address_each_free_paid_or_ones_own(
    url: str, key: str, addresses: tuple[str, str]
) -> None:
    service = service_of(Settings(Path("/home"), weather_url=url, weather_key=key))
    assert service is not None
    assert (service.address("archive"), service.address("forecast"), service.key) == (*addresses, key)


def test_off_names_no_service_whatever_the_key() -> None:
    assert service_of(Settings(Path("/home"), weather_url="off", weather_key="hunter2")) is None


def test_a_variable_that_cannot_be_meant_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="CRAMPLOG_DISTANCE is not valid: 'leagues'"):
        load_settings({"CRAMPLOG_HOME": str(tmp_path), "CRAMPLOG_DISTANCE": "leagues"})


def test_words_are_taken_in_any_case_and_a_clock_in_its_short_form(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, 'distance = "MILES"\ntemperature = "f"\nnightly_at = "4:05"\n'))
    assert (settings.units, settings.nightly_at) == (Units("miles", "F"), "04:05")


def test_no_color_wins_over_the_setting(tmp_path: Path) -> None:
    environ = written(tmp_path, 'color = "auto"\n')
    assert load_settings(environ).color
    settings = load_settings({**environ, "NO_COLOR": "1"})
    assert not settings.color
    assert settings.sources["color"].source == "NO_COLOR"
    assert load_settings({**environ, "NO_COLOR": ""}).color


def test_without_a_named_home_the_config_lies_where_the_system_keeps_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    path = config_path({})
    assert path.is_relative_to(tmp_path)
    assert (path.parent.name, path.name) == ("cramplog", "config.toml")


def test_a_variable_like_a_setting_that_is_none_is_found() -> None:
    environ = {"CRAMPLOG_DISTNACE": "km", "CRAMPLOG_HOME": "x", "CRAMPLOG_LOG_FILE": "y", "_CRAMPLOG_COMPLETE": "z"}
    assert unknown_variables(environ) == ["CRAMPLOG_DISTNACE"]


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        ("Europe/Vienna", "Europe/Vienna"),
        (":Asia/Tokyo", "Asia/Tokyo"),
        ("UTC", None),
        ("Etc/UTC", None),
        ("CET-1", None),
        ("Europe/Viena", None),
    ],
)
def test_this_computers_zone_is_what_it_says_unless_it_says_what_servers_say(named: str, zone: str | None) -> None:
    assert zone_of_this_computer({"TZ": named}) == zone


def test_this_computers_zone_is_read_from_its_clock_link(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/New_York")
    assert zone_of_this_computer({}, link) == "America/New_York"
    assert zone_of_this_computer({}, tmp_path / "none") is None

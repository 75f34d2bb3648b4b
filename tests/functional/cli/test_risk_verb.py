"""`cramplog risk` as it is typed: what stands on a terminal of eighty columns, the document, and the codes it ends with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.cli import Home
from tests.support.planned import planned_store
from tests.support.weather.server import WeatherServer, error

FORBIDDEN = re.compile(r"\b(p-value|triggers?|causes?d?|safe|doses?|magnesium|quinine)\b", re.IGNORECASE)
ATTRIBUTION = "Weather data by Open-Meteo.com (https://open-meteo.com/, CC BY 4.0)."
PLAN_KEYS = {
    "start_local", "air_temp_c", "hottest_wbgt_c", "heat_flag", "say", "of_100", "low_of_100", "high_of_100", "words",
    "why_none", "beyond",
}  # fmt: skip


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A store with a fit, to be read."""
    folder = tmp_path_factory.mktemp("risk") / "home"
    planned_store(folder)
    home = Home(folder)
    assert home("train").exit_code == 0
    return home


def flat(words: str) -> str:
    """The answer in one line, however it was wrapped."""
    return " ".join(words.split())


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> str:
    """The switch that tests are run with is taken away where a service of their own is named."""
    monkeypatch.delenv("CRAMPLOG_WEATHER_URL")
    return "CRAMPLOG_WEATHER_URL"


def test_a_number_is_told_of_a_hundred_with_its_range_and_its_complement(anna: Home) -> None:
    said = anna("risk", "--time", "1:30")
    assert said.exit_code == 0
    number = re.search(
        r"About (\d+) of 100 runs like it would bring you a cramp \(plausible: .+? to (\d+)\), (\d+) would not\.",
        flat(said.stdout),
    )
    assert number is not None
    told, high, without = map(int, number.groups())
    assert told + without == 100
    assert told < high
    assert (
        "13 answered runs, 2 runs with a cramp, and for the rest on published studies, not on other runners here."
        in flat(said.stdout)
    )


def test_every_answer_fits_eighty_columns_points_to_the_warning_signs_and_says_what_it_must_not(anna: Home) -> None:
    for words in (["--time", "1:30"], ["--time", "3:30"], ["--time", "1:30", "--at", "tomorrow 18:00", "--race"]):
        said = anna("risk", *words).stdout
        assert max(map(len, said.splitlines())) <= 80
        assert "cramplog runner flags" in flat(said)
        assert FORBIDDEN.search(said) is None
        assert said.splitlines()[-1].startswith("Next: ")


def test_a_forecast_is_named_with_its_source_and_its_age(
    anna: Home, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WeatherServer() as server:
        monkeypatch.setenv(service, server.url)
        said = anna("risk", "--time", "1:30", "--at", "tomorrow 18:00")
    assert said.exit_code == 0
    assert f"Forecast for where you usually run, fetched just now. {ATTRIBUTION}" in flat(said.stdout)
    assert "The same run at other hours of that day:" in said.stdout
    assert "asking the weather service" in said.stderr
    assert "48.2" not in said.output


def test_without_a_forecast_the_answer_is_an_answer_still(
    anna: Home, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WeatherServer(error(503, "The service is overloaded"), error(503, "The service is overloaded")) as server:
        monkeypatch.setenv(service, server.url)
        said = anna("risk", "--time", "1:30", "--at", "tomorrow 18:00")
    assert said.exit_code == 0
    told = flat(said.stdout)
    assert "The weather service gave no forecast: The service is overloaded (status 503). " in told
    assert ATTRIBUTION not in flat(said.stdout)
    assert "of 100 runs like it" in flat(said.stdout)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--temp", "240"], "expected -20 to 50 C"),
        (["--pace", "5:00"], "expected -30% (slower) to 20% (faster than your usual)"),
        (["--at", "soon"], 'write "tomorrow 18:00"'),
        (["--at", "18:00", "--place", "Vienna"], "write latitude,longitude in degrees such as 48.2,16.4, or home"),
    ],
)
def test_words_that_cannot_be_meant_end_with_two(anna: Home, words: list[str], hint: str) -> None:
    said = anna("risk", "--time", "1:30", *words)
    assert said.exit_code == 2
    assert hint in said.stderr


def test_fahrenheit_is_understood_and_told(anna: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    planned_store(home.path)
    (home.path / "config.toml").write_text('temperature = "F"\n', encoding="utf-8")
    said = home("risk", "--time", "1:30", "--temp", "70")
    assert said.stdout.startswith("anna: a run of 1 h 30, 70 °F\n")
    assert "°C" not in said.stdout
    refused = home("risk", "--time", "1:30", "--temp", "240")
    assert (refused.exit_code, "expected -4 to 122 F" in refused.stderr) == (2, True)
    assert home.document("risk", "--time", "1:30", "--temp", "68")["plan"]["air_temp_c"] == pytest.approx([20.0, 20.0])


def test_the_document_holds_the_plan_its_hours_and_what_they_rest_on(anna: Home) -> None:
    document = anna.document("risk", "--time", "1:30", "--at", "tomorrow 18:00", "--pace", "5%")
    assert set(document) == {
        "schema", "runner", "simulated", "planned_s", "start_local", "start_at", "pace_faster_pct", "race", "withheld",
        "answered_runs", "answers_missing", "cramp_runs", "plan", "by_hour", "weather", "kept",
        "forecasts_so_far", "fit",
    }  # fmt: skip
    assert document["schema"] == "cramplog.risk/1"
    assert set(document["plan"]) == PLAN_KEYS
    assert document["weather"] == {
        "source": document["weather"]["source"], "fetched_at": None, "no_forecast": "off", "reason": None, "by": None,
    }  # fmt: skip
    assert set(document["fit"]) == {"id", "data_hash", "model"}
    assert (document["planned_s"], document["pace_faster_pct"]) == (5400.0, 5.0)


def test_a_range_that_is_too_wide_gives_programs_no_number_either(anna: Home) -> None:
    plan = anna.document("risk", "--time", "3:00", "--race")["plan"]
    assert (plan["say"], plan["of_100"]) == ("range", None)
    assert plan["high_of_100"] - plan["low_of_100"] >= 30


def test_too_few_answers_say_how_many_more_it_takes(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    planned_store(home.path, answered=6)
    said = home("risk", "--time", "1:30")
    assert said.exit_code == 0
    assert "No number of your own yet: 6 runs answered, 4 to go." in flat(said.stdout)
    assert "of 100 runs like it" not in flat(said.stdout)
    assert home.document("risk", "--time", "1:30")["plan"] is None


def test_a_ticked_warning_sign_is_all_that_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    planned_store(home.path)
    assert home("runner", "flags", "anna", "--tick", "dark_urine").exit_code == 0
    said = flat(home("risk", "--time", "1:30").stdout)
    assert "A warning sign is ticked, so no number is told" in said
    assert "of 100" not in said


def test_a_runner_without_runs_is_told_so(home: Home) -> None:
    said = home("risk", "--time", "1:30")
    assert said.exit_code == 0
    assert "There is no run of yours here yet" in said.stdout

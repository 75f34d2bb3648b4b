"""`cramplog runs` and `weather`: what is said of the runs, and the weather that reaches them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.functional.cli.test_ask import typed
from tests.support.cli import CALF, DAY, MORNING, Home, recording, session
from tests.support.fit.writer import FitLap


def test_runs_says_when_how_far_how_fast_and_what_is_open(once: Home) -> None:
    lines = once("runs").stdout.splitlines()
    assert lines[0].split() == ["date", "start", "sport", "km", "moving", "pace", "answer", "race", "id"]
    assert lines[1].split()[:8] == [DAY, "07:30", "running", "9.9", "0:55:00", "5:33", "/km", "unanswered"]
    assert lines[2] == "1 run, 1 unanswered"
    assert lines[3].startswith("Next: ")


def test_runs_of_several_runners_say_whose(ran: Home) -> None:
    ran("runner", "add", "ben")
    later = ran.path.parent / "later.fit"
    later.write_bytes(recording(session(MORNING.replace(day=20))))
    ran("ingest", str(later), "--runner", "ben")
    assert [line.split()[-1] for line in ran("runs").stdout.splitlines()[1:3]] == ["anna", "ben"]
    assert len(ran.document("runs", "--runner", "ben")["runs"]) == 1
    assert ran("runs", "last").exit_code == 2  # whose last?


def test_one_run_by_day_by_id_and_by_last_is_the_same(once: Home) -> None:
    (run,) = once.document("runs")["runs"]
    said = {once("runs", word).stdout for word in ("last", DAY, f"{DAY}/1", run["run_id"][:7])}
    assert len(said) == 1
    text = said.pop()
    assert "0:55:00 moving, 0:55:00 timer, 1:00:00 elapsed" in text
    assert "clock of Europe/Vienna" in text
    assert "1 lap, 1 pause" in text
    assert f"Next: cramplog tag {run['run_id'][:7]} --at" in text


def test_runs_in_json_keep_the_stores_units(once: Home) -> None:
    document = once.document("runs", "last")
    (run,) = document["runs"]
    assert document["schema"] == "cramplog.runs/1"
    assert (run["start_at"], run["start_local"]) == ("2026-06-14T05:30:00Z", "2026-06-14T07:30:00")
    assert (run["moving_s"], run["distance_m"], run["cramps"]) == (3300.0, 9900.0, [])


def test_a_run_that_is_not_there_names_the_nearest(once: Home) -> None:
    said = once("runs", "2026-06-10")
    assert said.exit_code == 4
    assert "the nearest are 2026-06-14" in said.stderr


def with_laps(home: Home, folder: Path, *laps: FitLap) -> Home:
    """Anna's run of that morning, an hour with a pause from 30:00 to 35:00 elapsed, cut into these laps."""
    (folder / "laps.fit").write_bytes(recording(replace(session(pause=(1800, 2100)), laps=laps)))
    assert home("ingest", str(folder / "laps.fit")).exit_code == 0
    return home


@pytest.fixture
def pressed(home: Home, tmp_path: Path) -> Home:
    """Laps of a kilometre the watch closed itself, one closed by hand at 45:00 elapsed, the last by the end."""
    return with_laps(
        home,
        tmp_path,
        FitLap(0, 1200, 1200, trigger="distance"),
        FitLap(1200, 1500, 1200, trigger="manual"),
        FitLap(2700, 900, 900, trigger="session_end"),
    )


def test_a_lap_closed_by_hand_is_named_as_a_moment_and_can_be_tagged(pressed: Home) -> None:
    text = pressed("runs", "last").stdout
    (run,) = pressed.document("runs", "last")["runs"]
    short = run["run_id"][:7]
    offer = f"by hand; if one was a cramp: cramplog tag {short} --at lap2"
    assert f"  pressed    lap2 at 0:40:00 (08:15), {offer}\n" in text
    assert text.endswith(f"Next: cramplog tag {short} --at lap2 ... or cramplog tag {short} --none\n")
    assert run["presses"] == [{"lap": 2, "timer_s": 2400.0, "at": "2026-06-14T06:15:00Z"}]
    tagged = pressed.document("tag", short, "--at", "lap2", *CALF)
    assert (tagged["onset_at"], tagged["onset_moving_s"]) == ("2026-06-14T06:15:00Z", 2400.0)


def test_a_tag_without_a_moment_is_told_which_laps_were_closed_by_hand(pressed: Home) -> None:
    said = pressed("tag", "last", *CALF)
    assert said.exit_code == 2
    assert "a cramp needs --at too; or say --none. Closed by hand: lap2 at 0:40:00 (08:15)." in said.stderr
    code, out, shown = typed(pressed, b"lap9\nlap2\nclaf\ncalf\n\n", "tag", "last", "--side", "left")
    assert code == 2  # Enter at the severity
    assert "Closed by hand: lap2 at 0:40:00 (08:15)." in shown
    assert "this run has no lap 9" in shown
    assert "'claf' is not a muscle" in shown
    assert "a cramp needs --severity too" in shown
    code, out, shown = typed(pressed, b"lap2\ncalf\nmild\n", "tag", "last", "--side", "left")
    assert code == 0, shown
    assert out.startswith("calf left, mild: 2026-06-14 at 08:15:00 local, km 7.2, after 0:40:00 of moving time\n")


def test_laps_of_intervals_are_counted_and_none_is_offered(home: Home, tmp_path: Path) -> None:
    text = with_laps(home, tmp_path, *(FitLap(300 * n, 300, 300) for n in range(12)))("runs", "last").stdout
    assert "  pressed    lap1 at 0:05:00 (07:35) to lap11 at 0:50:00 (08:25), 11 laps, by hand; " in text
    assert "--at 1:45:00 ..." in text.splitlines()[-1]
    assert "Closed by hand" not in home("tag", "last", *CALF).stderr


def test_without_runs_the_list_says_what_to_do(home: Home) -> None:
    assert home("runs").stdout == "no run yet\nNext: cramplog ingest FOLDER\n"
    assert home("runs", "last").exit_code == 4


def test_weather_names_what_it_took_and_what_it_could_not_read(ran: Home, tmp_path: Path) -> None:
    hours = [f"2026-06-14T{hour:02d}:00:00Z,48.2,16.4,{20 + hour},50" for hour in range(24)]
    table = "\n".join(["time_utc,latitude,longitude,air_temp_c,rel_humidity_pct", *hours])
    (tmp_path / "danube.csv").write_text(table, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    said = ran("weather", "--file", str(tmp_path / "danube.csv"), "--file", str(tmp_path / "notes.txt"))
    assert said.exit_code == 1
    assert f"new         {tmp_path / 'danube.csv'}: 24 hours of 1 place\n" in said.stdout
    assert f"failed      {tmp_path / 'notes.txt'}: " in said.stdout
    assert "26 °C on average" in ran("runs", "last").stdout
    again = ran.document("weather", "--file", str(tmp_path / "danube.csv"))
    assert again["schema"] == "cramplog.weather/1"
    assert again["files"][0]["outcome"] == "known"
    assert ran("weather").exit_code == 0  # nothing is fetched in tests
    assert ran("weather", "--file", "no-such.csv").exit_code == 4


def test_a_day_that_does_not_exist_is_said(once: Home) -> None:
    said = once("runs", "2026-13-45")
    assert said.exit_code == 4
    assert "2026-13-45 is not a valid date" in said.stderr


def test_the_second_of_one_run_is_not_there(once: Home) -> None:
    assert f"there is one run on {DAY}" in once("runs", f"{DAY}/2").stderr

"""A store for planned runs: anna's autumn on the Danube, thirteen evening runs with their weather, all answered."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from pipeline.actions.training.train import train
from pipeline.actions.weather.import_files import import_weather
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from tests.support.stores import NOW, answer, cramp_at, even_run, later, make_store, put_runs

FIRST_EVENING = datetime(2026, 10, 27, 17, 0, tzinfo=UTC)  # 18:00 in Vienna's winter
RUNS = 13
MINUTES = (60, 60, 90, 120)
EVENING_C, MORNING_C = 21.0, 12.0  # of her own runs; the air falls by 1 °C an hour through the evening


def planned_store(
    home: Path, answered: int = RUNS, simulated: bool = False, fitted: bool = False
) -> tuple[Settings, Runner]:
    """Every other evening since FIRST_EVENING, the first so many answered: cramps in the fourth and the eighth run.

    `fitted` at NOW, or by whoever asks first.
    """
    made, anna = _made(answered, simulated, fitted)
    return Settings(shutil.copytree(made, home, copy_function=shutil.copy)), anna


@cache
def _made(answered: int, simulated: bool, fitted: bool) -> tuple[Path, Runner]:
    """The home to be copied: making one takes as long as most of the tests that want it."""
    home = Path(tempfile.mkdtemp()) / "home"
    atexit.register(shutil.rmtree, home.parent)
    settings, (anna,) = make_store(home, "anna")
    evenings = [even_run(MINUTES[n % 4], FIRST_EVENING + timedelta(days=2 * n)) for n in range(RUNS)]
    runs = [later(run, simulated=simulated) for run in evenings]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, runs)
        for n, run in enumerate(runs[:answered]):
            if n in (3, 7):
                cramp_at(con, anna, run, 6600.0)
            else:
                answer(con, run)
    table = home / "autumn.csv"
    table.write_text(own_weather(), encoding="utf-8")
    import_weather(settings, [table], NOW)
    if fitted:
        train(settings, NOW)
    return home, anna


def own_weather() -> str:
    """Hours of 28 days at anna's cell: a day's curve with its evening, humid, no sun after five."""
    head = "time_utc,latitude,longitude,elevation_m,air_temp_c,rel_humidity_pct,wind_ms,shortwave_wm2,direct_wm2,pressure_hpa"
    start = FIRST_EVENING.replace(hour=0)
    lines = [_line(start + timedelta(hours=n)) for n in range(28 * 24)]
    return "\n".join([head, *lines, ""])


def _line(at: datetime) -> str:
    by_day_c = 2.0 * (at.day % 5 - 2)
    temp_c = by_day_c + (EVENING_C - (at.hour - 17) if at.hour >= 12 else MORNING_C)
    return f"{at:%Y-%m-%dT%H:%M:%SZ},48.2,16.4,171,{temp_c:.1f},80,2.0,0,0,995"

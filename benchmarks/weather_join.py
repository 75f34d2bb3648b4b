"""Measures speed and accuracy of weather per segment: the view segment_weather against polars' join_asof on the same data.

By hand: python -m benchmarks.weather_join     makes its store in a temporary folder (0.2 GB)
2,000 runs of 5 hours, 120,000 segments, in 40 cells with five years of hours each, 1.75 million; a temperature that swings by
6 C a day. Both make the same frame. polars has its frames in memory, sorted, with the next hours already joined to each hour;
this is not timed. Our view reads an open store and chooses among places.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
import polars as pl

from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction

ROUNDS = 7
RATIO_LIMIT, ERROR_LIMIT_C = 4.0, 0.05
STRAIGHT = ("air_temp_c", "rel_humidity_pct", "dew_point_c", "wind_ms", "pressure_hpa", "wbgt_c")
SUNNY = ("shortwave_wm2", "direct_wm2")
RUNS = """
INSERT INTO run BY NAME
SELECT sha256('run ' || n) AS run_id, n AS run_no, 'r01' AS runner_id, sha256('file ' || n) AS file_sha256, 1 AS session_no,
    'running' AS sport, FALSE AS indoor, TIMESTAMP '2020-01-02' + to_minutes((n * 1303)::BIGINT) AS start_at,
    'place' AS tz_rule, FALSE AS clock_wrong, 18000 AS elapsed_s, 18000 AS timer_s, 18000 AS moving_s, 50000 AS distance_m,
    18000 AS records, 0 AS values_kept, format('{:.1f},16.4', 30 + n % 40 * 0.7) AS cell, TRUE AS simulated,
    'no cramp' AS answer, 'bulk' AS answered_how, 1 AS parser_version, TIMESTAMP '2026-01-01' AS ingested_at
FROM range(1, 2001) AS numbers(n)"""
SEGMENTS = """
INSERT INTO segment BY NAME
SELECT run_id, n::INTEGER AS segment_no, 300.0 * (n - 1) AS moving_start_s, 300.0 * (n - 1) AS elapsed_start_s,
    300.0 AS moving_s, 800.0 AS distance_m, 5.0 AS ascent_m, 5.0 AS descent_m, 2.7 AS speed_ms, 2.7 AS gap_speed_ms,
    300 * (n - 0.5) AS elapsed_middle_s, cell
FROM run, range(1, 61) AS numbers(n)
ORDER BY run_no, n"""
HOURS = """
INSERT INTO weather_hour BY NAME
SELECT format('{:.1f},16.4', 30 + n * 0.7) AS cell, hour_at, 15 + 6 * sin(turn) AS air_temp_c,
    60 + 20 * cos(turn) AS rel_humidity_pct, 8.0 + hash(n, hour_at) % 100 / 50 AS dew_point_c,
    hash(n, hour_at) % 70 / 10 AS wind_ms, greatest(0, 700 * sin(turn)) AS shortwave_wm2,
    greatest(0, 500 * sin(turn)) AS direct_wm2, hash(hour_at) % 3 / 10 AS precip_mm, 990.0 + n AS pressure_hpa,
    14 + 6 * sin(turn) AS wbgt_c, 'simulated' AS provider, FALSE AS provisional, TIMESTAMP '2026-01-01' AS fetched_at
FROM (
    SELECT unnest(generate_series(TIMESTAMP '2020-01-01', TIMESTAMP '2024-12-30 23:00', INTERVAL 1 HOUR)) AS hour_at,
        2 * pi() * (epoch(hour_at) / 86400) AS turn
), range(40) AS numbers(n)
ORDER BY cell, hour_at"""
PLACES = "INSERT INTO weather_cell SELECT DISTINCT cell, cell, 3.0 FROM segment"
# Errors against the true curve: linear interpolation between two hours, and the value of the hour itself.
ERRORS = """
SELECT max(abs(segment_weather.air_temp_c - (15 + 6 * sin(2 * pi() * epoch(middle_at) / 86400)))),
    max(abs(started.air_temp_c - (15 + 6 * sin(2 * pi() * epoch(middle_at) / 86400))))
FROM segment_weather
JOIN weather_hour AS started ON started.cell = segment_weather.cell AND started.hour_at = date_trunc('hour', middle_at)"""


def main() -> int:
    """Runs both in turn, after one round that does not count; returns 1 if ours is too slow or too inaccurate."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "home")
        fill(settings)
        with open_store(settings, write=False) as con:
            segments, hours = frames(con)
            ours_s, theirs_s = in_turn(lambda: by_view(con), lambda: by_polars(segments, hours))
            the_same(by_view(con), by_polars(segments, hours))
            linear_c, hourly_c = con.execute(ERRORS).fetchall()[0]
    ratio = ours_s / theirs_s
    passed = ratio <= RATIO_LIMIT and round(linear_c, 2) <= ERROR_LIMIT_C
    print(f"{segments.height:,} segments, {hours.height:,} hours: the same nine columns, CPU time")
    print(f"  segment_weather {1000 * ours_s:.0f} ms, polars join_asof {1000 * theirs_s:.0f} ms")
    print(f"  largest error {linear_c:.2f} C (at most {ERROR_LIMIT_C:.2f}); by the hour alone {hourly_c:.2f} C")
    print(f"ratio {ratio:.2f} (at most {RATIO_LIMIT:.0f}){'' if passed else '  BROKEN'}")
    return 0 if passed else 1


def fill(settings: Settings) -> None:
    """Makes a new store with the runs and hours."""
    with open_store(settings, write=True, create=True) as con, transaction(con):
        for statement in (RUNS, SEGMENTS, HOURS, PLACES):
            con.execute(statement)


def frames(con: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns segments and hours as polars needs them: sorted, each hour with the values of the next hours."""
    segments = con.sql("SELECT run_id, segment_no, middle_at, cell FROM dated_segment").pl().sort("middle_at")
    hours = con.sql("SELECT * EXCLUDE (model, elevation_m, fetched_at) FROM weather_hour ORDER BY cell, hour_at").pl()
    follows = pl.col("hour_at").diff().shift(-1).over("cell") == pl.duration(hours=1)
    nexts = [_following(name, follows, 1) for name in (*STRAIGHT, *SUNNY, "precip_mm")]
    lasts = [_following(name, follows & follows.shift(-1), 2) for name in SUNNY]
    return segments, hours.with_columns(*nexts, *lasts).sort("hour_at")


def _following(name: str, follows: pl.Expr, hours: int) -> pl.Expr:
    return pl.when(follows).then(pl.col(name).shift(-hours).over("cell")).alias(f"{name}_{hours}")


def by_view(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Returns what the program reads."""
    found: pl.DataFrame = con.sql("FROM segment_weather").pl()
    return found


def by_polars(segments: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """Returns linear interpolations from the last hour before each middle, at most one hour earlier."""
    share = (pl.col("middle_at") - pl.col("hour_at")).dt.total_microseconds() / 3.6e9
    straight = [_line(name, f"{name}_1", share) for name in STRAIGHT]
    sunny = [
        pl.when(share < 0.5)
        .then(_line(name, f"{name}_1", share + 0.5))
        .otherwise(_line(f"{name}_1", f"{name}_2", share - 0.5))
        .alias(name)
        for name in SUNNY
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the order within cells, which it cannot check
        joined = segments.join_asof(
            hours, left_on="middle_at", right_on="hour_at", by="cell", strategy="backward", tolerance="1h"
        )
    rain = pl.col("precip_mm_1").alias("precip_mm")
    facts = ("run_id", "segment_no", "middle_at", "cell", "provider", "provisional")
    return joined.select(*facts, *straight, *sunny, rain)


def _line(start: str, end: str, share: pl.Expr) -> pl.Expr:
    return pl.col(start) + share * (pl.col(end) - pl.col(start))


def in_turn(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Returns the median CPU seconds of both."""
    pairs = [(_cpu_s(ours), _cpu_s(theirs)) for _ in range(ROUNDS + 1)]
    our_s, their_s = zip(*pairs[1:], strict=True)
    return median(our_s), median(their_s)


def _cpu_s(call: Callable[[], object]) -> float:
    begun_s = time.process_time()
    call()
    return time.process_time() - begun_s


def the_same(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    """Raises AssertionError if the two frames have different weather."""
    order = ["run_id", "segment_no"]
    both = ours.sort(order), theirs.sort(order)
    for name in (*STRAIGHT, *SUNNY, "precip_mm"):
        assert both[0][name].null_count() == 0
        assert float((both[0][name] - both[1][name]).abs().max()) < 1e-9, name  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())

"""What v_prediction and v_calibration say, told again slowly: lists and loops over the ledger's own tables.

For test_calibration. Runs without copies and deletions only: those have tests of their own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import timedelta
from typing import Any

import duckdb

Row = dict[str, Any]
WINDOW = timedelta(hours=6)


def rows_of(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """A query as dictionaries."""
    found = con.execute(sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def slow_states(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None]]:
    """State and run of every forecast, by its id."""
    runs = [run for run in rows_of(con, "FROM run ORDER BY start_at, run_id") if run["sport"] == "running"]
    answered = first_answers(con)
    told: dict[str, tuple[str, str | None]] = {}
    contenders: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for forecast in rows_of(con, "FROM prediction"):
        run = run_of(forecast, runs)
        if run is None:
            if forecast["kind"] == "asked":
                later = [one for one in own(runs, forecast) if one["start_at"] > forecast["start_at"] + WINDOW]
                told[forecast["prediction_id"]] = ("expired" if later else "waiting", None)
        elif forecast["made_at"] > answered.get(run["run_id"], forecast["made_at"]) or (
            forecast["fit_made_at"] > run["start_at"]
        ):
            told[forecast["prediction_id"]] = ("late", run["run_id"])
        else:
            contenders[run["run_id"], forecast["kind"]].append({**forecast, "answer": run["answer"]})
    for (run_id, kind), several in contenders.items():
        several.sort(key=lambda one: (one["made_at"], int(one["prediction_id"][1:])), reverse=kind == "asked")
        known = several[0]["answer"] in ("no cramp", "cramp")
        for place, forecast in enumerate(several):
            state = "replaced" if place else "scored" if known else "unanswered"
            told[forecast["prediction_id"]] = (state, run_id)
    return told


def first_answers(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """When each run was answered for the first time."""
    found: dict[str, Any] = {}
    for given in rows_of(con, "FROM answer_given ORDER BY answered_at"):
        if given["answer"] != "unanswered":
            found.setdefault(given["run_id"], given["answered_at"])
    return found


def own(runs: list[Row], forecast: Row) -> list[Row]:
    """The runner's runs."""
    return [run for run in runs if run["runner_id"] == forecast["runner_id"]]


def run_of(forecast: Row, runs: list[Row]) -> Row | None:
    """The run a forecast is of; `runs` are in order of start."""
    if forecast["kind"] == "automatic":
        return next((run for run in runs if run["run_id"] == forecast["run_id"]), None)
    for run in own(runs, forecast):
        near = abs(run["start_at"] - forecast["start_at"]) <= WINDOW
        if near and run["start_at"] > forecast["made_at"]:
            return run
    return None


def slow_calibration(
    con: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str, int], tuple[int, int, float, float, float]]:
    """Runs, runs with a cramp, expected, Brier sum and log-loss sum by runner, kind and lower end of the group."""
    states = slow_states(con)
    cramped = {run["run_id"]: run["answer"] == "cramp" for run in rows_of(con, "FROM run")}
    groups: dict[tuple[str, str, int], list[tuple[float, bool]]] = defaultdict(list)
    for forecast in rows_of(con, "FROM prediction"):
        state, run_id = states.get(forecast["prediction_id"], ("", None))
        if state == "scored" and run_id is not None:
            of_100 = math.floor(100 * forecast["mean"] + 0.5)
            group = max(start for start in (0, 5, 10, 20, 35) if start <= of_100)
            groups[forecast["runner_id"], forecast["kind"], group].append((forecast["mean"], cramped[run_id]))
    return {key: sums(pairs) for key, pairs in groups.items()}


def sums(pairs: list[tuple[float, bool]]) -> tuple[int, int, float, float, float]:
    """Of forecasts and what came."""
    return (
        len(pairs),
        sum(came for _, came in pairs),
        sum(mean for mean, _ in pairs),
        sum((mean - came) ** 2 for mean, came in pairs),
        sum(-math.log(mean if came else 1 - mean) for mean, came in pairs),
    )

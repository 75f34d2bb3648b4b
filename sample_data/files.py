"""Turns a simulated year into files: recordings, the damaged ones, tables, weather. Called by build.py.

Values in, bytes out. gzip files have no time stamp, so the same content gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sample_data.body import timeline
from sample_data.cohort import Place, SimRunner
from sample_data.diary import ANSWER_COLUMNS, PLAN_COLUMNS, RUNNER_COLUMNS, Row, answer_rows, plan_rows, runner_row
from sample_data.outing import Outing
from sample_data.recording import SIMULATED, fit_bytes, gpx_text, record
from sample_data.weather_year import WeatherYear, service_csv
from sample_data.world.simulate import Truth

Files = dict[str, bytes]  # path inside sample_data -> content

TWICE = "anna"  # her tenth run outdoors is in the sample as FIT and as GPX
CUT_SHORT = "ivan"  # his fifth run outdoors: the file has only 60 % of its bytes, and the run has no answer
EMPTY, ROUTE = "karl", "lena"  # a file of 0 bytes; a planned route that nobody ran


@dataclass(frozen=True, slots=True)
class Log:
    """A runner's year as values, before files are made: the outings in order of time."""

    runner: SimRunner
    truth: Truth
    outings: list[Outing]


def runner_files(log: Log, seed: int) -> Files:
    """Returns the runner's recordings, and the damaged file of runners who have one."""
    files: Files = {}
    for outing in log.outings:
        files |= _recordings(log, outing, seed)
    folder = f"runs/{log.runner.name}"
    if log.runner.name == EMPTY:
        files[f"{folder}/damaged-empty.fit"] = b""
    if log.runner.name == ROUTE:
        files[f"{folder}/damaged-route-without-times.gpx"] = _route(log.outings).encode()
    return files


def table_files(logs: list[Log], seed: int) -> Files:
    """Returns runners.csv, runs.csv, cramps.csv and answers.csv of these runners."""
    answers = [
        row
        for log in logs
        for outing in log.outings
        if not _is_cut_short(log, outing)
        for row in answer_rows(log.runner, outing, timeline(log.runner, outing), seed)
    ]
    return {
        "runners.csv": _csv((runner_row(log.runner, log.truth, seed) for log in logs), RUNNER_COLUMNS),
        "runs.csv": _csv((row for log in logs for row in plan_rows(log.runner, log.outings)), PLAN_COLUMNS),
        "cramps.csv": _csv((row for row in answers if row["at"] != "none"), ANSWER_COLUMNS),
        "answers.csv": _csv((row for row in answers if row["at"] == "none"), ANSWER_COLUMNS),
    }


def weather_file(place: Place, year: WeatherYear) -> Files:
    """Returns the hours of the place; the file name contains 'simulated' and the round coordinate."""
    east_west = f"{abs(place.longitude):.1f}{'E' if place.longitude >= 0 else 'W'}"
    return {f"weather/simulated-{place.latitude:.1f}N-{east_west}.csv": service_csv(place, year).encode()}


def _recordings(log: Log, outing: Outing, seed: int) -> Files:
    stem = f"{outing.plan.start_at:%Y%m%dT%H%M%SZ}"
    folder = f"runs/{log.runner.name}"
    recording = record(log.runner, outing, seed)
    if outing.plan.as_gpx:
        return {f"{folder}/{stem}.gpx": gpx_text(outing, recording).encode()}
    fit = fit_bytes(log.runner, outing, recording)
    if _is_cut_short(log, outing):
        return {f"{folder}/damaged-truncated-{stem}.fit.gz": _gz(fit[: len(fit) * 6 // 10])}
    files = {f"{folder}/{stem}.fit.gz": _gz(fit)}
    if log.runner.name == TWICE and outing is _nth_outdoors(log, 9):
        files[f"{folder}/{stem}-again.gpx"] = gpx_text(outing, recording).encode()
    return files


def _is_cut_short(log: Log, outing: Outing) -> bool:
    return log.runner.name == CUT_SHORT and outing is _nth_outdoors(log, 4)


def _nth_outdoors(log: Log, n: int) -> Outing:
    return [outing for outing in log.outings if outing.plan.kind == "easy"][n]


def _route(outings: list[Outing]) -> str:
    """Returns a GPX route along the runner's loop, without times."""
    course = next(outing.course for outing in outings if outing.course is not None)
    at = course.along_m[::24]
    latitude, longitude = course.position_at(at, np.zeros((2, len(at))))
    points = "".join(
        f'<rtept lat="{a:.6f}" lon="{b:.6f}"/>\n' for a, b in zip(latitude, longitude, strict=True)
    )  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="{SIMULATED}"'
        f' xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"<rte><name>Simulated route</name>\n{points}</rte></gpx>\n"
    )


def _gz(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def _csv(rows: Iterable[Row], columns: tuple[str, ...]) -> bytes:
    """Returns the rows as CSV with a header."""
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()

"""The sample cohort for slow counting: what was recorded and what was told of it, cut into segments at risk.

Who was asked, who cramped and what was a race comes from the sample's own files, the rest from raw rows of the
snapshot: segments, weather, moments of cramps. `v_hazard_row` and `v_run.answer` are never read here. The sample has no
vague onset and no cramp after a run, so none of their rules is repeated. For `slow_answers` and test_analysis.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.settings import Settings
from pipeline.store.analyst.query import run_query

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment of an answered run, from its start to the first cramp or its end."""

    runner_id: str
    run_id: str
    segment_no: int
    start_s: float
    hours: float
    cramp: bool
    race: bool
    start_hour: int
    wbgt_c: float | None
    faster_pct: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """What was recorded and what was told of it: runs by id, their segments in order, moments of cramps in order."""

    runs: dict[str, Row]
    segments: dict[str, list[Row]]
    wbgt_c: dict[tuple[str, int], float | None]
    moments_s: dict[str, list[float]]
    tags: list[Row]


def read_cohort(settings: Settings, sample: Path) -> Cohort:
    """The snapshot's raw rows, joined with the files in the sample's folder by the run's start."""
    runs = {row["run_id"]: row for row in _rows(settings, "FROM v_run WHERE duplicate_of IS NULL")}
    by_start = {row["start_at"]: row for row in runs.values()}
    assert len(by_start) == len(runs)
    tags: list[Row] = [{**row, "of": by_start[_start(row)]} for row in _told(sample, "cramps.csv")]
    cramped = {tag["of"]["run_id"] for tag in tags if tag["severity"] != "tightness"}
    told = {_start(row) for row in [*_told(sample, "answers.csv"), *_told(sample, "cramps.csv")]}
    races = {_start(row) for row in _told(sample, "runs.csv") if row["race"] == "yes"}
    for run_id, run in runs.items():
        run.update(told=run["start_at"] in told, raced=run["start_at"] in races, cramped=run_id in cramped)
    weather = {(row["run_id"], row["segment_no"]): row["wbgt_c"] for row in _rows(settings, "FROM v_run_weather")}
    moments = _by_run(_rows(settings, "FROM v_cramp WHERE severity <> 'tightness' ORDER BY onset_moving_s"))
    return Cohort(
        runs=runs,
        segments=_by_run(_rows(settings, "FROM v_segment ORDER BY run_id, segment_no")),
        wbgt_c=weather,
        moments_s={run_id: [row["onset_moving_s"] for row in rows] for run_id, rows in moments.items()},
        tags=tags,
    )


def pieces_at_risk(cohort: Cohort) -> list[Piece]:
    """Every segment of an answered run on foot, cut at the run's first cramp; nothing after it."""
    found = []
    for run_id, run in cohort.runs.items():
        onset_s = cohort.moments_s[run_id][0] if run["cramped"] else None
        segments = cohort.segments[run_id] if run["told"] and run["sport"] == "running" else []
        for index, segment in enumerate(segments):
            start_s, end_s = segment["moving_start_s"], segment["moving_start_s"] + segment["moving_s"]
            if onset_s is not None and onset_s <= start_s:
                break
            stop_s = end_s if onset_s is None else min(end_s, onset_s)
            found.append(
                Piece(
                    runner_id=run["runner_id"],
                    run_id=run_id,
                    segment_no=segment["segment_no"],
                    start_s=start_s,
                    hours=(stop_s - start_s) / 3600,
                    cramp=onset_s is not None and onset_s <= end_s,
                    race=run["raced"],
                    start_hour=run["start_local"].hour,
                    wbgt_c=cohort.wbgt_c.get((run_id, segment["segment_no"])),
                    faster_pct=_faster_pct(segments, index, run["usual_gap_speed_ms"]),
                )
            )
    return found


def _faster_pct(segments: list[Row], index: int, usual_ms: float | None) -> float | None:
    """The two segments that end one whole segment before this one, against the usual."""
    if usual_ms is None or index < 3:
        return None
    earlier = segments[index - 3 : index - 1]
    if any(segment["gap_speed_ms"] is None for segment in earlier):
        return None
    way_m = sum(segment["gap_speed_ms"] * segment["moving_s"] for segment in earlier)
    return float(100 * (way_m / sum(segment["moving_s"] for segment in earlier) / usual_ms - 1))


def _by_run(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["run_id"]].append(row)
    return found


def _rows(settings: Settings, sql: str) -> list[Row]:
    answer = run_query(settings, sql)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def _told(sample: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((sample / name).read_text(encoding="utf-8").splitlines()))


def _start(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["run"]).replace(tzinfo=None)

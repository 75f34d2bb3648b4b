"""Runs and tags as table cells and as JSON fields. Called by the verbs that show runs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.cli.frame.output import instant
from pipeline.units import Units, format_duration, format_pace, format_speed, in_distance_unit, short_id

if TYPE_CHECKING:
    from pipeline.store.runs.find import RunRow

if TYPE_CHECKING:
    from pipeline.store.answers.tags import Tag
    from pipeline.store.runs.find import RunRow

_ON_FOOT = ("running", "walking", "hiking")

EDITED_FIELDS = ("run_id", "start_local", "sport", "indoor", "race", "planned_s", "answer", "clock_wrong", "shift_s")


def pace(run: RunRow, units: Units) -> str:
    """'5:12 /km' or '8:22 /mile' on foot, '24.1 km/h' or '15.0 mph' in other sports, '' without a distance."""
    if not run.distance_m or not run.moving_s:
        return ""
    speed_ms = run.distance_m / run.moving_s
    return format_pace(speed_ms, units) if run.sport in _ON_FOOT else format_speed(speed_ms, units)


def local_at(run: RunRow, at: datetime | None) -> datetime | None:
    """An instant (UTC, without zone) of a run in local time of its place; None if that is unknown."""
    if at is None or run.start_local is None:
        return None
    return run.start_local + (at - run.start_at)


def cells(run: RunRow, units: Units) -> list[str]:
    """Date, start, sport, distance, moving time, pace, answer, race, id, simulated."""
    return [
        run.day,
        f"{run.start_local:%H:%M}" if run.start_local else f"{run.start_at:%H:%M}Z",
        run.sport + (" indoor" if run.indoor and run.sport in _ON_FOOT else ""),
        f"{in_distance_unit(run.distance_m, units):.1f}" if run.distance_m else "",
        format_duration(run.moving_s),
        pace(run, units),
        run.answer,
        "race" if run.race else "",
        short_id(run.run_id),
        "simulated" if run.simulated else "",
    ]


def run_fields(runner: str, run: RunRow) -> dict[str, Any]:
    """A run for JSON, its start as an instant."""
    return {**asdict(run), "runner": runner, "start_at": instant(run.start_at)}


def tag_fields(tag: Tag) -> dict[str, Any]:
    """A tag for JSON, its times as instants."""
    return {**asdict(tag), "onset_at": instant(tag.onset_at), "tagged_at": instant(tag.tagged_at)}


def run_name(run: RunRow) -> str:
    """'2026-06-14 07:30 (4f0c2a1)', in local time of the place."""
    at = f"{run.start_local:%Y-%m-%d %H:%M}" if run.start_local else f"{run.start_at:%Y-%m-%d %H:%M}Z"
    return f"{at} ({short_id(run.run_id)})"


def edited_fields(run: RunRow) -> dict[str, object]:
    """A corrected run for JSON: the fields that can be corrected."""
    return {"start_at": instant(run.start_at), **{name: getattr(run, name) for name in EDITED_FIELDS}}

"""Forecasts follow their runs through the verbs that read again, delete, join and part them; from files, as a person does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.actions.ingest.ingest import ingest
from pipeline.actions.ingest.reread import redo_originals
from pipeline.actions.runs.run_joins import merge, remove_run, split
from pipeline.actions.runs.undo import undo
from pipeline.actions.tagging.tag import answer_run
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.fits.forecasts import NewForecast
from tests.support.cli import MORNING, recording, session
from tests.support.forecast_store import ASKED, keep
from tests.support.stores import make_store

NOW = MORNING + timedelta(days=3)
FIRST, SECOND = f"{MORNING.date()}/1", f"{MORNING.date()}/2"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two runs that overlap by half, each with its automatic forecast; the first is answered after it."""
    settings, _ = make_store(tmp_path / "home", "anna")
    files = tmp_path / "files"
    files.mkdir()
    for name, later, minutes in (("one", 0, 60), ("two", 30, 75)):
        (files / f"{name}.fit").write_bytes(recording(session(MORNING + timedelta(minutes=later), minutes=minutes)))
    ingest(settings, [files], "anna", NOW)
    with open_store(settings, write=True) as con:
        runs = con.execute("SELECT runner_id, run_id, start_at FROM run ORDER BY start_at").fetchall()
        keep(con, *(_forecast(*run) for run in runs))
    answer_run(settings, FIRST, None, "no cramp", NOW + timedelta(hours=1))
    return settings


def _forecast(runner_id: str, run_id: str, start_at: object) -> NewForecast:
    made_at = NOW.replace(tzinfo=None)
    about = {"runner_id": runner_id, "run_id": run_id, "start_at": start_at, "fit_made_at": start_at}
    return replace(ASKED, kind="automatic", made_at=made_at, **about)  # type: ignore[arg-type]


def record(settings: Settings) -> list[tuple[str, str]]:
    """Each forecast that is told, with its state."""
    with open_store(settings, write=False) as con:
        return con.execute("SELECT prediction_id, state FROM v_prediction ORDER BY prediction_id").fetchall()


BEFORE = [("p1", "scored"), ("p2", "unanswered")]


def test_reading_again_changes_no_forecast(settings: Settings) -> None:
    redo_originals(settings, None, NOW)
    assert record(settings) == BEFORE


def test_a_removed_runs_forecast_is_gone_until_that_is_undone(settings: Settings) -> None:
    remove_run(settings, FIRST, None, NOW)
    assert record(settings) == [("p2", "unanswered")]
    undo(settings, None, NOW)
    assert record(settings) == BEFORE


def test_of_joined_runs_one_forecast_counts_and_parted_each_has_its_own(settings: Settings) -> None:
    merge(settings, FIRST, SECOND, None, NOW)
    assert sorted(state for _, state in record(settings)) == ["replaced", "scored"]
    split(settings, FIRST, None, NOW)
    assert [key for key, _ in record(settings)] == ["p1", "p2"]
    assert "replaced" not in dict(record(settings)).values()

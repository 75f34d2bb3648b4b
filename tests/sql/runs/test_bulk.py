"""Many files at once: what exports say of known runs, what cannot be read, which runs are asked for twins, what is moved."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipeline.actions.ingest.inbox import take_runs
from pipeline.actions.ingest.ingest import ingest, ingest_found
from pipeline.actions.ingest.outcome import FileOutcome
from pipeline.actions.ingest.reread import redo_originals
from pipeline.actions.reading.originals import sha256_of
from pipeline.actions.reading.quarantine import LARGEST_UNKNOWN_BYTES, quarantine
from pipeline.errors import SomeFailed
from pipeline.formats.sources.find import FoundFiles, Source
from pipeline.schema import ExportDetails, RecordedWeather
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.runs.duplicates import find_duplicate, possible_duplicates
from tests.support.cli import MORNING, recording, session
from tests.support.daily import drawn_daily
from tests.support.stores import NOW, START, even_run, make_store, put_runs

WORDS = ExportDetails("Long one", "calf cramped at 30 km", gear="old shoes",
                  weather=RecordedWeather("strava export", 0.0, air_temp_c=27.5))  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_store(tmp_path / "home", "anna")[0]


@pytest.fixture
def fit(tmp_path: Path) -> Path:
    path = tmp_path / "morning.fit"
    path.write_bytes(recording())
    return path


def told(settings: Settings, path: Path, words: ExportDetails | None = WORDS) -> FileOutcome:
    """The file taken as a member of an export that says these words of it."""
    (outcome,) = ingest_found(settings, FoundFiles((Source(path, (), path.name, words),)), None, NOW)
    return outcome


def words_kept(settings: Settings) -> list[tuple[object, ...]]:
    with open_store(settings, write=False) as con:
        return con.execute(
            "SELECT title, description, gear, provider, air_temp_c FROM run LEFT JOIN carried_weather USING (run_id)"
        ).fetchall()


ALL_SAID = [("Long one", "calf cramped at 30 km", "old shoes", "strava export", 27.5)]


def test_what_an_export_says_of_a_file_is_kept_with_its_run(settings: Settings, fit: Path) -> None:
    assert told(settings, fit).outcome == "new"
    assert words_kept(settings) == ALL_SAID
    assert told(settings, fit).outcome == "known"
    assert told(settings, fit, None).outcome == "known"
    assert words_kept(settings) == ALL_SAID


def test_an_export_that_comes_later_still_tells_its_words(settings: Settings, fit: Path) -> None:
    told(settings, fit, None)
    assert words_kept(settings) == [(None, None, None, None, None)]
    assert told(settings, fit).outcome == "reread"
    assert words_kept(settings) == ALL_SAID
    assert told(settings, fit, replace(WORDS, title="Longer one")).outcome == "reread"
    assert words_kept(settings)[0][0] == "Longer one"


def test_words_reach_a_run_that_came_in_another_packing_and_stay(settings: Settings, fit: Path, tmp_path: Path) -> None:
    told(settings, fit, None)
    packed = tmp_path / "1.fit.gz"
    packed.write_bytes(gzip.compress(fit.read_bytes()))
    assert told(settings, packed).outcome == "known"
    assert words_kept(settings) == ALL_SAID
    assert told(settings, packed).outcome == "known"
    assert sorted(outcome.outcome for outcome in redo_originals(settings, None, NOW)) == ["known", "reread"]
    assert words_kept(settings) == ALL_SAID


def test_what_cannot_be_read_is_copied_with_the_reason_and_stays_where_it_is(
    settings: Settings, tmp_path: Path
) -> None:
    bad = tmp_path / "broken.fit"
    bad.write_bytes(b"\x0e\x20 no recording")
    (outcome,) = ingest(settings, [bad], None, NOW)
    copy, reason = sorted(settings.quarantine.iterdir())
    assert copy.read_bytes() == bad.read_bytes() == b"\x0e\x20 no recording"
    assert reason.read_text() == f"file: broken.fit\nreason: {outcome.reason}\nsince: 2026-11-22\n"
    modes = [path.stat().st_mode & 0o777 for path in (settings.quarantine, copy, reason)]
    assert modes == [0o700, 0o600, 0o600]
    ingest(settings, [bad], None, NOW + timedelta(days=9), redo=True)
    assert "since: 2026-11-22" in reason.read_text()


def test_what_is_surely_no_recording_is_not_copied(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff" * (LARGEST_UNKNOWN_BYTES + 1))
    (outcome,) = ingest(settings, [tmp_path / "photo.jpg"], None, NOW)
    assert outcome.outcome == "failed"
    assert not settings.quarantine.exists()


def test_a_dry_run_copies_nothing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "broken.fit").write_bytes(b"\x0e\x20 no recording")
    ingest(settings, [tmp_path / "broken.fit"], None, NOW, dry_run=True)
    assert not settings.quarantine.exists()


def test_what_can_be_read_later_leaves_quarantine(settings: Settings, fit: Path) -> None:
    content = fit.read_bytes()
    quarantine(settings, content, sha256_of(content), "morning.fit", "of an older version", NOW)
    assert ingest(settings, [fit], None, NOW)[0].outcome == "new"
    assert list(settings.quarantine.iterdir()) == []


def test_a_duplicate_says_of_which_run(settings: Settings, tmp_path: Path) -> None:
    rich = session()
    beats = np.full(np.size(rich.records.at_s), 140.0)
    files = {"rich": replace(rich, records=replace(rich.records, heart_rate_bpm=beats)), "poor": session()}
    for name, one in files.items():
        (tmp_path / f"{name}.fit").write_bytes(recording(one))
    (first,) = ingest(settings, [tmp_path / "rich.fit"], None, NOW)
    (second,) = ingest(settings, [tmp_path / "poor.fit"], None, NOW)
    assert (first.outcome, first.of) == ("new", None)
    assert (second.outcome, second.of) == ("duplicate", first.runs[0][:7])


def test_a_richer_copy_says_in_place_of_which_run(settings: Settings, tmp_path: Path) -> None:
    rich = session()
    beats = np.full(np.size(rich.records.at_s), 140.0)
    (tmp_path / "poor.fit").write_bytes(recording())
    (tmp_path / "rich.fit").write_bytes(recording(replace(rich, records=replace(rich.records, heart_rate_bpm=beats))))
    (first,) = ingest(settings, [tmp_path / "poor.fit"], None, NOW)
    (second,) = ingest(settings, [tmp_path / "rich.fit"], None, NOW)
    assert (second.outcome, second.of) == ("newer_copy", first.runs[0][:7])


def test_an_archive_in_the_inbox_moves_as_a_whole(settings: Settings, tmp_path: Path) -> None:
    settings.inbox.mkdir()
    with zipfile.ZipFile(settings.inbox / "export.zip", "w") as archive:
        archive.writestr("activities/1.fit", recording())
        archive.writestr("activities/2.fit", recording(session(MORNING + timedelta(days=1)))[:60])
    with zipfile.ZipFile(settings.inbox / "photos.zip", "w") as archive:
        archive.writestr("1.jpg", b"\xff\xd8\xff" + bytes(1000))
    with pytest.raises(SomeFailed, match="1 new, 2 failed") as failed:
        take_runs(settings, NOW)
    assert sum("export.zip" in item for item in failed.value.items) == 1
    assert sum("photos.zip" in item for item in failed.value.items) == 1
    moved = sorted(path.relative_to(settings.inbox).as_posix() for path in settings.inbox.rglob("*.zip"))
    assert moved == ["refused/photos.zip", "taken/export.zip"]
    assert len(list(settings.quarantine.glob("*.txt"))) == 1


@pytest.mark.parametrize("seed", drawn_daily(range(6), [0], 1))
def test_every_run_with_a_twin_is_among_those_asked_for_one(seed: int, tmp_path: Path) -> None:
    settings, (anna, ben) = make_store(tmp_path / "home", "anna", "ben")
    rng = np.random.default_rng(seed)
    runs = [
        even_run(float(rng.integers(5, 90)), START + timedelta(minutes=int(rng.integers(0, 1500))), step_s=30.0)
        for _ in range(25)
    ]
    once = {run.run_id: run for run in runs}
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, list(once.values()))
        put_runs(con, ben, [replace(run, run_id=f"ben {run.run_id}") for run in once.values()])
        _shift_some(con, rng)
        con.execute("UPDATE run SET duplicate_of = NULL")
        asked = [run_id for (run_id,) in con.execute("SELECT run_id FROM run ORDER BY run_id").fetchall()]
        found = {run_id for run_id in asked if find_duplicate(con, run_id) is not None}
        assert found
        assert found <= possible_duplicates(con, asked)


def test_a_run_by_itself_is_not_asked(tmp_path: Path) -> None:
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    runs = [even_run(60, START + timedelta(days=day), step_s=30.0) for day in range(3)]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, runs)
        assert possible_duplicates(con, [run.run_id for run in runs]) == set()


def _shift_some(con: duckdb.DuckDBPyConnection, rng: np.random.Generator) -> None:
    """The runner corrected a third of the clocks."""
    for (run_id,) in con.execute("SELECT run_id FROM run ORDER BY run_id").fetchall():
        if rng.random() < 0.3:
            hours = float(rng.integers(-3, 4))
            con.execute(
                "UPDATE run SET start_at = start_at + to_seconds($by), shift_s = $by WHERE run_id = $run",
                {"by": 3600 * hours, "run": run_id},
            )

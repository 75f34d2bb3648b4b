"""Where a runner usually runs: the weather cell of most of their last runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pipeline.store.db.connection import open_store
from pipeline.store.fits.inputs import home_cell
from tests.support.stores import START, even_run, make_store, put_runs

VIENNA, LINZ = (48.2, 16.4), (48.3, 14.3)


def home_of(tmp_path: Path, places: dict[int, tuple[float, float] | None]) -> str | None:
    """With a run at each place, so many days after the first."""
    settings, (anna, ben) = make_store(tmp_path / "home", "anna", "ben")
    runs = [even_run(20, START + timedelta(days=day), position=place) for day, place in places.items()]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, runs)
        put_runs(con, ben, [even_run(25, START + timedelta(days=n, hours=5), position=(47.1, 15.4)) for n in range(9)])
        return home_cell(con, anna.runner_id)


def test_home_is_where_most_of_the_last_runs_were(tmp_path: Path) -> None:
    assert home_of(tmp_path, {0: VIENNA, 1: LINZ, 2: VIENNA, 3: LINZ, 4: VIENNA, 5: None}) == "48.2,16.4"


def test_who_has_moved_has_a_new_home(tmp_path: Path) -> None:
    before = dict.fromkeys(range(5), VIENNA)
    assert home_of(tmp_path, {**before, 95: LINZ, 96: LINZ}) == "48.3,14.3"


def test_of_two_places_with_as_many_runs_the_later_counts(tmp_path: Path) -> None:
    assert home_of(tmp_path, {0: VIENNA, 1: LINZ, 2: VIENNA, 3: LINZ}) == "48.3,14.3"


def test_runs_without_a_place_have_no_home(tmp_path: Path) -> None:
    assert home_of(tmp_path, {0: None, 1: None}) is None

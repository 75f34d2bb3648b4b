"""What a report made from a real store says of its weather: whose it is, and whether it is settled."""

from __future__ import annotations

from pathlib import Path

from pipeline.actions.report.make_report import make_report
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from tests.support.planned import planned_store
from tests.support.stores import NOW

LINK = '<a href="https://open-meteo.com/">Weather data by Open-Meteo.com</a>'


def page_of(settings: Settings) -> str:
    return make_report(settings, None, NOW).read_text(encoding="utf-8")


def test_settled_weather_of_a_table_of_ones_own_is_neither_the_services_nor_provisional(tmp_path: Path) -> None:
    settings, _ = planned_store(tmp_path / "home", fitted=True)
    with open_store(settings, write=True) as con:
        con.execute("UPDATE weather_hour SET provisional = FALSE")
    page = page_of(settings)
    assert LINK not in page
    assert "provisional" not in page


def test_hours_of_the_service_are_named_with_its_link_and_young_ones_as_provisional(tmp_path: Path) -> None:
    settings, _ = planned_store(tmp_path / "home", fitted=True)
    with open_store(settings, write=True) as con:
        con.execute("UPDATE weather_hour SET provider = 'open-meteo'")
        con.execute("UPDATE weather_hour SET provisional = hour_at >= TIMESTAMP '2026-11-18'")
    page = page_of(settings)
    assert LINK in page
    assert "The weather of 2 runs is provisional: its source may still correct it." in page  # of the 18th and the 20th

"""`cramplog.open` and what it gives: a home folder to ask, by the same actions as the command line's."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipeline.actions.admin.query import ask_frame, freshen, view_frame
from pipeline.actions.report.make_report import make_report
from pipeline.actions.risk.air_sources import forecasts
from pipeline.actions.risk.parse_plan import PlanText
from pipeline.actions.risk.result import RiskAnswer
from pipeline.actions.risk.risk import risk_of_plan
from pipeline.errors import CannotStart
from pipeline.files import private_umask
from pipeline.settings import HOME_VARIABLE, Settings, load_settings

_HAZARD_ROWS = "SELECT * FROM v_hazard_row ORDER BY start_at, run_id, segment_no"


@dataclass(frozen=True, slots=True)
class Store:
    """An opened home folder. It holds nothing open: each method looks anew, so that other programs can write between two."""

    settings: Settings

    @property
    def home(self) -> Path:
        """The folder, absolute."""
        return self.settings.home

    def sql(self, query: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The answer to one SELECT on the analysts' snapshot, brought up to date first; `$name` is taken from `params`.

        Raises WrongInput for a query that is not one (with the nearest names), writes, or takes longer than a minute.
        """
        with private_umask():
            return ask_frame(self.settings, query, params, self._fresh_snapshot())

    def frame(self, view: str) -> pl.DataFrame:
        """A whole public view of docs/data.md, one row per what its grain says. Raises WrongInput with the nearest name."""
        with private_umask():
            return view_frame(self.settings, view, self._fresh_snapshot())

    def hazard_rows(self) -> pl.DataFrame:
        """The training set, v_hazard_row: one row per segment at risk, oldest first; what `CrampHazard.fit` takes."""
        return self.sql(_HAZARD_ROWS)

    def risk(
        self,
        time: str,
        *,
        at: str | None = None,
        temp: str | None = None,
        pace: str | None = None,
        place: str | None = None,
        race: bool = False,
        runner: str | None = None,
    ) -> RiskAnswer:
        """The risk of a planned run; each argument is written as the option of `cramplog risk` with its name.

        As there, a fit that is missing or behind is made first, `at` asks the weather service for the hours ahead (unless
        the setting weather_url is "off"), and such a forecast is kept in the store. Raises WrongInput for an argument that
        is not valid, NotFound for an unknown runner, TryAgain while the store is busy.
        """
        now, plan = datetime.now(UTC), PlanText(time, at, temp, pace, place, race)
        with private_umask():
            return risk_of_plan(self.settings, runner, plan, forecasts(self.settings, now), now)

    def report(self, runner: str | None = None, *, out: str | os.PathLike[str] | None = None) -> Path:
        """Write a runner's report; returns the page's path: reports/<runner>.html in the home folder, or `out`.

        A fit that is missing or behind is made first. `runner` may be left out where there is only one. Raises NotFound
        for an unknown runner, CannotStart for a page that cannot be written.
        """
        with private_umask():
            return make_report(self.settings, runner, datetime.now(UTC), None if out is None else Path(out))

    def _fresh_snapshot(self) -> datetime:
        """The time of this question, with the snapshot as the store is then."""
        now = datetime.now(UTC)
        if not freshen(self.settings, now):
            warnings.warn("the store is busy: this is the snapshot from before its last change", stacklevel=3)
        return now


def open_home(home: str | os.PathLike[str] | None = None) -> Store:
    """The store in this folder; without one that of the command line: CRAMPLOG_HOME, else the system's folder.

    Other settings come from the folder's config.toml and from the environment, as for the command. Raises CannotStart
    where there is no store, WrongInput for a setting that is not valid.
    """
    named = {} if home is None else {HOME_VARIABLE: os.fspath(home)}
    settings = load_settings({**os.environ, **named})
    if not settings.has_store:
        raise CannotStart(f"there is no store in {settings.home}", "make one: cramplog init")
    return Store(settings)

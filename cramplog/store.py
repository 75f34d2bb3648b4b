"""`cramplog.open` and the `Store` it returns: a home folder to query, through the same actions as the command line."""

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
    """A home folder. It keeps no file open: each call reads the store anew, so other programs can write between two calls."""

    settings: Settings

    @property
    def home(self) -> Path:
        """The folder, absolute."""
        return self.settings.home

    def sql(self, query: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The result of one SELECT on the analysts' snapshot, which is updated first; `$name` is taken from `params`.

        Raises WrongInput for a query that is not valid (with the nearest names), writes, or takes longer than a minute.
        """
        with private_umask():
            return ask_frame(self.settings, query, params, self._fresh_snapshot())

    def frame(self, view: str) -> pl.DataFrame:
        """A whole public view of docs/data.md, with one row per its grain. Raises WrongInput, with the nearest name."""
        with private_umask():
            return view_frame(self.settings, view, self._fresh_snapshot())

    def hazard_rows(self) -> pl.DataFrame:
        """The training set, v_hazard_row: one row per segment at risk, oldest first; the input of `CrampHazard.fit`."""
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
        """The risk of a planned run; each argument is written as the option of `cramplog risk` with the same name.

        As with the command, a missing or outdated fit is made first, `at` fetches the weather ahead from the service (unless
        the setting weather_url is "off"), and the forecast is stored. Raises WrongInput for an argument that
        is not valid, NotFound for an unknown runner, TryAgain while the store is busy.
        """
        now, plan = datetime.now(UTC), PlanText(time, at, temp, pace, place, race)
        with private_umask():
            return risk_of_plan(self.settings, runner, plan, forecasts(self.settings, now), now)

    def report(self, runner: str | None = None, *, out: str | os.PathLike[str] | None = None) -> Path:
        """Write a runner's report; returns the page's path: reports/<runner>.html in the home folder, or `out`.

        A missing or outdated fit is made first. `runner` is needed only if there is more than one. Raises NotFound
        for an unknown runner, CannotStart if the page cannot be written.
        """
        with private_umask():
            return make_report(self.settings, runner, datetime.now(UTC), None if out is None else Path(out))

    def _fresh_snapshot(self) -> datetime:
        """Update the snapshot from the store. Returns the time of this call; warns if the store is busy."""
        now = datetime.now(UTC)
        if not freshen(self.settings, now):
            warnings.warn("the store is busy: this is the snapshot from before its last change", stacklevel=3)
        return now


def open_home(home: str | os.PathLike[str] | None = None) -> Store:
    """The store in this folder; without `home` the store of the command line: CRAMPLOG_HOME, or the system's folder.

    Other settings come from the folder's config.toml and from the environment, as for the command. Raises CannotStart
    without a store, WrongInput for a setting that is not valid.
    """
    variables = {} if home is None else {HOME_VARIABLE: os.fspath(home)}
    settings = load_settings({**os.environ, **variables})
    if not settings.has_store:
        raise CannotStart(f"there is no store in {settings.home}", "make one: cramplog init")
    return Store(settings)

"""`cramplog report`: one runner's personal risk report as a page. Reads the store, asks the model, hands both to the report.

A page is written again only when something it rests on has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

import polars as pl

from models.fit.hazard import MODEL_VERSION, CrampHazard
from models.scoring.poisson import poisson_ratio_range
from pipeline.actions.for_each_runner import for_each_runner
from pipeline.actions.report.questionnaire import told_of
from pipeline.actions.risk.plans import PlanSet, own_runs, plan_set
from pipeline.actions.risk.usual_air import OwnAir
from pipeline.actions.training.evidence import evidence_of, permission_of, record_of
from pipeline.actions.training.ready_fit import ready_fit
from pipeline.errors import CannotStart, SomeFailed, TryAgain, system_error
from pipeline.files import write_whole
from pipeline.report.numbers.facts import (
    CrampFact,
    Evaluation,
    Forecast,
    ForecastFact,
    Others,
    Provenance,
    QuestionnaireFacts,
    ReportFacts,
    Rival,
    RivalName,
    RunFact,
)
from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from pipeline.rules import forecasts_are_off, may_say
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner, all_runners, find_runner, units_of
from pipeline.store.db.connection import open_store
from pipeline.store.fits.fits import Fit, fit_in_use
from pipeline.store.fits.forecasts import StoredForecast, forecasts_of
from pipeline.store.fits.inputs import evidence_counts, report_cramps, report_runs, usual_hours
from pipeline.units import Units

_RIVALS: Mapping[str, RivalName] = {
    "own rate": "own rate",
    "planned duration": "logistic",
    "own level x published shape": "level and shape",
    "pooled hazard": "everyone alike",
}


def report_runner(settings: Settings, runner: Runner, now: datetime) -> bool:
    """Write one runner's report if anything it rests on has changed; returns whether it was written."""
    return _report(settings, runner, now, None, only_if_changed=True)[1]


def report_all(
    settings: Settings, now: datetime, report: Callable[[Settings, Runner, datetime], bool] = report_runner
) -> str:
    """Write every runner's report; returns what was done, in counts: the nightly's stage.

    `report` is `report_runner`, or the Prefect task around it. Raises SomeFailed at the end when it failed for some.
    """
    with open_store(settings, write=False) as con:
        runners = all_runners(con)
    written, failed = for_each_runner(runners, lambda runner: report(settings, runner, now))
    counts = f"{sum(written)} written, {len(written) - sum(written)} unchanged" if runners else "no runner yet"
    if failed:
        items = [f"{runner_id}: {reason}" for runner_id, reason in failed.items()]
        raise SomeFailed(f"{counts}, {len(failed)} failed ({', '.join(failed)})", items)
    return counts


def make_report(settings: Settings, runner_name: str | None, now: datetime, out: Path | None = None) -> Path:
    """Write one runner's report and return where it lies: reports/<runner>.html, or `out`. Trains first where needed.

    Raises NotFound for a runner that is not there, WrongInput when the runner has to be named.
    """
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
    ready_fit(settings, runner.name, now)
    return _report(settings, runner, now, out, only_if_changed=False)[0]


def report_path(settings: Settings, runner: Runner) -> Path:
    """Where a runner's report lies; names are fit for files (`pipeline.actions.runs.runner`)."""
    return settings.reports / f"{runner.name}.html"


@dataclass(frozen=True, slots=True)
class Read:
    """What the store holds for one runner's report, and the units it is told in; `basis` is the SHA-256 of all of it."""

    runner: Runner
    runs: pl.DataFrame
    cramps: pl.DataFrame
    counts: Mapping[str, Any]
    hours: pl.DataFrame
    fit: Fit | None
    units: Units
    told: QuestionnaireFacts
    forecasts: tuple[StoredForecast, ...]

    @property
    def basis(self) -> str:
        """Changes with anything the page rests on, and with the program."""
        parts = [
            self.runner,
            self.units,
            self.told,
            self.counts,
            self.forecasts,
            (self.fit.model, self.fit.evaluation) if self.fit else None,
            MODEL_VERSION,
        ]
        frames = [frame.write_csv() for frame in (self.runs, self.cramps, self.hours)]
        whole = "\n".join([package_version("cramplog"), *map(repr, parts), *frames])
        return hashlib.sha256(whole.encode()).hexdigest()


def _report(
    settings: Settings, runner: Runner, now: datetime, out: Path | None, only_if_changed: bool
) -> tuple[Path, bool]:
    read = _read(settings, runner)
    path = out or report_path(settings, runner)
    mark = f'name="cramplog-basis" content="{read.basis}"'
    if only_if_changed and path.exists() and mark in path.read_text(encoding="utf-8")[:4000]:
        return path, False
    _write_private(path, render_page(summarise(report_facts(read, now))))
    return path, True


def _read(settings: Settings, runner: Runner) -> Read:
    with open_store(settings, write=False, with_private=True) as con:
        fit = fit_in_use(con, runner.runner_id)
        return Read(
            runner=runner,
            runs=report_runs(con, runner.runner_id),
            cramps=report_cramps(con, runner.runner_id),
            counts=evidence_counts(con, runner.runner_id),
            hours=usual_hours(con, runner.runner_id),
            fit=fit if fit is not None and fit.model_version == MODEL_VERSION else None,
            units=units_of(runner, settings.units),
            told=told_of(con, runner.runner_id),
            forecasts=forecasts_of(con, runner.runner_id),
        )


def report_facts(read: Read, now: datetime) -> ReportFacts:
    """Everything the report of one runner says, as plain values. The store is closed by now: the model takes its time."""
    record = record_of(read.fit)
    evidence = evidence_of(read.runner, read.runs, read.counts, record, read.forecasts)
    said = may_say(evidence)
    own = own_runs(read.runs)
    plans = None
    if read.fit is not None and own is not None and not (said.only_red_flag or said.answers_missing):
        plans = plan_set(CrampHazard.from_json(read.fit.model), own, OwnAir(read.hours), evidence, read.units)
    return ReportFacts(
        runner=read.runner.name,
        made_at=now.astimezone(),
        runs=tuple(_run_fact(row) for row in read.runs.iter_rows(named=True)),
        cramps=tuple(CrampFact(**row) for row in read.cramps.iter_rows(named=True)),
        permission=permission_of(said, evidence),
        **_plan_fields(plans),
        evaluation=_evaluation(record["evaluation"]),
        forecasts=tuple(ForecastFact(one.kind, one.state, one.mean, one.cramp) for one in read.forecasts),  # type: ignore[arg-type]  # words of v_prediction
        others=Others(**record["others"]) if read.fit else Others(0, 0),
        provenance=_provenance(read),
        questionnaire=read.told,
        units=read.units,
    )


def _run_fact(row: Mapping[str, Any]) -> RunFact:
    return RunFact(**{name: row[name] for name in RunFact.__dataclass_fields__})


def _plan_fields(plans: PlanSet | None) -> dict[str, Any]:
    if plans is None:
        empty: dict[str, Any] = dict.fromkeys(("by_duration", "grid", "by_hour", "by_pace"), ())
        return {"plan": None, "compared": None, "plan_given": False, **empty}
    return {**{name: getattr(plans, name) for name in PlanSet.__dataclass_fields__}, "plan_given": False}


def _evaluation(record: Mapping[str, Any] | None) -> Evaluation | None:
    """The time-forward record as the report tells it; None when there are too few forecasts."""
    if record is None or record["verdict"] == "too few runs":
        return None
    return Evaluation(
        forecasts=tuple(Forecast(one["said"], one["cramp"]) for one in record["forecasts"]),
        log_loss=record["scores"]["log_loss"] if record["scores"] else None,
        rivals=tuple(Rival(_RIVALS[one["name"]], one["log_loss"]) for one in record["baselines"]),
        scored_runs=record["runs"],
        scored_runners=1,
        off=_is_off(record["expected"], record["cramps"]),
    )


def _is_off(expected: float, observed: int) -> bool:
    return forecasts_are_off(expected, poisson_ratio_range(observed, expected) if expected else None)


def _provenance(read: Read) -> Provenance:
    return Provenance(
        program_version=package_version("cramplog"),
        model_version=MODEL_VERSION,
        data_hash=read.fit.data_hash if read.fit else "",
        seed=read.fit.seed if read.fit else 0,
        basis=read.basis,
        weather_providers=tuple(
            sorted({one for said in read.runs["providers"].drop_nulls() for one in said.split(", ") if one})
        ),
        provisional_runs=read.runs.filter(pl.col("provisional") & (pl.col("sport") == "running")).height,
    )


def _write_private(path: Path, page: str) -> None:
    """The page in place of the old one, whole or not at all, for its owner only."""
    try:
        write_whole(path, page.encode("utf-8"))
    except OSError as error:
        if isinstance(full := system_error(error), TryAgain):
            raise full from error
        raise CannotStart(
            f"the report cannot be written to {path}: {error.strerror}", "choose another place with --out"
        ) from error

"""`cramplog report`: one runner's personal risk report as a page. Reads the store, runs the model, renders the page.

The nightly writes a page again only if something that it rests on has changed.
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
from pipeline.actions.for_each_runner import for_each_runner
from pipeline.actions.report.questionnaire import questionnaire_facts
from pipeline.actions.risk.plans import PlanSet, plan_set, runner_habits
from pipeline.actions.risk.usual_air import RunnerAir
from pipeline.actions.training.evidence import evidence_of, observed_ratio, permission_of, record_of
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
    """Write one runner's report if anything that it rests on has changed; returns whether it was written."""
    return _report(settings, runner, now, None, only_if_changed=True)[1]


def report_all(
    settings: Settings, now: datetime, report: Callable[[Settings, Runner, datetime], bool] = report_runner
) -> str:
    """Write every runner's report; returns the result as text with counts, for the nightly.

    `report` is `report_runner`, or the Prefect task around it. Raises SomeFailed at the end if any report failed.
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
    """Write one runner's report; returns its path, reports/<runner>.html or `out`. Trains first if needed.

    Raises NotFound for an unknown runner, WrongInput if the runner has to be named.
    """
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
    ready_fit(settings, runner.name, now)
    return _report(settings, runner, now, out, only_if_changed=False)[0]


def report_path(settings: Settings, runner: Runner) -> Path:
    """The path of a runner's report; names are valid file names (checked in `pipeline.actions.runs.runner`)."""
    return settings.reports / f"{runner.name}.html"


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """What the store holds for one runner's report, and its units; `basis` is the SHA-256 of all inputs."""

    runner: Runner
    runs: pl.DataFrame
    cramps: pl.DataFrame
    counts: Mapping[str, Any]
    hours: pl.DataFrame
    fit: Fit | None
    units: Units
    questionnaire: QuestionnaireFacts
    forecasts: tuple[StoredForecast, ...]

    @property
    def basis(self) -> str:
        """SHA-256 of everything that the page rests on, the program's version included."""
        parts = [
            self.runner,
            self.units,
            self.questionnaire,
            self.counts,
            self.forecasts,
            (self.fit.model, self.fit.evaluation) if self.fit else None,
            MODEL_VERSION,
        ]
        frames = [frame.write_csv() for frame in (self.runs, self.cramps, self.hours)]
        text = "\n".join([package_version("cramplog"), *map(repr, parts), *frames])
        return hashlib.sha256(text.encode()).hexdigest()


def _report(
    settings: Settings, runner: Runner, now: datetime, out: Path | None, only_if_changed: bool
) -> tuple[Path, bool]:
    inputs = _read(settings, runner)
    path = out or report_path(settings, runner)
    mark = f'name="cramplog-basis" content="{inputs.basis}"'
    if only_if_changed and path.exists() and mark in path.read_text(encoding="utf-8")[:4000]:
        return path, False
    _write_private(path, render_page(summarise(report_facts(inputs, now))))
    return path, True


def _read(settings: Settings, runner: Runner) -> ReportInputs:
    with open_store(settings, write=False, with_private=True) as con:
        fit = fit_in_use(con, runner.runner_id)
        return ReportInputs(
            runner=runner,
            runs=report_runs(con, runner.runner_id),
            cramps=report_cramps(con, runner.runner_id),
            counts=evidence_counts(con, runner.runner_id),
            hours=usual_hours(con, runner.runner_id),
            fit=fit if fit is not None and fit.model_version == MODEL_VERSION else None,
            units=units_of(runner, settings.units),
            questionnaire=questionnaire_facts(con, runner.runner_id),
            forecasts=forecasts_of(con, runner.runner_id),
        )


def report_facts(inputs: ReportInputs, now: datetime) -> ReportFacts:
    """The contents of one runner's report as plain values. Runs the model, which is slow, so the store must be closed."""
    record = record_of(inputs.fit)
    evidence = evidence_of(inputs.runner, inputs.runs, inputs.counts, record, inputs.forecasts)
    permission = may_say(evidence)
    habits = runner_habits(inputs.runs)
    plans = None
    if inputs.fit is not None and habits is not None and not (permission.only_red_flag or permission.answers_missing):
        plans = plan_set(
            CrampHazard.from_json(inputs.fit.model), habits, RunnerAir(inputs.hours), evidence, inputs.units
        )
    return ReportFacts(
        runner=inputs.runner.name,
        made_at=now.astimezone(),
        runs=tuple(_run_fact(row) for row in inputs.runs.iter_rows(named=True)),
        cramps=tuple(CrampFact(**row) for row in inputs.cramps.iter_rows(named=True)),
        permission=permission_of(permission, evidence),
        **_plan_fields(plans),
        evaluation=_evaluation(record["evaluation"]),
        forecasts=tuple(_forecast_fact(forecast) for forecast in inputs.forecasts),
        others=Others(**record["others"]) if inputs.fit else Others(0, 0),
        provenance=_provenance(inputs),
        questionnaire=inputs.questionnaire,
        units=inputs.units,
    )


def _run_fact(row: Mapping[str, Any]) -> RunFact:
    return RunFact(**{name: row[name] for name in RunFact.__dataclass_fields__})


def _forecast_fact(stored: StoredForecast) -> ForecastFact:
    return ForecastFact(stored.kind, stored.state, stored.mean, stored.cramp)  # type: ignore[arg-type]  # kinds and states of v_prediction


def _plan_fields(plans: PlanSet | None) -> dict[str, Any]:
    if plans is None:
        empty: dict[str, Any] = dict.fromkeys(("by_duration", "grid", "by_hour", "by_pace"), ())
        return {"plan": None, "compared": None, "plan_given": False, **empty}
    return {**{name: getattr(plans, name) for name in PlanSet.__dataclass_fields__}, "plan_given": False}


def _evaluation(record: Mapping[str, Any] | None) -> Evaluation | None:
    """The time-forward record as a value of the report; None if there are too few forecasts."""
    if record is None or record["verdict"] == "too few runs":
        return None
    return Evaluation(
        forecasts=tuple(Forecast(forecast["said"], forecast["cramp"]) for forecast in record["forecasts"]),
        log_loss=record["scores"]["log_loss"] if record["scores"] else None,
        rivals=tuple(Rival(_RIVALS[rival["name"]], rival["log_loss"]) for rival in record["baselines"]),
        scored_runs=record["runs"],
        scored_runners=1,
        off=forecasts_are_off(record["expected"], observed_ratio(record["cramps"], record["expected"])),
    )


def _provenance(inputs: ReportInputs) -> Provenance:
    providers = {name for names in inputs.runs["providers"].drop_nulls() for name in names.split(", ") if name}
    return Provenance(
        program_version=package_version("cramplog"),
        model_version=MODEL_VERSION,
        data_hash=inputs.fit.data_hash if inputs.fit else "",
        seed=inputs.fit.seed if inputs.fit else 0,
        basis=inputs.basis,
        weather_providers=tuple(sorted(providers)),
        provisional_runs=inputs.runs.filter(pl.col("provisional") & (pl.col("sport") == "running")).height,
    )


def _write_private(path: Path, page: str) -> None:
    """Replace the old page in one step, readable by its owner only. Raises CannotStart, or TryAgain for a full disk."""
    try:
        write_whole(path, page.encode("utf-8"))
    except OSError as error:
        if isinstance(full := system_error(error), TryAgain):
            raise full from error
        raise CannotStart(
            f"the report cannot be written to {path}: {error.strerror}", "choose another file with --out"
        ) from error

"""`import cramplog`: what it returns is what the command line returns; docs/library.md and docs/notebook.py run as they are.

All on one store, of the sample cohort's greta: simulated runs, some with cramps.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import cramplog
from pipeline.actions.risk.plans import PlanSet, plan_set, runner_habits
from pipeline.actions.risk.usual_air import RunnerAir
from pipeline.actions.training.evidence import evidence_of, record_of
from pipeline.cli.lines.risk_lines import in_words
from pipeline.files import write_lock
from pipeline.report.numbers.of_100 import show_risk
from pipeline.store.analyst.publish import publish
from pipeline.store.analyst.query import run_query
from pipeline.store.answers.runners import find_runner
from pipeline.store.db.connection import open_store
from pipeline.store.fits.fits import fit_in_use
from pipeline.store.fits.forecasts import forecasts_of
from pipeline.store.fits.inputs import all_hazard_rows, evidence_counts, report_runs, usual_hours
from tests.functional.actions.test_nightly import small_demo
from tests.support.cli import Home, recording
from tests.support.folders import ROOT
from tests.support.stores import make_store

EXAMPLES = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "library.md").read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `make demo` was called: it holds `demo`."""
    folder = tmp_path_factory.mktemp("library")
    night = small_demo(folder / "demo", ("greta",))("nightly", "--plain")
    assert night.exit_code == 0, night.output
    return folder


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def store(folder: Path) -> cramplog.Store:
    return cramplog.open(folder / "demo")


def test_the_examples_of_the_documentation_run_as_they_are(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(EXAMPLES) >= 7
    session: dict[str, Any] = {}
    for example in EXAMPLES:
        exec(compile(example, "docs/library.md", "exec"), session)
    shown = capsys.readouterr().out
    assert re.search(r"plausibly \d+ to \d+ of 100$", shown, re.M)
    assert re.search(r"^20\d\d-.* running \d+\.\d+ \d+$", shown, re.M)
    assert "there is no view 'v_runs' - did you mean v_run" in shown


def test_the_documentation_names_all_that_the_library_has() -> None:
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    methods = [name for name in vars(cramplog.Store) if not name.startswith("_")]
    assert "hazard_rows" in methods
    missing = [name for name in (*cramplog.__all__, *methods) if not re.search(rf"\b{name}\b", page)]
    assert missing == ["ParsedRun", "RiskAnswer", "home", "settings"]


def test_sql_gives_the_rows_of_the_command_with_their_types(store: cramplog.Store) -> None:
    query = "SELECT run_id, start_at, moving_s, race, answer FROM v_run WHERE moving_s > $s ORDER BY run_id"
    frame = store.sql(query, {"s": 3600})
    assert frame.rows() == run_query(store.settings, query, {"s": 3600}).rows
    assert frame.height > 3
    assert frame.schema == pl.Schema(
        {
            "run_id": pl.String,
            "start_at": pl.Datetime("us"),
            "moving_s": pl.Float64,
            "race": pl.Boolean,
            "answer": pl.String,
        }
    )


def test_a_frame_is_the_whole_view_records_too(store: cramplog.Store) -> None:
    for view in ("v_run", "v_segment", "v_record"):
        (count,) = run_query(store.settings, f"SELECT count(*) FROM {view}").rows[0]
        assert store.frame(view).height == count > 0


@pytest.fixture
def small(tmp_path: Path) -> Home:
    """A store with one unanswered run, to be changed."""
    home = Home(tmp_path / "home")
    make_store(home.path, "anna")
    (tmp_path / "one.fit").write_bytes(recording())
    assert home("ingest", str(tmp_path / "one.fit")).exit_code == 0
    return home


def test_a_query_sees_what_was_answered_a_moment_before(small: Home) -> None:
    store = cramplog.open(small.path)
    assert store.sql("SELECT answer FROM v_run").rows() == [("unanswered",)]
    small("tag", "last", "--none")
    assert store.frame("v_run")["answer"].to_list() == ["no cramp"]


def test_while_the_store_is_busy_the_older_snapshot_answers_with_a_warning(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = cramplog.open(small.path)
    assert store.frame("v_run")["answer"].to_list() == ["unanswered"]
    small("tag", "last", "--none")
    monkeypatch.setitem(publish.__kwdefaults__, "wait_s", 0.1)  # instead of half a minute
    with (
        write_lock(store.settings.analyst, 0.0),
        pytest.warns(UserWarning, match="the store is busy: this is the snapshot from before") as warned,
    ):
        assert store.frame("v_run")["answer"].to_list() == ["unanswered"]
    assert warned[0].filename == __file__


def test_hazard_rows_are_what_the_model_was_trained_on(store: cramplog.Store) -> None:
    with open_store(store.settings, write=False) as con:
        trained_on = all_hazard_rows(con)
    rows = store.hazard_rows()
    assert rows.height > 100
    assert rows.equals(trained_on)
    assert cramplog.CrampHazard().fit(rows).predict_proba(rows).shape == (rows.height, 2)


def test_risk_is_the_commands_answer(here: Path, store: cramplog.Store) -> None:
    answer = store.risk("2:00", temp="18", pace="5%", race=True, runner="greta")
    document = Home(store.home).document("risk", "--time", "2:00", "--temp", "18", "--pace", "5%", "--race")
    assert answer.plan is not None
    assert answer.simulated
    assert document["plan"]["words"] == in_words(answer.plan)
    assert document["plan"]["low_of_100"] == show_risk(answer.plan.shown).low
    assert (document["pace_faster_pct"], document["race"]) == (answer.planned_run.pace_faster_pct, True)


def test_a_report_is_written_where_it_is_wanted_for_its_owner_only(store: cramplog.Store, tmp_path: Path) -> None:
    usual = store.report()
    assert usual == store.home / "reports" / "greta.html"
    page = store.report("greta", out=tmp_path / "page.html")
    made = re.compile(r"made on this computer, [^·<]*")
    assert made.sub("", page.read_text()) == made.sub("", usual.read_text())
    assert page.stat().st_mode & 0o777 == 0o600


def test_what_the_library_writes_is_for_its_owner_only(small: Home) -> None:
    before = set(small.path.rglob("*"))
    usual = os.umask(0o022)
    try:
        cramplog.open(small.path).frame("v_run")
    finally:
        os.umask(usual)
    made = set(small.path.rglob("*")) - before
    assert len(made) >= 3
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []


def test_errors_are_of_one_family_and_say_what_to_do(store: cramplog.Store, tmp_path: Path) -> None:
    (tmp_path / "notes.fit").write_text("not a recording")
    (tmp_path / "export.zip").write_bytes(b"PK\x03\x04rest")
    cases = [
        (cramplog.CannotStart, "there is no store in", lambda: cramplog.open(tmp_path)),
        (cramplog.WrongInput, "there is no view 'v_runs'", lambda: store.frame("v_runs")),
        (cramplog.WrongInput, "there is no view 'published'", lambda: store.frame("published")),
        (cramplog.WrongInput, "can only be read", lambda: store.sql("DELETE FROM v_run")),
        (cramplog.WrongInput, "one statement at a time", lambda: store.sql("SELECT 1; SELECT 2")),
        (cramplog.WrongInput, "a type that polars does not have", lambda: store.sql("SELECT INTERVAL 1 DAY")),
        (cramplog.WrongInput, "is not a duration", lambda: store.risk("long")),
        (cramplog.NotFound, "no runner is called 'nobody'", lambda: store.report("nobody")),
        (cramplog.NotFound, "there is no file", lambda: cramplog.read_runs(tmp_path / "none.fit")),
        (cramplog.FileRefused, "not a FIT, GPX or TCX file", lambda: cramplog.read_runs(tmp_path / "notes.fit")),
        (cramplog.FileRefused, "a zip archive", lambda: cramplog.read_runs(str(tmp_path / "export.zip"))),
        (cramplog.FileRefused, "Is a directory", lambda: cramplog.read_runs(tmp_path)),
    ]
    for kind, message, call in cases:
        with pytest.raises(kind, match=re.escape(message)) as refused:
            call()
        assert isinstance(refused.value, cramplog.CramplogError)
        assert refused.value.hint


def test_a_run_file_gives_the_runs_that_ingest_stores(here: Path, store: cramplog.Store) -> None:
    path = min((here / "demo" / "inbox" / "taken" / "greta").glob("2*"))
    (run,) = cramplog.read_runs(path)
    stored = store.sql("SELECT moving_s, distance_m FROM v_run WHERE run_id = $id", {"id": run.run_id})
    assert stored.rows() == [(run.moving_s, run.distance_m)]


def test_open_without_a_folder_opens_what_the_command_would(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPLOG_HOME", str(folder / "demo"))
    store = cramplog.open()
    assert store.home == folder / "demo"
    assert store.settings.units.distance == "miles"  # of its config.toml


def test_python_m_cramplog_is_the_command_line(tmp_path: Path) -> None:
    environ = {**os.environ, "CRAMPLOG_HOME": str(tmp_path)}
    program = [sys.executable, "-m", "cramplog"]
    version = subprocess.run([*program, "--version"], env=environ, capture_output=True, text=True, timeout=60)
    assert version.stdout.startswith("cramplog ")
    refused = subprocess.run([*program, "runs"], env=environ, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 3
    assert "there is no store" in refused.stderr


def report_plans(store: cramplog.Store) -> PlanSet:
    """The planned runs of greta's report."""
    with open_store(store.settings, write=False) as con:
        runner = find_runner(con, "greta")
        runs, hours = report_runs(con, runner.runner_id), usual_hours(con, runner.runner_id)
        fit, counts = fit_in_use(con, runner.runner_id), evidence_counts(con, runner.runner_id)
        evidence = evidence_of(runner, runs, counts, record_of(fit), forecasts_of(con, runner.runner_id))
    own = runner_habits(runs)
    assert fit is not None
    assert own is not None
    return plan_set(cramplog.CrampHazard.from_json(fit.model), own, RunnerAir(hours), evidence)


def test_the_notebook_draws_the_reports_curve(here: Path, store: cramplog.Store) -> None:
    """The same durations and temperatures; within 1 of 100, since its heat is a median where the report computes it."""
    made = importlib.util.spec_from_file_location("notebook", ROOT / "docs" / "notebook.py")
    assert made is not None
    assert made.loader is not None
    notebook = importlib.util.module_from_spec(made)
    made.loader.exec_module(notebook)
    _, defined = notebook.app.run()
    curve = defined["curve"].rows(named=True)
    reported = report_plans(store).by_duration
    assert [(row["air_temp_c"], row["planned_s"]) for row in curve] == [(p.air_temp_c, p.planned_s) for p in reported]
    assert len(curve) > 20
    for row, plan in zip(curve, reported, strict=True):
        assert plan.risk is not None
        assert row["mean"] == pytest.approx(plan.risk.mean, abs=0.01)
        assert row["low"] == pytest.approx(plan.risk.low, abs=0.01)
        assert row["high"] == pytest.approx(plan.risk.high, abs=0.01)
    assert "a simulated runner: invented data" in defined["heading"].text


def test_the_notebook_runs_as_a_script_and_saves_its_picture(here: Path, tmp_path: Path) -> None:
    program = [sys.executable, str(ROOT / "docs" / "notebook.py"), "--png", str(tmp_path / "risk.png")]
    done = subprocess.run(program, cwd=here, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"r1, a simulated runner: .* about \d+ of 100, plausibly \d+ to \d+\n", done.stdout)
    assert (tmp_path / "risk.png").read_bytes().startswith(b"\x89PNG")

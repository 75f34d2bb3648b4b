"""The wheel: what is in it, and that an empty environment with it gives the same working `cramplog`, also beside jupysql.

The packages it needs come from the lock file, as `make` installs them; all else happens outside of the checkout.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
PACKAGES = ("cramplog", "pipeline", "flows", "models")
DATA = ("sql", "sample_data")  # below pipeline, as what this installation finds by pipeline.shipped
JUPYSQL = ("jupysql==0.11.1", "ipython")  # its package is called `sql`; it needs IPython without saying so
CONSUMER = """
from typing import assert_type
import cramplog, polars
store = cramplog.open("home")
assert_type(store, cramplog.Store)
assert_type(store.sql("SELECT 1"), polars.DataFrame)
assert_type(cramplog.read_runs("one.fit"), list[cramplog.ParsedRun])
assert_type(cramplog.read_runs("one.fit")[0].moving_s, float)
assert_type(store.risk("3:00").simulated, bool)
assert_type(cramplog.CrampHazard().fit(store.hazard_rows()), cramplog.CrampHazard)
cramplog.opened
store.risk(3)
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """The environment's folder, and a person's home beside it."""

    venv: Path
    person: Path

    @property
    def store(self) -> Path:
        return self.person / "home"

    @property
    def python(self) -> tuple[str, str]:
        """Whom uv installs for."""
        return "--python", str(self.venv / "bin" / "python")

    def run(self, *words: str) -> str:
        """What a program of the environment says on stdout, called without a trace of the checkout."""
        env = {"PATH": os.defpath, "HOME": str(self.person), "CRAMPLOG_HOME": str(self.store)}
        program = [str(self.venv / "bin" / words[0]), *words[1:]]
        done = subprocess.run(program, cwd=self.person, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built with the locked hatchling."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as packed:
        return packed.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """An environment with the locked packages and the wheel and nothing else."""
    with _environment(tmp_path_factory.mktemp("elsewhere")) as made:
        _install_wheel(made, wheel)
        yield made


@contextmanager
def _environment(folder: Path) -> Iterator[Installed]:
    """An empty environment, and a person's home beside it; gone afterwards, it is large."""
    venv, person = folder / "venv", folder / "person"
    person.mkdir()
    _uv("venv", "--python", sys.executable, str(venv))
    yield Installed(venv, person)
    shutil.rmtree(venv)


def _install_wheel(into: Installed, wheel: Path) -> None:
    _uv("pip", "install", *into.python, "--require-hashes", "-r", str(ROOT / "requirements.lock"))
    _uv("pip", "install", *into.python, "--no-deps", str(wheel))


def _uv(*words: str) -> None:
    done = subprocess.run([str(UV), "--quiet", *words], capture_output=True, text=True, timeout=600)
    if "Failed to fetch" in done.stderr and not os.environ.get("CI"):
        pytest.skip("no package index can be reached from here")
    assert done.returncode == 0, done.stderr


def test_the_wheels_top_level_is_four_packages_and_none_is_called_sql(names: list[str]) -> None:
    assert {name.split("/")[0] for name in names} == {*PACKAGES, "cramplog-0.1.0.dist-info"}


def test_the_wheel_holds_the_sample_cohort_without_what_makes_it(names: list[str]) -> None:
    below = "pipeline/_shipped/sample_data/"
    sample = [name.removeprefix(below) for name in names if name.startswith(below)]
    assert {name.split("/")[0] for name in sample} == {
        "README.md", "answers.csv", "cramps.csv", "runners.csv", "runs", "runs.csv", "weather",
    }  # fmt: skip
    assert not [name for name in names if re.search(r"(^|/)(tests?|benchmarks?)(/|_)|conftest", name)]


def test_no_file_of_the_packages_is_left_behind(names: list[str]) -> None:
    data = {f"pipeline/_shipped/{name}" for name in _files_of(DATA) if not re.fullmatch(r"sample_data/.*\.py", name)}
    assert _files_of(PACKAGES) | data == {name for name in names if not name.startswith("cramplog-")}
    assert {f"{package}/py.typed" for package in ("cramplog", "models", "pipeline")} <= set(names)


def _files_of(folders: Sequence[str]) -> set[str]:
    """Paths of this checkout's files in those folders."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_metadata_says_what_it_is(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with zipfile.ZipFile(wheel) as packed:
        about = packed.read("cramplog-0.1.0.dist-info/METADATA").decode()
        programs = packed.read("cramplog-0.1.0.dist-info/entry_points.txt").decode()
        notice = packed.read("cramplog-0.1.0.dist-info/licenses/NOTICE").decode()
    assert f"\nVersion: {project['version']}\n" in about
    assert "\nRequires-Python: >=3.11\n" in about
    assert "\nLicense-File: NOTICE\n" in about
    assert programs.split() == ["[console_scripts]", "cramplog", "=", "pipeline.cli.frame.entry:begin"]
    assert notice == (ROOT / "NOTICE").read_text()


@pytest.mark.release
def test_an_empty_environment_with_the_wheel_lacks_nothing(installed: Installed) -> None:
    _uv("pip", "check", *installed.python)
    where = installed.run("python", "-c", "import pipeline, cramplog; print(pipeline.__file__, cramplog.__file__)")
    assert all(path.startswith(str(installed.venv)) for path in where.split())


@pytest.mark.release
def test_a_type_checker_sees_the_librarys_types(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "consumer.py").write_text(CONSUMER)
    program = [sys.executable, "-m", "mypy", "--strict", "--python-executable", installed.python[1], "consumer.py"]
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(program, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=400)
    found = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert len(found) == 2, done.stdout
    assert 'Module has no attribute "opened"' in found[0]
    assert '"risk" of "Store" has incompatible type "int"' in found[1]


@pytest.mark.release
@pytest.mark.parametrize("first", ["cramplog", "jupysql"])
def test_the_wheel_and_jupysql_live_in_one_environment(first: str, wheel: Path, tmp_path: Path) -> None:
    with _environment(tmp_path) as both:
        if first == "jupysql":
            _uv("pip", "install", *both.python, *JUPYSQL)
        _install_wheel(both, wheel)
        if first == "cramplog":
            _uv("pip", "install", *both.python, *JUPYSQL)
        its_own = "import sql; from sql.magic import SqlMagic; print(sql.__version__, SqlMagic.__name__)"
        assert both.run("python", "-c", its_own).split() == ["0.11.1", "SqlMagic"]
        assert both.run("cramplog", "--version").startswith("cramplog 0.1.0, schema ")
        assert "380 files of simulated runs are in" in both.run("cramplog", "init", "--demo")
        assert both.run("cramplog", "sql", "SELECT count(*) AS n FROM v_runner", "--csv").split() == ["n", "12"]
        _uv("pip", "check", *both.python)


@pytest.mark.release
def test_the_installed_program_goes_from_the_sample_to_a_report(installed: Installed) -> None:
    store, said = installed.store, installed.run
    assert re.match(r"cramplog\b.* 0\.1\.0\b", said("cramplog", "--version"))
    assert "380 files of simulated runs are in" in said("cramplog", "init", "--demo")

    inbox, waiting = store / "inbox", installed.person / "waiting"
    inbox.rename(waiting)
    assert "\n6 files: 6 new\n" in said("cramplog", "ingest", str(waiting / "julia"), "--runner", "julia")
    cramp = ("--at", "0:30:00", "--muscle", "calf", "--side", "left", "--severity", "mild")
    said("cramplog", "tag", "2026-10-06", "--runner", "julia", *cramp)
    said("cramplog", "report", "julia")
    assert "1 of 10 answered runs" in (store / "reports" / "julia.html").read_text()
    assert "cramp" in said("cramplog", "sql", "SELECT answer FROM v_run WHERE answer <> 'unanswered'")

    inbox.mkdir(exist_ok=True)
    for path in waiting.iterdir():
        if path.name == "greta" or path.is_file():
            path.rename(inbox / path.name)
    assert "31 new" in said("cramplog", "nightly", "--plain")
    page = (store / "reports" / "greta.html").read_text()
    assert "of 100 runs of each length" in page
    assert "Simulated" in page
    assert set(re.findall(r'(?:src|href)="([^#"][^"]*)"', page)) <= {"https://open-meteo.com/"}
    assert "<script" not in page

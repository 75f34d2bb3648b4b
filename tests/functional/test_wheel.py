"""The wheel: what is in it, and that an empty environment with it gives the same working `cramplog`.

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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
PACKAGES = ("cramplog", "pipeline", "flows", "models", "sql", "sample_data")


@dataclass(frozen=True, slots=True)
class Installed:
    """The environment's folder, and a person's home beside it."""

    venv: Path
    person: Path

    @property
    def store(self) -> Path:
        return self.person / "home"

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
    """An environment with the locked packages and the wheel and nothing else; gone afterwards, it is large."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv, person = folder / "venv", folder / "person"
    person.mkdir()
    into = ["--python", str(venv / "bin" / "python")]
    _uv("venv", "--python", sys.executable, str(venv))
    _uv("pip", "install", *into, "--require-hashes", "-r", str(ROOT / "requirements.lock"))
    _uv("pip", "install", *into, "--no-deps", str(wheel))
    yield Installed(venv, person)
    shutil.rmtree(venv)


def _uv(*words: str) -> None:
    done = subprocess.run([str(UV), "--quiet", *words], capture_output=True, text=True, timeout=600)
    if "Failed to fetch" in done.stderr and not os.environ.get("CI"):
        pytest.skip("no package index can be reached from here")
    assert done.returncode == 0, done.stderr


def test_the_wheels_top_level_is_the_six_packages(names: list[str]) -> None:
    assert {name.split("/")[0] for name in names} == {
        "cramplog", "flows", "models", "pipeline", "sample_data", "sql", "cramplog-0.1.0.dist-info",
    }  # fmt: skip


def test_the_wheel_holds_the_sample_cohort_without_what_makes_it(names: list[str]) -> None:
    sample = [name.removeprefix("sample_data/") for name in names if name.startswith("sample_data/")]
    assert {name.split("/")[0] for name in sample} == {
        "__init__.py", "README.md", "answers.csv", "cramps.csv", "runners.csv", "runs", "runs.csv", "weather",
    }  # fmt: skip
    assert not [name for name in names if re.search(r"(^|/)(tests?|benchmarks?)(/|_)|conftest", name)]


def test_no_file_of_the_packages_is_left_behind(names: list[str]) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    generators = {name for name in here if re.fullmatch(r"sample_data/(?!__init__)\w+\.py", name)}
    assert "sample_data/build.py" in generators
    assert here - generators == {name for name in names if not name.startswith("cramplog-")}


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


def test_an_empty_environment_with_the_wheel_lacks_nothing(installed: Installed) -> None:
    _uv("pip", "check", "--python", str(installed.venv / "bin" / "python"))
    where = installed.run(
        "python", "-c", "import pipeline, sample_data; print(pipeline.__file__, sample_data.__file__)"
    )
    assert all(path.startswith(str(installed.venv)) for path in where.split())


def test_the_installed_program_goes_from_the_sample_to_a_report(installed: Installed) -> None:
    store, said = installed.store, installed.run
    assert re.match(r"cramplog\b.* 0\.1\.0\b", said("cramplog", "--version"))
    assert "380 files of simulated runs lie in" in said("cramplog", "init", "--demo")

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
    assert "of 100 runs like it" in page
    assert "Simulated" in page
    assert set(re.findall(r'(?:src|href)="([^#"][^"]*)"', page)) <= {"https://open-meteo.com/"}
    assert "<script" not in page

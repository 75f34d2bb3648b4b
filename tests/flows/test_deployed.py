"""`prefect.yaml` on a real Prefect server: deployed as an operator deploys it, and run by a worker on a small store."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.cli import Home, recordings
from tests.support.folders import ROOT
from tests.support.stores import make_store

pytestmark = [pytest.mark.slow, pytest.mark.release]

PREFECT = Path(sys.executable).with_name("prefect")


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator's Prefect server, and `prefect` in the environment that talks to it."""

    address: str
    environ: Mapping[str, str]
    folder: Path

    def prefect(self, *words: str) -> str:
        """What the command prints; it has to succeed."""
        command = [str(PREFECT), "--no-prompt", *words]
        done = subprocess.run(command, env=self.environ, cwd=self.folder, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def read(self, path: str) -> Any:
        """All of one kind from the API."""
        return httpx.post(f"{self.address}/{path}/filter", json={}, timeout=30).json()


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A server on loopback, started by the test and stopped by it."""
    folder = tmp_path_factory.mktemp("operator")
    shutil.copy(ROOT / "prefect.yaml", folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/api"
    environ = {
        **os.environ,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": address,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "CRAMPLOG_HOME": str(folder / "home"),
        "PYTHONPATH": str(ROOT),
    }
    command = [str(PREFECT), "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log)
    try:
        assert _answers(address, server), (folder / "server.log").read_text()
        yield Operator(address, environ, folder)
    finally:
        server.terminate()
        server.wait(60)


def _answers(address: str, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return httpx.get(f"{address}/health", timeout=5).status_code == 200
        except httpx.TransportError:
            time.sleep(0.5)
    return False


@pytest.fixture(scope="module")
def home(operator: Operator) -> Home:
    """The store that the worker's environment names: one runner, two runs in the inbox and a file that is none."""
    make_store(operator.folder / "home", "ursula")
    recordings(operator.folder / "home" / "inbox", 2)
    (operator.folder / "home" / "inbox" / "torn.fit").write_bytes(b"no recording")
    return Home(operator.folder / "home")


def test_the_file_names_no_machine(operator: Operator) -> None:
    assert not re.search(r"(^|[\s\"'])(/|~|[A-Z]:\\)\w", (ROOT / "prefect.yaml").read_text(), re.MULTILINE)


def test_a_deployed_night_is_run_by_a_worker_and_prefect_shows_how_it_went(operator: Operator, home: Home) -> None:
    operator.prefect("work-pool", "create", "cramplog", "--type", "process")
    operator.prefect("deploy", "--all")
    deployed = {one["name"]: one for one in operator.read("deployments")}
    assert set(deployed) == {"nightly", "ingest"}
    for one in deployed.values():
        assert one["tags"] == ["cramplog"]
        assert one["work_pool_name"] == "cramplog"
        assert one["global_concurrency_limit"]["limit"] == 1
        assert [schedule["active"] for schedule in one["schedules"]] == [True]
        assert (one["path"], one["pull_steps"], one["parameters"]) == (None, [], {})

    for expected in ("FAILED", "COMPLETED"):  # the file that is none has moved by the second night
        operator.prefect("deployment", "run", "cramplog-nightly/nightly")
        operator.prefect("worker", "start", "--pool", "cramplog", "--type", "process", "--run-once")
        states = sorted(_ended_runs(operator), key=lambda run: str(run["start_time"]))
        assert states[-1]["state_type"] == expected, states[-1]["state"]
    nights = home.document("nightly", "--status")["nights"]
    assert [night["outcome"] for night in nights] == ["done", "failed"]
    assert len(home.document("runs")["runs"]) == 2
    logged = [line["message"] for line in operator.read("logs")]
    assert "inbox failed: 2 new, 1 failed" in logged
    everything = json.dumps([operator.read(path) for path in ("logs", "task_runs", "flow_runs", "artifacts")])
    assert "ursula" not in everything
    assert "torn.fit" not in everything


def test_a_night_by_hand_runs_on_the_operators_server(operator: Operator, home: Home) -> None:
    before = len(_ended_runs(operator))
    night = home.child("nightly", **{name: operator.environ[name] for name in ("PREFECT_HOME", "PREFECT_API_URL")})
    out, err = night.communicate(timeout=240)
    assert night.returncode == 0, out + err
    assert f"Prefect server at {operator.address}" in err
    assert [line.split()[1] for line in out.splitlines()[:6]] == ["done"] * 6
    assert len(_ended_runs(operator)) == before + 1
    assert not list((home.path / "prefect").glob("*"))


def _ended_runs(operator: Operator) -> list[dict[str, Any]]:
    return [run for run in operator.read("flow_runs") if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")]

"""What Prefect is shown of a night, on a server of our own: what failed is red, temporary errors are tried again, time limits
end a stage, and nothing there names a runner or a file. One server for all of it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.actions.runs.runner import add_runner
from pipeline.files import make_private_folder
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from tests.support.cli import Home, recordings
from tests.support.stores import NOW, make_store

pytestmark = pytest.mark.slow

NAMES = ("ursula", "zebedee")
NIGHTS = """
import base64, json, os, time
from datetime import UTC, datetime
import httpx
from flows.server import prefect_server
from pipeline.errors import TryAgain
from pipeline.settings import load_settings
from pipeline.store.db.connection import open_store

settings = load_settings(os.environ)
attempts, visits = [], []

def busy_once(settings, now):
    attempts.append(now)
    if len(attempts) == 1:
        raise TryAgain("the disk is full")
    return "2 new"

def broken(settings, now):
    attempts.append(now)
    raise ValueError("a runner's name")

def slow_visit(settings, now):
    with open_store(settings, write=True) as con:
        until = time.monotonic() + 2.0
        while time.monotonic() < until:
            con.execute("SELECT count(*) FROM range(1000000)").fetchall()
        visits.append("whole")
    visits.append("went on after the limit")

def requests(address, secret):
    path = f"{address}/flows/filter"
    auth = {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    post = lambda **headers: httpx.post(path, json={}, headers=headers).status_code
    return {
        "ours": post(**auth),
        "no secret": post(),
        "foreign host": post(**auth, host="example.org"),
        "a page in a browser": post(**auth, origin="http://example.org"),
        "health of a foreign host": httpx.get(f"{address}/health", headers={"host": "example.org"}).status_code,
        "websocket of a page": httpx.get(f"{address}/events/out", headers={"origin": "http://example.org",
            "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
            "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg=="}).status_code,
    }

with prefect_server(settings):
    from prefect import flow
    from prefect.client.orchestration import get_client
    from flows.nightly import nightly
    from flows.tasks import stage_in_task, task_begin_night, task_stage

    @flow
    def trials():
        night_id, now = task_begin_night(settings), datetime.now(UTC)
        at_once = task_stage.with_options(retry_delay_seconds=0)
        outcomes = [
            at_once(settings, night_id, "inbox", now, {"inbox": busy_once}),
            stage_in_task(settings, night_id, "weather", now, {"weather": broken}),
            stage_in_task(settings, night_id, "answers", now, {"answers": slow_visit}, limit_s=1.0),
        ]
        return [one.outcome for one in outcomes]

    found = {"trials": trials(), "attempts": len(attempts), "visits": visits}
    night = nightly(settings.home, return_state=True)
    found["night"] = [night.name, night.message]
    found["requests"] = requests(os.environ["PREFECT_API_URL"], os.environ["PREFECT_API_AUTH_STRING"])
    with get_client(sync_client=True) as client:
        deadline = time.monotonic() + 30
        while True:  # states of tasks travel as events, a moment behind
            tasks = client.read_task_runs()
            if all(one.state and one.state.is_final() for one in tasks) or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        flows = client.read_flow_runs()
        artifacts = client._client.post("/artifacts/filter", json={}).json()
        logs = client._client.post("/logs/filter", json={}).json()
    found["flows"] = {one.flow_name if hasattr(one, "flow_name") else one.name: one.state_name for one in flows}
    found["tasks"] = [[one.name, one.state_name, one.run_count] for one in sorted(tasks, key=lambda one: one.start_time)]
    found["artifacts"] = {one["key"]: one["data"] for one in artifacts if one["key"]}
    found["everything"] = "".join([one.model_dump_json() for one in [*flows, *tasks]] + [json.dumps([artifacts, logs])])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Home:
    """Two runners; a run, a file that is none, and a folder where a report should be."""
    path = tmp_path_factory.mktemp("nights") / "home"
    settings, _ = make_store(path, NAMES[0])
    add_runner(settings, Runner("", NAMES[1]), NOW)
    shutil.copy(empty_database, make_private_folder(settings.prefect))
    (path / "inbox").mkdir()
    recordings(path / "inbox" / NAMES[0], 1)
    (path / "inbox" / NAMES[0] / "torn-by-ursula.fit").write_bytes(b"no recording")
    (path / "reports" / f"{NAMES[1]}.html").mkdir(parents=True)
    return Home(path)


@pytest.fixture(scope="module")
def found(home: Home) -> dict[str, Any]:
    """What the program above printed."""
    environ = {**os.environ, "CRAMPLOG_HOME": str(home.path)}
    done = subprocess.run([sys.executable, "-c", NIGHTS], env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def rows_of(home: Home) -> list[tuple[str, ...]]:
    """Stage, outcome and detail of every row of `night`, in order."""
    with open_store(Settings(home.path), write=False) as con:
        return con.execute("SELECT night_id, stage, outcome, detail FROM night ORDER BY started_at").fetchall()


def test_a_temporary_error_is_tried_again_and_the_ledger_has_one_row(home: Home, found: dict[str, Any]) -> None:
    assert found["trials"] == ["done", "failed", "failed"]
    assert found["attempts"] == 3  # of the busy stage two; our own bug is not tried again
    assert found["tasks"][1] == ["inbox", "Completed", 2]
    assert found["tasks"][2] == ["weather", "Failed", 1]
    assert rows_of(home)[:2] == [("n1", "inbox", "done", "2 new"), ("n1", "weather", "failed", "a bug: ValueError")]


def test_a_time_limit_ends_a_stage_after_its_visit_to_the_store(home: Home, found: dict[str, Any]) -> None:
    assert found["visits"] == ["whole"]
    assert found["tasks"][3] == ["answers", "TimedOut", 1]
    assert rows_of(home)[2] == ("n1", "answers", "failed", "stopped at its limit of 1 s")


def test_what_fails_is_red_and_the_rest_of_the_night_is_done(home: Home, found: dict[str, Any]) -> None:
    assert found["night"][0] == "Failed"
    assert (
        "2 of 6 stages failed: inbox (1 new, 1 failed), reports (1 written, 0 unchanged, 1 failed (r2))"
        in found["night"][1]
    )
    assert [task[:2] for task in found["tasks"][5:]] == [
        ["inbox", "Failed"],
        ["weather", "Completed"],
        ["answers", "Completed"],
        ["fit", "Completed"],
        ["report r1", "Completed"],
        ["report r2", "Failed"],
        ["reports", "Failed"],
        ["publish", "Completed"],
    ]
    assert [row[1:3] for row in rows_of(home)[3:]] == [
        ("inbox", "failed"),
        ("weather", "done"),
        ("answers", "done"),
        ("fit", "done"),
        ("reports", "failed"),
        ("publish", "done"),
    ]
    assert (home.path / "reports" / "ursula.html").is_file()


def test_prefect_shows_the_stages_and_the_reports_and_no_name(found: dict[str, Any]) -> None:
    assert set(found["artifacts"]) == {"cramplog-nightly", "report-r1"}
    table = json.loads(found["artifacts"]["cramplog-nightly"])
    assert [(row["stage"], row["outcome"], row["what"]) for row in table][:2] == [
        ("inbox", "failed", "1 new, 1 failed"),
        ("weather", "done", "nothing new; 1 runs wait: fetching is switched off"),
    ]
    assert [name for name in (*NAMES, "a runner's name") if name in found["everything"]] == []
    assert "reports" in found["everything"]


def test_only_our_own_client_is_answered(found: dict[str, Any]) -> None:
    assert found["requests"] == {
        "ours": 200,
        "no secret": 401,
        "foreign host": 403,
        "a page in a browser": 403,
        "health of a foreign host": 403,
        "websocket of a page": 403,
    }

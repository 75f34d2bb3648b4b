"""`flows.ingest` through Prefect itself: called, and served. It stays on this machine whatever lies in the current folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.files import make_private_folder
from tests.support.cli import Home, recordings
from tests.support.stores import make_store

pytestmark = [pytest.mark.slow, pytest.mark.release]

CALLED_AND_SERVED = """
import asyncio, os, shutil
from datetime import UTC, datetime
from pathlib import Path
from flows.server import prefect_server
from pipeline.settings import load_settings

def main():
    settings = load_settings(os.environ)
    with prefect_server(settings):
        from prefect import get_client
        from prefect.runner import Runner
        from flows.ingest import ingest
        print("called", *(f"{one.stage}:{one.detail}" for one in ingest(settings.home, datetime.now(UTC))), sep="|")
        shutil.move(settings.home / "later.fit", settings.inbox / "later.fit")
        async def serve_once():
            runner = Runner(name="test", limit=1)
            deployment = await runner.aadd_flow(ingest, name="ingest", parameters={"home": str(settings.home)})
            async with get_client() as client:
                asked = await client.create_flow_run_from_deployment(deployment)
                await runner.start(run_once=True)
                print("served", (await client.read_flow_run(asked.id)).state_name, sep="|")
        asyncio.run(serve_once())

if __name__ == "__main__":
    main()
"""


def test_the_inbox_goes_into_the_store_called_and_served(tmp_path: Path, empty_database: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    home = Home(tmp_path / "home")
    shutil.copy(empty_database, make_private_folder(settings.prefect))
    recordings(home.path / "inbox", 3)
    (home.path / "inbox" / "002.fit").rename(home.path / "later.fit")
    here = tmp_path / "here"
    here.mkdir()
    (here / "program.py").write_text(CALLED_AND_SERVED)
    (here / ".env").write_text("PREFECT_API_URL=http://127.0.0.1:9/api\n")  # a server where there is none
    environ = {**os.environ, "CRAMPLOG_HOME": str(home.path)}
    program = [sys.executable, "program.py"]
    done = subprocess.run(program, cwd=here, env=environ, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    called, served = done.stdout.splitlines()
    assert called == "called|inbox:2 new|weather:nothing new; 2 runs wait: fetching is switched off|answers:nothing new"
    assert served == "served|Completed"
    assert len(home.document("runs")["runs"]) == 3
    assert home.document("nightly", "--status")["nights"] == []  # taking something in is no night

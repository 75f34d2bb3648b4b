"""The empty database that a server of ours keeps for the next one, made once for all tests and workers; and its processes."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

ONCE = """
import os
from flows.server import prefect_server
from pipeline.settings import load_settings
with prefect_server(load_settings(os.environ)):
    pass
"""


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file; copied into a home's `prefect` folder it spares that home's first start the 6 s of work."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "served_once"
    home.mkdir(exist_ok=True)
    with (home / "making").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(home.glob("prefect/empty-*")):
            environ = {**os.environ, "CRAMPLOG_HOME": str(home)}
            subprocess.run([sys.executable, "-c", ONCE], env=environ, timeout=240, check=True)
    (kept,) = home.glob("prefect/empty-*")
    return kept

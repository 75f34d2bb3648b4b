"""Prefect's settings, which have to stand in the environment before it is imported. Called by whoever starts a flow."""

from __future__ import annotations

import os

from pipeline.files import make_private_folder
from pipeline.settings import HOME_VARIABLE, Settings


def prepare_prefect(settings: Settings) -> None:
    """Keep Prefect on this machine and in our own folder, its telemetry off, and give its server time to start.

    Where it talks to and writes is never left to the environment, nor to a `.env` or a `prefect.toml` in the folder where
    somebody stands (seen: they send the night to another server): this process goes to a folder of ours. What else the
    user has set is left alone. The default start-up limit of 20 s fails on a loaded machine.
    """
    ours = {
        "PREFECT_HOME": str(settings.prefect),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{settings.prefect / 'prefect.db'}",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    wanted = {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180", "PREFECT_LOGGING_LEVEL": "WARNING"}
    os.environ |= ours
    for name in ("PREFECT_API_URL", "PREFECT_API_KEY"):  # not empty but gone: an empty address breaks Prefect's events
        os.environ.pop(name, None)
    here = {HOME_VARIABLE: settings.home, "CRAMPLOG_LOG_FILE": settings.log_file}
    os.environ |= {name: str(path) for name, path in here.items() if os.environ.get(name)}  # meant from the old place
    os.chdir(make_private_folder(settings.prefect))
    for name, value in wanted.items():
        os.environ.setdefault(name, value)

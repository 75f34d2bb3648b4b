"""Prefect's settings, which have to stand in the environment before it is imported. Called by whoever starts a flow."""

from __future__ import annotations

import os

from pipeline.settings import Settings


def prepare_prefect(settings: Settings) -> None:
    """Keep Prefect's files in our own folder, its telemetry off, and give its temporary server time to start.

    Whatever the user has set already is left alone. The default start-up limit of 20 s fails on a loaded machine.
    """
    wanted = {
        "PREFECT_HOME": str(settings.home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }
    for name, value in wanted.items():
        os.environ.setdefault(name, value)

"""Runs the nightly on a daily schedule in the runners' zone until it is stopped. For `cramplog nightly --serve`.

Needs a server that runs schedules (`flows.server`). The store and `night_lock` keep two nights apart, not Prefect: its
limit of one run at a time does not hold after a kill.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from prefect import get_client
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule

from flows.nightly import nightly
from pipeline.settings import Settings


def serve_nightly(settings: Settings, at: str, zone: str, *, start_now: bool) -> None:
    """Run the night each day at `at` (HH:MM) in `zone`, with `start_now` also at once. Returns on SIGTERM.

    Ctrl-C ends it with KeyboardInterrupt. A running night is stopped too: what its stages have done is stored, and the
    next night continues from there.
    """
    with suppress(asyncio.CancelledError):
        asyncio.run(_serve(settings, daily(at, zone), zone, start_now))


def daily(at: str, zone: str) -> Schedule:
    """Every day at `at` (HH:MM) on the clock of `zone`, summer and winter."""
    hour, minute = at.split(":")
    return Cron(f"{int(minute)} {int(hour)} * * *", timezone=zone)


async def _serve(settings: Settings, schedule: Schedule, zone: str, start_now: bool) -> None:
    runner = _StoppableRunner(name="cramplog", limit=1)
    parameters = {"home": str(settings.home), "zone": zone}
    deployment_id = await runner.aadd_flow(nightly, name="served", schedule=schedule, parameters=parameters)
    if start_now:
        async with get_client() as client:
            await client.create_flow_run_from_deployment(deployment_id)
    await runner.start()


class _StoppableRunner(Runner):
    """Ends on SIGTERM as on Ctrl-C. Prefect 3.8's own handler does not await what it calls, and ends slowly."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.loop, self.serving = asyncio.get_running_loop(), asyncio.current_task()

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        if self.serving:
            self.loop.call_soon_threadsafe(self.serving.cancel)

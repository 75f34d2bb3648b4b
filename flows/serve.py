"""Keeps the nightly on its schedule in the runner's zone until it is stopped. For `cramplog nightly --serve`.

Needs a server that runs schedules (`flows.server`). What must not go wrong rests on the store and on `one_night`, not
on Prefect: its limit of one run at a time does not hold after a kill.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule

from flows.nightly import nightly
from pipeline.settings import Settings


def serve_nightly(settings: Settings, at: str, zone: str, *, one_at_once: bool) -> None:
    """Run the night each day at `at` (HH:MM) on the clock of `zone`, and one at once if wanted. Returns on SIGTERM.

    Ctrl-C ends it with KeyboardInterrupt. A night that is under way is stopped with it: what its stages have done is
    stored, and the next night goes on there.
    """
    with suppress(asyncio.CancelledError):
        asyncio.run(_serve(settings, daily(at, zone), zone, one_at_once))


def daily(at: str, zone: str) -> Schedule:
    """Every day at `at` (HH:MM) on the clock of `zone`, summer and winter."""
    hour, minute = at.split(":")
    return Cron(f"{int(minute)} {int(hour)} * * *", timezone=zone)


async def _serve(settings: Settings, schedule: Schedule, zone: str, one_at_once: bool) -> None:
    runner = _Stoppable(name="cramplog", limit=1)
    deployment = await runner.aadd_flow(
        nightly,
        name="served",
        schedule=schedule,
        parameters={"home": str(settings.home), "zone": zone},
    )
    if one_at_once:
        await _start_one(deployment)
    await runner.start()


async def _start_one(deployment: UUID) -> None:
    async with get_client() as client:
        await client.create_flow_run_from_deployment(deployment)


class _Stoppable(Runner):
    """Ends on SIGTERM as on Ctrl-C. Prefect 3.8's own handler forgets to await what it calls, and leaves slowly."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.loop, self.serving = asyncio.get_running_loop(), asyncio.current_task()

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        if self.serving:
            self.loop.call_soon_threadsafe(self.serving.cancel)

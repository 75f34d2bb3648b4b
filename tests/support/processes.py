"""The processes that belong to a home, whoever started them and whatever group they are in: by their environment."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it became true in that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(1)  # to look takes as much of the computer as the night has to share
    return False


def processes_of(home: Path) -> list[str]:
    """The command lines of all processes whose CRAMPLOG_HOME is that folder, but for those that have ended."""
    variable = f"CRAMPLOG_HOME={home}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or another user's
            if variable in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip())
    return found


def nothing_left_of(home: Path) -> bool:
    """Whether no process of that home lives."""
    return not processes_of(home)


def server_is_up(home: Path) -> bool:
    """Whether a Prefect server of that home has opened its database."""
    return any((home / "prefect").glob("server-*/server.db-wal"))

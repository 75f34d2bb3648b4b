"""A Prefect server of our own for `nightly --serve`: on this machine's loopback, behind a secret, gone when we are.

Prefect's temporary server runs no schedules, so a schedule needs a whole one. Here is both its keeper
(`own_server`, for the command line) and what the keeper starts (`python -m flows.server`).
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flows.server_database import forget_empty, keep_empty, new_database
from pipeline.errors import TryAgain
from pipeline.files import make_private_folder, write_lock
from pipeline.settings import Settings

LOOPBACK = "127.0.0.1"
START_S = 180.0
STOP_S = 20.0


@contextmanager
def own_server(settings: Settings) -> Iterator[None]:
    """Inside, Prefect (not imported before) talks to a server of ours; at the end it is stopped.

    The server reads a pipe that this process holds: however we end, by kill -9 too, it sees the end and goes.
    Raises TryAgain when it does not come up, or when this home has one already.
    """
    with _only_one(settings):
        database = new_database(settings.prefect)
        secret = f"cramplog:{secrets.token_urlsafe(24)}"  # the port is open to whoever else uses this machine
        os.environ |= {"PREFECT_SERVER_API_AUTH_STRING": secret, "PREFECT_API_AUTH_STRING": secret}
        os.environ["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = f"sqlite+aiosqlite:///{database}"
        signal.signal(signal.SIGTERM, _leave)  # until a runner of Prefect's has its own
        server = _start()
        try:
            os.environ["PREFECT_API_URL"] = _address_of(server, database)
            yield
        finally:
            _stop(server)


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    with ExitStack() as lock:
        try:
            lock.enter_context(write_lock(make_private_folder(settings.prefect), 0.0))
        except TryAgain as error:
            raise TryAgain(f"the nights of {settings.home} are being served already", "end that one first") from error
        yield


def _leave(*_: object) -> None:
    raise SystemExit(0)


def _start() -> subprocess.Popen[str]:
    # Ctrl-C on a terminal reaches every process there; the server has to outlive the flows that report to it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        program = [sys.executable, "-m", "flows.server"]
        return subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _address_of(server: subprocess.Popen[str], database: Path) -> str:
    """Prefect's API there, once it answers; its empty database is kept, or thrown away if it may be why there is none."""
    try:
        port = _port_of(server)
    except TryAgain:
        forget_empty(database)
        raise
    keep_empty(database)
    return f"http://{LOOPBACK}:{port}/api"


def _port_of(server: subprocess.Popen[str]) -> int:
    """The port, which the server says once it answers."""
    late = threading.Timer(START_S, server.kill)
    late.start()
    try:
        said = server.stdout.readline().strip() if server.stdout else ""
    finally:
        late.cancel()
    if not said:
        raise TryAgain(
            "Prefect's server did not start", "try again, or run a night without it: cramplog nightly --plain"
        )
    return int(said)


def _stop(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    for pipe in (server.stdin, server.stdout):
        if pipe:
            pipe.close()


def _run() -> None:
    """The server itself, until a SIGTERM or the end of the pipe on stdin."""
    import uvicorn
    from prefect.server.api.server import create_app

    listening = socket.create_server((LOOPBACK, 0))

    class Telling(uvicorn.Server):
        """Says its port on stdout once it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(listening.getsockname()[1], flush=True)  # noqa: T201  what the keeper waits for

    threading.Thread(target=_end_with_the_keeper, daemon=True).start()
    config = uvicorn.Config(create_app(final=True), log_level="error", lifespan="on")
    Telling(config).run(sockets=[listening])


def _end_with_the_keeper() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _run()

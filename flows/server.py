"""The Prefect server that a night runs on: the operator's, or one of our own that nobody else can use and that ends with us.

Our own (`flows.server_process`) instead of Prefect's temporary one, because that one runs no schedules, answers any page in
a browser, needs no secret, and stays for ever when the night is killed.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from flows.environment import (
    leave_current_folder,
    operators_server,
    shown_address,
    use_operators_server,
    use_own_server,
)
from flows.server_database import Database, server_database
from pipeline.errors import CannotStart, TryAgain
from pipeline.settings import Settings

START_S = 180.0  # a loaded computer needs more than Prefect's 20 s
STOP_S = 20.0
KEPT_S = 30 * 86400  # runs of a night that is served for months
PLAIN_HINT = "or run a night without Prefect: cramplog nightly --plain"


@contextmanager
def prefect_server(settings: Settings) -> Iterator[None]:
    """Inside, Prefect (not imported before) talks to the operator's server where one is named, else to one of ours.

    Raises TryAgain when the server does not answer or does not start, CannotStart when the operator's refuses us.
    """
    address = operators_server(os.environ)
    leave_current_folder(settings)
    if address:
        use_operators_server()
        _check_answers(shown_address(address))
        yield
        return
    with own_server(settings):
        yield


@contextmanager
def own_server(settings: Settings) -> Iterator[None]:
    """Inside, Prefect talks to a server of ours on this machine's loopback; at the end it is stopped.

    The server reads a pipe that this process holds: however we end, by kill -9 too, it sees the end and goes.
    """
    secret = f"cramplog:{secrets.token_urlsafe(24)}"  # the port is open to whoever else uses this machine
    with server_database(settings.prefect) as database:
        server = _start(database, secret)
        try:
            use_own_server(settings, f"http://127.0.0.1:{_port_of(server, database)}/api", secret)
            yield
        finally:
            _stop(server)


def _check_answers(address: str) -> None:
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        with get_client(sync_client=True) as client:
            client.read_flows(limit=1)
    except (PrefectHTTPStatusError, ValueError) as error:
        answer = f"status {error.response.status_code}" if isinstance(error, PrefectHTTPStatusError) else "no JSON"
        raise CannotStart(
            f"the Prefect server at {address} does not let us in: {answer}",
            f"check the address, PREFECT_API_KEY or PREFECT_API_AUTH_STRING, {PLAIN_HINT}",
        ) from error
    except httpx.TransportError as error:
        raise TryAgain(
            f"the Prefect server at {address} does not answer",
            f"start it, unset PREFECT_API_URL or PREFECT_PROFILE for a server of its own, {PLAIN_HINT}",
        ) from error


def _start(database: Database, secret: str) -> subprocess.Popen[str]:
    environ = {
        **os.environ,
        "PREFECT_HOME": str(database.path.parent),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database.path}",
        "PREFECT_SERVER_API_AUTH_STRING": secret,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEPT_S),
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
    }
    for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"):
        environ.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "flows.server_process"],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C reaches every process of a terminal's group; the server outlives the flows that report to it
    )


def _port_of(server: subprocess.Popen[str], database: Database) -> int:
    """The port, which the server prints once it answers."""
    late = threading.Timer(START_S, server.kill)
    late.start()
    try:
        line = _pipe(server.stdout).readline().strip()
    finally:
        late.cancel()
    if not line:
        database.forget_empty()
        raise TryAgain("Prefect's server did not start", f"try again, {PLAIN_HINT}")
    database.keep_empty()
    return int(line)


def _stop(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    for pipe in (server.stdin, server.stdout):
        _pipe(pipe).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe

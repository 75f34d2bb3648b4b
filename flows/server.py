"""The Prefect server of a night: the operator's, or a private one that only this process can use and that ends with it.

The private server (`flows.server_process`) replaces Prefect's temporary one, which runs no schedules, answers any web page,
needs no secret, and stays for ever when the night is killed.
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
    private_server_environ,
    shown_address,
    use_operators_server,
    use_private_server,
)
from flows.server_database import ServerDatabase, server_database
from pipeline.errors import CannotStart, TryAgain
from pipeline.settings import Settings

START_S = 180.0  # a loaded computer needs more than Prefect's 20 s
STOP_S = 20.0
LOGS_S = 5.0
PLAIN_HINT = "or run the night without Prefect: cramplog nightly --plain"


@contextmanager
def prefect_server(settings: Settings) -> Iterator[None]:
    """Inside, Prefect (not imported before) talks to the operator's server if the environment names one, else to a private one.

    Raises TryAgain when the server does not answer or does not start, CannotStart when the operator's refuses us.
    """
    address = operators_server(os.environ)
    leave_current_folder(settings)
    if address:
        use_operators_server()
        _check_access(shown_address(address))
        yield
        return
    with _private_server(settings):
        yield


@contextmanager
def _private_server(settings: Settings) -> Iterator[None]:
    """Inside, Prefect talks to our server on this machine's loopback; at the end it is stopped.

    The server reads a pipe that this process holds: when this process ends, also by kill -9, the server ends too.
    """
    secret = f"cramplog:{secrets.token_urlsafe(24)}"  # other users of this machine can reach the port
    with server_database(settings.prefect) as database:
        server = subprocess.Popen(
            [sys.executable, "-m", "flows.server_process"],
            env=private_server_environ(database.path, secret),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C reaches the terminal's whole group; the server must outlive the flows that report to it
        )
        try:
            use_private_server(settings, f"http://127.0.0.1:{_port_of(server, database)}/api", secret)
            yield
        finally:
            _send_waiting_logs()
            _stop(server)


def _send_waiting_logs() -> None:
    """Wait until Prefect has sent its waiting log lines; once the server has ended, each would print an error."""
    if "prefect.logging.handlers" in sys.modules:
        from prefect.logging.handlers import APILogWorker

        APILogWorker.drain_all(timeout=LOGS_S)


def _check_access(address: str) -> None:
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        with get_client(sync_client=True) as client:
            client.read_flows(limit=1)
    except (PrefectHTTPStatusError, ValueError) as error:
        status = error.response.status_code if isinstance(error, PrefectHTTPStatusError) else None
        answer = f"it answered with status {status}" if status else "its answer is not JSON"
        raise CannotStart(
            f"cannot use the Prefect server at {address}: {answer}",
            f"check the address, PREFECT_API_KEY or PREFECT_API_AUTH_STRING, {PLAIN_HINT}",
        ) from error
    except httpx.TransportError as error:
        raise TryAgain(
            f"the Prefect server at {address} does not answer",
            f"start it, unset PREFECT_API_URL and PREFECT_PROFILE to use a private server, {PLAIN_HINT}",
        ) from error


def _port_of(server: subprocess.Popen[str], database: ServerDatabase) -> int:
    """The port, which the server prints once it answers."""
    timer = threading.Timer(START_S, server.kill)
    timer.start()
    try:
        line = _pipe(server.stdout).readline().strip()
    finally:
        timer.cancel()
    if not line:
        database.delete_template()
        raise TryAgain("Prefect's server did not start", f"try again, {PLAIN_HINT}")
    database.save_template()
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

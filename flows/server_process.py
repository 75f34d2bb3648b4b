"""Our own Prefect server as a process: `python -m flows.server_process`, started and stopped by `flows.server`.

It listens on this machine's loopback only, refuses what does not come from Prefect's own client, and ends with whoever
started it: they hold the other end of the pipe on its stdin.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

import uvicorn
from prefect.server.api.server import create_app
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = "127.0.0.1"


class OnlyOurs:
    """Answers 403 to a request for another host, or from a page in a browser: those send an Origin, Prefect's client none."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app, self.host = app, host.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        headers = dict(scope.get("headers", ()))
        foreign = scope["type"] != "lifespan" and (headers.get(b"host") != self.host or b"origin" in headers)
        await (PlainTextResponse("Forbidden", 403) if foreign else self.app)(scope, receive, send)


class Announcing(uvicorn.Server):
    """Prints its port on stdout once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, then the port."""
        await super().startup(sockets)
        for listening in sockets or ():
            print(listening.getsockname()[1], flush=True)  # noqa: T201  what `flows.server` waits for


def run() -> None:
    """Serve until a SIGTERM or the end of the pipe on stdin."""
    threading.Thread(target=_end_with_the_pipe, daemon=True).start()
    listening = socket.create_server((LOOPBACK, 0))
    app = OnlyOurs(create_app(final=True), f"{LOOPBACK}:{listening.getsockname()[1]}")
    Announcing(uvicorn.Config(app, log_level="error", lifespan="on")).run(sockets=[listening])


def _end_with_the_pipe() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    run()

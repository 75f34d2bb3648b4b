"""The process of our private Prefect server: `python -m flows.server_process`, started and stopped by `flows.server`.

It listens on this machine's loopback only, refuses requests that are not from Prefect's own client, and ends with the
process that started it, which holds the other end of the pipe on stdin.
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


class RefuseBrowsers:
    """Answers 403 to requests for another host or with an Origin: web pages send an Origin, Prefect's client does not."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app, self.host = app, host.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        headers = dict(scope.get("headers", ()))
        foreign = scope["type"] != "lifespan" and (headers.get(b"host") != self.host or b"origin" in headers)
        await (PlainTextResponse("Forbidden", 403) if foreign else self.app)(scope, receive, send)


class PortPrinter(uvicorn.Server):
    """Prints its port on stdout once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, then the port."""
        await super().startup(sockets)
        for listening in sockets or ():
            print(listening.getsockname()[1], flush=True)  # noqa: T201  `flows.server` reads it


def run() -> None:
    """Serve until SIGTERM or the end of the pipe on stdin."""
    threading.Thread(target=_end_with_the_pipe, daemon=True).start()
    listening = socket.create_server((LOOPBACK, 0))
    app = RefuseBrowsers(create_app(final=True), f"{LOOPBACK}:{listening.getsockname()[1]}")
    PortPrinter(uvicorn.Config(app, log_level="error", lifespan="on")).run(sockets=[listening])


def _end_with_the_pipe() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    run()

"""Checks if the weather service can be reached: opens and closes a connection, sends no request. Called by `doctor`."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from pipeline.config import is_loopback
from pipeline.weather.service.address import Service

PATIENCE_S = 3.0
State = Literal["off", "reached", "silent", "by_proxy"]
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Reach:
    """The host of the weather service (None if switched off), and the result of the check.

    'by_proxy': there is a proxy in between, so the connection was not tried.
    """

    host: str | None
    state: State


def reach(service: Service | None, patience_s: float = PATIENCE_S) -> Reach:
    """Returns if the service accepts a connection within `patience_s` seconds, with TLS for https."""
    if service is None:
        return Reach(None, "off")
    parts = urlsplit(service.archive)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if not is_loopback(service.archive) and getproxies().keys() & {parts.scheme, "all"} and not proxy_bypass(host):
        return Reach(host, "by_proxy")
    connected = threading.Event()
    # In a thread, because a name look-up has no time limit that could be set.
    thread = threading.Thread(
        target=_connect, args=(host, port, parts.scheme == "https", patience_s, connected), daemon=True
    )
    thread.start()
    thread.join(patience_s)
    return Reach(host, "reached" if connected.is_set() else "silent")


def _connect(host: str, port: int, secure: bool, patience_s: float, connected: threading.Event) -> None:
    try:
        with socket.create_connection((host, port), timeout=patience_s) as plain:
            if secure:
                with httpx.create_ssl_context().wrap_socket(plain, server_hostname=host):
                    pass
        connected.set()
    except OSError:  # unknown name, no connection, invalid certificate, time-out
        return

"""Whether the weather service can be reached from here: a connection is opened and closed, nothing is asked. For `doctor`."""

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
    """The host that weather would come from (None when none is asked), and how it is reached.

    'by_proxy': one stands between, and it was not tried.
    """

    host: str | None
    state: State


def reach(service: Service | None, patience_s: float = PATIENCE_S) -> Reach:
    """Whether the service takes a connection, safe where it should be, within so many seconds."""
    if service is None:
        return Reach(None, "off")
    parts = urlsplit(service.archive)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if not is_loopback(service.archive) and getproxies().keys() & {parts.scheme, "all"} and not proxy_bypass(host):
        return Reach(host, "by_proxy")
    took = threading.Event()
    # In a thread of its own: looking up a name has no limit that we could set.
    looking = threading.Thread(
        target=_connect, args=(host, port, parts.scheme == "https", patience_s, took), daemon=True
    )
    looking.start()
    looking.join(patience_s)
    return Reach(host, "reached" if took.is_set() else "silent")


def _connect(host: str, port: int, secure: bool, patience_s: float, took: threading.Event) -> None:
    try:
        with socket.create_connection((host, port), timeout=patience_s) as plain:
            if secure:
                with httpx.create_ssl_context().wrap_socket(plain, server_hostname=host):
                    pass
        took.set()
    except OSError:  # no name, no way, no valid certificate, no time
        return

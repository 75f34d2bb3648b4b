"""A weather service on this computer, over a real socket: it answers as Open-Meteo does, or as a script says.

    with WeatherServer(error(429, "Minutely API request limit exceeded. Please try again in one minute.")) as server:
        ...  # CRAMPLOG_WEATHER_URL=server.url; the first request gets the 429, all others weather
    server.heard[0].params["latitude"]  # "48.2,47.1"

Without a script every request gets simulated hours (`temperature_c` says which), in the service's shape: an object
for one location and an array for several, `location_id` from the second on, no `elevation` where it is not finite,
nulls after `archive_ends_at`, and 400 for what the service refuses. `server.script.append(...)` adds answers.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.folders import REAL_WEATHER
from tests.support.weather.replies import Heard, Refused, service_reply

Answer = Callable[["_Handler"], None]


def error(status: int, reason: str) -> Answer:
    """The service's own error body."""
    return body(json.dumps({"error": True, "reason": reason}).encode(), status)


def body(content: bytes, status: int = 200, **headers: str) -> Answer:
    """These bytes, whole; keyword arguments are further headers, `_` for `-`."""
    return lambda handler: handler.send(status, content, headers)


def recorded(name: str) -> Answer:
    """A recorded reply of the service; skips the test where the recordings are not."""
    if not REAL_WEATHER.is_dir():
        pytest.skip("the recorded weather replies are not part of the project")
    status = int(name.split("_")[1]) if name.startswith("error_") else 200
    return body((REAL_WEATHER / name).read_bytes(), status)


def weather(change: Callable[[Any], Any]) -> Answer:
    """The weather that was asked for, after `change` of the decoded JSON (an object or an array)."""
    return lambda handler: handler.send(200, _json(change(handler.owner.reply_to(handler.heard())[1])), {})


def streamed_error() -> Answer:
    """Status 200, half a body, and then the text of a fault, as the service streams it."""
    return lambda handler: handler.send(200, handler.half() + b"Unexpected error while streaming data: timeout", {})


def cut() -> Answer:
    """The connection is closed in the middle of the body."""
    return lambda handler: handler.send(200, handler.half(), {"Content-Length": "1000000"})


def hang_up() -> Answer:
    """The connection is closed without one byte."""
    return lambda handler: handler.hang_up()


def silence() -> Answer:
    """The request is accepted and never answered."""
    return lambda handler: handler.owner.wait_for_end()


def trickle(every_s: float) -> Answer:
    """One byte now and then: every single read is in time, the whole never ends."""

    def answer(handler: _Handler) -> None:
        handler.start(200, {"Content-Length": "1000000"})
        while not handler.owner.ended.wait(every_s):
            handler.wfile.write(b" ")

    return answer


class WeatherServer:
    """Listens on a free loopback port between `with` and its end; see above."""

    def __init__(self, *script: Answer, now: datetime | None = None, archive_ends_at: datetime | None = None) -> None:
        """`now` (aware) sets which days are refused; archive hours after `archive_ends_at` (aware) are null."""
        self.script = deque(script)
        self.now = now or datetime.now(UTC)
        self.archive_ends_at = archive_ends_at
        self.heard: list[Heard] = []
        self.connections = 0
        self.most_at_once = 0
        self.at_once = 0
        self.ended = threading.Event()
        self.counting = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The base address: what CRAMPLOG_WEATHER_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> WeatherServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for_end(self) -> None:
        """Returns when the test is over, or after a minute."""
        self.ended.wait(60.0)

    def reply_to(self, heard: Heard) -> tuple[int, Any]:
        """Status and JSON document, as the service would."""
        try:
            return 200, service_reply(heard, self.now, self.archive_ends_at)
        except Refused as refused:
            return 400, {"error": True, "reason": str(refused)}


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


class _Handler(BaseHTTPRequestHandler):
    """One connection; the next line of the script decides what it gets."""

    owner: WeatherServer
    protocol_version = "HTTP/1.1"  # connections stay open, as the service's do

    def setup(self) -> None:
        super().setup()
        with self.owner.counting:
            self.owner.connections += 1

    def do_GET(self) -> None:
        with self.owner.counting:
            self.owner.heard.append(self.heard())
            self.owner.at_once += 1
            self.owner.most_at_once = max(self.owner.most_at_once, self.owner.at_once)
            answer = self.owner.script.popleft() if self.owner.script else None
        try:
            self._answer(answer)
        except OSError:  # the client had enough and hung up
            self.close_connection = True
        finally:
            with self.owner.counting:
                self.owner.at_once -= 1

    def _answer(self, answer: Answer | None) -> None:
        if answer is None:
            status, document = self.owner.reply_to(self.heard())
            self.send(status, _json(document), {})
        else:
            answer(self)

    def heard(self) -> Heard:
        """This request; a parameter given twice shows its last value."""
        parts = urlsplit(self.path)
        params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return Heard(self.path, parts.path, params, {name.lower(): value for name, value in self.headers.items()})

    def hang_up(self) -> None:
        """No answer at all."""
        self.close_connection = True

    def half(self) -> bytes:
        """The first half of the true answer."""
        whole = _json(self.owner.reply_to(self.heard())[1])
        return whole[: len(whole) // 2]

    def start(self, status: int, headers: dict[str, str]) -> None:
        """Status and headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        """An answer; `headers` win over ours. One shorter than it says ends with its connection."""
        ours = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(content))}
        self.start(status, {**ours, **headers})
        self.wfile.write(content)
        self.close_connection = self.close_connection or "Content-Length" in headers

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: a test reads `heard`."""

"""Sends one request to the weather service and returns its places, or raises the reason why there are none.

Called by the fetching action and by the forecast of a planned run, which store the hours. Only cells of 0.1 degree, the
elevation of the runs there, days and the program's version leave the machine; nothing of this is logged here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from types import TracebackType

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random
from tenacity import wait_random_exponential as wait_backing_off

from pipeline.config import is_loopback
from pipeline.errors import FileRefused, WrongInput
from pipeline.weather.files.read import LARGEST_BYTES
from pipeline.weather.place import WeatherPlace
from pipeline.weather.service.address import Service
from pipeline.weather.service.messages import query, read_reply
from pipeline.weather.service.refusals import FailedTry, MinuteFull, WeatherLater, WeatherSilent, next_minute, refusal
from pipeline.weather.service.request import Request

_AFTER_THE_MINUTE = wait_random(1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of one request: seconds per connect, per read and per try, the number of tries, and waits between them."""

    connect_s: float = 10.0
    read_s: float = 30.0
    whole_s: float = 120.0
    tries: int = 4
    shortest_wait_s: float = 0.5
    longest_wait_s: float = 8.0


class OpenMeteo:
    """A client of the service: `with OpenMeteo(service) as weather: weather.fetch(request, now)`."""

    def __init__(
        self,
        service: Service,
        patience: Patience = Patience(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` (aware) and `sleep` (seconds) are used for waiting. Raises WrongInput for a proxy that cannot be used."""
        self._service = service
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._http = _client(service, patience)

    def __enter__(self) -> OpenMeteo:
        logging.getLogger("httpx").addFilter(_has_no_place)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        logging.getLogger("httpx").removeFilter(_has_no_place)
        self._http.close()

    def fetch(self, request: Request, now: datetime) -> list[WeatherPlace]:
        """Returns one place per requested cell, in order; without hours if the source has none.

        Hours of the forecast are provisional, others depending on `now` (aware). Raises WeatherRefused, WeatherLater or
        WeatherSilent.
        """
        tries = Retrying(
            retry=retry_if_exception_type(FailedTry),
            stop=stop_after_attempt(self._patience.tries),
            wait=self._wait_s,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._try_once, request, now)
        except MinuteFull as full:
            raise WeatherLater(next_minute(self._clock()), full.reason) from None
        except FailedTry as failed:
            raise WeatherSilent(failed.reason) from None
        except FileRefused as refused:
            raise WeatherSilent(f"its reply cannot be used: {refused.message}") from None

    def _wait_s(self, state: RetryCallState) -> float:
        """Returns the wait (s): until just after the next minute if this minute is used up, else a growing random time."""
        failed = state.outcome.exception() if state.outcome else None
        if isinstance(failed, MinuteFull):
            now = self._clock()
            return (next_minute(now) - now).total_seconds() + _AFTER_THE_MINUTE(state)
        patience = self._patience
        return wait_backing_off(min=patience.shortest_wait_s, max=patience.longest_wait_s)(state)

    def _try_once(self, request: Request, now: datetime) -> list[WeatherPlace]:
        """Makes one try. Raises FailedTry if a later try may succeed."""
        try:
            status, text = self._exchange(request)
        except httpx.RequestError as error:
            raise FailedTry(_reason(error)) from None  # the error's text may contain the address, its request the key
        if status != 200:
            raise refusal(status, text, self._clock(), self._service.key)
        return read_reply(text, request, now)

    def _exchange(self, request: Request) -> tuple[int, str]:
        """Returns status and text. Each read has a time limit, and all reads together have a time and a size limit."""
        give_up_s = time.monotonic() + self._patience.whole_s
        body = bytearray()
        with self._http.stream("GET", self._service.address(request.host), params=query(request)) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST_BYTES:
                    raise WeatherSilent("its reply is larger than 64 MB")
                if time.monotonic() > give_up_s:
                    raise FailedTry("its reply came too slowly")
        return response.status_code, body.decode("utf-8", errors="replace")


def _client(service: Service, patience: Patience) -> httpx.Client:
    timeout = httpx.Timeout(patience.read_s, connect=patience.connect_s)
    headers = {"User-Agent": f"cramplog/{version('cramplog')}", "Accept": "application/json"}
    if service.key:
        headers["X-Api-Key"] = service.key  # in the address it would appear in the logs of every server between
    try:
        # A proxy of the environment is not used for a service on this computer.
        return httpx.Client(timeout=timeout, headers=headers, trust_env=not is_loopback(service.archive))
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise WrongInput(
            "the proxy in the environment variables cannot be used",
            "set HTTPS_PROXY or ALL_PROXY to http://host:port",
        ) from error


def _has_no_place(record: logging.LogRecord) -> bool:
    """Drops log lines with positions: httpx logs full addresses, which contain them here."""
    return "latitude=" not in record.getMessage()


def _reason(error: httpx.RequestError) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return "it cannot be reached"
    if isinstance(error, httpx.TimeoutException):
        return "it does not answer"
    if isinstance(error, httpx.DecodingError):
        return "its reply is damaged"
    return "the connection broke off"

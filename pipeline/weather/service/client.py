"""The weather service asked over the network: one request in, its places out, or a reason why not.

Called by the fetching action and by the forecast of a planned run, which keep the hours. What leaves the machine
is cells of 0.1 degree, the runs' elevation there, days and the program's version; none of it is logged here.
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
from pipeline.weather.service.messages import query, read_answer
from pipeline.weather.service.refusals import MinuteFull, Unanswered, WeatherLater, WeatherSilent, next_minute, refusal
from pipeline.weather.service.request import Request

_AFTER_THE_MINUTE = wait_random(1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request may take: each connect and read, one whole try, and how often it is tried."""

    connect_s: float = 10.0
    read_s: float = 30.0
    whole_s: float = 120.0
    tries: int = 4
    shortest_wait_s: float = 0.5
    longest_wait_s: float = 8.0


class OpenMeteo:
    """The service behind one connection: `with OpenMeteo(service) as weather: weather.fetch(request, now)`."""

    def __init__(
        self,
        service: Service,
        patience: Patience = Patience(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` (aware) and `sleep` (seconds) are for waiting. Raises WrongInput for a proxy that cannot be used."""
        self._service = service
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._http = _client(service, patience)

    def __enter__(self) -> OpenMeteo:
        logging.getLogger("httpx").addFilter(_says_no_place)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        logging.getLogger("httpx").removeFilter(_says_no_place)
        self._http.close()

    def fetch(self, request: Request, now: datetime) -> list[WeatherPlace]:
        """One place for each cell asked, in order, under the asked cell; without any hour where the source has none.

        Hours of the forecast are provisional, others by `now` (aware). Raises WeatherRefused, WeatherLater or WeatherSilent.
        """
        tries = Retrying(
            retry=retry_if_exception_type(Unanswered),
            stop=stop_after_attempt(self._patience.tries),
            wait=self._wait_s,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._ask, request, now)
        except MinuteFull as full:
            raise WeatherLater(next_minute(self._clock()), full.reason) from None
        except Unanswered as unanswered:
            raise WeatherSilent(unanswered.reason) from None
        except FileRefused as refused:
            raise WeatherSilent(f"its answer cannot be used, {refused.message}") from None

    def _wait_s(self, state: RetryCallState) -> float:
        """Up to the next minute and a little when this one is full, else a random while that grows."""
        failed = state.outcome.exception() if state.outcome else None
        if isinstance(failed, MinuteFull):
            now = self._clock()
            return (next_minute(now) - now).total_seconds() + _AFTER_THE_MINUTE(state)
        patience = self._patience
        return wait_backing_off(min=patience.shortest_wait_s, max=patience.longest_wait_s)(state)

    def _ask(self, request: Request, now: datetime) -> list[WeatherPlace]:
        """One try. Raises Unanswered for what a later one may better."""
        try:
            status, text = self._exchange(request)
        except httpx.RequestError as error:
            raise Unanswered(_in_words(error)) from None  # its own text may name the address, and its request the key
        if status != 200:
            raise refusal(status, text, self._clock(), self._service.key)
        return read_answer(text, request, now)

    def _exchange(self, request: Request) -> tuple[int, str]:
        """Status and text. Every read has its own limit, and all of them together a time and a size."""
        give_up_s = time.monotonic() + self._patience.whole_s
        body = bytearray()
        with self._http.stream("GET", self._service.address(request.host), params=query(request)) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > LARGEST_BYTES:
                    raise WeatherSilent("its answer is over 64 MB")
                if time.monotonic() > give_up_s:
                    raise Unanswered("its answer came too slowly")
        return response.status_code, body.decode("utf-8", errors="replace")


def _client(service: Service, patience: Patience) -> httpx.Client:
    timeout = httpx.Timeout(patience.read_s, connect=patience.connect_s)
    headers = {"User-Agent": f"cramplog/{version('cramplog')}", "Accept": "application/json"}
    if service.key:
        headers["X-Api-Key"] = service.key  # in the address it would stand in every log on the way
    try:
        # A proxy for the world is none for a service on this computer.
        return httpx.Client(timeout=timeout, headers=headers, trust_env=not is_loopback(service.archive))
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise WrongInput(
            "the proxy that the environment names cannot be used",
            "HTTPS_PROXY and ALL_PROXY take http://host:port",
        ) from error


def _says_no_place(record: logging.LogRecord) -> bool:
    """httpx logs whole addresses, and ours hold places: those lines are dropped."""
    return "latitude=" not in record.getMessage()


def _in_words(error: httpx.RequestError) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return "it cannot be reached"
    if isinstance(error, httpx.TimeoutException):
        return "it does not answer"
    if isinstance(error, httpx.DecodingError):
        return "its answer is damaged"
    return "the connection broke off"

"""The addresses of the weather service and the access key. Called by the actions that fetch, and by `doctor`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.config import OFF
from pipeline.settings import Settings
from pipeline.weather.service.request import Host

# The two addresses of one service, free and paid: archive-api and api, customer-archive-api and customer-api.
_OPEN_METEO = re.compile(r"^https://(?P<paid>customer-)?(archive-)?api\.open-meteo\.com$", re.IGNORECASE)
_PATHS: dict[Host, str] = {"archive": "/v1/archive", "forecast": "/v1/forecast"}


@dataclass(frozen=True, slots=True)
class Service:
    """The full addresses of archive and forecast, and the key ('' for none), which is never displayed."""

    archive: str
    forecast: str
    key: str = field(default="", repr=False)

    def address(self, host: Host) -> str:
        """Returns the address for requests to that host."""
        return self.archive if host == "archive" else self.forecast


def service_of(settings: Settings) -> Service | None:
    """Returns the service of these settings; None if fetching is switched off.

    A key without an address means the paid hosts, because the free hosts accept no key.
    """
    if settings.weather_url == OFF:
        return None
    if not settings.weather_url:
        return _open_meteo("customer-" if settings.weather_key else "", settings.weather_key)
    if match := _OPEN_METEO.match(settings.weather_url):
        return _open_meteo((match["paid"] or "").lower(), settings.weather_key)
    archive, forecast = (settings.weather_url + path for path in _PATHS.values())
    return Service(archive, forecast, settings.weather_key)


def _open_meteo(paid: str, key: str) -> Service:
    return Service(
        archive=f"https://{paid}archive-api.open-meteo.com{_PATHS['archive']}",
        forecast=f"https://{paid}api.open-meteo.com{_PATHS['forecast']}",
        key=key,
    )

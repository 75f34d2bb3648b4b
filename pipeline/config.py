"""Reads settings from a flag, the environment, config.toml or the default, in this order, and checks their values.

The code that uses a setting knows its meaning. Called by `settings` and, for addresses, by pipeline.weather.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pipeline.errors import WrongInput

PREFIX = "CRAMPLOG_"
CONFIG_FILE = "config.toml"
DEFAULT = "default"
YES, NO = "yes", "no"
OFF = "off"  # a value of weather_url: nothing is fetched
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TRUTH = {"yes": YES, "true": YES, "1": YES, "on": YES, "no": NO, "false": NO, "0": NO, "off": NO}
_CLOCK = re.compile(r"^(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)$")
_NOT_A_HOME = (
    "UTC",
    "UCT",
    "GMT",
    "Universal",
    "Zulu",
)  # servers are set to these, which says nothing about where people live


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a setting as text, and its source: '--quiet', 'CRAMPLOG_DISTANCE', 'config.toml' or 'default'."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Key:
    """A setting: `read` returns the value of a text, None if it is not valid; `expected` describes valid values.

    The text of a `hidden` setting may contain a secret, so no message repeats it.
    """

    read: Callable[[str], str | None]
    expected: str
    default: str = ""
    hidden: bool = False


def _choice(*values: str) -> Callable[[str], str | None]:
    by_lower = {value.lower(): value for value in values}
    return lambda text: by_lower.get(text.lower())


def _zone(text: str) -> str | None:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):  # an invalid name, a folder of zones, an unknown zone
        return None


def _clock(text: str) -> str | None:
    match = _CLOCK.match(text)
    return f"{int(match['hour']):02d}:{match['minute']}" if match else None


def _path(text: str) -> str | None:
    try:
        return str(Path(text).expanduser())
    except RuntimeError:  # `~` without a home folder
        return None


def is_loopback(address: str) -> bool:
    """Returns True if a web address is on this computer."""
    return urlsplit(address).hostname in _LOOPBACK


def _address(text: str) -> str | None:
    """Returns 'off' or an address without user, query and final slash: https, or http on this computer."""
    if text.lower() == OFF:
        return OFF
    try:
        parts = urlsplit(text)
        scheme_allowed = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        plain = bool(parts.hostname) and parts.port != 0 and not _has_secret(parts) and text.isascii()
    except ValueError:  # a port that is not a number, an incomplete [::1
        return None
    return text.rstrip("/") if scheme_allowed and plain and text.isprintable() and " " not in text else None


def _has_secret(parts: SplitResult) -> bool:
    """Returns True if an address has a user, a query or a fragment: a key in it would be displayed and logged."""
    return "@" in parts.netloc or bool(parts.query or parts.fragment)


def _key(text: str) -> str | None:
    return text if text.isascii() and text.isprintable() and " " not in text else None


KEYS: Mapping[str, Key] = {
    "distance": Key(_choice("km", "miles"), "km or miles", "km"),
    "temperature": Key(_choice("C", "F"), "C or F", "C"),
    "home_tz": Key(_zone, "a time zone such as Europe/Vienna"),
    "nightly_at": Key(_clock, "a time of day such as 03:30", "03:30"),
    "log_file": Key(_path, "the path of a file"),
    "color": Key(_choice("auto", "never"), "auto or never", "auto"),
    "quiet": Key(lambda text: _TRUTH.get(text.lower()), "true or false", NO),
    "weather_url": Key(
        _address, "https://... without a user or a query, http:// on this computer only, or off", hidden=True
    ),
    "weather_key": Key(_key, "the key as you received it: letters, digits and symbols without spaces", hidden=True),
}


def values(flags: Mapping[str, str], environ: Mapping[str, str], config_file: Path) -> dict[str, Value]:
    """Returns value and source of every setting. Raises WrongInput that names the source, the setting and valid values."""
    in_file = _read_config(config_file)
    return {name: _value(name, flags, environ, in_file, config_file) for name in KEYS}


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Returns variables with our prefix that are not a setting, such as CRAMPLOG_DISTNACE."""
    existing = {_variable(name) for name in KEYS} | {f"{PREFIX}HOME"}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in existing)


def zone_of_this_computer(environ: Mapping[str, str], localtime: Path = Path("/etc/localtime")) -> str | None:
    """Returns the IANA zone of this computer; None if it is unknown, or UTC as on servers."""
    name = environ.get("TZ", "").lstrip(":")
    if not name and localtime.is_symlink():
        name = str(localtime.resolve()).partition("zoneinfo/")[2]
    is_home = "/" in name and name.rsplit("/", 1)[-1] not in _NOT_A_HOME
    return _zone(name) if is_home and not name.startswith(("/", "Etc/")) else None


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _value(
    name: str, flags: Mapping[str, str], environ: Mapping[str, str], in_file: Mapping[str, object], config_file: Path
) -> Value:
    if name in flags:
        flag = "--" + name.replace("_", "-")
        return _checked(name, flags[name], flag, flag)
    if variable := environ.get(_variable(name), "").strip():
        return _checked(name, variable, _variable(name), _variable(name))
    if name in in_file:
        return _checked(name, in_file[name], CONFIG_FILE, f"{name} in {config_file}")
    return Value(KEYS[name].default, DEFAULT)


def _checked(name: str, given: object, source: str, where: str) -> Value:
    text = (YES if given else NO) if isinstance(given, bool) else given
    value = KEYS[name].read(text.strip()) if isinstance(text, str) and text.strip() else None
    if value is None:
        problem = "is not valid" if KEYS[name].hidden else f"is not valid: '{given}'"
        raise WrongInput(f"{where} {problem}", f"expected {KEYS[name].expected}")
    return Value(value, source)


def _read_config(config_file: Path) -> Mapping[str, object]:
    """Returns the settings in config.toml; empty without the file. Raises WrongInput for invalid TOML and unknown keys."""
    try:
        text = config_file.read_text(encoding="utf-8")
        import tomllib  # only here: most users have no such file

        settings = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except ValueError as error:  # invalid TOML, or not text
        raise WrongInput(f"{config_file} cannot be read: {error}", 'write lines such as distance = "miles"') from error
    for name in settings:
        if name not in KEYS:
            raise WrongInput(f"{config_file} sets '{name}', which is not a setting", _nearest(name))
    return settings


def _nearest(name: str) -> str:
    if name == "home":
        return f"set the home folder with the variable {PREFIX}HOME"
    near = get_close_matches(name.lower().replace("-", "_"), KEYS, n=1)
    return f"did you mean {near[0]}?" if near else f"the settings are: {', '.join(KEYS)}"

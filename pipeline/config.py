"""Where the value of a setting comes from: a flag, the environment, config.toml or the default, in this order.

Reads and checks words; what a setting is for, its user knows. Called by `settings` only.
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
OFF = "off"  # of weather_url: nothing is ever fetched
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TRUTH = {"yes": YES, "true": YES, "1": YES, "on": YES, "no": NO, "false": NO, "0": NO, "off": NO}
_CLOCK = re.compile(r"^(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)$")
_NOT_A_HOME = ("UTC", "UCT", "GMT", "Universal", "Zulu")  # what servers are set to says nothing of where people live


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value as a word, and where it came from: '--quiet', 'CRAMPLOG_DISTANCE', 'config.toml', 'default'."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Key:
    """What may be set: how a word for it is read (None when it cannot be meant), and what was expected.

    A `hidden` word may hold a secret: no message repeats it.
    """

    read: Callable[[str], str | None]
    expected: str
    default: str = ""
    hidden: bool = False


def _one_of(*words: str) -> Callable[[str], str | None]:
    known = {word.lower(): word for word in words}
    return lambda text: known.get(text.lower())


def _zone(text: str) -> str | None:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):  # not a key at all, a folder of zones, an unknown zone
        return None


def _clock(text: str) -> str | None:
    match = _CLOCK.match(text)
    return f"{int(match['hour']):02d}:{match['minute']}" if match else None


def _path(text: str) -> str | None:
    try:
        return str(Path(text).expanduser())
    except RuntimeError:  # `~` of nobody
        return None


def is_loopback(address: str) -> bool:
    """Whether an address of the web is this computer's own."""
    return urlsplit(address).hostname in _LOOPBACK


def _address(text: str) -> str | None:
    """An address without user, query or slash at its end: https, or http on this computer; or 'off'."""
    if text.lower() == OFF:
        return OFF
    try:
        parts = urlsplit(text)
        known = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        plain = bool(parts.hostname) and parts.port != 0 and not _says_more(parts) and text.isascii()
    except ValueError:  # a port that is no number, a half written [::1
        return None
    return text.rstrip("/") if known and plain and text.isprintable() and " " not in text else None


def _says_more(parts: SplitResult) -> bool:
    """Whether an address holds a user, a query or a fragment: a key there would be shown and logged."""
    return "@" in parts.netloc or bool(parts.query or parts.fragment)


def _key(text: str) -> str | None:
    return text if text.isascii() and text.isprintable() and " " not in text else None


KEYS: Mapping[str, Key] = {
    "distance": Key(_one_of("km", "miles"), "km or miles", "km"),
    "temperature": Key(_one_of("C", "F"), "C or F", "C"),
    "home_tz": Key(_zone, "a time zone such as Europe/Vienna"),
    "nightly_at": Key(_clock, "a time of day such as 03:30", "03:30"),
    "log_file": Key(_path, "the path of a file"),
    "color": Key(_one_of("auto", "never"), "auto or never", "auto"),
    "quiet": Key(lambda text: _TRUTH.get(text.lower()), "true or false", NO),
    "weather_url": Key(
        _address, "https://... without a user or a query, http:// on this computer only, or off", hidden=True
    ),
    "weather_key": Key(_key, "the key as you got it: letters, digits and signs, no space", hidden=True),
}


def values(flags: Mapping[str, str], environ: Mapping[str, str], config_file: Path) -> dict[str, Value]:
    """Every setting's value and source. Raises WrongInput naming the place, the key and what was expected."""
    written = _written(config_file)
    return {name: _value(name, flags, environ, written, config_file) for name in KEYS}


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Variables that look like a setting of ours and are none, such as CRAMPLOG_DISTNACE."""
    known = {_variable(name) for name in KEYS} | {f"{PREFIX}HOME"}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def zone_of_this_computer(environ: Mapping[str, str], localtime: Path = Path("/etc/localtime")) -> str | None:
    """The IANA zone this computer is set to; None when it does not say, or says UTC as servers do."""
    named = environ.get("TZ", "").lstrip(":")
    if not named and localtime.is_symlink():
        named = str(localtime.resolve()).partition("zoneinfo/")[2]
    known = bool(named) and "/" in named and named.rsplit("/", 1)[-1] not in _NOT_A_HOME
    return _zone(named) if known and not named.startswith(("/", "Etc/")) else None


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _value(
    name: str, flags: Mapping[str, str], environ: Mapping[str, str], written: Mapping[str, object], config_file: Path
) -> Value:
    if name in flags:
        flag = "--" + name.replace("_", "-")
        return _checked(name, flags[name], flag, flag)
    if variable := environ.get(_variable(name), "").strip():
        return _checked(name, variable, _variable(name), _variable(name))
    if name in written:
        return _checked(name, written[name], CONFIG_FILE, f"{name} in {config_file}")
    return Value(KEYS[name].default, DEFAULT)


def _checked(name: str, given: object, source: str, place: str) -> Value:
    word = (YES if given else NO) if isinstance(given, bool) else given
    text = KEYS[name].read(word.strip()) if isinstance(word, str) and word.strip() else None
    if text is None:
        says = "cannot be meant" if KEYS[name].hidden else f"says '{given}'"
        raise WrongInput(f"{place} {says}", f"expected {KEYS[name].expected}")
    return Value(text, source)


def _written(config_file: Path) -> Mapping[str, object]:
    """What config.toml says; empty without one. Raises WrongInput for what is no TOML and for unknown keys."""
    try:
        text = config_file.read_text(encoding="utf-8")
        import tomllib  # most have no such file

        written = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except ValueError as error:  # no TOML, or no text at all
        raise WrongInput(f"{config_file} cannot be read: {error}", 'write lines such as distance = "miles"') from error
    for name in written:
        if name not in KEYS:
            raise WrongInput(f"{config_file} sets '{name}', which is no setting", _nearest(name))
    return written


def _nearest(name: str) -> str:
    if name == "home":
        return f"the home folder is named by the variable {PREFIX}HOME"
    near = get_close_matches(name.lower().replace("-", "_"), KEYS, n=1)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(KEYS)}"

"""Which Prefect server a night runs on, and Prefect's settings. Called before Prefect is imported: it reads them then.

A server that somebody named on purpose in the environment is used: PREFECT_API_URL, or the address in the profile that
PREFECT_PROFILE names or that is active in the folder PREFECT_HOME names. Else the night brings its own server. What only
lies about does not count: a `.env` or `prefect.toml` in the current folder, or `~/.prefect`, which may belong to somebody's
work and must not be sent their private nights.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import CannotStart, WrongInput
from pipeline.files import make_private_folder
from pipeline.settings import HOME_VARIABLE, Settings

QUIET = {  # stages are shown by us; an error of a stage is no reason for a traceback on the terminal
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "DO_NOT_TRACK": "1",
}


def operators_server(environ: Mapping[str, str]) -> str | None:
    """The address of the Prefect server that the environment names on purpose; None when it names none.

    Raises WrongInput for a profile that is not there, CannotStart for a file of profiles that cannot be read.
    """
    if address := environ.get("PREFECT_API_URL"):
        return address
    if not (environ.get("PREFECT_PROFILE") or environ.get("PREFECT_HOME")):
        return None
    file = _profiles(_profiles_path(environ))
    builtin = _profiles(_builtin_profiles())
    profiles = {**builtin.get("profiles", {}), **file.get("profiles", {})}
    name = environ.get("PREFECT_PROFILE") or file.get("active") or builtin["active"]
    if name not in profiles:
        raise WrongInput(
            f"there is no Prefect profile '{name}'", "prefect profile ls lists them; or unset PREFECT_PROFILE"
        )
    return profiles[name].get("PREFECT_API_URL") or None


def shown_address(address: str) -> str:
    """The address without a password."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def leave_current_folder(settings: Settings) -> None:
    """Go to a folder of ours, so that Prefect finds no `.env` or `prefect.toml`; paths meant from the old one stay right."""
    here = {HOME_VARIABLE: settings.home, "CRAMPLOG_LOG_FILE": settings.log_file}
    os.environ |= {name: str(path) for name, path in here.items() if os.environ.get(name)}
    os.chdir(make_private_folder(settings.prefect))


def use_operators_server() -> None:
    """Leave Prefect's settings to the environment and the profile; only the terminal stays ours."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def use_own_server(settings: Settings, address: str, secret: str) -> None:
    """Keep Prefect on this machine and in our own folder; what else the user has set is left alone."""
    for name in ("PREFECT_API_KEY", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"):
        os.environ.pop(name, None)
    os.environ |= {
        "PREFECT_HOME": str(settings.prefect),
        "PREFECT_API_URL": address,
        "PREFECT_API_AUTH_STRING": secret,
    }
    for name, value in {**QUIET, "PREFECT_LOGGING_LEVEL": "WARNING"}.items():
        os.environ.setdefault(name, value)


def _profiles_path(environ: Mapping[str, str]) -> Path:
    folder = Path(environ.get("PREFECT_HOME") or "~/.prefect")
    return Path(environ.get("PREFECT_PROFILES_PATH") or folder / "profiles.toml").expanduser()


def _builtin_profiles() -> Path:
    """Prefect's own list, found without importing it."""
    spec = find_spec("prefect")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "settings" / "profiles.toml"


def _profiles(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CannotStart(
            f"Prefect's profiles in {path} cannot be read: {error}", "correct the file, or unset PREFECT_HOME"
        ) from error

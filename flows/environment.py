"""Which Prefect server a night uses, and the environment variables for it. Called before Prefect is imported and reads them.

The operator's server is used when the environment names it on purpose: PREFECT_API_URL, or the address in the profile that
PREFECT_PROFILE names or that is active in the folder PREFECT_HOME. Otherwise the night starts a private server. A `.env` or
`prefect.toml` in the current folder and `~/.prefect` do not count: they may belong to somebody's work, and private nights
must not be sent there.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import CannotStart, WrongInput
from pipeline.files import make_private_folder
from pipeline.settings import HOME_VARIABLE, Settings

RETENTION_S = 30 * 86400  # how long the private server stores runs: nights may be served for months
QUIET = {  # we print the stages; a failed stage must not print a traceback on the terminal
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "DO_NOT_TRACK": "1",
}
NOT_OURS = ("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH")


def operators_server(environ: Mapping[str, str]) -> str | None:
    """The address of the Prefect server that the environment names on purpose; None when it names none.

    Raises WrongInput for a profile that does not exist, CannotStart for a file of profiles that cannot be read.
    """
    if address := environ.get("PREFECT_API_URL"):
        return address
    if not (environ.get("PREFECT_PROFILE") or environ.get("PREFECT_HOME")):
        return None
    folder = Path(environ.get("PREFECT_HOME") or "~/.prefect")
    file = _read_profiles(Path(environ.get("PREFECT_PROFILES_PATH") or folder / "profiles.toml").expanduser())
    builtin = _read_profiles(Path(str(distribution("prefect").locate_file("prefect/settings/profiles.toml"))))
    profiles = {**builtin["profiles"], **file.get("profiles", {})}
    name = environ.get("PREFECT_PROFILE") or file.get("active") or builtin["active"]
    if name not in profiles:
        raise WrongInput(
            f"there is no Prefect profile '{name}'",
            "list the profiles with: prefect profile ls; or unset PREFECT_PROFILE",
        )
    return profiles[name].get("PREFECT_API_URL") or None


def shown_address(address: str) -> str:
    """The address without a password."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def leave_current_folder(settings: Settings) -> None:
    """Change to our folder, where Prefect finds no `.env` or `prefect.toml`; relative paths in our variables become absolute."""
    paths = {HOME_VARIABLE: settings.home, "CRAMPLOG_LOG_FILE": settings.log_file}
    os.environ |= {name: str(path) for name, path in paths.items() if os.environ.get(name)}
    os.chdir(make_private_folder(settings.prefect))


def use_operators_server() -> None:
    """Leave Prefect's settings as they are; only keep it from writing to the terminal."""
    os.environ |= {**QUIET, **os.environ}


def use_private_server(settings: Settings, address: str, secret: str) -> None:
    """Point Prefect at our server and our folder; all other settings of the user stay."""
    for name in NOT_OURS:
        os.environ.pop(name, None)
    ours = {"PREFECT_HOME": str(settings.prefect), "PREFECT_API_URL": address, "PREFECT_API_AUTH_STRING": secret}
    os.environ |= {"PREFECT_LOGGING_LEVEL": "WARNING", **QUIET, **os.environ, **ours}


def private_server_environ(database: Path, secret: str) -> dict[str, str]:
    """The environment variables of our server's own process."""
    return {name: value for name, value in os.environ.items() if name not in NOT_OURS} | {
        "PREFECT_HOME": str(database.parent),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}",
        "PREFECT_SERVER_API_AUTH_STRING": secret,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(RETENTION_S),
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
    }


def _read_profiles(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CannotStart(
            f"cannot read Prefect's profiles in {path}: {error}", "correct the file, or unset PREFECT_HOME"
        ) from error

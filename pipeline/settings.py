"""The settings of this installation: paths, units, time zone, log. Every action begins by loading them.

The home folder is CRAMPLOG_HOME, else the system's folder for user data. This module creates nothing and opens only
config.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import CONFIG_FILE, DEFAULT, YES, Value, values, zone_of_this_computer
from pipeline.errors import CannotStart
from pipeline.units import Units

if TYPE_CHECKING:
    from platformdirs import PlatformDirs

HOME_VARIABLE = "CRAMPLOG_HOME"


@dataclass(frozen=True, slots=True)
class Settings:
    """The home folder (absolute), the paths inside it, and all other settings.

    `home_tz` is None if the zone of this computer is unknown; `nightly_at` is a time of day in that zone. `weather_url` is
    '' for the free service, 'off' for none. `sources` has value and source of each setting; of the key only 'set'.
    """

    home: Path
    units: Units = field(default_factory=Units)
    home_tz: str | None = None
    nightly_at: str = "03:30"
    log_file: Path | None = None
    color: bool = True
    quiet: bool = False
    weather_url: str = ""
    weather_key: str = field(default="", repr=False)
    sources: Mapping[str, Value] = field(default_factory=dict, compare=False)

    @property
    def store(self) -> Path:
        """The database with runners, runs, answers, weather and fits (the ledger)."""
        return self.home / "cramplog.duckdb"

    @property
    def has_store(self) -> bool:
        """True if the database exists and is not empty; a kill or a full disk while it is made leaves an empty file."""
        return self.store.exists() and self.store.stat().st_size > 0

    @property
    def records(self) -> Path:
        """The database with sensor records per second, without positions."""
        return self.home / "records.duckdb"

    @property
    def tracks(self) -> Path:
        """The database with positions only."""
        return self.home / "tracks.duckdb"

    @property
    def private(self) -> Path:
        """The database with conditions, medication, injuries and blood values; opened only to show or change them."""
        return self.home / "private.duckdb"

    @property
    def originals(self) -> Path:
        """The folder of the original files, named by their SHA-256."""
        return self.home / "originals"

    @property
    def quarantine(self) -> Path:
        """The folder of files that could not be read, each with a text file that gives the reason."""
        return self.home / "quarantine"

    @property
    def inbox(self) -> Path:
        """The folder for new files, with one folder per runner."""
        return self.home / "inbox"

    @property
    def reports(self) -> Path:
        """The folder of the reports."""
        return self.home / "reports"

    @property
    def analyst(self) -> Path:
        """The folder of the published snapshot, which analysts and `cramplog sql` read."""
        return self.home / "analyst"

    @property
    def prefect(self) -> Path:
        """The folder of Prefect, so that it writes nowhere else."""
        return self.home / "prefect"


def load_settings(environ: Mapping[str, str], flags: Mapping[str, str] | None = None) -> Settings:
    """Returns the settings for this environment and these flags (by name of the setting).

    Raises CannotStart if there is no home folder, WrongInput for a setting that is not valid.
    """
    home = _home(environ)
    config_file = config_path(environ)
    found = values(flags or {}, environ, config_file)
    if found["home_tz"].source == DEFAULT:
        found["home_tz"] = Value(zone_of_this_computer(environ) or "", DEFAULT)
    key = found["weather_key"]
    found["weather_key"] = Value("set" if key.text else "", key.source)
    if environ.get("NO_COLOR"):
        found["color"] = Value("never", "NO_COLOR")
    return Settings(
        home=home,
        units=Units(found["distance"].text, found["temperature"].text),
        home_tz=found["home_tz"].text or None,
        nightly_at=found["nightly_at"].text,
        log_file=_log_file(found["log_file"], config_file),
        color=found["color"].text != "never",
        quiet=found["quiet"].text == YES,
        weather_url=found["weather_url"].text,
        weather_key=key.text,
        sources={"home": Value(str(home), HOME_VARIABLE if _home_variable(environ) else DEFAULT), **found},
    )


def config_path(environ: Mapping[str, str]) -> Path:
    """Returns the path of config.toml: in CRAMPLOG_HOME if it is set, else in the system's folder for user settings."""
    if _home_variable(environ):
        return _home(environ) / CONFIG_FILE
    return Path(_system_folders().user_config_dir) / CONFIG_FILE


def _home_variable(environ: Mapping[str, str]) -> str:
    return environ.get(HOME_VARIABLE, "").strip()


def _home(environ: Mapping[str, str]) -> Path:
    named = _home_variable(environ)
    try:
        home = Path(named or _system_folders().user_data_dir).expanduser()
    except RuntimeError as error:  # `~` without a home folder, as in some containers and cron jobs
        raise _no_home() from error
    if not named and not home.is_absolute():
        raise _no_home()
    return home.absolute()


def _system_folders() -> PlatformDirs:
    """Returns the system's folders for user data and settings."""
    from platformdirs import PlatformDirs  # only here: not needed if CRAMPLOG_HOME is set

    return PlatformDirs("cramplog", appauthor=False)


def _log_file(setting: Value, config_file: Path) -> Path | None:
    """Returns the path, relative to the folder of config.toml if it comes from there, else to the current folder."""
    if not setting.text:
        return None
    folder = config_file.parent if setting.source == CONFIG_FILE else Path.cwd()
    return folder / setting.text


def _no_home() -> CannotStart:
    return CannotStart("there is no home folder to store the runs in", f"set {HOME_VARIABLE} to a folder of yours")

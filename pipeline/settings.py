"""What this installation is set to: where its files lie, units, zone, log. Every action starts by loading these.

One home folder: CRAMPLOG_HOME, else the system's folder for a user's own files. Nothing here creates anything,
and nothing but config.toml is opened.
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
    """The home folder, the paths inside it, and what else can be set; `home` is absolute.

    `home_tz` is None where this computer does not say; `nightly_at` is a time of day there. `weather_url` is '' for
    the free service, 'off' for none. `sources` says of each setting where its value came from, of the key only that
    it is set.
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
        """The ledger: runners, runs, answers, weather, fits."""
        return self.home / "cramplog.duckdb"

    @property
    def has_store(self) -> bool:
        """Whether there is a ledger with something in it: a kill or a full disk at its making leaves it empty."""
        return self.store.exists() and self.store.stat().st_size > 0

    @property
    def records(self) -> Path:
        """What the sensors wrote each second, without place."""
        return self.home / "records.duckdb"

    @property
    def tracks(self) -> Path:
        """Positions, and nothing else."""
        return self.home / "tracks.duckdb"

    @property
    def private(self) -> Path:
        """Conditions, medication, injuries, blood values: opened only by what shows or changes them."""
        return self.home / "private.duckdb"

    @property
    def originals(self) -> Path:
        """The files as they came, named by their SHA-256."""
        return self.home / "originals"

    @property
    def quarantine(self) -> Path:
        """Files that could not be read, each with the reason beside it."""
        return self.home / "quarantine"

    @property
    def inbox(self) -> Path:
        """Where new files are dropped, a folder a runner."""
        return self.home / "inbox"

    @property
    def reports(self) -> Path:
        """The written reports."""
        return self.home / "reports"

    @property
    def analyst(self) -> Path:
        """The published snapshot that analysts and `cramplog sql` read."""
        return self.home / "analyst"

    @property
    def prefect(self) -> Path:
        """Prefect's own home, so that it writes nowhere else."""
        return self.home / "prefect"


def load_settings(environ: Mapping[str, str], flags: Mapping[str, str] | None = None) -> Settings:
    """The settings for this environment and these flags, by name of the setting.

    Raises CannotStart when there is no home folder to be had, WrongInput for a setting that cannot be meant.
    """
    home = _home(environ)
    config_file = config_path(environ)
    told = values(flags or {}, environ, config_file)
    if told["home_tz"].source == DEFAULT:
        told["home_tz"] = Value(zone_of_this_computer(environ) or "", DEFAULT)
    key = told["weather_key"]
    told["weather_key"] = Value("set" if key.text else "", key.source)
    if environ.get("NO_COLOR"):
        told["color"] = Value("never", "NO_COLOR")
    return Settings(
        home=home,
        units=Units(told["distance"].text, told["temperature"].text),
        home_tz=told["home_tz"].text or None,
        nightly_at=told["nightly_at"].text,
        log_file=_log_file(told["log_file"], config_file),
        color=told["color"].text != "never",
        quiet=told["quiet"].text == YES,
        weather_url=told["weather_url"].text,
        weather_key=key.text,
        sources={"home": Value(str(home), HOME_VARIABLE if _named_home(environ) else DEFAULT), **told},
    )


def config_path(environ: Mapping[str, str]) -> Path:
    """Where config.toml is looked for: in the named home, else in the system's folder for a user's settings."""
    if _named_home(environ):
        return _home(environ) / CONFIG_FILE
    return Path(_users_folders().user_config_dir) / CONFIG_FILE


def _named_home(environ: Mapping[str, str]) -> str:
    return environ.get(HOME_VARIABLE, "").strip()


def _home(environ: Mapping[str, str]) -> Path:
    named = _named_home(environ)
    try:
        home = Path(named or _users_folders().user_data_dir).expanduser()
    except RuntimeError as error:  # `~` without a home, as in some containers and cron jobs
        raise _no_home() from error
    if not named and not home.is_absolute():
        raise _no_home()
    return home.absolute()


def _users_folders() -> PlatformDirs:
    """The system's folders for a user's own files."""
    from platformdirs import PlatformDirs  # of no use to whoever names a home

    return PlatformDirs("cramplog", appauthor=False)


def _log_file(told: Value, config_file: Path) -> Path | None:
    """A path in config.toml is meant from there, any other from where the program was started."""
    if not told.text:
        return None
    beside = config_file.parent if told.source == CONFIG_FILE else Path.cwd()
    return beside / told.text


def _no_home() -> CannotStart:
    return CannotStart("there is no home folder to keep the runs in", f"set {HOME_VARIABLE} to a folder of yours")

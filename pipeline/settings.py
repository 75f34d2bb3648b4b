"""Where this installation keeps its files, and how they stay private. Every action starts by loading these.

One home folder: CRAMPLOG_HOME, else the system's folder for a user's own files. Nothing here creates or opens
anything except `make_private_folder`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from pipeline.errors import CannotStart

HOME_VARIABLE = "CRAMPLOG_HOME"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True, slots=True)
class Settings:
    """The home folder and the paths inside it; `home` is absolute."""

    home: Path

    @property
    def store(self) -> Path:
        """The ledger: runners, runs, answers, weather, fits."""
        return self.home / "cramplog.duckdb"

    @property
    def records(self) -> Path:
        """What the sensors wrote each second, without place."""
        return self.home / "records.duckdb"

    @property
    def tracks(self) -> Path:
        """Positions, and nothing else."""
        return self.home / "tracks.duckdb"

    @property
    def originals(self) -> Path:
        """The files as they came, named by their SHA-256."""
        return self.home / "originals"

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


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings for this environment. Raises CannotStart when there is no home folder to be had."""
    named = environ.get(HOME_VARIABLE, "").strip()
    try:
        home = Path(named or platformdirs.user_data_dir("cramplog", appauthor=False)).expanduser()
    except RuntimeError as error:  # `~` without a home, as in some containers and cron jobs
        raise _no_home() from error
    if not named and not home.is_absolute():
        raise _no_home()
    return Settings(home=home.absolute())


def _no_home() -> CannotStart:
    return CannotStart("there is no home folder to keep the runs in", f"set {HOME_VARIABLE} to a folder of yours")


def make_private_folder(path: Path) -> Path:
    """Makes the folder and the missing ones above it, each open to its owner only (0700), and gives it back.

    A folder that is already there keeps its mode: it may be shared on purpose.
    Raises CannotStart when it cannot be made.
    """
    try:
        with private_umask():
            path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise CannotStart(
            f"cannot make the folder {path}: {reason}",
            f"check its rights, or set {HOME_VARIABLE} to another folder",
        ) from error
    return path


@contextmanager
def private_umask() -> Iterator[None]:
    """Inside, every new file and folder is open to its owner only (0600, 0700)."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)

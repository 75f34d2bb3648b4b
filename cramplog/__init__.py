"""cramplog as a library: a store's public views as polars frames, risks, reports, run files, and the model.

docs/library.md is its documentation. Importing it loads nothing large: what is not an error is loaded at its first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pipeline.errors import CannotStart, CramplogError, FileRefused, NotFound, TryAgain, WrongInput

if TYPE_CHECKING:
    from cramplog.run_files import read_runs
    from cramplog.store import Store
    from cramplog.store import open_home as open  # noqa: A004  cramplog.open, as gzip.open
    from models.fit.hazard import CrampHazard
    from pipeline.actions.risk.result import RiskAnswer
    from pipeline.schema import ParsedRun

__all__ = [
    "CannotStart",
    "CrampHazard",
    "CramplogError",
    "FileRefused",
    "NotFound",
    "ParsedRun",
    "RiskAnswer",
    "Store",
    "TryAgain",
    "WrongInput",
    "open",
    "read_runs",
]

if not TYPE_CHECKING:  # a type checker would take any misspelt name for one that is found here
    _PLACES = {
        "CrampHazard": ("models.fit.hazard", "CrampHazard"),
        "ParsedRun": ("pipeline.schema", "ParsedRun"),
        "RiskAnswer": ("pipeline.actions.risk.result", "RiskAnswer"),
        "Store": ("cramplog.store", "Store"),
        "open": ("cramplog.store", "open_home"),
        "read_runs": ("cramplog.run_files", "read_runs"),
    }

    def __getattr__(name: str) -> object:
        if name not in _PLACES:
            raise AttributeError(f"module 'cramplog' has no attribute '{name}'")
        module, attribute = _PLACES[name]
        found = globals()[name] = getattr(import_module(module), attribute)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *_PLACES})

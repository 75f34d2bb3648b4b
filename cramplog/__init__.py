"""cramplog as a library: a store's public views as polars frames, risks, reports, run files, and the model.

Its documentation is docs/library.md. The import is fast: everything except the errors is loaded at its first use.
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

if not TYPE_CHECKING:  # with __getattr__ a type checker would accept any misspelt name
    _LAZY = {
        "CrampHazard": ("models.fit.hazard", "CrampHazard"),
        "ParsedRun": ("pipeline.schema", "ParsedRun"),
        "RiskAnswer": ("pipeline.actions.risk.result", "RiskAnswer"),
        "Store": ("cramplog.store", "Store"),
        "open": ("cramplog.store", "open_home"),
        "read_runs": ("cramplog.run_files", "read_runs"),
    }

    def __getattr__(name: str) -> object:
        if name not in _LAZY:
            raise AttributeError(f"module 'cramplog' has no attribute '{name}'")
        module, attribute = _LAZY[name]
        value = globals()[name] = getattr(import_module(module), attribute)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LAZY})

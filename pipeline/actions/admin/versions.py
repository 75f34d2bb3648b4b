"""The versions of the program, its schema and its model. Imports neither DuckDB nor the model.

Called by `cramplog --version` and by `doctor`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from models.fit.version import MODEL_VERSION
from pipeline.store.db.sql_files import sql_files


@dataclass(frozen=True, slots=True)
class Versions:
    """The program's version, the number of its newest migration, the model's version."""

    program: str
    schema: int
    model: str

    def __str__(self) -> str:
        return f"cramplog {self.program}, schema {self.schema}, model {self.model}"


def installed_versions() -> Versions:
    """The versions of the installed program."""
    newest = max(int(name.partition("_")[0]) for name, _ in sql_files("migrations"))
    return Versions(version("cramplog"), newest, MODEL_VERSION)

"""Finds and reads the SQL files. Used by every module of the store that runs a query from a file."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from pipeline.shipped import shipped_folder

SQL_ROOT: Traversable = shipped_folder("sql")


def read_sql(folder: str, name: str, root: Traversable = SQL_ROOT) -> str:
    """The text of `sql/<folder>/<name>.sql`."""
    return root.joinpath(folder, f"{name}.sql").read_text(encoding="utf-8")


def sql_files(folder: str, root: Traversable = SQL_ROOT) -> list[tuple[str, str]]:
    """(file name, text) of every .sql file in `sql/<folder>`, sorted by name; empty if there is no such folder."""
    directory = root.joinpath(folder)
    if not directory.is_dir():
        return []
    found = [entry for entry in directory.iterdir() if entry.name.endswith(".sql")]
    return [(entry.name, entry.read_text(encoding="utf-8")) for entry in sorted(found, key=lambda entry: entry.name)]

"""Opens the published snapshot so that a query can read it and nothing else. Called by `query`.

Nothing here opens the store; `publish` writes the snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipeline.errors import CannotStart
from pipeline.settings import Settings
from pipeline.store.analyst.publish import snapshot_paths
from pipeline.store.db.attach import attach, readable_errors

_OPTIONS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,  # otherwise `FROM name` reads variables of the program
    "memory_limit": "2GB",
    "threads": 2,
    "temp_directory": "",  # no files for what exceeds memory: a size limit of 0 did not prevent them
}
# Disabling external access still allows the attached files and their logs. COPY could then overwrite them, read-only
# or not, even inside the WITH of a SELECT (seen in DuckDB 2.0.0). With the local file system disabled, the open files
# stay readable and nothing else is. Without `memory` there is no database in which to create tables.
_LOCK = (
    "DETACH memory",
    "SET enable_external_access = false",
    "SET disabled_filesystems = 'LocalFileSystem'",
    "SET lock_configuration = true",
)
# Temporary views by the table of the records' file that they read; each is named v_ plus the table's name.
RECORD_VIEWS = {
    "record": """
CREATE TEMP VIEW v_record AS
SELECT run.run_id, record.*
FROM records.record
INNER JOIN records.run USING (run_no)""",
    "record_field": """
CREATE TEMP VIEW v_record_field AS
SELECT run.run_id, record_field.run_no, field.field_no, field.field, record_field.elapsed_s,
    CASE field.place
        WHEN 1 THEN value_1 WHEN 2 THEN value_2 WHEN 3 THEN value_3 WHEN 4 THEN value_4
        WHEN 5 THEN value_5 WHEN 6 THEN value_6 WHEN 7 THEN value_7 WHEN 8 THEN value_8
    END AS value,
    field.unit
FROM records.record_field
INNER JOIN records.run USING (run_no)
INNER JOIN records.field USING (run_no, block_no)
WHERE value IS NOT NULL""",
}


@contextmanager
def open_snapshot(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the published tables and record views, without access to files, network, settings or Python.

    Raises CannotStart if nothing is published yet.
    """
    ledger, records = snapshot_paths(settings)
    if not (ledger.is_file() and records.is_file()):
        raise CannotStart("no snapshot is published yet", "publish one: cramplog publish")
    with readable_errors(ledger, [ledger, records]), duckdb.connect(":memory:", config=_OPTIONS) as con:
        attach(con, ledger, "cramplog", write=False, wait_s=0.0)
        attach(con, records, "records", write=False, wait_s=0.0)
        con.execute("USE cramplog")
        for table in _record_tables(con):
            con.execute(RECORD_VIEWS[table])
        for statement in _LOCK:
            con.execute(statement)
        yield con


def _record_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Those of RECORD_VIEWS that the records' file supports: an older program published no fields."""
    found = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'records'").fetchall()
    return [table for table in RECORD_VIEWS if (table,) in found]

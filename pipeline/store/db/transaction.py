"""One transaction of DuckDB: everything inside it is written, or nothing. Used wherever the store is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit at the end of the block; roll back after any exception, Ctrl-C included.

    One transaction can write to one attached file only: DuckDB refuses a second.
    """
    con.execute("BEGIN")
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):  # a connection that failed on a full disk has rolled back already
            con.execute("ROLLBACK")
        raise

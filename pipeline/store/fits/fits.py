"""Each runner's fits in the ledger: JSON with version, data hash, seed and scores. Called by actions.

The training of the whole store to which they belong is in trainings.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb

from pipeline.store.db.rows import first_row, first_value, insert_rows


@dataclass(frozen=True, slots=True)
class Fit:
    """One runner's fitted model, part of a training; `model` and `evaluation` are JSON texts."""

    fit_id: str
    training_id: str
    runner_id: str
    made_at: datetime
    model_version: str
    data_hash: str
    seed: int
    rows: int
    runs: int
    cramps: int
    model: str
    evaluation: str


_COLUMNS = (
    "fit_id, training_id, runner_id, made_at, model_version, data_hash, seed, rows, runs, cramps, "
    "CAST(model AS VARCHAR), CAST(evaluation AS VARCHAR)"
)
_NEWEST_FIRST = "ORDER BY made_at DESC, length(fit_id) DESC, fit_id DESC"


def fit_in_use(con: duckdb.DuckDBPyConnection, runner_id: str) -> Fit | None:
    """The runner's newest fit in the training in use, which includes runs added since; None if there is none."""
    row = first_row(
        con,
        f"SELECT {_COLUMNS} FROM fit WHERE runner_id = ? AND training_id = "  # noqa: S608  columns of ours
        "(SELECT training_id FROM training_use ORDER BY use_no DESC LIMIT 1) "
        f"{_NEWEST_FIRST} LIMIT 1",
        [runner_id],
    )
    return Fit(*row) if row else None


def fits_of(con: duckdb.DuckDBPyConnection, training_id: str) -> list[Fit]:
    """Each runner's newest fit of a training, ordered by runner id."""
    rows = con.execute(
        f"SELECT {_COLUMNS} FROM fit WHERE training_id = ? "  # noqa: S608  columns of ours
        f"QUALIFY row_number() OVER (PARTITION BY runner_id {_NEWEST_FIRST}) = 1 ORDER BY length(runner_id), runner_id",
        [training_id],
    ).fetchall()
    return [Fit(*row) for row in rows]


def put_fits(con: duckdb.DuckDBPyConnection, fits: Sequence[Fit]) -> None:
    """Store fits with new ids; their present `fit_id` is ignored."""
    for fit in fits:
        fit_id = first_value(con, "SELECT 'f' || nextval('fit_no')")
        insert_rows(con, "fit", [{**asdict(fit), "fit_id": fit_id}])

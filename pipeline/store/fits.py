"""Fits in the ledger. A fit is plain JSON with version, data hash, seed and its evaluation. Called by actions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb

from pipeline.store.rows import insert_rows, one_row, one_value


@dataclass(frozen=True, slots=True)
class Fit:
    """One runner's fitted model; `model` and `evaluation` are JSON texts."""

    fit_id: str
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


def latest_fit(con: duckdb.DuckDBPyConnection, runner_id: str) -> Fit | None:
    """The runner's newest fit, or None."""
    row = one_row(
        con,
        "SELECT fit_id, runner_id, made_at, model_version, data_hash, seed, rows, runs, cramps, "
        "CAST(model AS VARCHAR), CAST(evaluation AS VARCHAR) FROM fit "
        "WHERE runner_id = ? ORDER BY made_at DESC, length(fit_id) DESC, fit_id DESC LIMIT 1",
        [runner_id],
    )
    return Fit(*row) if row else None


def put_fit(con: duckdb.DuckDBPyConnection, fit: Fit) -> None:
    """Keep a fit under a fresh id (its own `fit_id` is not used)."""
    fit_id = one_value(con, "SELECT 'f' || nextval('fit_no')")
    insert_rows(con, "fit", [{**asdict(fit), "fit_id": fit_id}])

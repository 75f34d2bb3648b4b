"""Trainings in the ledger: each fit of the whole store, its outcome, and which training is in use. Called by actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import duckdb

from pipeline.errors import NotFound
from pipeline.store.db.rows import first_row, first_value, insert_rows
from pipeline.store.fits.fits import Fit, put_fits

TRAININGS_WITH_MODELS = 10  # older trainings keep their scores but not their models, which take 20 kB per runner


@dataclass(frozen=True, slots=True)
class Training:
    """One fit of the store. `outcome`: 'first', 'replaced' (it replaced the old one) or 'kept' (the old one stays in use).

    `reason` explains the outcome (column `said`); `evaluation` is JSON text. `made_at` is UTC without a zone.
    """

    training_id: str
    made_at: datetime
    model_version: str
    data_hash: str
    regime: str
    runners: int
    runs: int
    cramps: int
    evaluation: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListedTraining:
    """A training as shown by `cramplog train --list`; `usable` while its models are stored."""

    training: Training
    in_use: bool
    usable: bool


_COLUMNS = (
    "training_id, made_at, model_version, data_hash, regime, runners, runs, cramps, "
    "CAST(evaluation AS VARCHAR), outcome, said"
)
_NEWEST_FIRST = "ORDER BY length(training_id) DESC, training_id DESC"


def newest_training(con: duckdb.DuckDBPyConnection) -> Training | None:
    """The newest training, in use or not; None before the first."""
    row = first_row(con, f"SELECT {_COLUMNS} FROM training {_NEWEST_FIRST} LIMIT 1")  # noqa: S608  columns of ours
    return Training(*row) if row else None


def training_in_use(con: duckdb.DuckDBPyConnection) -> tuple[Training, bool] | None:
    """The training that reports use, and whether a person chose it; None before the first."""
    row = first_row(
        con,
        f"SELECT {_COLUMNS}, chosen FROM training_use JOIN training USING (training_id) "  # noqa: S608  columns of ours
        "ORDER BY use_no DESC LIMIT 1",
    )
    return (Training(*row[:-1]), bool(row[-1])) if row else None


def listed_trainings(con: duckdb.DuckDBPyConnection) -> list[ListedTraining]:
    """Every training, the newest first."""
    used = training_in_use(con)
    rows = con.execute(
        f"SELECT {_COLUMNS}, training_id IN (SELECT training_id FROM fit) "  # noqa: S608  columns of ours
        f"FROM training {_NEWEST_FIRST}"
    ).fetchall()
    return [
        ListedTraining(Training(*row[:-1]), used is not None and used[0].training_id == row[0], bool(row[-1]))
        for row in rows
    ]


def put_training(con: duckdb.DuckDBPyConnection, training: Training, fits: Sequence[Fit]) -> Training:
    """Store a training and its fits with a new id; returns the training with this id."""
    training_id = str(first_value(con, "SELECT 't' || nextval('training_no')"))
    stored = replace(training, training_id=training_id)
    row = asdict(stored)
    row["said"] = row.pop("reason")
    insert_rows(con, "training", [row])
    put_fits(con, [replace(fit, training_id=training_id) for fit in fits])
    return stored


def use_training(con: duckdb.DuckDBPyConnection, training_id: str, at: datetime, chosen: bool) -> None:
    """Use this training from now on. `at` is UTC without a zone."""
    use_no = first_value(con, "SELECT nextval('training_use_no')")
    insert_rows(con, "training_use", [{"use_no": use_no, "training_id": training_id, "since_at": at, "chosen": chosen}])


def drop_old_models(con: duckdb.DuckDBPyConnection) -> None:
    """Delete the models of all but the ten newest trainings and the one in use; their scores stay."""
    con.execute(
        "DELETE FROM fit WHERE training_id IS DISTINCT FROM "  # noqa: S608  a query of ours
        "(SELECT training_id FROM training_use ORDER BY use_no DESC LIMIT 1) "
        "AND coalesce(training_id, '') NOT IN "
        f"(SELECT training_id FROM training {_NEWEST_FIRST} LIMIT $newest)",
        {"newest": TRAININGS_WITH_MODELS},
    )


def usable_training(con: duckdb.DuckDBPyConnection, training_id: str) -> Training:
    """The training with that id, if its models are stored. Raises NotFound with the ids that are usable."""
    listed = listed_trainings(con)
    found = next((entry for entry in listed if entry.training.training_id == training_id), None)
    if found is not None and found.usable:
        return found.training
    usable = ", ".join(entry.training.training_id for entry in listed if entry.usable) or "none yet"
    if found is None:
        problem = f"no fit is called {training_id}"
    else:
        problem = f"the models of fit {training_id} are deleted: only the {TRAININGS_WITH_MODELS} newest are stored"
    raise NotFound(problem, f"usable fits: {usable}; cramplog train --list shows all")

"""Trainings in the ledger: each fit of the whole store, what became of it, and which one is in use. Called by actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import duckdb

from pipeline.errors import NotFound
from pipeline.store.db.rows import insert_rows, one_row, one_value
from pipeline.store.fits.fits import Fit, put_fits

KEPT_TRAININGS = 10  # of older ones the models go and the record stays: a night's models weigh 20 kB a runner


@dataclass(frozen=True, slots=True)
class Training:
    """One fit of the store. `outcome`: 'first', 'replaced' (it took the old one's place) or 'kept' (the old one stays).

    `said` tells why in words; `evaluation` is JSON text. `made_at` UTC, without zone.
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
    said: str


@dataclass(frozen=True, slots=True)
class ListedTraining:
    """A training as `cramplog train --list` shows it; `usable` while its models are kept."""

    training: Training
    in_use: bool
    usable: bool


_COLUMNS = (
    "training_id, made_at, model_version, data_hash, regime, runners, runs, cramps, "
    "CAST(evaluation AS VARCHAR), outcome, said"
)
_NEWEST_FIRST = "ORDER BY length(training_id) DESC, training_id DESC"


def newest_training(con: duckdb.DuckDBPyConnection) -> Training | None:
    """The last one made, in use or not."""
    row = one_row(con, f"SELECT {_COLUMNS} FROM training {_NEWEST_FIRST} LIMIT 1")  # noqa: S608  columns of ours
    return Training(*row) if row else None


def training_in_use(con: duckdb.DuckDBPyConnection) -> tuple[Training, bool] | None:
    """The training that reports rest on, and whether a person chose it; None before the first."""
    row = one_row(
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
    """Keep a training with its fits, under a fresh id; returned with it."""
    training_id = str(one_value(con, "SELECT 't' || nextval('training_no')"))
    kept = replace(training, training_id=training_id)
    insert_rows(con, "training", [asdict(kept)])
    put_fits(con, [replace(fit, training_id=training_id) for fit in fits])
    return kept


def use_training(con: duckdb.DuckDBPyConnection, training_id: str, at: datetime, chosen: bool) -> None:
    """From now on reports rest on this training. `at` UTC, without zone."""
    use_no = one_value(con, "SELECT nextval('training_use_no')")
    insert_rows(con, "training_use", [{"use_no": use_no, "training_id": training_id, "since_at": at, "chosen": chosen}])


def drop_old_models(con: duckdb.DuckDBPyConnection) -> None:
    """Models of older trainings than the ten newest go, but for the one in use; their records stay."""
    con.execute(
        "DELETE FROM fit WHERE training_id IS DISTINCT FROM "  # noqa: S608  a query of ours
        "(SELECT training_id FROM training_use ORDER BY use_no DESC LIMIT 1) "
        "AND coalesce(training_id, '') NOT IN "
        f"(SELECT training_id FROM training {_NEWEST_FIRST} LIMIT $kept)",
        {"kept": KEPT_TRAININGS},
    )


def usable_training(con: duckdb.DuckDBPyConnection, training_id: str) -> Training:
    """The training of that id whose models are kept. Raises NotFound, naming those that are there."""
    listed = listed_trainings(con)
    found = next((one for one in listed if one.training.training_id == training_id), None)
    if found is not None and found.usable:
        return found.training
    there = ", ".join(one.training.training_id for one in listed if one.usable) or "none yet"
    why = (
        "no fit is called" if found is None else f"the models of fits older than the {KEPT_TRAININGS} newest are gone:"
    )
    raise NotFound(f"{why} {training_id}", f"there are: {there}; see cramplog train --list")

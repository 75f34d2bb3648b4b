"""The same run twice: found by overlap in time, both kept and linked, the richer one counted.

Called within the transaction of whoever stores or corrects runs. Answers and tags go with the run that counts. The runner's
own word on two recordings (`run_pair`) is stronger than their times. What ingest links is `Unnoted`, what the runner
links a `Change`: both write alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

import duckdb
import numpy as np

from pipeline.store.db.changes import Change, Unnoted, columns_of
from pipeline.store.db.rows import one_row, one_value
from pipeline.store.db.sql_files import read_sql

Writer = Change | Unnoted


@dataclass(frozen=True, slots=True)
class Twins:
    """Two recordings of one run. `on_file_clock`: only the clocks of their files say so, one of them was corrected since."""

    poorer: str
    richer: str
    on_file_clock: bool


def link_duplicates(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> dict[str, str]:
    """Link each newly stored run that is the same as a counted one; returns {poorer run_id: counted run_id}."""
    linked: dict[str, str] = {}
    beside = beside_others(con, run_ids)
    if not beside:
        return linked
    # First with what was known before: of two runs that the runner parted, new copies are parted by whose copy they are.
    rounds: list[list[str]] = [run_ids, []] if _any_parted(con) else [[]]
    for left_out, run_id in product(rounds, run_ids):
        # A long recording may hold several shorter ones: until it has no twin left, or is one itself.
        while run_id in beside and (found := twin_of(con, run_id, left_out=left_out)):
            if found.on_file_clock:
                known = found.richer if found.poorer == run_id else found.poorer
                con.execute(read_sql("queries", "take_over_clock"), {"run_id": run_id, "known": known})
                beside = set(run_ids)  # at its new time it may be beside any of them
            hand_over(Unnoted(con), found.poorer, found.richer)
            linked[found.poorer] = found.richer
    return linked


def twin_of(
    con: duckdb.DuckDBPyConnection, run_id: str, other_id: str | None = None, left_out: Sequence[str] = ()
) -> Twins | None:
    """This run and a counted one (that other one, when it is named) that is the same run; None when it stands alone."""
    asked = {"run_id": run_id, "other_id": other_id, "left_out": list(left_out)}
    found = one_row(con, read_sql("queries", "find_twin"), asked)
    if found is None:
        return None
    twin_id, twin_is_richer, on_file_clock = found
    poorer, richer = (run_id, twin_id) if twin_is_richer else (twin_id, run_id)
    return Twins(poorer, richer, on_file_clock)


def hand_over(writer: Writer, poorer: str, richer: str) -> None:
    """Link two recordings of one run and give the richer one what the runner said of the poorer."""
    both = {"poorer": poorer, "richer": richer}
    words = _handed_words(writer.con, both)
    for copy_id in (poorer, *copies_of(writer.con, poorer)):
        writer.update("run", copy_id, {"duplicate_of": richer})
    if words:
        writer.update("run", richer, words)
    for (given_id,) in writer.con.execute(read_sql("queries", "hand_over_questions"), both).fetchall():
        writer.update("question_answer", given_id, {"run_id": richer})
    for (cramp_id,) in writer.con.execute("SELECT cramp_id FROM cramp WHERE run_id = ?", [poorer]).fetchall():
        settle_tag(writer, cramp_id)
    _stay_deleted(writer, richer)


def copies_of(con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    """The recordings that this one counts for."""
    rows = con.execute("SELECT run_id FROM run WHERE duplicate_of = ? ORDER BY run_no", [run_id]).fetchall()
    return [copy_id for (copy_id,) in rows]


def settle_tag(writer: Writer, cramp_id: str) -> None:
    """Put a tag onto the run that counts, at its instant there."""
    tag = one_row(
        writer.con,
        "SELECT run_id, coalesce(run.duplicate_of, run_id), onset_at, onset_moving_s"
        " FROM cramp JOIN run USING (run_id) WHERE cramp_id = ?",
        [cramp_id],
    )
    if tag is None:
        return
    run_id, counted, onset_at, known_s = tag
    values: dict[str, object] = {} if counted == run_id else {"run_id": counted}
    moving_s = moving_at(writer.con, counted, onset_at)
    # A word is never moved by the rounding of its instant.
    if moving_s != known_s and (moving_s is None or known_s is None or abs(moving_s - known_s) > 1):
        values["onset_moving_s"] = moving_s
    if values:
        writer.update("cramp", cramp_id, values)


def moving_at(con: duckdb.DuckDBPyConnection, run_id: str, instant: datetime | None) -> float | None:
    """Moving time of a run at an instant (UTC), seconds, between records linear; None without an instant."""
    if instant is None:
        return None
    found = con.execute(
        "SELECT record.elapsed_s, record.moving_s, epoch_us($instant::TIMESTAMP - run.start_at) / 1e6 AS at_s"
        " FROM run JOIN records.record ON record.run_no = run.run_no"
        " WHERE run.run_id = $run_id AND record.moving_s IS NOT NULL ORDER BY record.elapsed_s",
        {"run_id": run_id, "instant": instant},
    ).fetchnumpy()
    if not found["elapsed_s"].size:
        return 0.0
    return float(np.interp(found["at_s"][0], found["elapsed_s"], found["moving_s"]))


def beside_others(con: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> set[str]:
    """The runs that may be the same as another one: asking it of all at once costs less than of one by itself."""
    if not run_ids:
        return set()
    rows = con.execute(read_sql("queries", "beside_others"), {"run_ids": list(run_ids)}).fetchall()
    return {run_id for (run_id,) in rows}


def _any_parted(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(one_value(con, "SELECT count(*) FROM run_pair WHERE NOT same"))


def _handed_words(con: duckdb.DuckDBPyConnection, both: dict[str, str]) -> dict[str, object]:
    """The columns of the richer recording that become other."""
    found = con.execute(read_sql("queries", "hand_over_words"), both)
    names = [column[0] for column in found.description or ()]
    handed = dict(zip(names, found.fetchall()[0], strict=True))
    known = columns_of(con, "run", both["richer"], names)
    return {name: value for name, value in handed.items() if value != known[name]}


def _stay_deleted(writer: Writer, run_id: str) -> None:
    """Another copy of a deleted run is deleted too."""
    rows = writer.con.execute(
        "SELECT copy.run_id, run.deleted_at FROM run AS copy JOIN run ON run.run_id = copy.duplicate_of"
        " WHERE run.run_id = ? AND run.deleted_at IS NOT NULL AND copy.deleted_at IS NULL",
        [run_id],
    ).fetchall()
    for copy_id, deleted_at in rows:
        writer.update("run", copy_id, {"deleted_at": deleted_at})

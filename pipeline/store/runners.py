"""Runners in the ledger: adding, finding by name or id, the first answers. Called by actions."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import duckdb

from pipeline.errors import NotFound, WrongInput
from pipeline.store.rows import insert_rows, one_value

_COLUMNS = "runner_id, name, birth_year, sex, home_tz, cramps_last_10_races, usual_race, red_flag"


@dataclass(frozen=True, slots=True)
class Runner:
    """One runner as the ledger knows them."""

    runner_id: str
    name: str
    birth_year: int | None = None
    sex: str | None = None
    home_tz: str | None = None
    cramps_last_10_races: str | None = None
    usual_race: str | None = None
    red_flag: bool = False


def all_runners(con: duckdb.DuckDBPyConnection) -> list[Runner]:
    """Every runner, in the order they were added."""
    rows = con.execute(f"SELECT {_COLUMNS} FROM runner ORDER BY added_at, length(runner_id), runner_id").fetchall()  # noqa: S608
    return [Runner(*row) for row in rows]


def find_runner(con: duckdb.DuckDBPyConnection, name: str | None) -> Runner:
    """The runner of that name or id; without a name the only one there is.

    Raises NotFound with the nearest name, WrongInput when a name is needed to tell runners apart.
    """
    runners = all_runners(con)
    if name is None:
        return _only(runners)
    for runner in runners:
        if name in (runner.name, runner.runner_id):
            return runner
    near = difflib.get_close_matches(name, [runner.name for runner in runners], n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"add one: cramplog runner add '{name}'"
    raise NotFound(f"no runner is called '{name}'", hint)


def _only(runners: list[Runner]) -> Runner:
    if not runners:
        raise NotFound("there is no runner yet", "add one: cramplog runner add NAME")
    if len(runners) > 1:
        names = ", ".join(runner.name for runner in runners)
        raise WrongInput("there are several runners", f"say whose with --runner; there are: {names}")
    return runners[0]


def add_runner(con: duckdb.DuckDBPyConnection, runner: Runner, now: datetime) -> Runner:
    """Add a runner under a fresh id; raises WrongInput when the name is taken."""
    if any(known.name == runner.name for known in all_runners(con)):
        raise WrongInput(f"there is a runner called '{runner.name}' already", "choose another name")
    runner_id = one_value(con, "SELECT 'r' || nextval('runner_no')")
    added = replace(runner, runner_id=runner_id)
    insert_rows(con, "runner", [{**asdict(added), "added_at": now.replace(tzinfo=None)}])
    return added

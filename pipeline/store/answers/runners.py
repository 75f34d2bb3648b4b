"""Runners in the ledger: adds, corrects and finds them by name or id. Called by actions."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb

from pipeline.errors import NotFound, WrongInput
from pipeline.store.db.changes import Change
from pipeline.store.db.rows import first_value
from pipeline.store.db.sql_files import read_sql
from pipeline.units import Units

_ENTERED = (
    "name",
    "birth_year",
    "sex",
    "home_tz",
    "cramps_last_10_races",
    "usual_race",
    "distance_unit",
    "temperature_unit",
)
_FLAGGED = "EXISTS (FROM runner_flag WHERE runner_flag.runner_id = runner.runner_id AND cleared_at IS NULL) AS red_flag"


@dataclass(frozen=True, slots=True)
class Runner:
    """One runner of the ledger; `red_flag` is true while a ticked warning sign is not cleared."""

    runner_id: str
    name: str
    birth_year: int | None = None
    sex: str | None = None
    home_tz: str | None = None
    cramps_last_10_races: str | None = None
    usual_race: str | None = None
    distance_unit: str | None = None
    temperature_unit: str | None = None
    red_flag: bool = False


@dataclass(frozen=True, slots=True)
class ListedRunner:
    """A runner with counts of their counted runs; `flags` is the number of warning signs ticked and not cleared."""

    runner_id: str
    name: str
    runs: int
    answered_runs: int
    cramp_runs: int
    flags: int
    simulated: bool


def units_of(runner: Runner, otherwise: Units) -> Units:
    """The runner's units if they chose any, else those of this installation."""
    return Units(runner.distance_unit or otherwise.distance, runner.temperature_unit or otherwise.temperature)


def runner_counts(con: duckdb.DuckDBPyConnection) -> list[ListedRunner]:
    """Every runner with their counts (sql/queries/runner_counts.sql), in the order they were added."""
    return [ListedRunner(*row) for row in con.execute(read_sql("queries", "runner_counts")).fetchall()]


def all_runners(con: duckdb.DuckDBPyConnection) -> list[Runner]:
    """Every runner, in the order they were added."""
    rows = con.execute(
        f"SELECT runner_id, {', '.join(_ENTERED)}, {_FLAGGED} FROM runner"  # noqa: S608  columns of ours
        " ORDER BY added_at, length(runner_id), runner_id"
    ).fetchall()
    return [Runner(*row) for row in rows]


def find_runner(con: duckdb.DuckDBPyConnection, name: str | None) -> Runner:
    """The runner with that name or id; without a name the only runner.

    Raises NotFound with the nearest name, and WrongInput if there are several runners and no name.
    """
    return runner_called(all_runners(con), name)


def runner_called(runners: list[Runner], name: str | None) -> Runner:
    """As `find_runner`, among these runners."""
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
        raise WrongInput("there are several runners", f"choose one with --runner NAME: {names}")
    return runners[0]


def add_runner(change: Change, runner: Runner) -> Runner:
    """Add a runner with a new id; raises WrongInput if the name is in use."""
    _refuse_duplicate_name(change.con, runner.name)
    runner_id = str(first_value(change.con, "SELECT 'r' || nextval('runner_no')"))
    added = replace(runner, runner_id=runner_id)
    row = {name: getattr(added, name) for name in _ENTERED}
    change.insert("runner", {**row, "runner_id": runner_id, "added_at": change.at})
    return added


def edit_runner(change: Change, runner: Runner, values: Mapping[str, object]) -> Runner:
    """Correct a runner's columns; raises WrongInput if the new name is in use."""
    if values.get("name", runner.name) != runner.name:
        _refuse_duplicate_name(change.con, str(values["name"]))
    change.update("runner", runner.runner_id, values)
    return find_runner(change.con, runner.runner_id)


def _refuse_duplicate_name(con: duckdb.DuckDBPyConnection, name: str) -> None:
    if any(runner.name == name for runner in all_runners(con)):
        raise WrongInput(f"there is a runner called '{name}' already", "choose another name")

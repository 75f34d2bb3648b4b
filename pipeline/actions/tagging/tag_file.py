"""`cramplog tag import FILE.csv`: many answers and cramps at once. Good lines are imported; bad ones are listed by number.

Columns, by header name: runner (or --runner), run (its start in UTC such as 2026-06-14T05:31:02Z, or a date), at (a moment,
`none` for "no cramp", `after`, or empty for no answer), muscle, side, severity, and optionally uncertainty_s, effect, relief,
recurred, recurred_after (2m), note, race (yes/no) and planned (h:mm).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb

from pipeline.actions.risk.automatic_forecasts import forecast_new_runs
from pipeline.actions.tagging.tag import DEFAULT_UNCERTAINTY_S, CrampText, store_answer, store_cramp
from pipeline.errors import CramplogError, NotFound, WrongInput
from pipeline.instants import naive_utc
from pipeline.settings import Settings
from pipeline.store.answers.runners import all_runners, runner_called
from pipeline.store.db.changes import Change, change, columns_of
from pipeline.store.db.connection import open_store
from pipeline.store.runs.find import RunRow, all_runs, run_called, run_started
from pipeline.units import parse_duration_s
from pipeline.vocabulary import choose

_DETAILS = ("effect", "relief", "recurred", "recurred_after")
COLUMNS = ("runner", "run", "at", "uncertainty_s", "muscle", "side", "severity", *_DETAILS, "note", "race", "planned")
REQUIRED = ("run",)
_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class TagImport:
    """The result of a file of answers: lines imported, new cramps among them, and the bad lines with their reasons.

    `left` holds the bad lines themselves: their run may be imported later.
    """

    imported: int
    cramps: int
    bad: tuple[tuple[int, str], ...]
    left: tuple[Mapping[str, str], ...]


def is_answers_file(content: bytes) -> bool:
    """True if the first line is the header of a file of answers."""
    header = content[:400].decode("utf-8", "replace").lstrip("\ufeff").split("\n", 1)[0].strip().split(",")
    return "run" in header and set(header) <= set(COLUMNS)


def import_tags(settings: Settings, path: Path, runner_name: str | None, now: datetime) -> TagImport:
    """Import a CSV of answers, in one transaction. Raises WrongInput for a wrong header, NotFound if there is no file."""
    if not path.is_file():
        raise NotFound(f"there is no file '{path}'", "check the name; nothing was changed")
    rows = _read_rows(path)
    forecast_new_runs(settings, now)
    imported, cramps, bad, left = 0, 0, [], []
    with (
        open_store(settings, write=True, with_records=True) as con,
        change(con, "tag import", path.name, "import", now) as step,
    ):
        run_of = _finder(con, runner_name)
        for line, row in rows:
            try:
                cramps += _store_line(step, row, run_of(row))
                imported += 1
            except CramplogError as error:
                bad.append((line, f"{error.message}; {error.hint}" if error.hint else error.message))
                left.append(row)
        step.detail = f"{path.name}: {imported} lines, {cramps} cramps"
    return TagImport(imported, cramps, tuple(bad), tuple(left))


def _read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    text = path.read_bytes().decode("utf-8-sig", "replace")
    reader = csv.DictReader(io.StringIO(text))
    header = tuple(reader.fieldnames or ())
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown:
        what = f"has no column '{missing[0]}'" if missing else f"has an unknown column '{unknown[0]}'"
        raise WrongInput(f"{path.name} {what}", f"the columns are: {', '.join(COLUMNS)}")
    return [(reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}) for row in reader]


def _store_line(step: Change, row: Mapping[str, str], run: RunRow) -> int:
    """Store one line; returns 1 for a new cramp. Checks everything before it writes anything."""
    race = _YES_NO[choose(row["race"], tuple(_YES_NO), "yes or no")] if row.get("race") else None
    planned_s = parse_duration_s(row["planned"]) if row.get("planned") else None
    cramp = 0
    match row.get("at", "").lower():
        case "":
            pass
        case "none":
            store_answer(step, run, "no cramp")
        case "not sure":
            store_answer(step, run, "not sure")
        case _:
            cramp = int(store_cramp(step, run, _cramp_of(row)).new)
    given = {name: value for name, value in (("race", race), ("planned_s", planned_s)) if value is not None}
    stored = columns_of(step.con, "run", run.run_id, list(given)) if given else {}
    if new := {name: value for name, value in given.items() if value != stored[name]}:
        step.update("run", run.run_id, new)
    return cramp


def _finder(con: duckdb.DuckDBPyConnection, runner_name: str | None) -> Callable[[Mapping[str, str]], RunRow]:
    """A function that finds the run of a line. It reads the runners, and the runs of each runner, once for all lines.

    The runs are as before the first line: they lack the answer, race and planned time of earlier lines.
    """
    runners = all_runners(con)
    runs_of = cache(lambda runner_id: all_runs(con, runner_id))

    def run_of(row: Mapping[str, str]) -> RunRow:
        runner = runner_called(runners, row.get("runner") or runner_name)
        return _find_run(runs_of(runner.runner_id), row["run"])

    return run_of


def _find_run(runs: list[RunRow], word: str) -> RunRow:
    """The run with this date or this start in UTC."""
    if "T" not in word:
        return run_called(runs, word)
    try:
        start_at = datetime.fromisoformat(word)
    except ValueError:
        raise WrongInput(
            f"'{word}' is not a date with a time", "write the start in UTC as 2026-06-14T05:31:02Z, or only the date"
        ) from None
    if start_at.tzinfo is None:
        raise WrongInput(f"'{word}' has no time zone", "write the start in UTC as 2026-06-14T05:31:02Z")
    return run_started(runs, naive_utc(start_at))


def _cramp_of(row: Mapping[str, str]) -> CrampText:
    uncertainty = row.get("uncertainty_s") or str(DEFAULT_UNCERTAINTY_S)
    try:
        uncertainty_s = float(uncertainty)
    except ValueError:
        raise WrongInput(
            f"uncertainty_s '{uncertainty}' is not a number of seconds",
            "write by how much the moment may be wrong, such as 60",
        ) from None
    fields = {name: row.get(name, "") for name in ("at", "muscle", "side", "severity")}
    after_s = parse_duration_s(row["recurred_after"]) if row.get("recurred_after") else None
    return CrampText(
        **fields,
        uncertainty_s=uncertainty_s,
        note=row.get("note") or None,
        effect=row.get("effect") or None,
        relief=row.get("relief") or None,
        recurred=row.get("recurred") or None,
        recurred_after_s=after_s,
    )

"""`cramplog sql`: runs one SELECT on the analysts' snapshot, which holds no names, notes or places."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO

import click

from pipeline.cli.frame.output import next_step, print_json, print_progress, table
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.store.analyst.query import Described, QueryResult


@click.command(cls=Verb)
@click.argument("query", required=False)
@click.option(
    "-f",
    "--file",
    "file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Read the query from FILE; - is standard input.",
)
@click.option("--list", "listed", is_flag=True, help="List the views.")
@click.option("--describe", "described", metavar="VIEW", help="List the columns of a view, with units.")
@click.option("--analysis", metavar="NAME", help="Run a ready-made analysis; --analysis list shows them.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the result as CSV, for a spreadsheet.")
@json_option
def sql(
    query: str | None, file: TextIO | None, listed: bool, described: str | None, analysis: str | None,
    as_csv: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run one SELECT (DuckDB's SQL) on the analysts' snapshot. It can read the public views and nothing else.

    \b
    Examples:
      cramplog sql --list
      cramplog sql --analysis cramps_per_100_hours_by_heat
      cramplog sql "SELECT answer, count(*) AS runs FROM v_run GROUP BY answer" --csv
    """
    sources = [query is not None, file is not None, listed, described is not None, analysis is not None]
    if sum(sources) != 1:
        raise click.UsageError("give one of: a QUERY, -f FILE, --analysis NAME, --list or --describe VIEW")
    if as_csv and as_json:
        raise click.UsageError("--csv and --json cannot be used together")
    from pipeline.actions.admin.query import analyses, analysis_of, ask, freshen, public_views, view_columns

    if analysis == "list":
        _print_rows(
            ("analysis", "question"), [(analysis.name, analysis.question) for analysis in analyses()], as_csv, as_json
        )
        return
    if analysis:
        query = analysis_of(analysis).sql
    settings, now = current_settings(), utc_now()
    if not freshen(settings, now):
        print_progress("the store is busy: this is the snapshot from before its last change")
    if listed or described:
        found = view_columns(settings, described, now) if described else public_views(settings, now)
        _print_described(found, as_csv, as_json, is_views=listed)
        return
    result = ask(settings, file.read() if file else query or "", now)
    if as_json:
        rows = [[_json_value(value) for value in row] for row in result.rows]
        print_json("sql", columns=result.columns, types=result.types, rows=rows)
    elif as_csv:
        _print_csv(result.columns, result.rows)
    else:
        _print_result(result)


def _print_described(found: Sequence[Described], as_csv: bool, as_json: bool, is_views: bool) -> None:
    head = ("view", "holds") if is_views else ("column", "type", "means")
    rows = [(item.name, item.comment) if is_views else (item.name, item.type, item.comment) for item in found]
    if as_json:
        print_json("sql", **{"views" if is_views else "columns": [asdict(item) for item in found]})
        return
    _print_rows(head, rows, as_csv, as_json)
    if not as_csv:
        next_step("cramplog sql --describe VIEW" if is_views else 'cramplog sql "SELECT ..."')


def _print_rows(head: Sequence[str], rows: Sequence[Sequence[str]], as_csv: bool, as_json: bool) -> None:
    if as_json:
        print_json("sql", rows=[dict(zip(head, row, strict=True)) for row in rows])
    elif as_csv:
        _print_csv(head, rows)
    else:
        table(head, rows)


def _print_result(result: QueryResult) -> None:
    if result.columns:
        numbers = [name for name, type_ in zip(result.columns, result.types, strict=True) if type_ in _NUMBERS]
        table(result.columns, [[_cell(value) for value in row] for row in result.rows], right=numbers)
    click.echo(f"({plural(len(result.rows), 'row')})")
    next_step("--csv for a spreadsheet, --json for a program")


_NUMBERS = ("BIGINT", "INTEGER", "DOUBLE", "HUGEINT", "NUMBER", "FLOAT")


def _print_csv(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print CSV with a header line; NULL is an empty cell."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(head)
    out.writerows(rows)


def _cell(value: object) -> str:
    """A cell of the table: NULL as NULL, floats with six digits, no line break or control character."""
    if value is None:
        return "NULL"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _json_value(value: object) -> object:
    """The value for JSON, which has no NaN and no infinity: None instead."""
    return None if isinstance(value, float) and not math.isfinite(value) else value

"""The analysis queries, each on the sample cohort: the whole answer as written beside it, and again in plain Python.

A query is a file in sql/analysis, its answers the files of the same name in answers/whole and answers/third: what `cramplog
sql -f FILE --csv` prints for the cohort and for a third of its runs. `make test` asks about the third, `make release` about
the whole. The store is the nightly's, without fits and reports.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.actions.nightly.nightly import STAGES
from pipeline.actions.runs.init import start_demo
from pipeline.errors import SomeFailed
from pipeline.settings import Settings
from pipeline.store.analyst.publish import PUBLIC_VIEWS
from pipeline.store.db.connection import open_store
from tests.sql.analysis import slow_answers as slow
from tests.sql.analysis.slow_cohort import Cohort, Piece, pieces_at_risk, read_cohort
from tests.support.cli import Home
from tests.support.folders import ROOT, SAMPLE
from tests.support.sample_part import part_of_sample
from tests.support.stores import START, cramp_at, even_run, make_store, put_runs

QUESTIONS = ROOT / "sql" / "analysis"
QUERIES = sorted(QUESTIONS.glob("*.sql"))
A_THIRD = ("greta", "hanna", "julia", "karl", "lena")  # 120 of 371 runs: hills, rides, few runs, no auto-pause, cramps
ANSWERS = Path(__file__).parent / "answers"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RATE = ("runs", "hours_at_risk", "cramps", "cramped_runners", "cramps_per_100_h")
OTHERS = ("cramps", "runners", "comparisons", "mean_at_cramps", "mean_in_others", "difference", "higher_at", "lower_at")
each_query = pytest.mark.parametrize("query", QUERIES, ids=[path.stem for path in QUERIES])


@dataclass(frozen=True, slots=True)
class Part:
    """Runners of the sample: the folder with their files, and the folder of the answers."""

    sample: Path
    answers: Path

    def written(self, name: str, columns: tuple[str, ...], keys: int = 1) -> dict[str, list[float]]:
        """These columns of a written answer as numbers, by its first columns."""
        rows = csv.DictReader((self.answers / f"{name}.csv").read_text(encoding="utf-8").splitlines())
        return {" ".join(list(row.values())[:keys]): [float(row[column]) for column in columns] for row in rows}


@pytest.fixture(scope="module", params=["third", pytest.param("whole", marks=pytest.mark.release)])
def part(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Part:
    whole = request.param == "whole"
    return Part(SAMPLE if whole else part_of_sample(tmp_path_factory.mktemp("third"), A_THIRD), ANSWERS / request.param)


@pytest.fixture(scope="module")
def home(part: Part, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """These runners taken in and published: up to a minute's work, to be read only."""
    path = tmp_path_factory.mktemp("cohort") / "home"
    start_demo(Settings(path), NOW, part.sample)
    with pytest.raises(SomeFailed, match="2 failed"):  # damaged on purpose: sample_data/README.md
        STAGES["inbox"](Settings(path), NOW)
    for stage in ("weather", "answers", "publish"):
        STAGES[stage](Settings(path), NOW)
    return Home(path)


@pytest.fixture(scope="module")
def cohort(home: Home, part: Part) -> Cohort:
    return read_cohort(Settings(home.path), part.sample)


@pytest.fixture(scope="module")
def pieces(cohort: Cohort) -> list[Piece]:
    return pieces_at_risk(cohort)


def _near(rows: dict[str, list[float]]) -> dict[str, object]:
    """Equal up to the rounding of the queries, to one or two decimals."""
    return {name: pytest.approx(values, abs=0.0501) for name, values in rows.items()}


def test_there_are_ten_questions_and_each_has_its_written_answer() -> None:
    assert len(QUERIES) == 10
    for part in ("third", "whole"):
        assert {path.stem for path in QUERIES} == {path.stem for path in (ANSWERS / part).iterdir()}


@each_query
def test_a_query_opens_with_its_question_its_grain_and_notes(query: Path) -> None:
    question, grain, notes, *_ = query.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"-- Question: [a-z].+\?", question)
    assert re.fullmatch(r"-- Grain: .+\.", grain)
    assert notes.startswith(("-- Notes: ", "--        ", "SELECT", "WITH"))


@each_query
def test_a_query_says_no_word_that_promises_a_reason(query: Path) -> None:
    text = query.read_text(encoding="utf-8").lower()
    assert re.findall(r"\b(p-values?|triggers?|caus(?:e|es|ed|al)|safe|dose|due to|leads? to)\b", text) == []


@each_query
def test_a_query_reads_public_views_only(query: Path) -> None:
    text = query.read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", text)) - set(re.findall(r"^(\w+) AS \($", text, re.MULTILINE))
    assert named
    assert named <= {*PUBLIC_VIEWS, "v_record"}


@each_query
def test_a_query_gives_the_written_answer_on_the_sample_cohort(home: Home, part: Part, query: Path) -> None:
    said = home("sql", "-f", str(query), "--csv")
    assert said.stdout == (part.answers / f"{query.stem}.csv").read_text(encoding="utf-8")
    assert said.exit_code == 0


@pytest.mark.parametrize("answer", sorted(ANSWERS.rglob("*.csv")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_row_of_an_answer_says_that_it_is_simulated(answer: Path) -> None:
    rows = list(csv.DictReader(answer.read_text(encoding="utf-8").splitlines()))
    assert rows
    assert {row["simulated"] for row in rows} == {"True"}


def test_a_store_without_runs_answers_with_no_rate(tmp_path: Path) -> None:
    make_store(tmp_path / "home", "anna")
    for query in QUERIES:
        said = Home(tmp_path / "home")("sql", "-f", str(query), "--csv")
        assert said.exit_code == 0, said.stderr
        assert [row for row in said.stdout.splitlines()[1:] if "nan" in row or not row.startswith("all runs,")] == []


def test_a_cramp_at_no_moment_costs_half_the_hours_and_an_unanswered_sport_has_no_rate(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "anna")
    run, ride = even_run(minutes=60), even_run(minutes=60, start_at=START + timedelta(days=1), sport="cycling")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run, ride])
        cramp_at(con, runner, run, None)
    said = {path.stem: Home(settings.home)("sql", "-f", str(path), "--csv").stdout.splitlines()[1:] for path in QUERIES}
    assert said["cramps_per_100_hours_by_sport"] == ["cycling,1,1,0,,,,,,False", "running,1,1,1,0.5,1,1,1,200.0,False"]
    assert said["cramps_that_came_back"] == ["no cramp so far,1,0.5,1.0,1,200.0,False"]


@pytest.mark.parametrize(
    ("name", "keys", "band"),
    [
        ("cramps_per_100_hours_by_heat", 1, lambda piece: slow.heat_band(piece.wbgt_c)),
        ("cramps_per_100_hours_by_hours_run", 1, lambda piece: str(min(piece.start_s // 1800 / 2, 2.0))),
        ("cramps_per_100_hours_by_pace", 1, slow.pace_band),
        ("cramps_per_100_hours_by_part_of_day", 1, slow.part_of_day),
        ("cramps_per_100_hours_in_races_and_training", 2, slow.hour_and_kind),
    ],
)
def test_the_written_rates_are_those_counted_slowly(
    part: Part, pieces: list[Piece], name: str, keys: int, band: Callable[[Piece], str]
) -> None:
    assert part.written(name, RATE, keys) == _near(slow.rates(pieces, band))


@pytest.mark.parametrize(
    ("factor", "value"),
    [
        ("wbgt_c", lambda piece: piece.wbgt_c),
        ("pace_faster_pct", lambda piece: piece.faster_pct),
        ("race_share", lambda piece: float(piece.race)),
    ],
)
def test_the_moments_of_cramps_are_matched_with_the_runners_own_other_runs(
    part: Part, pieces: list[Piece], factor: str, value: Callable[[Piece], float | None]
) -> None:
    written = part.written("cramp_moments_against_own_other_runs", OTHERS)[factor]
    assert written == pytest.approx(slow.against_others(pieces, value), abs=0.00501)


def test_the_cramps_that_came_back_are_those_counted_slowly(part: Part, cohort: Cohort) -> None:
    written = part.written("cramps_that_came_back", ("runs", "hours_at_risk", "cramps"))
    del written["no cramp so far"]
    assert written == _near(
        {
            "first 15 minutes after one": slow.came_back(cohort, 0, 900),
            "15 to 30 minutes after one": slow.came_back(cohort, 900, 1800),
            "later": slow.came_back(cohort, 1800, 1e9),
        }
    )


def test_the_cramps_by_muscle_and_side_are_those_the_runners_wrote_down(part: Part, cohort: Cohort) -> None:
    on_foot = [tag for tag in cohort.tags if tag["of"]["sport"] == "running"]
    sides = Counter((tag["muscle"], tag["side"]) for tag in on_foot if tag["severity"] != "tightness")
    tight = Counter(tag["muscle"] for tag in on_foot if tag["severity"] == "tightness")
    hours = sum(run["moving_s"] for run in cohort.runs.values() if run["told"] and run["sport"] == "running") / 3600
    assert part.written(
        "muscles_and_sides", ("left_side", "right_side", "both_sides", "tightness", "hours_run")
    ) == _near(
        {
            muscle: [*(sides[muscle, side] for side in ("left", "right", "both")), tight[muscle], hours]
            for muscle in {muscle for muscle, _ in sides}
        }
    )


def test_the_answered_shares_are_those_of_the_files_of_answers(part: Part, cohort: Cohort) -> None:
    written = part.written("answered_share_by_heat_length_and_race", ("runs", "answered", "cramp_runs"), keys=2)
    assert written == slow.answered(cohort)


def test_the_hours_of_a_sport_end_at_a_runs_first_cramp(part: Part, cohort: Cohort) -> None:
    by_sport = {}
    for sport in ("running", "cycling"):
        told = [run for run in cohort.runs.values() if run["told"] and run["sport"] == sport]
        cramped = [run for run in told if run["cramped"]]
        until_s = [cohort.moments_s[run["run_id"]][0] if run["cramped"] else run["moving_s"] for run in told]
        by_sport[sport] = [len(told), sum(until_s) / 3600, len(cramped), len({run["runner_id"] for run in cramped})]
    columns = ("answered", "hours_at_risk", "cramps", "cramped_runners")
    assert part.written("cramps_per_100_hours_by_sport", columns) == _near(by_sport)

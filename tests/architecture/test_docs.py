"""The documents keep up with the code: the data dictionary, the glossary's lists, links, and all files and functions named."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from docs.write_data_page import PAGE, data_page
from models.fit.design import EVIDENCE_PRIORS
from models.fit.hazard import MODEL_VERSION
from pipeline import vocabulary
from pipeline.settings import Settings
from pipeline.store.analyst.query import Described, describe, list_views
from tests.support.folders import ROOT

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "NOTICE", "sample_data/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
SOURCES = [
    path
    for room in ("pipeline", "models", "flows", "sql", "benchmarks", "tests", "sample_data", "docs")
    for path in sorted((ROOT / room).rglob("*"))
    if path.suffix in (".py", ".sql", ".j2", ".css")
]
# A document named in code, with a heading of it: docs/method.md#when-it-must-hold-back.
DOCUMENT = re.compile(r"((?:[a-z_]+/)+[\w-]+\.md|(?<![\w/])[A-Z][A-Z_]+\.md)(?:#([\w-]+))?")
# A file of ours named in a document, with a function, class or constant of it: `pipeline/cli/tag.py:tag`.
CODE = re.compile(
    r"`((?:pipeline|models|flows|sql|benchmarks|tests|sample_data|docs)/[\w/]+(?:\.\w+)*/?)(?::([A-Za-z_][\w.]*))?`"
)
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

# What the end of a column's name promises, and how its comment has to say it.
UNITS = {
    "_hour_local": r"\bhours?\b",
    "_local": r"\bclock\b",
    "_at": r"\bUTC\b",
    "_s": r"\b(seconds|s)\b",
    "_min": r"\bminutes\b",
    "_ms": r"\bm/s\b",
    "_m": r"\b(metres|m)\b",
    "_km": r"\bkm\b",
    "_mm": r"\bmm\b",
    "_c": r"(\b|°)C\b",
    "_pct": r"\bpercent\b",
    "_bpm": r"\bbeats per minute\b",
    "_spm": r"\bsteps\b.* per minute\b",
    "_w": r"\bW\b",
    "_z": r"\bstandard deviations\b",
}
WITHOUT_END = {"onset": "1 where", "minutes": "Minutes", "value": "in the unit of the next column"}
# Forecasts: chances, a number of runs, sums of scores.
WITHOUT_END |= dict.fromkeys(("mean", "low", "high", "brier_sum"), "0 to 1")
WITHOUT_END |= {"expected": "^Runs ", "log_loss_sum": "nats"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Settings]:
    """The dictionary as the code has it now, and the empty home it was told from."""
    home = tmp_path_factory.mktemp("dictionary") / "home"
    return data_page(home), Settings(home)


@pytest.fixture(scope="module")
def columns(page: tuple[str, Settings]) -> list[tuple[str, Described]]:
    """Each public column with its view."""
    _, settings = page
    return [(view.name, column) for view in list_views(settings) for column in describe(settings, view.name)]


@pytest.mark.slow
def test_the_data_page_is_what_the_views_say(page: tuple[str, Settings]) -> None:
    text, _ = page
    assert PAGE.read_text(encoding="utf-8") == text, "docs/data.md is behind the views: make docs"


@pytest.mark.slow
def test_every_public_view_and_column_has_a_comment(
    page: tuple[str, Settings], columns: list[tuple[str, Described]]
) -> None:
    _, settings = page
    silent = [view.name for view in list_views(settings) if not view.comment.endswith(".")]
    silent += [f"{view}.{column.name}" for view, column in columns if not column.comment]
    assert len(columns) > 100
    assert silent == []


@pytest.mark.slow
def test_a_comment_says_the_unit_that_the_columns_name_promises(columns: list[tuple[str, Described]]) -> None:
    wrong = []
    for view, column in columns:
        unit = next((said for end, said in UNITS.items() if column.name.endswith(end)), WITHOUT_END.get(column.name))
        if unit is None and column.type in ("DOUBLE", "TIMESTAMP"):
            wrong.append(f"{view}.{column.name}: a {column.type} without a unit in its name")
        elif unit is not None and column.type != "VARCHAR" and not re.search(unit, column.comment):
            wrong.append(f"{view}.{column.name}: {column.comment!r} lacks its unit")
    assert wrong == []


def test_the_glossarys_lists_are_the_vocabularys() -> None:
    in_the_code = {
        name.lower().replace("_", " "): value
        for name, value in vars(vocabulary).items()
        if name.isupper() and isinstance(value, tuple)
    }
    rows = re.findall(r"^\| \*\*([\w ]+)\*\* \| ([^|]+) \|", GLOSSARY, re.MULTILINE)
    in_the_glossary = {what: tuple(word.strip() for word in words.split(",")) for what, words in rows}
    assert in_the_glossary["muscles"][:2] == ("foot", "calf")
    assert in_the_glossary == in_the_code


def test_the_glossary_explains_each_word_once() -> None:
    words = re.findall(r"^- \*\*([^*]+)\*\*", GLOSSARY, re.MULTILINE)
    assert len(words) > 40
    assert [word for word in words if words.count(word) > 1] == []


def test_the_model_cards_priors_are_those_of_the_model() -> None:
    card = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| (-?[\d.]+) \| ([\d.]+) \| ([\d.]+) \| .*\|$", card, re.MULTILINE)
    told = [(column, *map(float, numbers)) for column, *numbers in rows]
    assert told == [(prior.column, prior.mean, prior.sd_group, prior.sd_between) for prior in EVIDENCE_PRIORS]
    assert f"`{MODEL_VERSION}`" in card


def test_links_between_the_documents_lead_somewhere() -> None:
    wrong = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if target.startswith("https://"):
                continue
            path, _, anchor = target.partition("#")
            if problem := broken((page.parent / path).resolve() if path else page, anchor):
                wrong.append(f"{page.relative_to(ROOT)}: {target} {problem}")
    assert wrong == []


def test_every_document_named_in_code_exists() -> None:
    named = [(path, name) for path in SOURCES for name in DOCUMENT.findall(path.read_text(encoding="utf-8"))]
    wrong = []
    for path, (name, anchor) in named:
        places = [ROOT / name, path.parent / name, ROOT / "docs" / name, ROOT / "sample_data" / name]
        document = next((place for place in places if place.is_file()), ROOT / name)
        if problem := broken(document, anchor):
            wrong.append(f"{path.relative_to(ROOT)}: {name}{'#' + anchor if anchor else ''} {problem}")
    assert len(named) > 20
    assert wrong == []


def test_every_file_and_function_named_in_a_document_exists() -> None:
    named = [(page, *found) for page in PAGES for found in CODE.findall(page.read_text(encoding="utf-8"))]
    wrong = [
        f"{page.relative_to(ROOT)}: `{path}{':' + name if name else ''}`"
        for page, path, name in named
        if not (ROOT / path).exists() or (name and name not in names_in(path))
    ]
    assert sum(bool(name) for _, _, name in named) > 80
    assert wrong == [], "renamed or gone"


def test_the_decisions_are_dated_in_order_and_each_page_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(folder.glob("*.md"))
    assert len(pages) > 5
    for page in pages:
        dates = re.findall(r"^\*\*(\d{4}-\d\d-\d\d)\. [^*]+\*\*", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert page.name == "README.md" or (dates and f"]({page.name})" in index), page.name
        assert dates == sorted(dates), page.name


def test_every_source_cited_in_the_model_card_is_in_the_bibliography() -> None:
    card, sources = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("method.md", "bibliography.md"))
    cited = {number for list_ in re.findall(r"\[(S\d+(?:, S\d+)*)\]", card) for number in list_.split(", ")}
    assert len(cited) > 10
    assert cited - set(re.findall(r"\b(S\d+)\b", sources)) == set()


def test_the_readme_is_one_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def broken(document: Path, anchor: str) -> str:
    """What is wrong with a reference to a document and one of its headings; empty if nothing is."""
    if not document.exists():
        return "does not exist"
    return "has no such heading" if anchor and anchor not in anchors(document) else ""


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def names_in(path: str) -> set[str]:
    """The functions, classes, methods (as Class.method) and constants that a module defines."""
    names: set[str] = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{member.name}" for member in node.body if isinstance(member, ast.FunctionDef)}
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names

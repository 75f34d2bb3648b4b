"""The documents keep up with the code: the data dictionary, the glossary's lists, the links between pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.write_data_page import PAGE, data_page
from models.fit.design import EVIDENCE_PRIORS
from models.fit.hazard import MODEL_VERSION
from pipeline import vocabulary
from pipeline.settings import Settings
from pipeline.store.analyst.query import Described, describe, list_views

ROOT = Path(__file__).parents[2]
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
    "_bpm": r"\bbeats a minute\b",
    "_spm": r"\bsteps\b.* a minute\b",
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


@pytest.mark.parametrize("document", ["README.md", "NOTICE", "sample_data/README.md", "docs/*.md"])
def test_links_between_the_documents_lead_somewhere(document: str) -> None:
    for path in ROOT.glob(document):
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            assert target.startswith("https://") or (path.parent / target).exists(), f"{path.name}: {target}"

"""Laws of the page, held in every state: nothing loaded, nothing run, nothing forbidden said, the warning
signs there.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import unescape
from itertools import pairwise

import pytest

from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from pipeline.report.text.warning_signs import FRAME, NOT_CAUSING, TIERS
from tests.support.report_examples import EXAMPLES

FORBIDDEN = re.compile(
    r"p-value|hazard|95 ?% ?CI|trigger|\bcaus(e|es|ed|ing)\b|\bsafe|\bdoses?\b|magnesium|quinine|drink more|\bsalt\b",
    re.IGNORECASE,
)
WITHOUT_NUMBER = ("red_flag", "not_enough", "no_runs")


@cache
def page_of(state: str) -> str:
    return render_page(summarise(EXAMPLES[state]()))


def words_of(page: str) -> str:
    """What is read: no head, no tags, text alternatives kept, technical details left out."""
    body = re.sub(r"<details>.*?</details>", " ", page.partition("<body>")[2], flags=re.DOTALL)
    spoken = re.sub(r'<[^>]*aria-label="([^"]*)"[^>]*>', r" \1 ", body)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", spoken)).split())


@pytest.fixture(params=sorted(EXAMPLES))
def state(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_forbidden_words_are_never_said(state: str) -> None:
    assert FORBIDDEN.findall(words_of(page_of(state)).replace(NOT_CAUSING, "")) == []


def test_every_page_carries_the_frame_and_all_warning_signs(state: str) -> None:
    said = words_of(page_of(state))
    assert FRAME in said
    signs = [text for tier in TIERS for text in (tier.title, *(sign.text for sign in tier.signs))]
    assert [sign for sign in signs if sign not in said] == []


def test_nothing_is_loaded_and_only_the_weather_service_is_linked(state: str) -> None:
    links = re.findall(r'(?:src|href|action|data|poster|srcset)="([^"]*)"', page_of(state))
    outside = [link for link in links if not link.startswith("#")]
    assert set(outside) <= {"https://open-meteo.com/"}
    assert "@import" not in page_of(state)
    assert re.search(r"url\((?!#)", page_of(state)) is None


def test_there_is_no_script_no_handler_and_no_inline_style(state: str) -> None:
    tags = re.findall(r"<[a-zA-Z][^>]*>", page_of(state))
    assert [tag for tag in tags if re.match(r"<(script|iframe|object|embed|form|base)\b", tag)] == []
    assert [tag for tag in tags if re.search(r"\s(style|on\w+)=", tag)] == []
    assert len(re.findall(r"<style", page_of(state))) == 1


def test_the_policy_allows_exactly_the_style_sheet_of_the_page(state: str) -> None:
    css = re.search(r"<style>(.*?)</style>", page_of(state), re.DOTALL)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page_of(state))
    assert css is not None
    assert policy is not None
    digest = b64encode(sha256(css.group(1).encode()).digest()).decode()
    assert unescape(policy.group(1)).startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:")
    assert '<meta name="referrer" content="no-referrer">' in page_of(state)


def test_ids_are_unique_and_every_reference_has_its_target(state: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', page_of(state))
    assert len(ids) == len(set(ids))
    targets = re.findall(r'(?:href="#|url\(#|aria-labelledby=")([\w-]+)', page_of(state))
    assert set(targets) <= set(ids)


def test_a_page_stays_under_300_kb(state: str) -> None:
    assert len(page_of(state).encode()) < 300_000


def test_the_same_facts_give_the_same_bytes() -> None:
    assert render_page(summarise(EXAMPLES["many_cramps"]())) == page_of("many_cramps")


def test_headings_descend_without_gaps(state: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", page_of(state))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", WITHOUT_NUMBER)
def test_without_permission_no_risk_is_on_the_page(name: str) -> None:
    page = page_of(name)
    assert 'class="number' not in page
    assert "<figure" not in page
    assert "plausible" not in words_of(page)


def test_a_ticked_red_flag_leaves_no_number_of_the_runner() -> None:
    said = words_of(page_of("red_flag"))
    assert "of 100" not in said
    assert "64 runs" not in said
    assert "please see a doctor first" in said


def test_missing_answers_say_how_many_and_how_to_record_them() -> None:
    said = words_of(page_of("not_enough"))
    assert "7 of 22 answered runs" in said
    assert "cramplog tag --none --from" in said
    assert "In published marathon groups about 20 of 100 runners cramp." in said


def test_simulated_runs_are_announced_before_anything_else() -> None:
    assert "These are simulated runs of an invented runner." in page_of("few_cramps").partition("<h1>")[0]
    assert "imulated" not in words_of(page_of("many_cramps"))


def test_what_people_wrote_stays_text() -> None:
    page = page_of("hostile")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;, here is your cramp risk" in page
    assert "alert(1)&lt;/script&gt; **run**" in page  # not even our own bold


def test_the_service_is_named_only_when_it_was_used() -> None:
    link = '<a href="https://open-meteo.com/">Weather data by Open-Meteo.com</a>'
    assert link in page_of("many_cramps")
    assert link not in page_of("few_cramps")
    assert "Weather: simulated." in words_of(page_of("few_cramps"))


def test_no_weather_is_said_instead_of_drawn() -> None:
    assert "Heat: no weather for your runs yet" in words_of(page_of("no_weather"))
    assert 'class="heat"' not in page_of("no_weather")


def test_a_declined_comparison_shows_no_empty_picture() -> None:
    assert page_of("beyond").count('class="icons" ') == 1
    assert page_of("many_cramps").count('class="icons" ') == 2


def test_the_heat_table_tells_marks_and_hatching_in_words_too() -> None:
    said = words_of(page_of("many_cramps"))
    assert "cramp of yours" in said
    assert ", beyond your runs" in said


def test_charts_carry_two_widths_and_a_text_alternative() -> None:
    page = page_of("many_cramps")
    assert page.count('class="wide"') == page.count('class="narrow"') == page.count("<figure>") == 3
    assert page.count('role="img" aria-label="Up to 1 h 45 your risk stays under 10 of 100.') == 2


def test_the_basis_hash_is_in_the_head(state: str) -> None:
    assert '<meta name="cramplog-basis" content="b4515ab1e0">' in page_of(state)

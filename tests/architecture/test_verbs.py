"""No verb without help, three examples, a row in docs/verbs.md and a line in the tutorial."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from pipeline.cli.frame.main import cli
from pipeline.cli.frame.verbs import VERBS
from tests.support.examples import examples_of, verb_of
from tests.support.folders import ROOT


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_is_a_sentence_and_says_what_each_option_does(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    first = " ".join((command.help or "").split("\n\n")[0].split())
    assert re.fullmatch(r"[A-Z].+[.?]", first)
    silent = [option.opts[0] for option in command.params if isinstance(option, click.Option) and not option.help]
    assert silent == []


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_ends_with_three_examples_of_it_that_parse(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    examples = [shlex.split(re.split(r" (?:&&|\||>>?) ", line)[0]) for line in examples_of(verb)]
    assert len(examples) == 3
    for program, *words in examples:
        assert (program, verb_of(words)) == ("cramplog", verb)
        command.make_context(verb, words[len(verb.split()) :])


def test_every_verb_has_a_row_in_the_table_of_verbs() -> None:
    section = (ROOT / "docs" / "verbs.md").read_text(encoding="utf-8").split("\n## Verbs\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = {verb_of(span.split()) for row in rows for span in re.findall(r"`([^`]+)`", row)}
    missing = sorted(set(VERBS) - named)
    assert not missing, f"docs/verbs.md, section Verbs, has no row for: {', '.join(missing)}"


def test_every_verb_has_a_line_in_the_tutorial() -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    named = {verb_of(words.split()) for words in re.findall(r"cramplog ([a-z]+(?: [a-z]+)?)", text)}
    missing = sorted(set(VERBS) - named)
    assert not missing, f"docs/tutorial.md never calls: {', '.join(missing)}"

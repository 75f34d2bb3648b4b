"""Every example of every verb's help is run as it stands, in a copy of one prepared world."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from pipeline.cli.frame.verbs import VERBS
from pipeline.formats.read import read_runs
from tests.support.examples import World, examples_of, make_world
from tests.support.stores import NOW
from tests.support.typed import typed

EXAMPLES = [line for verb in VERBS for line in examples_of(verb)]

# What is not run, and why.
EXEMPT: Mapping[str, str] = {
    "cramplog nightly": "Prefect's server takes 20 s; tests/functional/actions/test_nightly.py starts it",
    "cramplog ingest ~/Garmin/Activity --runner anna --watch": "it has no end; test_watch.py watches folders",
}
# Examples that need another world, by how they begin: the verbs that are run on the copy first.
BEFORE: Mapping[str, Sequence[str]] = {
    "cramplog runner private anna --rm": [f"runner private --add 'condition: number {number}'" for number in (1, 2, 3)],
    "cramplog ask last --set": ["tag last --at 2:00:00 --muscle calf --side left --severity mild"],
}
# Examples about a second recording: which of `World.more` comes into the store first.
SECOND_RECORDING: Mapping[str, str] = {
    "cramplog runs edit 1990-01-01": "lost-clock.fit",
    "cramplog runs rm 2026-06-14/2": "afternoon.fit",
    "cramplog runs merge": "overlapping.fit",
    "cramplog runs split": "copy.fit",
}
THE_MORNINGS_ID, THE_SECONDS_ID = "4f0c2a1", "91be77d"  # what they are called in the examples
WITHOUT_A_STORE = ("cramplog init", "cramplog runner add anna")  # where there is no anna yet
# Examples that ask before they destroy: here nobody is at the terminal, so --yes is said for them.
ASKED_FIRST = ("cramplog runner private anna --rm", "cramplog runs rm")
# Examples that rightly end with another code than 0.
EXIT_CODES: Mapping[str, int] = {
    "cramplog nightly --status": 1,  # there was no night yet
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Made once, to be copied."""
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("line", [line for line in EXAMPLES if line not in EXEMPT])
def test_an_example_does_what_it_says(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    mine = _prepared(world.copied_to(tmp_path), line)
    monkeypatch.chdir(mine.here)
    monkeypatch.setenv("HOME", str(mine.user))
    monkeypatch.setenv("CRAMPLOG_HOME", str(mine.home.path))
    code, said = typed(_told(mine, line).split("&&")[0].strip())  # what follows && is another program's
    assert code == EXIT_CODES.get(line, 0), said


def test_what_is_treated_in_its_own_way_is_an_example_still() -> None:
    assert set(EXEMPT) | set(EXIT_CODES) <= set(EXAMPLES)
    beginnings = (*BEFORE, *SECOND_RECORDING, *WITHOUT_A_STORE, *ASKED_FIRST)
    assert [begun for begun in beginnings if not any(line.startswith(begun) for line in EXAMPLES)] == []


def _prepared(world: World, line: str) -> World:
    if line.startswith(WITHOUT_A_STORE):
        shutil.rmtree(world.home.path)
        if not line.startswith("cramplog init"):
            assert world.home("init").exit_code == 0
    before = [words for begun, lines in BEFORE.items() if line.startswith(begun) for words in lines]
    before += [f"ingest {world.more / name}" for begun, name in SECOND_RECORDING.items() if line.startswith(begun)]
    for words in before:
        said = world.home(*shlex.split(words))
        assert said.exit_code == 0, said.output
    return world


def _told(world: World, line: str) -> str:
    """The example with the ids that runs have here, and with the yes that nobody is there to say."""
    for begun, name in SECOND_RECORDING.items():
        if line.startswith(begun):
            line = line.replace(THE_MORNINGS_ID, _id_of(world.morning)).replace(
                THE_SECONDS_ID, _id_of(world.more / name)
            )
    return f"{line} --yes" if line.startswith(ASKED_FIRST) and "--yes" not in line else line


def _id_of(path: Path) -> str:
    return read_runs(path.read_bytes(), NOW)[0].run_id[:7]

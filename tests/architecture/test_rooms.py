"""How the house is laid out: small folders, one name per class, a verb's file named as the verb, plain words as names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli.frame.verbs import VERBS
from tests.support.folders import ROOT

PRODUCT = ("cramplog", "pipeline", "models", "flows")
MOST_MODULES = 16
# Words that say nothing of what a thing is, or meant something else to every reader.
NO_NAMES = {
    "said", "told", "tell", "known", "own", "kept", "came", "there", "one", "other", "asked", "words", "beside", "way",
    "piece", "heads", "settle", "standing", "carried", "site", "each", "parcel", "learnt", "taken", "whole_of",
}  # fmt: skip


# Programs outside the project read a Strava table by this name; the other one is a column of the store.
FIXED_NAMES = {("pipeline/formats/sources/strava.py", "words"), ("pipeline/questions.py", "words")}


def modules(*packages: str) -> list[Path]:
    """The Python files of these packages."""
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in modules(*PRODUCT):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def names_given(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each name that the module gives to something, with its line: variables, parameters, functions, classes, aliases."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.alias(asname=str(name)):
                yield name, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno


def test_no_folder_holds_more_modules_than_a_reader_can_keep_in_mind() -> None:
    folders: dict[Path, int] = defaultdict(int)
    for path in modules(*PRODUCT, "benchmarks/worlds", "sample_data", "tests"):
        folders[path.parent.relative_to(ROOT)] += path.name != "__init__.py"
    del folders[Path("pipeline/cli")]  # one file per verb
    assert {str(folder): count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_no_class_name_stands_twice() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path))
    assert len(homes) > 150
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verbs_file_and_command_are_named_as_the_verb(verb: str) -> None:
    name = verb.replace(" ", "_")
    tree = ast.parse((ROOT / "pipeline" / "cli" / f"{name}.py").read_text(encoding="utf-8"))
    commands = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(decorator).startswith("click.command") for decorator in node.decorator_list)
    ]
    assert commands == [name]


def test_a_file_beside_the_verbs_is_a_verb() -> None:
    files = {path.stem for path in (ROOT / "pipeline" / "cli").glob("*.py")} - {"__init__"}
    assert files == {verb.replace(" ", "_") for verb in VERBS}


def test_names_say_what_a_thing_is() -> None:
    found = [
        f"{path}:{line} {name}"
        for path, tree in trees()
        for name, line in names_given(tree)
        if name.strip("_") in NO_NAMES and (str(path), name) not in FIXED_NAMES
    ]
    assert found == []

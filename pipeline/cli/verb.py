"""What all verbs share: their common options, where they work, what time it is. Imported by each of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from pipeline.settings import Settings, load_settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Verb(click.Command):
    """A command with -v and -q; both are kept in the context for `say` and for the faults."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            _switch("verbose", "-v", "Say more; the whole traceback when something breaks."),
            _switch("quiet", "-q", "No progress, only the answer."),
        ]

    def invoke(self, ctx: click.Context) -> Any:
        with _log_to_stderr(bool(ctx.meta.get("verbose"))):
            return super().invoke(ctx)


def here() -> Settings:
    """The settings of this environment."""
    return load_settings(os.environ)


def utc_now() -> datetime:
    """The time of this command, taken once and passed down."""
    return datetime.now(UTC)


def json_option(verb: Decorated) -> Decorated:
    """--json: exactly one JSON document on stdout, errors too."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document instead of words.")(verb)


def runner_option(verb: Decorated) -> Decorated:
    """--runner: whose; not needed while there is only one."""
    return click.option("--runner", "runner_name", metavar="NAME", help="Whose, when there are several runners.")(verb)


def _switch(name: str, short: str, words: str) -> click.Option:
    def remember(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001  click's
        ctx.meta[name] = value

    declared = (f"--{name}", short)
    return click.Option(declared, is_flag=True, expose_value=False, is_eager=True, help=words, callback=remember)


@contextmanager
def _log_to_stderr(verbose: bool) -> Iterator[None]:
    """Inside, our own warnings go to stderr, one line each; a traceback only with -v."""
    stderr = logging.StreamHandler()
    stderr.setFormatter(logging.Formatter("%(message)s") if verbose else _OneLine("%(message)s"))
    ours = logging.getLogger("pipeline")
    before = ours.level, ours.propagate
    ours.addHandler(stderr)
    ours.propagate = False
    ours.setLevel(logging.INFO if verbose else logging.WARNING)
    try:
        yield
    finally:
        ours.removeHandler(stderr)
        ours.setLevel(before[0])
        ours.propagate = before[1]


class _OneLine(logging.Formatter):
    """The message; of an exception its name only."""

    def format(self, record: logging.LogRecord) -> str:
        if not record.exc_info:
            return record.getMessage()
        name = type(record.exc_info[1]).__name__
        return f"{record.getMessage()} ({name}); run again with -v to see all of it"

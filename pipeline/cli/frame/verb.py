"""What all verbs share: their common options, their settings, what time it is. Imported by each of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from pipeline.cli.frame.log_file import logged
from pipeline.config import YES
from pipeline.settings import Settings, load_settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Verb(click.Command):
    """A command with -v, -q and --log-file; its settings are kept in the context for `here`, `say` and the faults."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            _shared("verbose", "Say more; the whole traceback when something breaks.", "-v", is_flag=True),
            _shared("quiet", "No progress, only the answer.", "-q", is_flag=True),
            _shared("log_file", "Write begin, end, warnings and bugs to it.", metavar="FILE"),
        ]

    def invoke(self, ctx: click.Context) -> Any:
        settings = settle(ctx)
        with _log_to_stderr(bool(ctx.meta.get("verbose"))):
            return logged(settings.log_file, ctx.info_name or "cramplog", lambda: super(Verb, self).invoke(ctx))


def settle(ctx: click.Context) -> Settings:
    """The settings of this call, kept in its context. Raises WrongInput or CannotStart."""
    flags = {"quiet": YES} if ctx.meta.get("quiet") else {}
    if ctx.meta.get("log_file"):
        flags["log_file"] = ctx.meta["log_file"]
    settings = load_settings(os.environ, flags)
    ctx.meta["settings"], ctx.meta["quiet"] = settings, settings.quiet
    if not settings.color:
        os.environ["NO_COLOR"] = "1"  # nothing of ours is coloured; Prefect's and Python's words are
    return settings


def here() -> Settings:
    """The settings of the verb that is running."""
    settings: Settings = click.get_current_context().meta["settings"]
    return settings


def utc_now() -> datetime:
    """The time of this command, taken once and passed down."""
    return datetime.now(UTC)


def json_option(verb: Decorated) -> Decorated:
    """--json: exactly one JSON document on stdout, errors too."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document instead of words.")(verb)


def runner_option(verb: Decorated) -> Decorated:
    """--runner: whose; not needed while there is only one."""
    return click.option("--runner", "runner_name", metavar="NAME", help="Whose, when there are several runners.")(verb)


def _shared(name: str, words: str, *short: str, **how: Any) -> click.Option:
    def remember(ctx: click.Context, param: click.Parameter, value: object) -> None:  # noqa: ARG001  click's
        ctx.meta[name] = value

    declared = (f"--{name.replace('_', '-')}", *short)
    return click.Option(declared, expose_value=False, is_eager=True, help=words, callback=remember, **how)


@contextmanager
def _log_to_stderr(verbose: bool) -> Iterator[None]:
    """Inside, our own warnings go to stderr, one line each; a traceback only with -v."""
    stderr = logging.StreamHandler()
    stderr.setFormatter(logging.Formatter("%(message)s") if verbose else _OneLine("%(message)s"))
    stderr.setLevel(logging.INFO if verbose else logging.WARNING)  # a log file wants more than the terminal
    stderr.addFilter(lambda record: record.name != "pipeline.cli")  # begin and end are the log file's
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

"""What all verbs share: common options, settings, the current time. Imported by each of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from pipeline.cli.frame.log_file import run_logged
from pipeline.config import YES
from pipeline.settings import Settings, load_settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Verb(click.Command):
    """A command with -v, -q and --log-file. Its settings are in click's context, for `current_settings` and `output`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            _shared_option("verbose", "Show more; after a program error also its traceback.", "-v", is_flag=True),
            _shared_option("quiet", "Show no progress, only the result.", "-q", is_flag=True),
            _shared_option("log_file", "Write a log to FILE: start, end, warnings, program errors.", metavar="FILE"),
        ]

    def invoke(self, ctx: click.Context) -> Any:
        settings = load_context_settings(ctx)
        with _log_to_stderr(bool(ctx.meta.get("verbose"))):
            return run_logged(settings.log_file, ctx.info_name or "cramplog", lambda: super(Verb, self).invoke(ctx))


def load_context_settings(ctx: click.Context) -> Settings:
    """Load the settings and put them into the context. Raises WrongInput or CannotStart."""
    flags = {"quiet": YES} if ctx.meta.get("quiet") else {}
    if ctx.meta.get("log_file"):
        flags["log_file"] = ctx.meta["log_file"]
    settings = load_settings(os.environ, flags)
    ctx.meta["settings"], ctx.meta["quiet"] = settings, settings.quiet
    if not settings.color:
        os.environ["NO_COLOR"] = "1"  # we print no colours; Prefect and Python do
    return settings


def current_settings() -> Settings:
    """The settings of the running verb."""
    settings: Settings = click.get_current_context().meta["settings"]
    return settings


def utc_now() -> datetime:
    """The time of this command; verbs take it once and pass it down."""
    return datetime.now(UTC)


def json_option(verb: Decorated) -> Decorated:
    """Adds --json: exactly one JSON document on stdout, also for an error."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(verb)


def runner_option(verb: Decorated) -> Decorated:
    """Adds --runner NAME, as `runner_name`."""
    text = "Which runner; needed only if there is more than one."
    return click.option("--runner", "runner_name", metavar="NAME", help=text)(verb)


def _shared_option(name: str, text: str, *short: str, **attributes: Any) -> click.Option:
    def remember(ctx: click.Context, param: click.Parameter, value: object) -> None:  # noqa: ARG001  click's signature
        ctx.meta[name] = value

    declared = (f"--{name.replace('_', '-')}", *short)
    return click.Option(declared, expose_value=False, is_eager=True, help=text, callback=remember, **attributes)


@contextmanager
def _log_to_stderr(verbose: bool) -> Iterator[None]:
    """Inside, our warnings go to stderr, one line each; a traceback only with -v."""
    stderr = logging.StreamHandler()
    stderr.setFormatter(logging.Formatter("%(message)s") if verbose else _OneLine("%(message)s"))
    stderr.setLevel(logging.INFO if verbose else logging.WARNING)  # a log file needs more than the terminal
    stderr.addFilter(lambda record: record.name != "pipeline.cli")  # start and end go to the log file only
    logger = logging.getLogger("pipeline")
    level, propagate = logger.level, logger.propagate
    logger.addHandler(stderr)
    logger.propagate = False
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
    try:
        yield
    finally:
        logger.removeHandler(stderr)
        logger.setLevel(level)
        logger.propagate = propagate


class _OneLine(logging.Formatter):
    """The message; an exception by its type only."""

    def format(self, record: logging.LogRecord) -> str:
        if not record.exc_info:
            return record.getMessage()
        name = type(record.exc_info[1]).__name__
        return f"{record.getMessage()} ({name}); run the same command again with -v to see the details"

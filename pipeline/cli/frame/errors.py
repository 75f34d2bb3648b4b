"""What went wrong, said to a person or as JSON, and the exit code that goes with it. Called by `main` only.

The user's situation is a line and what to do next; our bug names the exception, with -v its traceback.
"""

from __future__ import annotations

import errno

import click

from pipeline.cli.frame.output import json_text
from pipeline.errors import STOPPED, CramplogError, system_error

FAILED = 1
WRONG_USAGE = 2


def told_fault(error: Exception, as_json: bool) -> int:
    """Say the error; returns its exit code, or 0 when click itself has to say it (and knows the code)."""
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        return 0
    if isinstance(error, click.ClickException):
        return _told_usage(error) if as_json else 0
    known = error if isinstance(error, CramplogError) else system_error(error)
    if known is None:
        return _told_bug(error, as_json)
    _tell(known.code, known.message, known.hint, as_json)
    return known.exit_code


def stopped(as_json: bool) -> int:
    """Say after Ctrl-C what is safe; returns the exit code."""
    message = "stopped: everything already said is kept, nothing is half done"
    hint = "run the same command again to go on"
    if as_json:
        _tell("stopped", message, hint, as_json)
    else:
        click.echo(f"\n{message}\n  {hint}", err=True)
    return STOPPED


def _told_usage(error: click.ClickException) -> int:
    verb = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "cramplog"
    _tell("wrong_usage", error.format_message(), f"{verb} --help", as_json=True)
    return error.exit_code


def _told_bug(error: Exception, as_json: bool) -> int:
    _tell(
        "bug",
        f"this is a bug in cramplog: {type(error).__name__}",
        "run again with -v to see all of it",
        as_json,
    )
    return FAILED


def _tell(code: str, message: str, hint: str, as_json: bool) -> None:
    if as_json:
        document = {"schema": "cramplog.error/1", "code": code, "message": message, "hint": hint}
        click.echo(json_text(document))
        return
    click.echo(f"Error ({code}): {message}", err=True)
    if hint:
        click.echo(f"  {hint}", err=True)

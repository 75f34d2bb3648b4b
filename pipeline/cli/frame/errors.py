"""Prints an error as text or JSON and returns its exit code. Called by `main` only.

An error in the user's input or situation gets one line and what to do next. A bug of ours gets the name of the
exception; with -v its traceback.
"""

from __future__ import annotations

import errno

import click

from pipeline.cli.frame.output import json_text
from pipeline.errors import STOPPED, CramplogError, system_error

FAILED = 1


def print_error(error: Exception, as_json: bool) -> int:
    """Print the error. Returns its exit code, or 0 when click has to print it and choose the code."""
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        return 0
    if isinstance(error, click.ClickException):
        return _print_usage_error(error) if as_json else 0
    expected = error if isinstance(error, CramplogError) else system_error(error)
    if expected is None:
        return _print_bug(error, as_json)
    _print(expected.code, expected.message, expected.hint, as_json)
    return expected.exit_code


def print_stopped(as_json: bool) -> int:
    """Print after Ctrl-C what is saved. Returns the exit code."""
    message = "stopped: everything reported so far is saved, nothing is half done"
    hint = "run the same command again to continue"
    if as_json:
        _print("stopped", message, hint, as_json)
    else:
        click.echo(f"\n{message}\n  {hint}", err=True)
    return STOPPED


def _print_usage_error(error: click.ClickException) -> int:
    verb = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "cramplog"
    _print("wrong_usage", error.format_message(), f"{verb} --help", as_json=True)
    return error.exit_code


def _print_bug(error: Exception, as_json: bool) -> int:
    _print(
        "bug",
        f"this is a bug in cramplog: {type(error).__name__}",
        "run the same command again with -v to see the details",
        as_json,
    )
    return FAILED


def _print(code: str, message: str, hint: str, as_json: bool) -> None:
    if as_json:
        document = {"schema": "cramplog.error/1", "code": code, "message": message, "hint": hint}
        click.echo(json_text(document))
        return
    click.echo(f"Error ({code}): {message}", err=True)
    if hint:
        click.echo(f"  {hint}", err=True)

"""Writes the file of --log-file: start and end of each verb, our warnings, and where a bug happened.

One line per entry: UTC time, level, message. No names, places, paths or notes: an error is logged by its code, a bug
by its exception type and its lines of code. Called by `verb`.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.errors import CannotStart, CramplogError, WrongInput
from pipeline.files import PRIVATE_FILE

_LOGGERS = ("pipeline", "cramplog.stages")
log = logging.getLogger("pipeline.cli")


def run_logged(path: Path | None, verb: str, call: Callable[[], Any]) -> Any:
    """Returns what `call` returns; writes its start and its end to the file at `path`, unless that is None."""
    if path is None:
        return call()
    with _logging_to(path):
        log.info("%s starts", verb)
        try:
            code = call()
        except BaseException as error:
            _log_error(verb, error)
            raise
        log.info("%s ends, exit code %s", verb, code or 0)
    return code


def _log_error(verb: str, error: BaseException) -> None:
    if isinstance(error, CramplogError):
        log.error("%s ends with %s, exit code %s", verb, error.code, error.exit_code)
    elif isinstance(error, click.ClickException):
        log.error("%s ends with wrong usage, exit code %s", verb, error.exit_code)
    elif isinstance(error, click.exceptions.Exit):
        log.info("%s ends, exit code %s", verb, error.exit_code)
    elif isinstance(error, Exception) and not isinstance(error, click.Abort):
        log.error("%s failed", verb, exc_info=error)
    else:
        log.warning("%s was stopped", verb)


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    handler = logging.StreamHandler(_open_private(path))
    handler.setFormatter(_Entry())
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
        handler.stream.close()


def _open_private(path: Path) -> Any:
    """The file, readable by its owner only; an existing one keeps its mode. Raises WrongInput or CannotStart."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise WrongInput(f"{path} cannot be a log file", "name a file in a folder that exists") from error
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise CannotStart(
            f"the log file {path} cannot be written: {reason}", "name another file with --log-file"
        ) from error
    return os.fdopen(number, "a", encoding="utf-8")


class _Entry(logging.Formatter):
    """'2026-11-24T03:31:07Z WARNING the message'; a stage with its outcome, an exception with its type and call path."""

    def format(self, record: logging.LogRecord) -> str:
        stage = getattr(record, "outcome", None)  # its detail may name a runner, so it is only in v_night
        message = f"stage {stage.stage} {stage.outcome}" if stage is not None else record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            message += f": {_call_path(record.exc_info[1])}"
        at = datetime.fromtimestamp(record.created, UTC)
        return f"{at:%Y-%m-%dT%H:%M:%SZ} {record.levelname} {' '.join(message.split())}"


def _call_path(error: BaseException) -> str:
    """'KeyError at cli/main.py:68 invoke > store/runs.py:41 find_run'; without the message, which may name people."""
    frames = traceback.extract_tb(error.__traceback__)
    steps = [
        f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in frames
    ]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{type(error).__name__} at {' > '.join(steps)}" + (f"; after {_call_path(cause)}" if cause else "")

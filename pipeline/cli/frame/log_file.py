"""What goes into the file that --log-file names: begin and end of a verb, our warnings, the way into a bug.

One line an entry: UTC time, level, message. No names, places, paths or words of a runner: of an error only its
code, of a bug its kind and where it was. Called by `verb`.
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


def logged(path: Path | None, verb: str, call: Callable[[], Any]) -> Any:
    """What `call` gives, its begin and end written to the file at `path`; with None just the call."""
    if path is None:
        return call()
    with _written_to(path):
        log.info("%s begins", verb)
        try:
            code = call()
        except BaseException as error:
            _say_error(verb, error)
            raise
        log.info("%s ends, exit code %s", verb, code or 0)
    return code


def _say_error(verb: str, error: BaseException) -> None:
    if isinstance(error, CramplogError):
        log.error("%s ends with %s, exit code %s", verb, error.code, error.exit_code)
    elif isinstance(error, click.ClickException):
        log.error("%s ends with wrong usage, exit code %s", verb, error.exit_code)
    elif isinstance(error, click.exceptions.Exit):
        log.info("%s ends, exit code %s", verb, error.exit_code)
    elif isinstance(error, Exception) and not isinstance(error, click.Abort):
        log.error("%s broke", verb, exc_info=error)
    else:
        log.warning("%s was stopped", verb)


@contextmanager
def _written_to(path: Path) -> Iterator[None]:
    handler = logging.StreamHandler(_opened(path))
    handler.setFormatter(_Entry())
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
        handler.stream.close()


def _opened(path: Path) -> Any:
    """The file, made for its owner's eyes only; an old one keeps its mode. Raises WrongInput or CannotStart."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise WrongInput(f"{path} cannot be a log file", "name a file in a folder that is there") from error
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise CannotStart(f"the log file {path} cannot be written: {reason}", "name another with --log-file") from error
    return os.fdopen(number, "a", encoding="utf-8")


class _Entry(logging.Formatter):
    """'2026-11-24T03:31:07Z WARNING the message'; of a stage how it went, of an exception its kind and way."""

    def format(self, record: logging.LogRecord) -> str:
        stage = getattr(record, "outcome", None)  # what a stage did may name a runner: v_night has it
        said = f"stage {stage.stage} {stage.outcome}" if stage is not None else record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            said += f": {_way_into(record.exc_info[1])}"
        at = datetime.fromtimestamp(record.created, UTC)
        return f"{at:%Y-%m-%dT%H:%M:%SZ} {record.levelname} {' '.join(said.split())}"


def _way_into(error: BaseException) -> str:
    """'KeyError at cli/main.py:68 invoke > store/runs.py:41 find_run'; messages may name people, so without them."""
    frames = traceback.extract_tb(error.__traceback__)
    steps = [
        f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in frames
    ]
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{type(error).__name__} at {' > '.join(steps)}" + (f"; after {_way_into(behind)}" if behind else "")

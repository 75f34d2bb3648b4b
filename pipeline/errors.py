"""Errors that a user can act on. Every other exception is a bug and keeps its traceback.

Each has a message (what is wrong), a hint (what to do next) and the exit code of the command (README, "Exit codes").
"""

from __future__ import annotations

import errno
from collections.abc import Sequence

BUG = "bug"  # the code of an exception that is not one of these errors
STOPPED = 130  # the exit code after Ctrl-C, as in shells


class CramplogError(Exception):
    """Base of all errors for the user: shown in one line without traceback. `hint` says what to do next."""

    exit_code = 1
    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongInput(CramplogError):
    """An argument or a value is not valid: exit code 2."""

    exit_code = 2
    code = "wrong_input"


class CannotStart(CramplogError):
    """The store is damaged, newer than this program, or its folder cannot be written: exit code 3."""

    exit_code = 3
    code = "cannot_start"


class NotFound(CramplogError):
    """Nothing, or more than one thing, has that name: exit code 4."""

    exit_code = 4
    code = "not_found"


class TryAgain(CramplogError):
    """A later try can succeed: the store is busy, the disk full, a service silent. Exit code 5."""

    exit_code = 5
    code = "try_again"


class SomeFailed(CramplogError):
    """The command finished, but some items failed: exit code 1. `message` has counts and ids only; `items` name the reasons.

    The message is stored and sent to Prefect; the items are shown only on the terminal of the user.
    """

    code = "some_failed"

    def __init__(self, message: str, items: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint)
        self.items = tuple(items)


class FileRefused(CramplogError):
    """One file that cannot be read; other files are still read. `code` is a short stable word."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


def user_error(error: Exception) -> CramplogError | None:
    """Returns the error if a user can act on it; None for a bug."""
    return error if isinstance(error, CramplogError) else system_error(error)


def system_error(error: Exception) -> CramplogError | None:
    """Returns an error for a full disk, missing permissions or a wrong path; None for any other exception."""
    if not isinstance(error, OSError):
        return None
    path = error.filename or "a file"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TryAgain("the disk is full", "free some space; what was saved before is still there")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CannotStart(f"no permission to open {path}", "check the permissions of the file and of its folder")
    if error.errno == errno.EISDIR:
        return CannotStart(f"{path} is a folder, but a file is expected there", "move the folder away, then try again")
    if error.errno == errno.ENOTDIR:
        return CannotStart(f"{path} cannot be opened: a part of this path is a file, not a folder", "check the path")
    return None

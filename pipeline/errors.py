"""The errors a person can do something about. Everything else is our bug and keeps its traceback.

Each says what happened and what to do next, and carries the command line's exit code (docs: README, "Exit codes").
"""

from __future__ import annotations

import errno
from collections.abc import Sequence

BUG = "bug"  # the code of an error that is none of these
STOPPED = 130  # the exit code after Ctrl-C, as shells have it


class CramplogError(Exception):
    """The user's situation: one line, no traceback. `hint` is the next thing to do."""

    exit_code = 1
    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongInput(CramplogError):
    """An argument or a value that cannot be meant: exit code 2."""

    exit_code = 2
    code = "wrong_input"


class CannotStart(CramplogError):
    """The store is damaged, newer than this program, or its folder cannot be written: exit code 3."""

    exit_code = 3
    code = "cannot_start"


class NotFound(CramplogError):
    """Nothing, or more than one thing, goes by that name: exit code 4."""

    exit_code = 4
    code = "not_found"


class TryAgain(CramplogError):
    """It will work later: store busy, disk full, source silent: exit code 5."""

    exit_code = 5
    code = "try_again"


class SomeFailed(CramplogError):
    """Finished, but some items failed: exit code 1. `message` holds counts and ids only, `items` names each with its reason.

    The message goes into the ledger and to Prefect; the items are for the terminal of the person whose files they are.
    """

    code = "some_failed"

    def __init__(self, message: str, items: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint)
        self.items = tuple(items)


class FileRefused(CramplogError):
    """One file that holds nothing we can read; the others go on. `code` is a short stable word."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


def user_error(error: Exception) -> CramplogError | None:
    """The error as one of the user's situation, if it is one; None for our own bug."""
    return error if isinstance(error, CramplogError) else of_the_system(error)


def of_the_system(error: Exception) -> CramplogError | None:
    """A full disk, missing rights or a folder in the way, in words; None for anything else."""
    if not isinstance(error, OSError):
        return None
    named = error.filename or "a file"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TryAgain("the disk is full", "free some space; what was saved before is still there")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CannotStart(f"{named} may not be opened here", "check its rights and its folder's")
    if error.errno == errno.EISDIR:
        return CannotStart(f"{named} is a folder where a file should be", "move it away, then try again")
    if error.errno == errno.ENOTDIR:
        return CannotStart(f"{named} cannot be reached: a part of that path is a file", "check the path")
    return None

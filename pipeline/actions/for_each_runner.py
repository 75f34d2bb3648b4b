"""The same for each runner, so that one runner's trouble does not cost the others. Called by the stages of the nightly."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from pipeline.errors import CramplogError
from pipeline.store.answers.runners import Runner

log = logging.getLogger(__name__)
Made = TypeVar("Made")


def each_of(runners: Sequence[Runner], make: Callable[[Runner], Made]) -> list[Made]:
    """What `make` gives for each runner. Raises CramplogError at the end, when it failed for some; the others are made."""
    made, failed = [], []
    for runner in runners:
        try:
            made.append(make(runner))
        except Exception as error:  # a bug for one runner is theirs only
            if not isinstance(error, CramplogError):
                log.exception("runner %s", runner.runner_id)
            failed.append(f"{runner.runner_id}: {error if isinstance(error, CramplogError) else type(error).__name__}")
    if failed:
        raise CramplogError(
            f"{len(failed)} of {len(runners)} runners failed ({'; '.join(failed)})", "the others are done"
        )
    return made

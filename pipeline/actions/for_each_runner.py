"""The same action for each runner, so that one runner's failure does not cost the others. Called by the nightly's stages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from pipeline.errors import CramplogError
from pipeline.store.answers.runners import Runner

log = logging.getLogger(__name__)
Made = TypeVar("Made")


def for_each_runner(runners: Sequence[Runner], action: Callable[[Runner], Made]) -> tuple[list[Made], dict[str, str]]:
    """What `action` returned for the runners where it succeeded, and {runner_id: reason} of those where it failed."""
    made: list[Made] = []
    failed: dict[str, str] = {}
    for runner in runners:
        try:
            made.append(action(runner))
        except Exception as error:  # a bug for one runner is theirs only
            if not isinstance(error, CramplogError):
                log.exception("runner %s", runner.runner_id)
            failed[runner.runner_id] = str(error) if isinstance(error, CramplogError) else type(error).__name__
    return made, failed

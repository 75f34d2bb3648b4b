"""Runs an action for each runner, so that one runner's failure does not stop the others. Called by the nightly's stages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from pipeline.errors import CramplogError
from pipeline.store.answers.runners import Runner

log = logging.getLogger(__name__)
Result = TypeVar("Result")


def for_each_runner(
    runners: Sequence[Runner], action: Callable[[Runner], Result]
) -> tuple[list[Result], dict[str, str]]:
    """Return the results of the runners for which `action` succeeded, and {runner_id: reason} for those where it failed."""
    results: list[Result] = []
    failed: dict[str, str] = {}
    for runner in runners:
        try:
            results.append(action(runner))
        except Exception as error:  # a bug for one runner must not stop the others
            if not isinstance(error, CramplogError):
                log.exception("runner %s", runner.runner_id)
            failed[runner.runner_id] = str(error) if isinstance(error, CramplogError) else type(error).__name__
    return results, failed

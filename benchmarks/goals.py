"""A goal of the method beside the figure reached, a miss said as a miss. Called by the benchmarks of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """What was reached and between which bounds it should lie; None leaves a side open."""

    name: str
    reached: float
    least: float | None = None
    most: float | None = None

    @property
    def missed(self) -> bool:
        """Whether it lies outside, or was never a number."""
        inside = (self.least is None or self.reached >= self.least) and (self.most is None or self.reached <= self.most)
        return not inside

    def __str__(self) -> str:
        wanted = " and ".join(
            f"at {word} {bound:g}" for word, bound in (("least", self.least), ("most", self.most)) if bound is not None
        )
        return f"{'MISSED ' if self.missed else 'reached'}  {self.name}: {self.reached:.3g} (goal: {wanted})"


def verdict(goals: Sequence[Goal]) -> int:
    """Prints every goal; 0 when all are reached, 1 when one is missed: the exit code."""
    missed = sum(goal.missed for goal in goals)
    print("\ngoals", *goals, sep="\n")
    print(f"{len(goals) - missed} of {len(goals)} goals reached", flush=True)
    return 1 if missed else 0

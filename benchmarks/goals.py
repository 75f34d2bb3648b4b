"""Goals of the method with the figures reached; a missed goal is reported as missed. Called by the model benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """The figure reached and its bounds; None means no bound."""

    name: str
    reached: float
    least: float | None = None
    most: float | None = None

    @property
    def missed(self) -> bool:
        """True if the figure is outside the bounds or NaN."""
        inside = (self.least is None or self.reached >= self.least) and (self.most is None or self.reached <= self.most)
        return not inside

    def __str__(self) -> str:
        wanted = " and ".join(
            f"at {side} {bound:g}" for side, bound in (("least", self.least), ("most", self.most)) if bound is not None
        )
        return f"{'MISSED ' if self.missed else 'reached'}  {self.name}: {self.reached:.3g} (goal: {wanted})"


def verdict(goals: Sequence[Goal]) -> int:
    """Prints every goal; returns the exit code: 0 if all are reached, 1 if one is missed."""
    missed = sum(goal.missed for goal in goals)
    print("\ngoals", *goals, sep="\n")
    print(f"{len(goals) - missed} of {len(goals)} goals reached", flush=True)
    return 1 if missed else 0

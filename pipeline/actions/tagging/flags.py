"""`cramplog runner flags`: the warning signs of the report as questions, ticked and cleared with their dates.

A ticked one withholds every number until it is cleared. The signs and what to do stand in `pipeline.report.text.warning_signs`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from pipeline.errors import WrongInput
from pipeline.report.text.warning_signs import SIGNS, TIERS
from pipeline.settings import Settings
from pipeline.store.answers.flags import clear_flag, cleared_flags, tick_flag, ticked_flags
from pipeline.store.answers.runners import Runner, find_runner
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store

ALL = "all"
_OF_OLD = "other"  # a sign noted by a program that did not know them by name
_OF_OLD_TEXT = "A sign noted by an earlier version of this program."


@dataclass(frozen=True, slots=True)
class Flag:
    """One sign: what to do about it, its words, and when it was ticked and cleared (UTC, no zone)."""

    key: str
    urgency: str
    what_to_do: str
    text: str
    ticked_at: datetime | None
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Flags:
    """All signs of one runner, the urgent ones first; `change_no` is the change to undo, None without one."""

    runner: str
    flags: tuple[Flag, ...]
    change_no: int | None = None

    @property
    def ticked(self) -> tuple[Flag, ...]:
        """Those that withhold the number now."""
        return tuple(flag for flag in self.flags if flag.ticked_at is not None)


def list_flags(settings: Settings, runner_name: str | None) -> Flags:
    """Every sign with its state. Raises NotFound for an unknown runner."""
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        return _state(runner, ticked_flags(con, runner.runner_id), cleared_flags(con, runner.runner_id))


def set_flags(
    settings: Settings, runner_name: str | None, tick: Collection[str], clear: Collection[str], now: datetime
) -> Flags:
    """Tick and clear signs by key, one step to undo; `all` clears all that are ticked.

    Raises WrongInput for a key that is not on the list, or that is to be ticked and cleared at once.
    """
    to_tick = [_known(key) for key in tick]
    with open_store(settings, write=True) as con:
        runner = find_runner(con, runner_name)
        ticked = list(ticked_flags(con, runner.runner_id))
        to_clear = ticked if ALL in clear else [_known(key) for key in clear]
        if twice := sorted(set(to_tick) & {_known(key) for key in clear if key != ALL}):
            raise WrongInput(f"{twice[0]} cannot be ticked and cleared at once", "say one of the two")
        said = f"{len(set(to_tick))} ticked, {len(set(to_clear))} cleared"
        with change(con, "runner flags", said, "single", now, runner.runner_id) as step:
            for key in to_clear:
                clear_flag(step, runner.runner_id, key)
            for key in to_tick:
                tick_flag(step, runner.runner_id, key)
        number = step.change_no if step.rows else None
        return _state(runner, ticked_flags(con, runner.runner_id), cleared_flags(con, runner.runner_id), number)


def _known(key: str) -> str:
    wanted = key.strip().lower().replace("-", "_")
    if wanted in SIGNS or wanted == _OF_OLD:
        return wanted
    near = get_close_matches(wanted, SIGNS, n=1)
    raise WrongInput(
        f"'{key}' is not a warning sign on the list",
        f"did you mean {near[0]}?" if near else f"one of: {', '.join(SIGNS)}",
    )


def _state(
    runner: Runner, ticked: dict[str, datetime], cleared: dict[str, datetime], change_no: int | None = None
) -> Flags:
    flags = [
        Flag(sign.key, tier.key, tier.title, sign.text, ticked.get(sign.key), cleared.get(sign.key))
        for tier in TIERS
        for sign in tier.signs
    ]
    if _OF_OLD in ticked:
        last = TIERS[-1]
        flags.append(Flag(_OF_OLD, last.key, last.title, _OF_OLD_TEXT, ticked[_OF_OLD], None))
    return Flags(runner.name, tuple(flags), change_no)

"""`cramplog runner flags`: the report's warning signs as a checklist; ticks and clearings are stored with their dates.

A ticked sign withholds every number until it is cleared. `pipeline.report.text.warning_signs` lists the signs and what to do.
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
_UNNAMED = "other"  # a sign ticked in an earlier version, which did not name the signs
_UNNAMED_TEXT = "A warning sign ticked in an earlier version of this program."


@dataclass(frozen=True, slots=True)
class Flag:
    """One warning sign: how urgent it is, what to do, its text, and when it was ticked and cleared (UTC, no zone)."""

    key: str
    urgency: str
    what_to_do: str
    text: str
    ticked_at: datetime | None
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Flags:
    """All signs of one runner, urgent ones first; `change_no` is the change to undo, None if nothing changed."""

    runner: str
    flags: tuple[Flag, ...]
    change_no: int | None = None

    @property
    def ticked(self) -> tuple[Flag, ...]:
        """The signs that withhold the number now."""
        return tuple(flag for flag in self.flags if flag.ticked_at is not None)


def list_flags(settings: Settings, runner_name: str | None) -> Flags:
    """Every sign with its state. Raises NotFound for an unknown runner."""
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        return _state(runner, ticked_flags(con, runner.runner_id), cleared_flags(con, runner.runner_id))


def set_flags(
    settings: Settings, runner_name: str | None, tick: Collection[str], clear: Collection[str], now: datetime
) -> Flags:
    """Tick and clear signs by key, as one step of `undo`; `all` clears every ticked sign.

    Raises WrongInput for a key that is not on the list, or that is both ticked and cleared.
    """
    to_tick = [_checked_key(key) for key in tick]
    with open_store(settings, write=True) as con:
        runner = find_runner(con, runner_name)
        ticked = list(ticked_flags(con, runner.runner_id))
        to_clear = ticked if ALL in clear else [_checked_key(key) for key in clear]
        if twice := sorted(set(to_tick) & {_checked_key(key) for key in clear if key != ALL}):
            raise WrongInput(f"{twice[0]} is both ticked and cleared", "use only one of --tick and --clear for it")
        detail = f"{len(set(to_tick))} ticked, {len(set(to_clear))} cleared"
        with change(con, "runner flags", detail, "single", now, runner.runner_id) as step:
            for key in to_clear:
                clear_flag(step, runner.runner_id, key)
            for key in to_tick:
                tick_flag(step, runner.runner_id, key)
        number = step.change_no if step.rows else None
        return _state(runner, ticked_flags(con, runner.runner_id), cleared_flags(con, runner.runner_id), number)


def _checked_key(key: str) -> str:
    """The key as it is stored. Raises WrongInput with the nearest key, or the list."""
    wanted = key.strip().lower().replace("-", "_")
    if wanted in SIGNS or wanted == _UNNAMED:
        return wanted
    near = get_close_matches(wanted, SIGNS, n=1)
    raise WrongInput(
        f"'{key}' is not a warning sign on the list",
        f"did you mean {near[0]}?" if near else f"write one of: {', '.join(SIGNS)}",
    )


def _state(
    runner: Runner, ticked: dict[str, datetime], cleared: dict[str, datetime], change_no: int | None = None
) -> Flags:
    flags = [
        Flag(sign.key, tier.key, tier.title, sign.text, ticked.get(sign.key), cleared.get(sign.key))
        for tier in TIERS
        for sign in tier.signs
    ]
    if _UNNAMED in ticked:
        last = TIERS[-1]
        flags.append(Flag(_UNNAMED, last.key, last.title, _UNNAMED_TEXT, ticked[_UNNAMED], None))
    return Flags(runner.name, tuple(flags), change_no)

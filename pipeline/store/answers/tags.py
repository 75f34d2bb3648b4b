"""Stored tags: lists them, and finds a tag by the id shown in the list. Called by the tag actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

import duckdb

from pipeline.errors import NotFound

_COLUMNS = (
    "cramp.cramp_id, cramp.runner_id, cramp.run_id, coalesce(kept_run.start_local, kept_run.start_at), phase, onset_at, "
    "onset_moving_s, uncertainty_s, muscle, side, severity, effect, relief, recurred, recurred_after_s, note, "
    "moved_out_of_pause, tagged_how, tagged_at"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A stored tag. Instants are UTC without a zone; `run_start_local` is the local clock of the run's place."""

    cramp_id: str
    runner_id: str
    run_id: str
    run_start_local: datetime
    phase: str
    onset_at: datetime | None
    onset_moving_s: float | None
    uncertainty_s: float
    muscle: str
    side: str
    severity: str
    effect: str | None
    relief: str | None
    recurred: str | None
    recurred_after_s: float | None
    note: str | None
    moved_out_of_pause: bool
    tagged_how: str
    tagged_at: datetime

    @property
    def day(self) -> str:
        """Local date of the run's start."""
        return f"{self.run_start_local:%Y-%m-%d}"


def tags_of(con: duckdb.DuckDBPyConnection, runner_id: str, run_id: str | None = None) -> list[Tag]:
    """Every tag of a runner, or only those of one run, in the order of the runs."""
    rows = con.execute(
        f"SELECT {_COLUMNS} FROM cramp JOIN kept_run USING (run_id)"  # noqa: S608  columns of ours
        " WHERE cramp.runner_id = $runner_id AND cramp.run_id = coalesce($run_id, cramp.run_id)"
        " ORDER BY kept_run.start_at, phase DESC, onset_at, length(cramp_id), cramp_id",
        {"runner_id": runner_id, "run_id": run_id},
    ).fetchall()
    return [Tag(*row) for row in rows]


def find_tag(con: duckdb.DuckDBPyConnection, runner_id: str, word: str) -> Tag:
    """The tag with that id. Raises NotFound with the nearest ids."""
    tags = {tag.cramp_id: tag for tag in tags_of(con, runner_id)}
    found = tags.get(word.strip().lower())
    if found is not None:
        return found
    near = get_close_matches(word.lower(), tags, n=3, cutoff=0.3) or list(tags)[-3:]
    hint = f"cramplog tag list shows all; there are {', '.join(near)}" if near else "no cramp is tagged yet"
    raise NotFound(f"no tag is called '{word}'", hint)

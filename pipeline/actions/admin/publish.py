"""`cramplog publish`: the analysts' snapshot, made anew from the public views and swapped in whole."""

from __future__ import annotations

from datetime import datetime

from pipeline.settings import Settings
from pipeline.store.analyst.publish import is_stale, publish


def publish_snapshot(settings: Settings, now: datetime) -> str:
    """Publish when the store has changed since the last snapshot; returns what was done, in counts: the nightly's stage."""
    if not is_stale(settings):
        return "unchanged"
    made = publish(settings, now)
    return f"{sum(made.rows.values())} rows in {len(made.rows)} views"

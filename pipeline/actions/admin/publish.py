"""`cramplog publish`: writes the analysts' snapshot from the public views and replaces the old one as a whole."""

from __future__ import annotations

from datetime import datetime

from pipeline.settings import Settings
from pipeline.store.analyst.publish import is_stale, publish


def publish_snapshot(settings: Settings, now: datetime) -> str:
    """Publish if the store has changed since the last snapshot. Returns counts of what was done: a stage of the nightly."""
    if not is_stale(settings):
        return "unchanged"
    snapshot = publish(settings, now)
    return f"{sum(snapshot.rows.values())} rows in {len(snapshot.rows)} views"

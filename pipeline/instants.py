"""Instants as the store holds them. Used by the store and by everything that compares a clock with a stored instant."""

from __future__ import annotations

from datetime import UTC, datetime


def naive_utc(instant: datetime) -> datetime:
    """The same instant in UTC without a time zone, as in the store's TIMESTAMP columns. `instant` is aware."""
    return instant.astimezone(UTC).replace(tzinfo=None)

"""A look at the store that changes nothing, whatever state it is in: no upgrade, no repair. For `doctor` and bare `cramplog`."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipeline.errors import CannotStart, CramplogError, TryAgain
from pipeline.settings import Settings
from pipeline.store.db.attach import attach, plain_errors
from pipeline.store.db.migrate import CATALOGS, LEDGER, applied_version, first_versions, is_current
from pipeline.store.health.counts import Night, Repair, Standing, last_night, read_standing, repairs


@dataclass(frozen=True, slots=True)
class Held:
    """What an up-to-date store holds."""

    standing: Standing
    night: Night | None
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """What was seen: the ledger's schema (None when it could not be read), what keeps us out, what it holds.

    `busy` says who holds the store now; `damage` what is wrong with it. `held` is None with either of them, and
    for a store that the next verb brings up to date first.
    """

    schema: int | None = None
    busy: CramplogError | None = None
    damage: CramplogError | None = None
    held: Held | None = None


def look(settings: Settings, wait_s: float = 0.0) -> Health | None:
    """The store's health; None where there is none. A busy ledger is waited for up to `wait_s`."""
    if not settings.has_store:
        return None
    con = duckdb.connect(":memory:")
    schema = None
    try:
        with plain_errors(settings.store):
            attach(con, settings.store, LEDGER, write=False, wait_s=wait_s)
            con.execute(f"USE {LEDGER}")
            schema = applied_version(con)
            if not is_current(con):
                return Health(schema)
            _open_the_others(con, settings)
            return Health(schema, held=Held(read_standing(con), last_night(con), tuple(repairs(con))))
    except TryAgain as error:
        return Health(schema, busy=error)
    except CramplogError as error:
        return Health(schema, damage=error)
    except duckdb.Error as error:  # it opens, and is not what we expect: changed by another program, or our bug
        broken = CannotStart(
            f"{settings.store} is not as expected ({type(error).__name__})", "cramplog runs -v says more"
        )
        return Health(schema, damage=broken)
    finally:
        con.close()


_RESTORE = "put a copy from your backup in its place; the recorded files are safe in originals/"


def _open_the_others(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Opens and leaves each other file. Raises CannotStart for one that is missing or damaged."""
    paths = {"records": settings.records, "tracks": settings.tracks, "private": settings.private}
    for catalog in CATALOGS:
        if catalog == LEDGER or catalog not in first_versions():
            continue
        if not paths[catalog].exists():
            raise CannotStart(f"{paths[catalog]} is missing", _RESTORE)
        attach(con, paths[catalog], catalog, write=False, wait_s=0.0)
        con.execute(f"DETACH {catalog}")

"""Examines the store in any state without changing it: no migration, no repair. For `doctor` and bare `cramplog`."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipeline.errors import CannotStart, CramplogError, TryAgain
from pipeline.settings import Settings
from pipeline.store.db.attach import attach, readable_errors
from pipeline.store.db.migrate import CATALOGS, LEDGER, applied_version, first_versions, is_current
from pipeline.store.health.counts import LastNight, Repair, StoreCounts, last_night, repairs, store_counts


@dataclass(frozen=True, slots=True)
class Contents:
    """What an up-to-date store contains."""

    counts: StoreCounts
    night: LastNight | None
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The ledger's schema (None if it could not be read), why the store cannot be opened, and its contents.

    `busy` names the process that holds the store; `damage` says what is wrong with it. `contents` is None with either of
    them, and for an older store, which the next verb migrates first.
    """

    schema: int | None = None
    busy: CramplogError | None = None
    damage: CramplogError | None = None
    contents: Contents | None = None


def check_health(settings: Settings, wait_s: float = 0.0) -> Health | None:
    """The store's health; None if there is no store. Waits up to `wait_s` seconds for a busy ledger."""
    if not settings.has_store:
        return None
    con = duckdb.connect(":memory:")
    schema = None
    try:
        with readable_errors(settings.store):
            attach(con, settings.store, LEDGER, write=False, wait_s=wait_s)
            con.execute(f"USE {LEDGER}")
            schema = applied_version(con)
            if not is_current(con):
                return Health(schema)
            _try_further_files(con, settings)
            return Health(schema, contents=Contents(store_counts(con), last_night(con), tuple(repairs(con))))
    except TryAgain as error:
        return Health(schema, busy=error)
    except CramplogError as error:
        return Health(schema, damage=error)
    except duckdb.Error as error:  # it opens, but not as expected: changed by another program, or a bug of ours
        broken = CannotStart(
            f"{settings.store} is not as expected ({type(error).__name__})", "cramplog runs -v shows the details"
        )
        return Health(schema, damage=broken)
    finally:
        con.close()


def _try_further_files(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Attach and detach every file but the ledger. Raises CannotStart for one that is missing or damaged."""
    paths = {"records": settings.records, "tracks": settings.tracks, "private": settings.private}
    for catalog in CATALOGS:
        if catalog == LEDGER or catalog not in first_versions():
            continue
        if not paths[catalog].exists():
            raise CannotStart(
                f"{paths[catalog]} is missing",
                f"restore {paths[catalog].name} from your backup; the recorded files are safe in originals/",
            )
        attach(con, paths[catalog], catalog, write=False, wait_s=0.0)
        con.execute(f"DETACH {catalog}")

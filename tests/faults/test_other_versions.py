"""Stores of another age: a newer one is left alone, one of the first schema is brought up to date with nothing lost."""

from __future__ import annotations

import hashlib
import struct
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import Settings
from pipeline.shipped import shipped_folder
from pipeline.store.db.connection import open_store
from tests.faults.evening import WORK, Evening
from tests.support.cli import Home

MIGRATIONS = shipped_folder("sql") / "migrations"
MASK = (1 << 64) - 1
# Two runs of one runner as a store of schema 1 holds them: a red flag, answers of three kinds, a cramp, segments.
OLD_ROWS = """
INSERT INTO runner BY NAME SELECT 'r1' AS runner_id, 'Zoë Łuk' AS name, TIMESTAMP '2026-06-01 10:00' AS added_at,
    'Europe/Vienna' AS home_tz, '3+' AS cramps_last_10_races, TRUE AS red_flag;
INSERT INTO runner BY NAME SELECT 'r2' AS runner_id, 'ben' AS name, TIMESTAMP '2026-06-02 10:00' AS added_at;
INSERT INTO run BY NAME
SELECT 'run-' || n AS run_id, n AS run_no, 'r1' AS runner_id, 'file-' || n AS file_sha256, 1 AS session_no,
    'running' AS sport, FALSE AS indoor, TIMESTAMP '2026-06-14 05:30' + to_days(n) AS start_at,
    TIMESTAMP '2026-06-14 07:30' + to_days(n) AS start_local, 'Europe/Vienna' AS tz, 'place' AS tz_rule,
    7200 AS utc_offset_s, FALSE AS clock_wrong, 3600 AS elapsed_s, 3600 AS timer_s, 3600 AS moving_s,
    10800 AS distance_m, 721 AS records, 5000 AS values_kept, FALSE AS simulated, n = 1 AS race,
    ['cramp', 'no cramp', 'unanswered'][n] AS answer, ['single', 'bulk', NULL][n] AS answered_how,
    CASE WHEN n < 3 THEN TIMESTAMP '2026-06-20 20:00' + to_days(n) END AS answered_at, 1 AS parser_version,
    TIMESTAMP '2026-06-20 19:00' AS ingested_at
FROM range(1, 4) AS numbers (n);
INSERT INTO segment BY NAME
SELECT 'run-1' AS run_id, n AS segment_no, n * 300 AS moving_start_s, n * 300 AS elapsed_start_s, 300 AS moving_s,
    900 AS distance_m, TIMESTAMP '2026-06-15 05:30:00' + to_milliseconds(n * 300000 + 150250) AS middle_at
FROM range(12) AS numbers (n);
INSERT INTO cramp BY NAME
SELECT 'c1' AS cramp_id, 'r1' AS runner_id, 'run-1' AS run_id, 'during' AS phase,
    TIMESTAMP '2026-06-15 06:10:00' AS onset_at, 2400 AS onset_moving_s, 60 AS uncertainty_s, 'calf' AS muscle,
    'left' AS side, 'moderate' AS severity, 'on the hill' AS note, 'single' AS tagged_how,
    TIMESTAMP '2026-06-21 20:00' AS tagged_at;
"""


def first_store(home: Path) -> Home:
    """A store that only the first migration has made, as the first program left it."""
    home.mkdir(mode=0o700)
    for catalog, file in (
        ("cramplog", "0001_ledger"),
        ("records", "0001_ledger.records"),
        ("tracks", "0001_ledger.tracks"),
    ):
        con = duckdb.connect(":memory:")
        con.execute(f"ATTACH '{home / catalog}.duckdb' AS made (STORAGE_VERSION 'v1.5.0')")
        con.execute("USE made")
        con.execute((MIGRATIONS / f"{file}.sql").read_text())
        con.execute(
            "CREATE TABLE migration (version INTEGER PRIMARY KEY, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL,"
            " program_version VARCHAR NOT NULL)"
        )
        con.execute("INSERT INTO migration VALUES (1, 'ledger', TIMESTAMP '2026-06-01 10:00', '0.1.0')")
        if catalog == "cramplog":
            con.execute(OLD_ROWS)
        con.close()
    return Home(home)


def test_a_store_of_the_first_schema_is_brought_up_to_date_with_nothing_lost(tmp_path: Path) -> None:
    home = first_store(tmp_path / "home")
    assert home("runs").exit_code == 0
    with open_store(Settings(home.path), write=False, with_private=True) as con:
        answered = con.execute(
            "SELECT run_id, answer, answered_how, answered_at FROM answer_given ORDER BY 1"
        ).fetchall()
        assert answered == [
            ("run-1", "cramp", "single", datetime(2026, 6, 21, 20, 0)),
            ("run-2", "no cramp", "bulk", datetime(2026, 6, 22, 20, 0)),
        ]
        assert con.execute("SELECT run_id, answer, race, shift_s, deleted_at FROM run ORDER BY 1").fetchall() == [
            ("run-1", "cramp", True, 0.0, None),
            ("run-2", "no cramp", False, 0.0, None),
            ("run-3", "unanswered", False, 0.0, None),
        ]
        middles = con.execute("SELECT middle_at FROM dated_segment ORDER BY segment_no").fetchall()
        assert middles[:2] == [(datetime(2026, 6, 15, 5, 32, 30, 250000),), (datetime(2026, 6, 15, 5, 37, 30, 250000),)]
        assert len(middles) == 12
        assert con.execute("SELECT runner_id, cleared_at FROM runner_flag").fetchall() == [("r1", None)]
        cramp = con.execute("SELECT onset_at, onset_moving_s, muscle, side, severity, note FROM cramp").fetchall()
        assert cramp == [(datetime(2026, 6, 15, 6, 10), 2400.0, "calf", "left", "moderate", "on the hill")]
        assert con.execute("SELECT count(*) FROM private.private_item").fetchall() == [(0,)]
    assert home("tag", "list", "--runner", "Zoë Łuk").stdout.count("on the hill") == 1
    assert home("tag", "2026-06-17", "--none", "--runner", "Zoë Łuk").exit_code == 0
    assert home("undo").exit_code == 0


def test_a_store_of_a_newer_program_is_left_as_it_is(evening: Evening, tmp_path: Path) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    with duckdb.connect(str(home.path / "cramplog.duckdb")) as con:
        con.execute("INSERT INTO migration VALUES (9999, 'later', TIMESTAMP '2030-01-01', '9.9.9')")
    before = {path.name: path.read_bytes() for path in home.path.glob("*.duckdb")}
    for words in (("runs",), WORK["tag"].words, WORK["init"].words, WORK["publish"].words):
        said = home(*words)
        assert said.exit_code == 3
        assert "the store has schema 9999" in said.stderr
        assert "update cramplog" in said.stderr
    assert {path.name: path.read_bytes() for path in home.path.glob("*.duckdb")} == before


def duckdb_sum(block: bytes) -> int:
    """DuckDB's check sum of a block, for a file that a later DuckDB could have written."""
    words = struct.unpack(f"<{len(block) // 8}Q", block)
    total = 5381
    for word in words:
        total ^= word * 0xBF58476D1CE4E5B9 & MASK
    return total


@pytest.mark.parametrize("file", ["cramplog", "private"])
def test_a_file_of_a_newer_duckdb_is_said_to_be_newer(file: str, evening: Evening, tmp_path: Path) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    path = home.path / f"{file}.duckdb"
    content = bytearray(path.read_bytes())
    content[12:20] = struct.pack("<Q", 9999)
    content[0:8] = struct.pack("<Q", duckdb_sum(bytes(content[8:4096])))
    path.write_bytes(content)
    said = home("runs") if file == "cramplog" else home("runner", "private", "anna")
    assert said.exit_code == 3
    assert f"{path} was written by a newer program" in said.stderr
    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(content).digest()

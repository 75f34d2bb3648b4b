"""`cramplog train`, `report`, `nightly`: the evening path, and the night that costs nothing when a part fails."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.support.cli import CALF, DAY, Home, recordings


@pytest.mark.slow
def test_the_evening_path_ends_with_a_report(empty: Home, tmp_path: Path) -> None:
    folder = recordings(tmp_path / "watch", 6)
    steps = (
        ["init", "--runner", "anna"],
        ["ingest", str(folder)],
        ["tag", "last", "--at", "0:30:00", *CALF],
        ["tag", "--none", "--from", DAY, "--yes"],
        ["train"],
        ["report"],
    )
    for step in steps:
        said = empty(*step)
        assert said.exit_code == 0, (step, said.stderr)
        assert said.stdout.splitlines()[-1].startswith("Next: "), step
    page = empty.path / "reports" / "anna.html"
    assert "anna" in page.read_text(encoding="utf-8")
    trained = empty.document("train", "anna")["runners"][0]
    assert (trained["outcome"], trained["runs"], trained["cramps"]) == ("unchanged", 6, 1)
    out = tmp_path / "elsewhere" / "mine.html"
    assert empty.document("report", "anna", "--out", str(out)) == {"schema": "cramplog.report/1", "pages": [str(out)]}
    assert out.exists()
    assert empty("report", "ana").exit_code == 4


@pytest.mark.slow
def test_reports_of_all_runners_are_written_when_nobody_is_named(ran: Home) -> None:
    ran("runner", "add", "ben")
    assert ran("train").stdout.count("no answered run yet") == 2
    pages = ran.document("report")["pages"]
    assert [Path(page).name for page in pages] == ["anna.html", "ben.html"]
    assert all(Path(page).exists() for page in pages)
    assert ran("report", "--out", str(ran.path / "x.html")).exit_code == 2  # whose?


@pytest.mark.slow
def test_a_plain_nightly_says_each_stage_and_a_failed_one_costs_no_other(home: Home, tmp_path: Path) -> None:
    recordings(home.path / "inbox", 2)
    done = home("nightly", "--plain")
    assert done.exit_code == 0
    stages = [line.split()[:2] for line in done.stdout.splitlines()[:6]]
    assert stages == [[stage, "done"] for stage in ("inbox", "weather", "answers", "fit", "reports", "publish")]
    assert f"report  {home.path / 'reports' / 'anna.html'}" in done.stdout
    with duckdb.connect(home.path / "cramplog.duckdb") as con:
        con.execute("DROP TABLE weather_file")
    broken = home("nightly", "--plain")
    assert broken.exit_code == 1
    failed = [line.split()[0] for line in broken.stdout.splitlines()[:6] if line.split()[1] == "failed"]
    assert failed == ["weather"]
    assert "Traceback" not in broken.stderr
    assert "Next: read the reason of weather above" in broken.stdout


@pytest.mark.slow
def test_a_night_with_a_file_that_failed_exits_1_and_the_next_one_0(home: Home) -> None:
    inbox = recordings(home.path / "inbox", 2)
    (inbox / "torn.fit").write_bytes(b"no recording")
    (inbox / "2026.json").write_text('{"error":true,"reason":"no such day"}')
    (inbox / "answers.csv").write_text("run,at\n2026-06-14,none\n")
    first = home("nightly", "--plain")
    assert first.exit_code == 1
    lines = first.stdout.splitlines()
    assert [line.split()[:2] for line in lines if not line.startswith(" ")][:6] == [
        ["inbox", "failed"],
        ["weather", "failed"],
        ["answers", "done"],
        ["fit", "done"],
        ["reports", "done"],
        ["publish", "done"],
    ]
    assert [line.split(": ")[0].rpartition("/")[2] for line in lines if line.startswith(" ")] == [
        "torn.fit",
        "2026.json",
    ]
    assert "2 new, 1 failed" in first.stdout
    status = home("nightly", "--status")
    assert (status.exit_code, "The last night failed" in status.stdout) == (1, True)
    with duckdb.connect(home.path / "cramplog.duckdb", read_only=True) as con:
        details = con.execute("SELECT detail FROM v_night WHERE outcome = 'failed' ORDER BY started_at").fetchall()
    assert details[0] == ("2 new, 1 failed",)
    assert not any("torn" in detail or "2026.json" in detail for (detail,) in details)
    assert {path.name for path in (inbox / "refused").iterdir()} == {"torn.fit", "2026.json"}
    second = home("nightly", "--plain")
    assert second.exit_code == 0, second.output
    assert home("nightly", "--status").exit_code == 0

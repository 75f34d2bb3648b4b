"""`cramplog ingest` as a person uses it: good files, the same again, every kind of bad one, and Ctrl-C in the middle."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.actions.ingest.ingest import BATCH, ingest
from pipeline.store.db.swap import file_mark
from tests.support.cli import MORNING, Home, recording, recordings, session
from tests.support.fit.writer import FitRecords
from tests.support.stores import NOW, make_store

GPX_HEAD = '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
ROUTE = f'{GPX_HEAD}<rte><rtept lat="48.2" lon="16.4"/><rtept lat="48.3" lon="16.4"/></rte></gpx>'


@pytest.fixture
def fit(tmp_path: Path) -> Path:
    """An hour of running, 721 records."""
    path = tmp_path / "morning.fit"
    path.write_bytes(recording())
    return path


def stored(home: Home) -> int:
    return len(home.document("runs")["runs"])


def test_a_recording_is_taken_once_and_known_again(home: Home, fit: Path) -> None:
    first = home("ingest", str(fit))
    assert first.exit_code == 0
    assert first.stdout.splitlines()[0] == f"new         {fit}: 721 records"
    assert first.stdout.splitlines()[1] == "1 file: 1 new"
    assert first.stdout.splitlines()[2].startswith("Next: ")
    kept = {path: path.read_bytes() for path in (home.path / "originals").rglob("*") if path.is_file()}
    again = home("ingest", str(fit))
    assert (again.exit_code, again.stdout.splitlines()[0]) == (0, "1 file: 1 known")
    assert list(kept.values()) == [fit.read_bytes()]
    assert {path for path in (home.path / "originals").rglob("*") if path.is_file()} == set(kept)
    assert stored(home) == 1


def test_the_same_run_packed_is_no_second_run(home: Home, fit: Path, tmp_path: Path) -> None:
    packed = tmp_path / "morning.fit.gz"
    packed.write_bytes(gzip.compress(fit.read_bytes()))
    home("ingest", str(fit))
    assert home.document("ingest", str(packed))["files"][0]["outcome"] == "known"
    assert stored(home) == 1


def test_the_json_answer_has_a_line_a_file(home: Home, fit: Path) -> None:
    document = home.document("ingest", str(fit))
    (run,) = home.document("runs")["runs"]
    assert document["schema"] == "cramplog.ingest/1"
    (file,) = document["files"]
    assert set(file) == {"path", "sha256", "outcome", "runs", "records", "notes", "reason", "of", "file"}
    assert (file["path"], file["outcome"], file["records"]) == (str(fit), "new", 721)
    assert (file["runs"], file["notes"], file["reason"]) == ([run["run_id"]], [], None)


BAD_FILES = {
    "notes.txt": (b"hello", "not a FIT, GPX or TCX file"),
    "empty.fit": (b"", "empty"),
    "rubbish.fit": (b"\x0e\x20" + bytes(range(256)), "not a FIT, GPX or TCX file"),
    "only-a-head.fit": (recording()[:14], "before its first record"),
    "no-records.fit": (recording(replace(session(), records=FitRecords([]))), "no records"),
    "route.gpx": (ROUTE.encode(), "no times"),
    "broken.gz": (gzip.compress(b"x" * 1000)[:-20], "damaged"),
}


def test_each_bad_file_is_named_with_its_reason_and_stops_no_other(home: Home, fit: Path) -> None:
    for name, (content, _) in BAD_FILES.items():
        (fit.parent / name).write_bytes(content)
    said = home("ingest", *(str(fit.parent / name) for name in BAD_FILES), str(fit))
    assert said.exit_code == 1
    *failed, taken, summary, _ = said.stdout.splitlines()
    assert len(failed) == 7
    for line, (name, (_, reason)) in zip(failed, BAD_FILES.items(), strict=True):
        assert line.startswith(f"failed      {fit.parent / name}: ")
        assert reason in line
    assert taken == f"new         {fit}: 721 records"
    assert summary == "8 files: 7 failed, 1 new"
    assert "Traceback" not in said.stderr
    assert stored(home) == 1


def test_a_bad_file_is_still_bad_the_next_time(home: Home, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"hello")
    first = home.document("ingest", str(tmp_path / "notes.txt"))
    assert first == home.document("ingest", str(tmp_path / "notes.txt"))
    assert home("ingest", str(tmp_path / "notes.txt")).exit_code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_named(home: Home, fit: Path) -> None:
    fit.chmod(0)
    said = home("ingest", str(fit))
    assert said.exit_code == 1
    assert "it cannot be read: Permission denied" in said.stdout


def test_a_cut_off_recording_gives_what_is_whole(home: Home, fit: Path) -> None:
    fit.write_bytes(fit.read_bytes()[:-3000])
    (file,) = home.document("ingest", str(fit))["files"]
    assert file["outcome"] == "partial"
    assert 500 < file["records"] < 721
    assert file["notes"]


def test_a_path_that_is_not_there_changes_nothing(home: Home, fit: Path) -> None:
    said = home("ingest", str(fit), "no-such-folder")
    assert (said.exit_code, said.stdout) == (4, "")
    assert "there is no file or folder 'no-such-folder'" in said.stderr
    assert stored(home) == 0


def test_an_empty_folder_is_no_error(home: Home, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    said = home("ingest", str(tmp_path / "nothing"))
    assert (said.exit_code, said.stdout) == (0, "no files found\n")


def test_several_runners_have_to_be_told_apart(home: Home, fit: Path) -> None:
    home("runner", "add", "ben")
    said = home("ingest", str(fit))
    assert said.exit_code == 2
    assert "anna, ben" in said.stderr
    assert home("ingest", str(fit), "--runner", "bne").exit_code == 4
    assert stored(home) == 0
    assert home("ingest", str(fit), "--runner", "ben").exit_code == 0
    other = home("ingest", str(fit), "--runner", "anna")
    assert other.exit_code == 1
    assert "already belongs to another runner" in other.stdout


def test_a_file_for_nobody_is_not_kept(home: Home, fit: Path) -> None:
    home("runner", "add", "ben")
    assert home("ingest", str(fit)).exit_code == 2
    assert home("ingest", str(fit), "--runner", "bne").exit_code == 4
    assert not (home.path / "originals").exists()


def test_without_a_store_no_file_is_kept(empty: Home, fit: Path) -> None:
    said = empty("ingest", str(fit))
    assert said.exit_code == 3
    assert "make one: cramplog init" in said.stderr
    assert not empty.path.exists()


def test_a_known_file_is_known_without_its_original(home: Home, fit: Path) -> None:
    home("ingest", str(fit))
    (original,) = (path for path in (home.path / "originals").rglob("*") if path.is_file())
    original.unlink()
    assert home.document("ingest", str(fit))["files"][0]["outcome"] == "known"
    assert not original.exists()
    assert stored(home) == 1


@pytest.mark.parametrize(("content", "summary"), [(recording(), "1 file: 1 known"), (b"hello", "1 file: 1 failed")])
def test_a_file_that_came_before_does_not_wait_for_those_who_read(
    home: Home, tmp_path: Path, content: bytes, summary: str
) -> None:
    file = tmp_path / "some.fit"
    file.write_bytes(content)
    home("ingest", str(file))
    with reading(home):
        out, _ = home.child("ingest", str(file)).communicate(timeout=20)
    assert summary in out.splitlines()


def test_a_single_file_ends_without_a_word_on_stderr(home: Home, fit: Path) -> None:
    child = home.child("ingest", str(fit))
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out.splitlines()[1], err) == (0, "1 file: 1 new", "")


@contextmanager
def reading(home: Home) -> Iterator[None]:
    """Another process reads the store meanwhile."""
    program = [sys.executable, "-c", READ, str(home.path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "reading\n"
        yield
        other.communicate("\n", timeout=30)


READ = """
import sys
from pathlib import Path
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
with open_store(Settings(Path(sys.argv[1])), write=False):
    print("reading", flush=True)
    sys.stdin.readline()
"""


def test_a_dry_run_judges_and_keeps_nothing(home: Home, fit: Path) -> None:
    before = {path.name: path.read_bytes() for path in home.path.iterdir() if path.is_file()}
    said = home("ingest", str(fit), "--dry-run")
    assert said.exit_code == 0
    assert said.stdout.splitlines()[-1] == "1 file: 1 new (nothing was stored: --dry-run)"
    assert {path.name: path.read_bytes() for path in home.path.iterdir() if path.is_file()} == before
    assert not (home.path / "originals").exists()


def test_a_file_of_several_sessions_gives_each_as_a_run(home: Home, tmp_path: Path) -> None:
    ride = session(minutes=30, sport="cycling")
    run = session(MORNING + timedelta(minutes=35), minutes=20)
    (tmp_path / "brick.fit").write_bytes(recording(ride, run))
    said = home("ingest", str(tmp_path / "brick.fit"))
    assert " in 2 sessions" in said.stdout
    assert [one["sport"] for one in home.document("runs")["runs"]] == ["cycling", "running"]


def test_a_folder_is_taken_whole_and_progress_stays_out_of_the_answer(home: Home, tmp_path: Path) -> None:
    folder = recordings(tmp_path / "watch", 3, minutes=20)
    (folder / ".hidden.fit").write_bytes(b"not meant")
    said = home("ingest", str(folder))
    assert said.exit_code == 0
    assert said.stderr == "3 files to read\n"
    assert said.stdout.splitlines()[3] == "3 files: 3 new"
    assert home("ingest", str(folder), "-q").stderr == ""


FILES = 2 * BATCH + 20


@pytest.mark.slow
def test_ctrl_c_in_the_middle_loses_nothing_said_and_the_next_time_goes_on(home: Home, tmp_path: Path) -> None:
    folder = recordings(tmp_path / "watch", FILES, minutes=5)
    child = home.child("ingest", str(folder))
    assert child.stdout is not None
    assert child.stdout.readline().startswith("new ")
    os.killpg(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=60)
    said = 1 + out.count("\nnew ") + out.startswith("new ")
    assert child.returncode == 130
    assert "everything reported so far is saved" in err
    assert "run the same command again to continue" in err
    kept = stored(home)
    assert said <= kept < FILES
    again = home("ingest", str(folder))
    assert again.exit_code == 0
    assert (
        f"{FILES} files: {FILES - kept} new, {kept} known" in again.stdout
        or f"{kept} known, {FILES - kept} new" in again.stdout
    )
    assert stored(home) == FILES
    assert home("ingest", str(folder)).stdout.splitlines()[0] == f"{FILES} files: {FILES} known"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to name a descriptor's file")
def test_an_original_is_on_the_disk_before_the_ledger_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    recordings(tmp_path / "files", 2)
    before = file_mark(settings.store)
    synced: dict[Path, str] = {}
    fsync = os.fsync

    def recording_fsync(descriptor: int) -> None:
        synced[Path(f"/proc/self/fd/{descriptor}").readlink()] = file_mark(settings.store)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recording_fsync)
    ingest(settings, [tmp_path / "files"], None, NOW)
    originals = set(settings.originals.glob("*/*"))
    assert len(originals) == 2
    assert originals | {path.parent for path in originals} <= set(synced)
    assert {synced[path] for path in originals} == {before}

"""Which files are meant by a path: on disk, in folders, in archives and in archives inside them."""

from __future__ import annotations

import gzip
import os
import pickle
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import FileRefused, NotFound
from pipeline.formats.sources.find import FoundFiles, Source, find_sources
from pipeline.formats.sources.opened import archive_at, close_archives
from tests.support.exports import (
    apple_export,
    fit_of_type,
    fit_run,
    garmin_export,
    gpx_run,
    strava_export,
    write_zip,
    zip_bytes,
)


def names(found: FoundFiles) -> list[str]:
    """How the sources are shown, without the folder that the test runs in."""
    return [source.shown.rpartition("/test_")[2].partition("/")[2] for source in found.sources]


def unpack(members: dict[str, bytes], folder: Path) -> Path:
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_file_given_by_name_is_to_be_read_whatever_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (found,) = find_sources([tmp_path / "notes.txt"]).sources
    assert found == Source(tmp_path / "notes.txt", (), str(tmp_path / "notes.txt"))
    assert found.read() == b"hello"


def test_a_folder_gives_what_is_a_recording_or_claims_to_be_one(tmp_path: Path) -> None:
    members = {"b/run": fit_run(), "a.gpx": gpx_run(), "broken.fit": b"no such thing", "photo.jpg": b"\xff\xd8",
               ".hidden.fit": fit_run(), "list.csv": b"a,b\n", "settings.fit": fit_of_type(2)}  # fmt: skip
    found = find_sources([unpack(members, tmp_path)])
    assert [source.path.name for source in found.sources] == ["a.gpx", "run", "broken.fit"]
    assert found.skipped == 3
    assert found.refused == ()


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        find_sources([tmp_path / "gone.fit"])


def test_a_path_given_twice_is_read_once(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"1.fit": fit_run()})
    assert len(find_sources([tmp_path, tmp_path / "a.zip", tmp_path]).sources) == 1


def test_a_strava_export_gives_its_runs_with_their_words(tmp_path: Path) -> None:
    found = find_sources([write_zip(tmp_path / "export.zip", strava_export())])
    assert names(found) == ["export.zip: activities/1.fit.gz", "export.zip: activities/2.gpx"]
    assert [source.details.title for source in found.sources if source.details] == ["Long run", "Evening"]
    assert (found.skipped, found.without_file, found.refused) == (3, 1, ())
    assert gzip.decompress(found.sources[0].read()) == fit_run()


@pytest.mark.parametrize("top", ["", "export_1234/"])
def test_words_come_along_in_a_folder_too(top: str, tmp_path: Path) -> None:
    found = find_sources([unpack({top + name: content for name, content in strava_export().items()}, tmp_path)])
    assert [source.details.title for source in found.sources if source.details] == ["Long run", "Evening"]


def test_a_table_given_by_name_speaks_of_the_files_given_with_it(tmp_path: Path) -> None:
    folder = unpack(strava_export(), tmp_path)
    found = find_sources(sorted(folder.iterdir()))
    assert [source.details.title for source in found.sources if source.details] == ["Long run", "Evening"]
    assert [refused.shown.rpartition("/")[2] for refused in found.refused] == []
    assert [source.path.name for source in found.sources] == ["1.fit.gz", "2.gpx", "comments.json", "profile.csv"]


def test_a_table_without_its_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "activities.csv").write_bytes(strava_export()["activities.csv"])
    (refused,) = find_sources([tmp_path / "activities.csv"]).refused
    assert "no recording" in refused.reason


def test_files_that_were_unpacked_keep_their_words(tmp_path: Path) -> None:
    members = strava_export()
    members["activities/1.fit"] = gzip.decompress(members.pop("activities/1.fit.gz"))
    found = find_sources([unpack(members, tmp_path)])
    assert [source.details.title for source in found.sources if source.details] == ["Long run", "Evening"]


def test_a_file_given_by_name_and_in_its_folder_is_read_once(tmp_path: Path) -> None:
    unpack({"notes.txt": b"hello", "1.fit": fit_run()}, tmp_path)
    for paths in ([tmp_path, tmp_path / "notes.txt"], [tmp_path / "notes.txt", tmp_path]):
        assert sorted(source.path.name for source in find_sources(paths).sources) == ["1.fit", "notes.txt"]


def test_the_name_of_an_archive_and_of_its_members_does_not_matter(tmp_path: Path) -> None:
    found = find_sources([write_zip(tmp_path / "export.fit", {"photo.jpg": fit_run(), "b": gzip.compress(gpx_run())})])
    assert [source.inside for source in found.sources] == [("photo.jpg",), ("b",)]


def test_a_garmin_export_gives_the_runs_of_the_archives_inside_it_and_leaves_settings_alone(tmp_path: Path) -> None:
    found = find_sources([write_zip(tmp_path / "garmin.zip", garmin_export())])
    (source,) = found.sources
    assert source.inside == ("DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip", "a_1.fit")
    assert source.read() == fit_run()
    assert found.skipped == 3  # settings, monitoring, the JSON


def test_another_process_reads_what_this_one_found(tmp_path: Path) -> None:
    found = find_sources([write_zip(tmp_path / "garmin.zip", garmin_export())])
    close_archives()
    reading = "import pickle, sys; sys.stdout.buffer.write(pickle.load(sys.stdin.buffer).read())"
    told = subprocess.run(
        [sys.executable, "-c", reading], input=pickle.dumps(found.sources[0]), capture_output=True, check=True
    )
    assert told.stdout == fit_run()


def test_archives_lie_at_most_three_deep_in_the_one_on_disk(tmp_path: Path) -> None:
    deep = {"1.fit": fit_run()}
    for depth in range(3):
        deep = {f"in_{depth}.zip": zip_bytes(deep)}
    assert len(find_sources([write_zip(tmp_path / "three.zip", deep)]).sources) == 1
    (refused,) = find_sources([write_zip(tmp_path / "four.zip", {"x.zip": zip_bytes(deep)})]).refused
    assert "more than 3 archives deep" in refused.reason


def test_an_archive_inside_lies_in_a_file_without_a_name_that_only_its_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    (source,) = find_sources([write_zip(tmp_path / "garmin.zip", garmin_export())]).sources
    with archive_at(source.path, source.inside[:-1]) as archive:
        assert archive.fp is not None
        there = os.fstat(archive.fp.fileno())
    assert (there.st_nlink, stat.S_IMODE(there.st_mode)) == (0, 0o600)
    assert list(spool.iterdir()) == []
    close_archives()


def test_what_systems_add_to_archives_is_not_even_counted(tmp_path: Path) -> None:
    members = {"1.fit": fit_run(), "__MACOSX/._1.fit": b"x", ".DS_Store": b"x", "a/._b.gpx": b"x", "empty/": b""}
    found = find_sources([write_zip(tmp_path / "mac.zip", members)])
    assert (names(found), found.skipped, found.refused) == (["mac.zip: 1.fit"], 0, ())


def test_an_archive_without_recordings_is_one_thing_left_alone_in_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "letter.docx", {"word/document.xml": b"<w/>", "a.xml": b"<a/>"})
    assert find_sources([tmp_path]) == FoundFiles((), (), skipped=1)
    (refused,) = find_sources([path]).refused
    assert "no recording" in refused.reason


def test_a_damaged_member_is_refused_when_it_is_read_and_the_others_are_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"1.fit": fit_run(150), "2.fit": fit_run(151)})
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("1.fit").header_offset + 200
    content = bytearray(path.read_bytes())
    content[at : at + 40] = bytes(40)
    path.write_bytes(content)
    found = find_sources([path])
    outcomes: dict[str, str | bytes] = {
        one.shown.rpartition(": ")[2]: one.reason.partition(";")[0] for one in found.refused
    }
    for source in found.sources:
        try:
            outcomes[source.inside[0]] = source.read()
        except FileRefused as refused:
            outcomes[source.inside[0]] = refused.message
    assert outcomes == {"1.fit": "it is damaged inside the archive", "2.fit": fit_run(151)}


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_cut_archive_is_refused_with_a_reason(keep: float, tmp_path: Path) -> None:
    whole = zip_bytes(strava_export())
    (tmp_path / "cut.zip").write_bytes(whole[: int(keep * len(whole))])
    found = find_sources([tmp_path])
    assert "cut or damaged" in found.refused[0].reason
    assert found.sources == ()


def test_names_that_lead_out_of_the_archive_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    hostile = ["../up.fit", "/etc/abs.fit", "a/../../b.fit", "C:\\c.fit", "..\\d.fit"]
    (tmp_path / "in").mkdir()
    before = sorted(tmp_path.rglob("*"))
    path = write_zip(tmp_path / "in" / "a.zip", {"good.fit": fit_run()} | dict.fromkeys(hostile, fit_run()))
    found = find_sources([path])
    assert names(found) == ["in/a.zip: good.fit"]
    assert found.refused[0].shown.endswith("../up.fit and 4 more")
    assert sorted(tmp_path.rglob("*")) == [*before, path]


def test_a_name_shown_holds_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    (source,) = find_sources([write_zip(tmp_path / "a.zip", {"\x1b[2Jrun\n.fit": fit_run()})]).sources
    assert source.shown.endswith("a.zip: ?[2Jrun?.fit")
    assert source.read() == fit_run()


def test_links_in_an_archive_are_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("passwd.fit")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("1.fit", fit_run())
    assert names(find_sources([tmp_path / "a.zip"])) == ["a.zip: 1.fit"]


def test_an_archive_that_a_password_locks_is_one_line(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({f"{no}.fit": fit_run() for no in range(5)}))
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1  # the flag in the table: the tests have no program that locks
        at += 4
    (tmp_path / "locked.zip").write_bytes(content)
    found = find_sources([tmp_path / "locked.zip"])
    assert [(one.shown.rpartition("/")[2], one.reason) for one in found.refused] == [
        ("locked.zip: 0.fit and 4 more", "it is protected by a password; unpack the archive, then import the folder")
    ]


def test_an_archive_that_changed_since_is_opened_anew(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"1.fit": fit_run(150)})
    (source,) = find_sources([path]).sources
    assert source.read() == fit_run(150)
    write_zip(path, {"photo.jpg": b"\xff\xd8", "1.fit": fit_run(151)})
    assert source.read() == fit_run(151)
    write_zip(path, {"photo.jpg": b"\xff\xd8"})
    with pytest.raises(FileRefused, match="no longer in the archive"):
        source.read()


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fit")
    (source,) = find_sources([tmp_path / "pipe.fit"]).sources
    with pytest.raises(FileRefused, match="a pipe or a device"):
        source.read()
    assert find_sources([tmp_path]).sources == ()


def test_a_file_that_may_not_be_read_says_so_when_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.fit").write_bytes(fit_run())
    (tmp_path / "a.fit").chmod(0)
    (source,) = find_sources([tmp_path]).sources
    if os.geteuid() == 0:
        assert source.read() == fit_run()
    else:
        with pytest.raises(PermissionError):
            source.read()


def test_an_apple_export_gives_each_workout_once(tmp_path: Path) -> None:
    found = find_sources([write_zip(tmp_path / "export.zip", apple_export())])
    assert names(found) == [
        "export.zip: apple_health_export/workout-routes/route_2025-06-01_8.30am.gpx",
        "export.zip: apple_health_export/export.xml, workout of 2025-06-01 07:00 UTC",
    ]
    assert (found.skipped, found.refused) == (1, ())
    in_folder = find_sources([unpack(apple_export(), tmp_path / "folder")])
    assert [source.read() for source in in_folder.sources] == [source.read() for source in found.sources]

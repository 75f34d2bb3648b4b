"""XML that means harm, or comes in an unusual dress: nothing outside it is read, nothing takes long."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs

NOW = datetime(2025, 6, 2, tzinfo=UTC)
AT_ONCE_S = 1.0

TIMES = ("2025-06-01T06:30:00Z", "2025-06-01T06:31:00Z")
GPX_POINTS = "".join(f'<trkpt lat="52.5" lon="13.4"><time>{at}</time></trkpt>' for at in TIMES)
TCX_POINTS = "".join(f"<Trackpoint><Time>{at}</Time></Trackpoint>" for at in TIMES)
# {head}: before the root, {title}: within a word of the run's own, {inside}: between elements
GPX = "{head}<gpx version='1.1'><trk><name>{title}</name>{inside}<trkseg>" + GPX_POINTS + "</trkseg></trk></gpx>"
TCX = (
    "{head}<TrainingCenterDatabase><Activities><Activity Sport='Running'><Lap>{inside}<Track>"
    + TCX_POINTS
    + "</Track></Lap><Notes>{title}</Notes></Activity></Activities></TrainingCenterDatabase>"
)

both_formats = pytest.mark.parametrize("form", [GPX, TCX], ids=["gpx", "tcx"])


def _text(form: str, head: str = "", title: str = "Lunch run", inside: str = "") -> bytes:
    return form.format(head=head, title=title, inside=inside).encode()


def _words(content: bytes) -> set[str | None]:
    """What the file's runs are called, refused or not, and not a moment late."""
    began = time.process_time()
    try:
        return {word for run in read_runs(content, NOW) for word in (run.title, run.description)}
    except FileRefused as refused:
        return {refused.message}
    finally:
        assert time.process_time() - began < AT_ONCE_S


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server


@both_formats
def test_entities_that_grow_are_refused_at_once(form: str) -> None:
    levels = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    laughs = _text(form, f'<!DOCTYPE x [<!ENTITY a0 "cramp">{levels}]>', "&a11;")
    square = _text(form, f'<!DOCTYPE x [<!ENTITY a "{"x" * 3_000}">]>', "&a;" * 50_000)
    for bomb in (laughs, square):
        assert _words(bomb) == {"declares XML entities, which no run file needs"}


@both_formats
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_file_that_an_entity_names_is_never_read(form: str, encoding: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody else may know")
    content = _text(form, f'<!DOCTYPE x [<!ENTITY secret SYSTEM "{secret.as_uri()}">]>', "&secret;")
    assert _words(content.decode().encode(encoding)) == {"declares XML entities, which no run file needs"}


@both_formats
def test_entities_hidden_in_another_encoding_are_only_text(form: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody else may know")
    hidden = f'<!DOCTYPE x [<!ENTITY secret SYSTEM "{secret.as_uri()}">]>'.encode("utf-7").decode()
    head = '<?xml version="1.0"?><?xml version="1.0" encoding="UTF-7"?>' + hidden
    assert not any("nobody" in (word or "") for word in _words(_text(form, head, "&secret;")))


@both_formats
def test_no_connection_is_made_for_what_the_text_points_to(form: str, listener: socket.socket) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    heads = (
        f'<!DOCTYPE gpx SYSTEM "{address}">',
        f'<!DOCTYPE gpx [<!ENTITY x SYSTEM "{address}">]>',
        f'<!DOCTYPE gpx [<!ENTITY % x SYSTEM "{address}"> %x;]>',
        f'<?xml-stylesheet href="{address}"?>',
    )
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{address}"/>'
    for content in (*(_text(form, head, "&x;") for head in heads), _text(form, inside=include)):
        _words(content)
    with pytest.raises(TimeoutError):
        listener.accept()


@both_formats
def test_an_attribute_of_a_hundred_megabytes_is_refused_at_once(form: str) -> None:
    head, tail = _text(form, inside='<x a="@"/>').split(b"@")
    content = b"".join([head, b"x" * 100_000_000, tail])
    assert _words(content) == {"over 10 MB without a tag: this is not a recording"}


@both_formats
@pytest.mark.parametrize(
    "unit", ["<a>", "<a ", "<", "&", "&nbsp;", "</a>", "<![CDATA[", "<!--", "<?a", " xmlns", "<a:b/>", "\x00", '"', " "]
)
def test_text_made_to_take_long_does_not(form: str, unit: str) -> None:
    _words(_text(form, inside=unit * (100_000 // len(unit))))


@both_formats
@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "UTF-8"),
        ("cp1250", "windows-1250"),
    ],
)
def test_text_is_read_in_the_encoding_that_it_is_in(form: str, encoding: str, declared: str) -> None:
    content = _text(form, f'<?xml version="1.0" encoding="{declared}"?>', "Kä Ž")
    assert "Kä Ž" in _words(content.decode().encode(encoding))


@both_formats
def test_a_name_in_cdata_is_a_name(form: str) -> None:
    assert "Calves & co" in _words(_text(form, title="<![CDATA[Calves & co]]>"))
    assert "Calves & co" in _words(_text(form, title="<![CDATA[Calves & co]]>", inside="&broken"))


@both_formats
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Run &#55357;&#56842;!", "Run \N{SMILING FACE WITH SMILING EYES}!"),  # as Java's XML writers put it
        ("Run &#xD83D;&#xDE0A;", "Run \N{SMILING FACE WITH SMILING EYES}"),
        ("half &#55357; of it", "half \ufffd of it"),
        ("escape &#27;[31m", "escape \ufffd[31m"),
        ("&#xFFFF; &#1114112; \ufffe", "\ufffd \ufffd \ufffd"),
        ("&#60;3&#38;&#11;", "<3&\ufffd"),
    ],
)
def test_characters_that_xml_does_not_know_cost_no_record(form: str, written: str, read: str) -> None:
    (run,) = read_runs(_text(form, title=written), NOW)
    assert read in (run.title, run.description)
    assert [(note.kind, "characters that XML" in note.detail) for note in run.notes] == [("repaired", True)]
    assert run.elapsed_s == 60.0


@both_formats
def test_references_to_characters_are_no_damage(form: str) -> None:
    (run,) = read_runs(_text(form, title="&#75;&#228;se &#x1F60A;"), NOW)
    assert "K\u00e4se \N{SMILING FACE WITH SMILING EYES}" in (run.title, run.description)
    assert run.notes == ()

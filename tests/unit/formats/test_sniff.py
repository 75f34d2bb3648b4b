"""What a file is, by its first bytes."""

from __future__ import annotations

import gzip

import pytest

from pipeline.formats.sniff import sniff


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"\x00" * 40, "empty"),
        (b" \r\n\t", "empty"),
        (b"\x0e\x20\x54\x08\x00\x00\x00\x00.FIT\x00\x00", "fit"),
        (b"\x0c\x10\x00\x00\x00\x00\x00\x00.FIT", "fit"),
        (b'<?xml version="1.0"?>\n<gpx version="1.1">', "gpx"),
        (b"\xef\xbb\xbf<!-- from a watch -->\n<gpx>", "gpx"),
        ('<?xml version="1.0"?><gpx>'.encode("utf-16"), "gpx"),
        ('<?xml version="1.0"?><gpx>'.encode("utf-16-le"), "gpx"),
        ('<?xml version="1.0"?><gpx>'.encode("utf-16-be"), "gpx"),
        (b" " * 9000 + b"<gpx>", "gpx"),
        (b'<x:gpx xmlns:x="http://www.topografix.com/GPX/1/1">', "gpx"),
        (b'          <?xml version="1.0"?><TrainingCenterDatabase xmlns="x">', "tcx"),
        (gzip.compress(b"anything"), "gzip"),
        (b"PK\x03\x04 and the rest", "zip"),
        (b"file,format,sport\n1,gpx,running\n", "unknown"),
        (b"<html>a page about gpx</html>", "unknown"),
        (b".FIT", "unknown"),
    ],
)
def test_the_content_says_what_a_file_is(content: bytes, kind: str) -> None:
    assert sniff(content) == kind

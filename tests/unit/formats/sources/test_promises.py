"""What the first bytes of a file promise, and what the first message of a FIT file says that it is."""

from __future__ import annotations

import gzip

import pytest

from pipeline.formats.sources.promises import fit_type, promise_of
from tests.support.exports import apple_export, fit_of_type, fit_run, gpx_run, strava_export, zip_bytes

BIG_ENDIAN = (
    bytes([14, 32, 0, 0, 0, 0, 0, 0]) + b".FIT\x00\x00" + bytes([0x40, 0, 1, 0, 0, 2, 1, 2, 0x84, 0, 1, 0, 0, 0, 1, 15])
)
NO_FILE_ID = bytes([14, 32, 0, 0, 0, 0, 0, 0]) + b".FIT\x00\x00" + bytes([0x40, 0, 0, 20, 0, 1, 0, 1, 0, 0, 2])


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (fit_run(), 4),
        (fit_of_type(2), 2),
        (BIG_ENDIAN, 15),
        (NO_FILE_ID, None),
        (fit_of_type(255), None),
        (fit_run()[:14], None),
        (fit_run()[:20], None),
        (b"", None),
    ],
)
def test_a_fit_file_says_what_it_is_in_its_first_message(head: bytes, kind: int | None) -> None:
    assert fit_type(head) == kind


@pytest.mark.parametrize(
    ("head", "name", "promise"),
    [
        (fit_run(), "photo.jpg", "recording"),
        (gzip.compress(fit_run()), "x", "recording"),
        (gzip.compress(fit_run())[:512], "x", "recording"),
        (gpx_run(), "x", "recording"),
        (b"<TrainingCenterDatabase>", "x", "recording"),
        (fit_of_type(15), "monitoring.fit", "other"),
        (NO_FILE_ID, "x", "recording"),
        (b"damaged", "a.fit", "recording"),
        (b"damaged", "a.TCX.GZ", "recording"),
        (b"damaged", "a.fit.txt", "other"),
        (b"", "a.gpx", "recording"),
        (b"", "a", "other"),
        (gzip.compress(b"a letter"), "letter.gz", "other"),
        (zip_bytes({"a": b"b"}), "a.fit", "zip"),
        (apple_export()["apple_health_export/export.xml"], "x", "apple health"),
        (strava_export()["activities.csv"], "Activities.csv", "strava table"),
        (strava_export()["activities.csv"], "x", "strava table"),
        (b"a,b\n1,2\n", "list.csv", "other"),
    ],
)
def test_content_promises_and_a_name_only_asks_for_an_answer(head: bytes, name: str, promise: str) -> None:
    assert promise_of(head, name) == promise

"""gzip wrappings: whole, cut, damaged and hostile."""

from __future__ import annotations

import gzip
import random
import time

import pytest

from pipeline.errors import FileRefused
from pipeline.formats.sources.gzip_files import unwrap_gzip

LETTERS = random.Random(1).randbytes(20_000)


def test_a_whole_wrapping_gives_its_content() -> None:
    assert unwrap_gzip(gzip.compress(LETTERS)) == (LETTERS, True)


def test_a_cut_wrapping_gives_what_came_before_the_cut() -> None:
    unpacked, whole = unwrap_gzip(gzip.compress(LETTERS)[:12_000])
    assert not whole
    assert LETTERS.startswith(unpacked)
    assert len(unpacked) > 11_000


def test_a_damaged_end_keeps_what_was_unpacked() -> None:
    packed = bytearray(gzip.compress(LETTERS))
    packed[-8:-4] = b"\x00\x00\x00\x00"  # the checksum of the content
    unpacked, whole = unwrap_gzip(bytes(packed))
    assert not whole
    assert len(unpacked) >= 19_000


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(b"\x00" * 50_000_000)
    began = time.perf_counter()
    with pytest.raises(FileRefused) as refused:
        unwrap_gzip(bomb)
    assert refused.value.code == "too_large"
    assert time.perf_counter() - began < 2


def test_a_wrapping_with_nothing_in_it_that_can_be_read_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        unwrap_gzip(b"\x1f\x8b and no gzip at all")
    assert refused.value.code == "damaged"

"""Ways in which a file is damaged on its way from the wrist to the disk. Called by the tests of maimed files.

Each takes the bytes and a random source, and gives other bytes; what random source, the same damage.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

SECTOR = 512  # a block of flash memory or disk

Maiming = Callable[[bytes, Random], bytes]


def cut(content: bytes, rng: Random) -> bytes:
    """A download that stopped."""
    return content[: rng.randrange(len(content) + 1)]


def flip_bits(content: bytes, rng: Random) -> bytes:
    """One bit as a rule, now and then up to sixteen."""
    maimed = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 4, 16))):
        maimed[rng.randrange(len(maimed))] ^= 1 << rng.randrange(8)
    return bytes(maimed)


def zero_block(content: bytes, rng: Random) -> bytes:
    """A sector that was never written."""
    at, length = _stretch(content, rng)
    return content[:at] + bytes(length) + content[at + length :]


def zero_tail(content: bytes, rng: Random) -> bytes:
    """A watch that went dark: the file has its size, its end was never written."""
    kept = rng.randrange(len(content) + 1)
    return content[:kept] + bytes(len(content) - kept)


def swap_blocks(content: bytes, rng: Random) -> bytes:
    """Two neighbouring stretches in the wrong order."""
    at, length = _stretch(content, rng)
    return (
        content[:at] + content[at + length : at + 2 * length] + content[at : at + length] + content[at + 2 * length :]
    )


def duplicate_block(content: bytes, rng: Random) -> bytes:
    """A stretch that was sent twice."""
    at, length = _stretch(content, rng)
    return content[: at + length] + content[at:]


def lose_block(content: bytes, rng: Random) -> bytes:
    """A stretch that was never sent."""
    at, length = _stretch(content, rng)
    return content[:at] + content[at + length :]


def random_bytes(content: bytes, rng: Random) -> bytes:
    """A stretch of another file, or of nothing."""
    at, length = _stretch(content, rng)
    return content[:at] + rng.randbytes(length) + content[at + length :]


MAIMINGS: dict[str, Maiming] = {
    one.__name__: one
    for one in (cut, flip_bits, zero_block, zero_tail, swap_blocks, duplicate_block, lose_block, random_bytes)
}


def maimed(content: bytes, rng: Random) -> tuple[str, bytes]:
    """The file after one maiming as a rule, after two or three now and then; and which ones they were."""
    names = rng.choices(list(MAIMINGS), k=rng.choice((1, 1, 1, 2, 3)))
    for name in names:
        content = MAIMINGS[name](content, rng) if content else content
    return "+".join(names), content


def _stretch(content: bytes, rng: Random) -> tuple[int, int]:
    """Where a stretch of the file begins, and its length: a sector, or a few bytes."""
    length = rng.choice((SECTOR, SECTOR, rng.randint(1, 64)))
    return rng.randrange(max(len(content) - length, 1)), length

"""Broken XML read as far as it goes, and what was wrong with it as a note. Called by gpx_reading and tcx_reading.

'repaired' says that all of the run is there, 'damaged' that some of it may be lost.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Any, TypeVar

from pipeline.errors import FileRefused
from pipeline.formats.tracks.xml_text import Element, elements, lines_of
from pipeline.schema import ParseNote

# Levels around the root. A closing tag too many closes one of these, and what comes after it is still read.
_LEVELS = 40
_PREFIX = re.compile(rb"(?:</?|\s)([A-Za-z_][\w.-]{0,40}):[\w.-]{1,60}(?=[\s=/>])")
_DECLARED = re.compile(rb"\sxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_MOST_PREFIXES = 100
_UNKNOWN = "\N{REPLACEMENT CHARACTER}".encode()
_REFERENCES = re.compile(rb"(?:&#(?:\d{1,7}|x[\da-fA-F]{1,6});)+")
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _known_characters(found: re.Match[bytes]) -> bytes:
    """Number references as they are; where one stands for no character, all as text with U+FFFD for that one.

    Java's XML writers put an emoji as the two halves of its UTF-16 form, '&#55357;&#56842;': these are joined.
    """
    codes = [int(one[1:], 16) if one[:1] == b"x" else int(one) for one in found.group()[2:-1].split(b";&#")]
    text = "".join(chr(code) if code <= sys.maxunicode else "\uffff" for code in codes)
    if not _NO_CHARACTER.search(text):
        return found.group()
    joined = text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
    return escape(_NO_CHARACTER.sub("\ufffd", joined)).encode()


_Read = TypeVar("_Read")
_Replacement = bytes | Callable[[re.Match[bytes]], bytes]
# What libxml2 would report, or end its reading at, though nothing of a run is lost by it: what, where, what instead.
_ODDITIES: tuple[tuple[str, re.Pattern[bytes], _Replacement], ...] = (
    ("", re.compile(rb"<!\[CDATA\[([^<>]*)\]\]>"), rb"\1"),
    ("", re.compile(rb"<!--[^<>]*-->"), b""),
    ("characters that XML does not know", _REFERENCES, _known_characters),
    ("characters that XML does not know", re.compile(rb"\xef\xbf[\xbe\xbf]"), _UNKNOWN),  # U+FFFE and U+FFFF
    # something must stay: the digits on both sides of a zeroed block are no number
    ("control characters", re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+"), _UNKNOWN),
    ("a bare & or unknown entity", re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)"), b"&amp;"),
    # the second form: for each of a million '<a ' libxml2 would search the text to its end for a '>'
    ("a < that begins no tag", re.compile(rb"<(?!/?[A-Za-z_])|<(?=[^<>]*<)"), b" "),
)


def read_or_mend(
    text: bytes, root: str, names: tuple[str, ...], read: Callable[[Iterable[tuple[str, Element]], bool], _Read]
) -> tuple[_Read, tuple[ParseNote, ...]]:
    """What `read` makes of the named elements of the text, and what had to be mended.

    `read` gets ('start' | 'end', element) and whether they are of mended text; it is called anew for that.
    """
    from lxml.etree import XMLSyntaxError

    try:
        return read(elements(text, names), False), ()
    except XMLSyntaxError:
        notes: list[ParseNote] = []
        return read(mended_elements(text, root, names, notes), True), tuple(notes)


def mended_elements(
    text: bytes, root: str, names: tuple[str, ...], notes: list[ParseNote]
) -> Iterator[tuple[str, Element]]:
    """('start' | 'end', element) of the named elements, as libxml2 makes them of broken text; `notes` gets one more.

    An element whose end is lost may hold the ones after it, and end after them (`texts_within`).
    """
    inside, whole = _within_root(text, root)
    inside, oddities = _without_oddities(inside)
    begin, undeclared = _levels(inside)
    parsed = elements(begin + inside + b"</mended>" * _LEVELS, names, recover=True)
    yield from parsed
    notes.append(_note(parsed.error_log, whole, oddities + undeclared))


def refuse_damaged(notes: tuple[ParseNote, ...]) -> None:
    """Raises FileRefused, with the place of the damage, when the notes tell of any: for text that holds no point."""
    for note in notes:
        if note.kind == "damaged":
            raise FileRefused("damaged", f"not readable: {note.detail.partition(':')[0]}", "export it again")


def _within_root(text: bytes, root: str) -> tuple[bytes, bool]:
    """What stands between the root's first tag and its last, and whether both are there and nothing was zeroed."""
    closing = f"{root}>".encode()
    begin = re.search(rb"<\s*(?:[\w.-]+:)?" + root.encode() + rb"[\s>/]", text)
    since = begin.start() if begin else 0
    end = text.rfind(closing, since + 1)
    # of a cut text the last number may be the half of one: only what ends with a tag is whole
    inside = text[since : end + len(closing) if end > 0 else text.rfind(b">") + 1]
    return lines_of(text[:since]) + inside, begin is not None and end > 0 and b"\x00" not in inside


def _without_oddities(text: bytes) -> tuple[bytes, list[str]]:
    """The text without what only seems to damage it, and what that was."""
    found: dict[str, None] = {}  # in their order, each once
    for what, pattern, instead in _ODDITIES:
        mended = pattern.sub(instead, text)
        if what and mended != text:
            found[what] = None
        text = mended
    return text, list(found)


def _levels(text: bytes) -> tuple[bytes, list[str]]:
    """The opening tags around the root; the outermost declares every prefix that the text uses."""
    used = set(_PREFIX.findall(text)) - {b"xml", b"xmlns"}
    declarations = b"".join(b' xmlns:%b="%b"' % (prefix, prefix) for prefix in sorted(used)[:_MOST_PREFIXES])
    begin = b"<mended%b>" % declarations + b"<mended>" * (_LEVELS - 1)
    return begin, ["an undeclared prefix"] if used - set(_DECLARED.findall(text)) else []


def _note(faults: Any, whole: bool, oddities: list[str]) -> ParseNote:
    if len(faults) or not whole:
        where = f" at line {faults[0].line}" if len(faults) else ""
        return ParseNote("damaged", f"cut or broken{where}: what could be read is kept")
    what = ", ".join(oddities) or "tags or numbers out of place"
    return ParseNote("repaired", f"text that is no proper XML was mended: {what}")

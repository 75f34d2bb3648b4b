"""Reads broken XML as far as possible, with a note on what was wrong. Called by `gpx_reading` and `tcx_reading`.

A note of kind 'repaired' means that the run is complete, 'damaged' that some of it may be lost.
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

# Levels around the root. A surplus closing tag closes one of these, and the text after it is still read.
_LEVELS = 40
_PREFIX = re.compile(rb"(?:</?|\s)([A-Za-z_][\w.-]{0,40}):[\w.-]{1,60}(?=[\s=/>])")
_DECLARED = re.compile(rb"\sxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_MOST_PREFIXES = 100
_UNKNOWN = "\N{REPLACEMENT CHARACTER}".encode()
_REFERENCES = re.compile(rb"(?:&#(?:\d{1,7}|x[\da-fA-F]{1,6});)+")
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _valid_characters(found: re.Match[bytes]) -> bytes:
    """Return number references unchanged; if one is not a character, return all as text, with U+FFFD for that one.

    Java's XML writers write an emoji as the two halves of its UTF-16 form, '&#55357;&#56842;': these are joined.
    """
    codes = [int(digits[1:], 16) if digits[:1] == b"x" else int(digits) for digits in found.group()[2:-1].split(b";&#")]
    text = "".join(chr(code) if code <= sys.maxunicode else "\uffff" for code in codes)
    if not _NO_CHARACTER.search(text):
        return found.group()
    joined = text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
    return escape(_NO_CHARACTER.sub("\ufffd", joined)).encode()


_Result = TypeVar("_Result")
_Replacement = bytes | Callable[[re.Match[bytes]], bytes]
# Oddities that lose nothing of a run, but that libxml2 reports or stops at: what, where, replacement.
_ODDITIES: tuple[tuple[str, re.Pattern[bytes], _Replacement], ...] = (
    ("", re.compile(rb"<!\[CDATA\[([^<>]*)\]\]>"), rb"\1"),
    ("", re.compile(rb"<!--[^<>]*-->"), b""),
    ("characters that XML does not allow", _REFERENCES, _valid_characters),
    ("characters that XML does not allow", re.compile(rb"\xef\xbf[\xbe\xbf]"), _UNKNOWN),  # U+FFFE and U+FFFF
    # something must remain: the digits on both sides of a zeroed block are not one number
    ("control characters", re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+"), _UNKNOWN),
    ("a bare & or unknown entity", re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)"), b"&amp;"),
    # the second form: for each of a million '<a ' libxml2 would search to the end of the text for a '>'
    ("a < outside of tags", re.compile(rb"<(?!/?[A-Za-z_])|<(?=[^<>]*<)"), b" "),
)


def read_or_repair(
    text: bytes, root: str, names: tuple[str, ...], read: Callable[[Iterable[tuple[str, Element]], bool], _Result]
) -> tuple[_Result, tuple[ParseNote, ...]]:
    """Return the result of `read` for the named elements of the text, and notes on repairs.

    `read` gets ('start' | 'end', element), and True if the text was repaired; it is called again for repaired text.
    """
    from lxml.etree import XMLSyntaxError

    try:
        return read(elements(text, names), False), ()
    except XMLSyntaxError:
        notes: list[ParseNote] = []
        return read(repaired_elements(text, root, names, notes), True), tuple(notes)


def repaired_elements(
    text: bytes, root: str, names: tuple[str, ...], notes: list[ParseNote]
) -> Iterator[tuple[str, Element]]:
    """Yield ('start' | 'end', element) of the named elements, as libxml2 recovers them from broken text; add a note.

    An element without its end may contain the following elements, and end after them (`texts_within`).
    """
    inside, complete = _within_root(text, root)
    inside, oddities = _without_oddities(inside)
    begin, undeclared = _levels(inside)
    parsed = elements(begin + inside + b"</repaired>" * _LEVELS, names, recover=True)
    yield from parsed
    notes.append(_note(parsed.error_log, complete, oddities + undeclared))


def refuse_damaged(notes: tuple[ParseNote, ...]) -> None:
    """Raise FileRefused with the line of the damage, if the notes contain any: for text without points."""
    for note in notes:
        if note.kind == "damaged":
            raise FileRefused("damaged", f"not readable: {note.detail.partition(':')[0]}", "export it again")


def _within_root(text: bytes, root: str) -> tuple[bytes, bool]:
    """Return the text from the root's first tag to its last, and whether both exist and nothing was zeroed."""
    closing = f"{root}>".encode()
    begin = re.search(rb"<\s*(?:[\w.-]+:)?" + root.encode() + rb"[\s>/]", text)
    since = begin.start() if begin else 0
    end = text.rfind(closing, since + 1)
    # the last number of a cut text may be incomplete: only text that ends with a tag is complete
    inside = text[since : end + len(closing) if end > 0 else text.rfind(b">") + 1]
    return lines_of(text[:since]) + inside, begin is not None and end > 0 and b"\x00" not in inside


def _without_oddities(text: bytes) -> tuple[bytes, list[str]]:
    """Replace oddities that are no real damage; return the text, and what was replaced."""
    found: dict[str, None] = {}  # in their order, without duplicates
    for what, pattern, replacement in _ODDITIES:
        repaired = pattern.sub(replacement, text)
        if what and repaired != text:
            found[what] = None
        text = repaired
    return text, list(found)


def _levels(text: bytes) -> tuple[bytes, list[str]]:
    """Return the opening tags around the root; the outermost declares every prefix used in the text."""
    used = set(_PREFIX.findall(text)) - {b"xml", b"xmlns"}
    declarations = b"".join(b' xmlns:%b="%b"' % (prefix, prefix) for prefix in sorted(used)[:_MOST_PREFIXES])
    begin = b"<repaired%b>" % declarations + b"<repaired>" * (_LEVELS - 1)
    return begin, ["an undeclared prefix"] if used - set(_DECLARED.findall(text)) else []


def _note(faults: Any, complete: bool, oddities: list[str]) -> ParseNote:
    if len(faults) or not complete:
        where = f" at line {faults[0].line}" if len(faults) else ""
        return ParseNote("damaged", f"cut or broken{where}: everything readable was read")
    what = ", ".join(oddities) or "tags or numbers out of place"
    return ParseNote("repaired", f"invalid XML was repaired: {what}")

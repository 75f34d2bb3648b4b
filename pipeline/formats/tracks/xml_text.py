"""Reads XML of real files: decodes the text, and returns its elements one at a time.

Nothing outside the text is ever read, and entities are refused. The modules of the formats interpret the elements;
`xml_repair` handles broken text. Called by all modules of `tracks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any

from pipeline.errors import FileRefused

Element = Any  # lxml gives no types

_LONGEST_STRETCH = 10_000_000  # bytes
_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\b[^<>]*>")
_DECLARED_ENCODING = re.compile(rb"""<\?xml\b[^<>]{0,200}encoding=["']([\w.-]{1,40})["']""")
# Encodings that a file may declare besides UTF-8; others (zip, punycode, unicode_escape ...) are not used by watches.
_ENCODINGS = re.compile(
    r"(iso-?8859-\d+|latin-?\d|windows-125\d|cp\d+|koi8-[ru]|shift_jis|euc[-_]\w+|gb\w+|big5)", re.IGNORECASE
)
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}


def utf8_text(content: bytes) -> bytes:
    """Return the text as UTF-8 from its first tag on, with unchanged line numbers.

    All XML declarations are left out: they may name another encoding. Raises FileRefused if the text declares entities
    (no run file needs them, and bombs use them) or has a very long stretch without a tag.
    """
    is_utf8 = content.isascii() and content[:2] not in _UTF_16  # the zeros between UTF-16's letters are ASCII too
    text = content if is_utf8 else _decoded(content).encode("utf-8", errors="replace")
    if _ENTITY.search(text):
        raise FileRefused("damaged", "declares XML entities, which no run file needs", "export it again")
    _refuse_endless(text)
    begin = max(text.find(b"<"), 0)
    return _DECLARATION.sub(lambda found: lines_of(found.group()), lines_of(text[:begin]) + text[begin:])


def _refuse_endless(text: bytes) -> None:
    """Raise FileRefused for a stretch without tags that is longer than libxml2 would read."""
    at, last = 0, len(text) - _LONGEST_STRETCH
    while at < last:
        tag = text.rfind(b"<", at + 1, at + _LONGEST_STRETCH)
        if tag < 0:
            raise FileRefused("damaged", "over 10 MB without a tag: this is not a recording", "export it again")
        at = tag


def lines_of(text: bytes) -> bytes:
    """Return only the line breaks of the text, to replace it without changing later line numbers."""
    return b"\n" * text.count(b"\n")


def elements(text: bytes, names: tuple[str, ...], *, recover: bool = False) -> Any:
    """Iterate over ('start' | 'end', element) of the named elements of any namespace, in the order of the text.

    At a start only the attributes are complete. Raises lxml's XMLSyntaxError at the first fault. With `recover`, libxml2
    continues if it can, and `error_log` contains its last hundred faults.
    """
    from lxml import etree  # not needed for FIT files

    return etree.iterparse(
        BytesIO(text),
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in names],
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,  # no text over 10 MB, no more than 256 levels
        remove_comments=True,
        remove_pis=True,
    )


def texts_within(element: Element, end_names: frozenset[str]) -> Iterator[tuple[str, str | None]]:
    """Yield local name and text of all elements within, up to the next element with a name in `end_names`."""
    for part in element.iterdescendants():
        name = local_name(part.tag)
        if name in end_names:
            return
        yield name, part.text


@lru_cache(maxsize=1000)
def local_name(tag: object) -> str:
    """Return a tag without its namespace or prefix, as the file spells it; '' if it is not an element."""
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _decoded(content: bytes) -> str:
    if wide := _UTF_16.get(content[:2]):
        return content.decode(wide, errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # old Windows programs, a flipped bit; only names are lost to a wrong guess
        declared = _DECLARED_ENCODING.search(content[:1000])
    encoding = declared.group(1).decode() if declared else ""
    try:
        return content.decode(encoding if _ENCODINGS.fullmatch(encoding) else "cp1252", errors="replace")
    except LookupError:
        return content.decode("cp1252", errors="replace")

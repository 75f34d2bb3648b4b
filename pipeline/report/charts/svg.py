"""From a matplotlib figure to SVG for the page: no style attributes, no scripts, colours by class.

The page's policy forbids inline styles, and in dark mode CSS decides the colours. So every style property becomes an
attribute, and every colour of PALETTE a class: `f-hot` (fill) or `s-hot` (stroke) in templates/report.css.
"""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

PALETTE = {
    "#1a1f26": "ink",
    "#56606b": "soft",
    "#d9dee4": "line",
    "#b8390e": "hot",
    "#6b6a35": "mild",
    "#1f6fb5": "cool",
    "#0b5c8f": "blue",
    "#ffffff": "paper",
}
_LONG_DECIMALS = re.compile(r"(-?\d+\.\d)\d+")
_REFERENCE = re.compile(r"#([\w-]+)")


def figure_svg(figure: Figure, key: str, label: str) -> Markup:
    """The figure as an `<svg role="img">` with a text alternative. `key` makes its ids unique on the page."""
    root = ElementTree.fromstring(_written(figure))  # our own figure, no foreign file  # noqa: S314
    for element in root.iter():
        for child in [c for c in element if c.tag.endswith(("metadata", "style"))]:
            element.remove(child)
        _leave_namespace(element)
        _style_to_attributes(element)
    _rename_ids(root, key)
    text = ElementTree.tostring(_as_picture(root, label), encoding="unicode")
    return Markup(_LONG_DECIMALS.sub(r"\1", text))  # escaped by ElementTree  # noqa: S704


def _written(figure: Figure) -> bytes:
    """The SVG as matplotlib writes it: text as text, ids that depend only on the content, no date."""
    written = BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cramplog"}):
        figure.savefig(written, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return written.getvalue()


def _as_picture(root: ElementTree.Element, label: str) -> ElementTree.Element:
    """Without a size (CSS sets it), and announced by screen readers as one picture."""
    del root.attrib["width"], root.attrib["height"]
    root.set("role", "img")
    root.set("aria-label", label)
    return root


def _leave_namespace(element: ElementTree.Element) -> None:
    """Inside HTML, svg elements and href have no namespace."""
    element.tag = element.tag.rpartition("}")[2]
    for name in [name for name in element.attrib if "}" in name]:
        element.set(name.rpartition("}")[2], element.attrib.pop(name))


def _style_to_attributes(element: ElementTree.Element) -> None:
    """`style="fill: #b8390e; opacity: .1"` becomes `class="f-hot" opacity=".1"`; CSS sets the fonts."""
    classes = []
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in ("fill", "stroke") and value.startswith("#"):
            classes.append(f"{name[0]}-{PALETTE[value]}")
        elif name == "font":
            element.set("font-size", value.split("px")[0].split()[-1])
        elif name and name != "font-family":
            element.set(name, value)
    if classes:
        element.set("class", " ".join(classes))


def _rename_ids(root: ElementTree.Element, key: str) -> None:
    """Removes ids that nothing refers to and prefixes the others, so that no two charts of a page share an id."""
    linking = [v for e in root.iter() for v in e.attrib.values() if v.startswith(("#", "url(#"))]
    used = set(_REFERENCE.findall(" ".join(linking)))
    for element in root.iter():
        if (name := element.attrib.pop("id", "")) in used:
            element.set("id", f"{key}-{name}")
        for attribute, value in element.attrib.items():
            if value.startswith(("#", "url(#")):
                element.set(attribute, value.replace("#", f"#{key}-"))

"""Small pictures made by hand as SVG: the 10 x 10 icon array and the bar of the forecast record.

Called by the templates. No style attributes; colours are classes of templates/report.css.
"""

from __future__ import annotations

from markupsafe import Markup

from pipeline.report.numbers.of_100 import Said

CELL = 26
BOLT = "M1.5-5.5-3 1H-.3L-1.5 5.5 3-1H.3z"  # about a third of a cell, around the middle of a sign


def icon_array(said: Said) -> Markup:
    """100 signs, row by row: filled, could-be (dashed), none. The label tells the same in words.

    Not for a risk of which nothing is said: a hundred empty signs would look like none.
    """
    kinds = ["yes"] * said.filled + ["maybe"] * said.could_be
    kinds += ["no"] * (100 - len(kinds))
    signs = Markup("").join(_sign(place, kind) for place, kind in enumerate(kinds))
    start = Markup('<svg class="icons" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    return start.format(10 * CELL, 10 * CELL, array_label(said)) + signs + Markup("</svg>")


def array_label(said: Said) -> str:
    """'Of 100 signs 22 are filled, 13 more could be, 65 are empty.'"""
    empty = 100 - said.filled - said.could_be
    return f"Of 100 signs {said.filled} are filled, {said.could_be} more could be, {empty} are empty."


def _sign(place: int, kind: str) -> Markup:
    x, y = place % 10 * CELL + CELL // 2, place // 10 * CELL + CELL // 2
    circle = Markup('<circle class="{}" cx="{}" cy="{}" r="10"/>').format(kind, x, y)
    if kind != "yes":
        return circle
    return circle + Markup('<path class="bolt" d="{}" transform="translate({} {})"/>').format(BOLT, x, y)


def record_bar(said_of_100: int, happened_of_100: int) -> Markup:
    """Happened as a bar, said as a mark, both of 100."""
    return Markup(
        '<svg class="record" viewBox="0 0 304 24" role="img" aria-label="said {}, happened {} of 100">'
        '<rect class="track" x="2" y="4" width="300" height="16" rx="4"/>'
        '<rect class="happened" x="2" y="4" width="{}" height="16" rx="4"/>'
        '<rect class="said" x="{}" y="0" width="5" height="24" rx="1"/></svg>'
    ).format(said_of_100, happened_of_100, 3 * happened_of_100, 3 * said_of_100)


def progress_bar(given: int, needed: int) -> Markup:
    """Answered runs against what it takes."""
    return Markup(
        '<svg class="progress" viewBox="0 0 420 16" role="img" aria-label="{} of {} answered runs">'
        '<rect class="track" width="420" height="16" rx="5"/>'
        '<rect class="happened" width="{}" height="16" rx="5"/></svg>'
    ).format(given, needed, 420 * min(given, needed) // max(needed, 1))

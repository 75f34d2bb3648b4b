"""Small SVG pictures written by hand: the 10 x 10 icon array, the bar of the forecast record, the progress bar.

Called by the templates. No style attributes; colours are classes of templates/report.css.
"""

from __future__ import annotations

from markupsafe import Markup

from pipeline.report.numbers.of_100 import ShownRisk

CELL = 26
BOLT = "M1.5-5.5-3 1H-.3L-1.5 5.5 3-1H.3z"  # about a third of a cell, around the middle of a sign


def icon_array(shown: ShownRisk) -> Markup:
    """100 signs, row by row: filled, could-be (dashed), none. The label says the same in words.

    Not for a risk that is not shown: a hundred empty signs would look like no risk.
    """
    kinds = ["yes"] * shown.filled + ["maybe"] * shown.could_be
    kinds += ["no"] * (100 - len(kinds))
    signs = Markup("").join(_sign(place, kind) for place, kind in enumerate(kinds))
    start = Markup('<svg class="icons" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    return start.format(10 * CELL, 10 * CELL, array_label(shown)) + signs + Markup("</svg>")


def array_label(shown: ShownRisk) -> str:
    """'Of 100 signs 22 are filled, 13 more could be, 65 are empty.'"""
    empty = 100 - shown.filled - shown.could_be
    return f"Of 100 signs {shown.filled} are filled, {shown.could_be} more could be, {empty} are empty."


def _sign(place: int, kind: str) -> Markup:
    x, y = place % 10 * CELL + CELL // 2, place // 10 * CELL + CELL // 2
    circle = Markup('<circle class="{}" cx="{}" cy="{}" r="10"/>').format(kind, x, y)
    if kind != "yes":
        return circle
    return circle + Markup('<path class="bolt" d="{}" transform="translate({} {})"/>').format(BOLT, x, y)


def record_bar(predicted_of_100: int, observed_of_100: int) -> Markup:
    """Observed as a bar, predicted as a mark, both of 100."""
    return Markup(
        '<svg class="record" viewBox="0 0 304 24" role="img" aria-label="predicted {}, happened {} of 100">'
        '<rect class="track" x="2" y="4" width="300" height="16" rx="4"/>'
        '<rect class="observed" x="2" y="4" width="{}" height="16" rx="4"/>'
        '<rect class="predicted" x="{}" y="0" width="5" height="24" rx="1"/></svg>'
    ).format(predicted_of_100, observed_of_100, 3 * observed_of_100, 3 * predicted_of_100)


def progress_bar(given: int, needed: int) -> Markup:
    """Answered runs as a share of those needed."""
    return Markup(
        '<svg class="progress" viewBox="0 0 420 16" role="img" aria-label="{} of {} answered runs">'
        '<rect class="track" width="420" height="16" rx="5"/>'
        '<rect class="observed" width="{}" height="16" rx="5"/></svg>'
    ).format(given, needed, 420 * min(given, needed) // max(needed, 1))

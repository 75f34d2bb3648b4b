"""The report's curves, by matplotlib. Each is drawn for two widths (760 and 360 px); CSS shows the one that fits.

Called by the templates through page.py. One point of a figure is one pixel of the page: size 14 is 14 px on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.report.charts.svg import figure_svg
from pipeline.report.numbers.curves import Curve, Point, SingleCurve, TimeSection
from pipeline.report.numbers.wording import clock, hours_brief, temp
from pipeline.units import Units

INK, SOFT, LINE = "#1a1f26", "#56606b", "#d9dee4"
HOT, MILD, COOL, BLUE = "#b8390e", "#6b6a35", "#1f6fb5", "#0b5c8f"
PAPER = "#ffffff"
# coolest to hottest, with a different dash for each: colour is never the only difference
LOOKS = {1: ((BLUE, "-"),), 2: ((COOL, ":"), (HOT, "-")), 3: ((COOL, ":"), (MILD, "--"), (HOT, "-"))}
HALF_HOURS = (1800.0, 3600.0, 7200.0, 14400.0)
WIDE_PX, NARROW_PX = 14.0, 14.5  # at least 13 px on the screen, also on a phone of 360 px
Y_STEPS = {4: 4, 10: 5, 20: 4, 40: 4, 60: 3, 80: 4, 100: 5}  # top of the axis: number of steps; every step is whole


@dataclass(frozen=True, slots=True)
class Frame:
    """A chart's size in px, and its x axis: allowed steps between ticks, most ticks, labels and title."""

    key: str
    width: int
    height: int
    x_steps: tuple[float, ...]
    most_marks: int
    x_label: Callable[[float], str]
    x_title: str
    text_px: float
    above: int = 14  # px over the axes; more where there is a legend


def time_charts(section: TimeSection, label: str, units: Units) -> Markup:
    """Risk against planned duration, wide and narrow."""
    wide = Frame("time-wide", 760, 380, HALF_HOURS, 9, _hours_minutes, "planned duration (hours:minutes)", WIDE_PX, 38)
    narrow = Frame("time-narrow", 360, 400, HALF_HOURS, 5, _hours, "planned duration", NARROW_PX, 38)
    return _both(*(_time_chart(section, frame, label, units) for frame in (wide, narrow)))


def hour_charts(section: SingleCurve, label: str) -> Markup:
    """Risk by local start hour, wide and narrow."""
    wide = Frame("hour-wide", 760, 280, (2.0, 4.0), 12, clock, "start, local time", WIDE_PX)
    narrow = Frame("hour-narrow", 360, 300, (4.0,), 6, clock, "start, local time", NARROW_PX)
    return _both(*(_single_chart(section, frame, label) for frame in (wide, narrow)))


def pace_charts(section: SingleCurve, label: str) -> Markup:
    """Risk by pace compared with the usual pace, wide and narrow."""
    wide = Frame(
        "pace-wide",
        760,
        280,
        (5.0, 10.0),
        9,
        _signed,
        "per cent faster (+) or slower (−) than your usual pace",
        WIDE_PX,
    )
    narrow = Frame("pace-narrow", 360, 300, (5.0, 10.0), 6, _signed, "% faster (+)", NARROW_PX)
    return _both(*(_single_chart(section, frame, label) for frame in (wide, narrow)))


def _both(wide: Markup, narrow: Markup) -> Markup:
    return Markup('<div class="wide">{}</div><div class="narrow">{}</div>').format(wide, narrow)


def _time_chart(section: TimeSection, frame: Frame, label: str, units: Units) -> Markup:
    figure = Figure(figsize=(frame.width / 72, frame.height / 72), dpi=72)
    axes = _axes(figure, frame, [p for curve in section.curves for p in curve.points], section.onsets_s)
    for curve, (colour, dashes) in zip(section.curves, LOOKS[len(section.curves)], strict=True):
        _draw(axes, curve, colour, dashes, None if curve.air_temp_c is None else temp(curve.air_temp_c, units))
    if section.hatched:
        _hatch(axes, frame, section.longest_s)
    _legend(axes, frame)
    return figure_svg(figure, frame.key, label)


def _single_chart(section: SingleCurve, frame: Frame, label: str) -> Markup:
    figure = Figure(figsize=(frame.width / 72, frame.height / 72), dpi=72)
    axes = _axes(figure, frame, section.curve.points, section.cramps_x)
    _draw(axes, section.curve, BLUE, "-", None)
    return figure_svg(figure, frame.key, label)


def _axes(figure: Figure, frame: Frame, points: Sequence[Point], cramps_x: Sequence[float]) -> Axes:
    """Empty axes from 0 up, of 100, with the x title and the runner's cramps below."""
    below = 78 if cramps_x else 52
    height = frame.height - below - frame.above
    figure.patch.set_visible(False)
    axes = figure.add_axes((44 / frame.width, below / frame.height, 1 - 60 / frame.width, height / frame.height))
    first, last = min(p.x for p in points), max(p.x for p in points)
    margin = 0.02 * (last - first)
    top = _round_up(max(p.risk.high for p in points) * 100)
    axes.set(xlim=(first - margin, last + margin), ylim=(0, top), axisbelow=True)
    ticks = _ticks(frame, first, last)
    axes.set_xticks(ticks, [frame.x_label(x) for x in ticks])
    marks = [top * k // Y_STEPS[top] for k in range(Y_STEPS[top] + 1)]
    axes.set_yticks(marks, [str(mark) for mark in marks])
    _plain(axes, frame)
    _below(axes, frame, height, [x for x in cramps_x if first <= x <= last])
    return axes


def _ticks(frame: Frame, first: float, last: float) -> list[float]:
    """Multiples of the smallest step that gives at most `most_marks` ticks."""
    for step in frame.x_steps:
        marks = range(ceil(first / step), floor(last / step) + 1)
        if len(marks) <= frame.most_marks:
            break
    return [k * step for k in marks]


def _plain(axes: Axes, frame: Frame) -> None:
    """Hairlines across, no box, no tick marks."""
    axes.patch.set_visible(False)
    axes.grid(axis="y", color=LINE, linewidth=1)
    axes.tick_params(length=0, labelsize=frame.text_px, labelcolor=SOFT, pad=8)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)


def _below(axes: Axes, frame: Frame, height: float, cramps_x: Sequence[float]) -> None:
    """The runner's cramps as diamonds in a row under the tick labels, then the title of the axis."""
    line = -(66 if cramps_x else 42) / height
    axes.text(0, line, frame.x_title, transform=axes.transAxes, va="center", size=frame.text_px, color=SOFT)
    if cramps_x:
        row = [-41 / height] * len(cramps_x)
        x_data = axes.get_xaxis_transform()
        axes.plot(cramps_x, row, "D", color=HOT, markersize=7, transform=x_data, clip_on=False)
        axes.text(
            1,
            line,
            "◆ your cramps",
            transform=axes.transAxes,
            va="center",
            ha="right",
            size=frame.text_px,
            color=HOT,
        )


def _draw(axes: Axes, curve: Curve, colour: str, dashes: str, name: str | None) -> None:
    """The plausible range as a band everywhere, the line only where a number may be shown."""
    x = [p.x for p in curve.points]
    axes.fill_between(
        x,
        [p.risk.low * 100 for p in curve.points],
        [p.risk.high * 100 for p in curve.points],
        color=colour,
        alpha=0.13,
        linewidth=0,
    )
    numbers = [p.risk.mean * 100 if p.shown.form == "number" else float("nan") for p in curve.points]
    axes.plot(
        x, numbers, dashes, color=colour, linewidth=2.4, label=name or "_none"
    )  # a leading "_" keeps it out of the legend


def _hatch(axes: Axes, frame: Frame, longest_s: float) -> None:
    """Hatching beyond the runner's longest run, with a label on the side that has more room."""
    first, last = axes.get_xlim()
    start = max(longest_s, first)
    right = start - first < 0.5 * (last - first)
    axes.axvspan(start, last, facecolor="none", edgecolor=SOFT, hatch="//", linewidth=0, alpha=0.6)
    axes.text(
        start,
        0.97,
        " ← your longest run" if right else "your longest run → ",
        transform=axes.get_xaxis_transform(),
        ha="left" if right else "right",
        va="top",
        size=frame.text_px,
        color=SOFT,
        bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 2},
    )


def _legend(axes: Axes, frame: Frame) -> None:
    if axes.get_legend_handles_labels()[1]:
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=3,
            frameon=False,
            fontsize=frame.text_px + 0.5,
            labelcolor=INK,
            borderaxespad=0.2,
            handlelength=1.9,
            columnspacing=1.1,
            handletextpad=0.6,
            borderpad=0.2,
        )


def _round_up(value: float) -> int:
    return next(top for top in Y_STEPS if value <= top)


def _hours_minutes(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}"


def _hours(seconds: float) -> str:
    return f"{hours_brief(seconds)} h"


def _signed(percent: float) -> str:
    return f"{percent:+g}".replace("-", "−") if percent else "usual"

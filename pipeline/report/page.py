"""RiskReport to one self-contained HTML page: no scripts, no requests, and a policy that forbids both.

Called by the report action. Phrases come from `numbers.wording`, sentences from `text`, pictures from `charts`; the
templates only put them in order. Every string is escaped except the Markup that `charts`, `bold` and `command` return.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.report.charts import charts, icons
from pipeline.report.numbers import wording
from pipeline.report.numbers.of_100 import LEVELS
from pipeline.report.numbers.summary import RiskReport
from pipeline.report.text import findings, forecast_record, sentences, warning_signs
from pipeline.units import format_hours, plural

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def render_page(report: RiskReport) -> str:
    """The whole page. The same report gives the same bytes."""
    environment = _environment()
    css = environment.get_template("report.css").render().strip()
    page = environment.get_template("report.html.j2")
    return page.render(report=report, css=Markup(css), policy=content_policy(css))  # our own css  # noqa: S704


def content_policy(css: str) -> str:
    """The page's Content-Security-Policy: allows this one inline style sheet, by its hash, and data: images; nothing else."""
    digest = b64encode(sha256(css.encode()).digest()).decode()
    rest = "img-src data:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src 'sha256-{digest}'; {rest}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["bold"] = bold
    environment.filters["command"] = command
    environment.globals.update(
        charts=charts,
        findings=findings,
        icons=icons,
        forecast_record=forecast_record,
        sentences=sentences,
        wording=wording,
        signs=warning_signs,
        LEVELS=LEVELS,
        format_hours=format_hours,
        plural=plural,
    )
    return environment


def bold(sentence: str) -> Markup:
    """The sentence escaped, with `**22 of 100**` in bold."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(sentence))))  # already escaped  # noqa: S704


def command(line: str) -> Markup:
    """A command to type; on a narrow page its line breaks only between words."""
    return Markup("<code>{}</code>").format(
        Markup(" ").join(Markup("<span>{}</span>").format(word) for word in line.split())
    )

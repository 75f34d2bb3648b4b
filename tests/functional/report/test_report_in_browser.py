"""The report in a real browser: the policy lets its own style in, nothing else is asked for, nothing sticks out.

A page on the loopback shows each state in a frame and writes what it measures into its own text; Chromium prints that.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from tests.support.report_examples import EXAMPLES

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",  # as on a phone, where they take no room
    "--virtual-time-budget=20000",
    "--dump-dom",
)
WIDTHS = (360, 390, 820, 1100)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed on this machine"),
]

MEASURE = """<!doctype html><title>measure</title><pre id="out">nothing measured</pre><script>
const sheets = [];
for (const state of STATES) for (const width of WIDTHS) {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 900; frame.src = "/" + state + ".html"; frame.dataset.state = state;
  document.body.append(frame); sheets.push(frame);
}
window.addEventListener("load", () => {
  document.getElementById("out").textContent = JSON.stringify(sheets.map(frame => {
    const page = frame.contentDocument, root = page.scrollingElement;
    for (const more of page.querySelectorAll("details")) more.open = true;
    const texts = [...page.querySelectorAll("figure svg text")].filter(text => text.getClientRects().length);
    const box = text => text.ownerSVGElement.getBoundingClientRect();
    const scale = text => box(text).width / text.ownerSVGElement.viewBox.baseVal.width;
    const inside = text => { const a = text.getBoundingClientRect(), b = box(text);
      return a.left >= b.left - 1 && a.right <= b.right + 1; };
    return {
      state: frame.dataset.state, width: +frame.width, wide: root.scrollWidth,
      heading: frame.contentWindow.getComputedStyle(page.querySelector("h1")).fontSize,
      smallest: Math.min(99, ...texts.map(text => parseFloat(text.getAttribute("font-size")) * scale(text))),
      cut: texts.filter(text => !inside(text)).map(text => text.textContent),
      shown: [...page.querySelectorAll("figure svg")].filter(svg => svg.getClientRects().length).length,
      drawn: page.querySelectorAll("figure").length,
    };
  }));
});
</script>"""


class Pages(ThreadingHTTPServer):
    """Serves the states and keeps what was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        lists = {"STATES": json.dumps(sorted(EXAMPLES)), "WIDTHS": json.dumps(WIDTHS)}
        self.pages = {f"/{name}.html": render_page(summarise(make())) for name, make in EXAMPLES.items()}
        self.pages["/"] = re.sub("STATES|WIDTHS", lambda found: lists[found.group()], MEASURE)
        self.asked: set[str] = set()


class Answer(BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        self.server.asked.add(self.path)
        found = self.server.pages.get(self.path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((found or "").encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name http.server uses)
        """Quiet."""


@pytest.fixture(scope="module")
def served() -> Iterator[Pages]:
    server = Pages()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def measured(served: Pages, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    profile: Path = tmp_path_factory.mktemp("chromium")
    address = f"http://127.0.0.1:{served.server_port}/"
    command = [str(CHROMIUM), *QUIET, f"--user-data-dir={profile}", "--window-size=1300,900", address]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    out = re.search(r'<pre id="out">(.*?)</pre>', printed, re.DOTALL)
    assert out is not None
    return list(json.loads(unescape(out.group(1))))


def test_every_state_was_measured_at_every_width(measured: list[dict[str, Any]]) -> None:
    assert {(sheet["state"], sheet["width"]) for sheet in measured} == {(s, w) for s in EXAMPLES for w in WIDTHS}


def test_nothing_scrolls_sideways_not_even_with_all_tables_open(measured: list[dict[str, Any]]) -> None:
    assert [
        (sheet["state"], sheet["width"], sheet["wide"]) for sheet in measured if sheet["wide"] > sheet["width"]
    ] == []


def test_the_policy_lets_the_page_s_own_style_in(measured: list[dict[str, Any]]) -> None:
    assert {sheet["heading"] for sheet in measured if sheet["width"] > 640} == {"34px"}
    assert {sheet["heading"] for sheet in measured if sheet["width"] < 640} == {"29px"}


def test_chart_text_is_never_under_13_px_and_never_cut(measured: list[dict[str, Any]]) -> None:
    assert min(sheet["smallest"] for sheet in measured) >= 13.0
    assert [(sheet["state"], sheet["width"], sheet["cut"]) for sheet in measured if sheet["cut"]] == []


def test_each_figure_shows_exactly_one_of_its_two_drawings(measured: list[dict[str, Any]]) -> None:
    assert [sheet["state"] for sheet in measured if sheet["shown"] != sheet["drawn"]] == []
    assert max(sheet["drawn"] for sheet in measured) == 3


def test_no_page_asks_for_anything_but_itself(measured: list[dict[str, Any]], served: Pages) -> None:
    assert len(measured) == len(EXAMPLES) * len(WIDTHS)
    assert served.asked - {"/favicon.ico"} == {"/", *(f"/{name}.html" for name in EXAMPLES)}

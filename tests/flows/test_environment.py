"""Which Prefect server a night runs on: the one that the environment names on purpose, else one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from flows.environment import operators_server, shown_address
from pipeline.errors import CannotStart, WrongInput
from tests.support.cli import Home
from tests.support.stores import make_store

NOWHERE = "http://127.0.0.1:9/api"
PROFILES = """
active = "work"
[profiles.work]
PREFECT_API_URL = "http://127.0.0.1:10/api"
[profiles.bare]
PREFECT_LOGGING_LEVEL = "DEBUG"
"""


@pytest.fixture
def prefect_home(tmp_path: Path) -> str:
    """A Prefect home with two profiles of the operator's."""
    (tmp_path / "profiles.toml").write_text(PROFILES)
    return str(tmp_path)


def test_an_address_or_a_profile_named_on_purpose_is_the_operators_server(prefect_home: str) -> None:
    work = "http://127.0.0.1:10/api"
    assert operators_server({"PREFECT_API_URL": NOWHERE}) == NOWHERE
    assert operators_server({"PREFECT_HOME": prefect_home}) == work
    assert operators_server({"PREFECT_HOME": prefect_home, "PREFECT_PROFILE": "work"}) == work
    assert (
        operators_server({"PREFECT_PROFILES_PATH": f"{prefect_home}/profiles.toml", "PREFECT_PROFILE": "work"}) == work
    )
    assert operators_server({"PREFECT_HOME": prefect_home, "PREFECT_PROFILE": "local"}) == "http://127.0.0.1:4200/api"


def test_without_an_address_the_night_brings_its_own_server(prefect_home: str, tmp_path: Path) -> None:
    assert operators_server({"HOME": prefect_home}) is None
    assert operators_server({"PREFECT_API_URL": ""}) is None
    assert operators_server({"PREFECT_HOME": prefect_home, "PREFECT_PROFILE": "bare"}) is None
    assert operators_server({"PREFECT_HOME": str(tmp_path / "nothing there")}) is None


def test_a_profile_that_is_not_there_is_named(prefect_home: str) -> None:
    with pytest.raises(WrongInput, match="no Prefect profile 'play'"):
        operators_server({"PREFECT_HOME": prefect_home, "PREFECT_PROFILE": "play"})
    Path(prefect_home, "profiles.toml").write_text("active = ")
    with pytest.raises(CannotStart, match=r"cannot read Prefect.s profiles in .*profiles\.toml"):
        operators_server({"PREFECT_HOME": prefect_home})


def test_an_address_is_shown_without_its_password() -> None:
    assert shown_address("https://me:secret@prefect.example:4200/api") == "https://prefect.example:4200/api"
    assert shown_address(NOWHERE) == NOWHERE


@pytest.mark.slow
def test_an_operators_server_that_does_not_answer_is_named_with_what_to_do(tmp_path: Path) -> None:
    make_store(tmp_path / "home", "anna")
    home = Home(tmp_path / "home")
    night = home.child("nightly", PREFECT_API_URL=NOWHERE, PREFECT_HOME=str(tmp_path / "prefect"))
    out, err = night.communicate(timeout=120)
    assert (night.returncode, out) == (5, "")
    assert f"the Prefect server at {NOWHERE} does not answer" in err
    assert "unset PREFECT_API_URL" in err
    assert "cramplog nightly --plain" in err
    assert home.document("nightly", "--status")["nights"] == []


@pytest.mark.slow
@pytest.mark.parametrize(("status", "reason"), [(401, "it answered with status 401"), (200, "its answer is not JSON")])
def test_a_server_that_does_not_let_us_in_is_named(tmp_path: Path, status: int, reason: str) -> None:
    make_store(tmp_path / "home", "anna")
    with answering(status, b"<html>") as address:
        variables = {"PREFECT_API_URL": address, "PREFECT_HOME": str(tmp_path / "prefect")}
        night = Home(tmp_path / "home").child("nightly", **variables)
        out, err = night.communicate(timeout=120)
    assert (night.returncode, out) == (3, "")
    assert f"cannot use the Prefect server at {address}: {reason}" in err


@contextmanager
def answering(status: int, content: bytes) -> Iterator[str]:
    """A server on loopback that answers everything with that."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()

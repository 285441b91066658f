"""Short texts: sent to the gateway of the settings, or kept to be printed; failures are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from voting.config import Settings
from voting.errors import NotNow
from voting.texting import HttpGateway, PrintGateway, gateway


class _Office(BaseHTTPRequestHandler):
    """A gateway that notes what it is asked, and fails for one number."""

    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.headers["Authorization"], body))
        self.send_response(500 if body["to"].endswith("9") else 200)
        self.end_headers()

    def log_message(self, *parts: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a gateway on this machine."""
    _Office.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), _Office)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sms"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_text_goes_to_the_gateway_with_its_token(address: str) -> None:
    HttpGateway(address, "t0ken").send("13800001234", "评价码：2345")

    assert _Office.asked == [("Bearer t0ken", {"to": "13800001234", "text": "评价码：2345"})]


def test_a_gateway_that_fails_or_is_away_is_told(address: str) -> None:
    with pytest.raises(NotNow):
        HttpGateway(address, "").send("13800001239", "x")
    with pytest.raises(NotNow):
        HttpGateway("http://127.0.0.1:1/sms", "").send("13800001234", "x")


def test_without_an_address_texts_are_kept_to_be_printed(settings: Settings) -> None:
    printing = gateway(settings)
    assert isinstance(printing, PrintGateway)

    printing.send("13800001234", "评价码：2345")

    assert printing.printed == [("*1234", "评价码：2345")]
    assert isinstance(gateway(replace(settings, sms_url="http://sms.example")), HttpGateway)

"""Two servers on one PostgreSQL, behind nginx as it is delivered: some are killed, nothing is lost.

The long form is `make faults`.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, NamedTuple

import httpx
import pytest
from flask import request

from ballots.log import TILE_WIDTH
from tests.faults import rounds
from tests.load.postgres import PostgreSQL
from tests.load.proxy import Nginx
from tests.load.run import check
from tests.load.stage import Stage, staged
from tests.load.tablets import Tally
from tools.machine import find_nginx, find_postgresql
from voting.app import create_app
from voting.config import Settings
from voting.db import transaction
from voting.services import milestones
from voting.services.milestones import Stage as Step

KILLS = 3


class Machines(NamedTuple):
    """An open vote with what serves it."""

    stage: Stage
    postgres: PostgreSQL
    nginx: Nginx


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Two servers behind nginx on one database, and a few tablets' ballots."""
    assert find_postgresql() is not None, "make setup-machine"
    assert find_nginx() is not None, "make setup-machine"
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgreSQL.running())
        tablets = KILLS * rounds.A_ROUND
        folder = tmp_path_factory.mktemp("machines")
        stage = stack.enter_context(
            staged(folder, postgres.address, tablets=tablets, workers=1, servers=2, proxy=True)
        )
        assert stage.nginx is not None
        yield Machines(stage, postgres, stage.nginx)


def test_a_killed_server_database_or_proxy_loses_nothing(machines: Machines) -> None:
    stage, tally = machines.stage, Tally()
    kills: tuple[Callable[[], None], ...] = (
        partial(rounds.again, stage.servers[0]),
        machines.postgres.kill_one,
        partial(rounds.again, machines.nginx),
    )

    for number, kill in enumerate(kills):
        rounds.hold(stage, tally, number, kill)

    assert len(tally.receipts) == KILLS * rounds.A_ROUND
    assert check(stage, tally)


def test_what_never_changes_is_kept_by_nginx_and_the_head_of_the_log_is_not(
    machines: Machines,
) -> None:
    stage = machines.stage
    fill(stage)
    with client(machines.nginx) as asking:
        path = "/log/binjiang/tile/0/000"
        tiles = [
            asking.get(path, headers={"Cookie": f"lang={lang}"}).content for lang in ("zh", "en")
        ]
        partial_tile = asking.get("/log/binjiang/tile/entries/001.p/1")
        heads = [asking.get("/log/binjiang/checkpoint").text for _ in range(3)]

    assert [len(tile) for tile in tiles] == [TILE_WIDTH * 32] * 2
    assert partial_tile.is_success
    assert len(set(heads)) == 1
    assert answered(stage)["record.tile"] == 2
    assert answered(stage)["record.checkpoint"] >= 3


def fill(stage: Stage) -> None:
    """Let the log grow over its first full tile."""
    with transaction() as tx:
        for number in range(TILE_WIDTH):
            milestones.record(
                tx, stage.hall.congress_id, f"2027-{number}", Step.ADOPTED, content={"title": "园"}
            )


def answered(stage: Stage) -> Counter[str]:
    """Count what the servers have answered themselves, by route."""
    lines = [line for server in stage.servers for line in server.log.read_text().splitlines()]
    told = [json.loads(line) for line in lines if line.startswith("{")]
    return Counter(line["route"] for line in told if "route" in line)


def client(nginx: Nginx) -> httpx.Client:
    """A browser that trusts the hall's authority."""
    return httpx.Client(base_url=nginx.address, verify=nginx.trust, trust_env=False, timeout=30)


class Listening(BaseHTTPRequestHandler):
    """Stands behind nginx and tells what came through; it hangs up at addresses that ask for it."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer with the headers that came."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append(self.path)
        if "hang-up" in self.path and self.asked.count(self.path) == 1:
            self.close_connection = True
            return
        told = json.dumps({**self.headers, "length": len(body)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_POST(self) -> None:
        """Answer as to any other."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def front() -> Iterator[Nginx]:
    """An nginx before two servers that listen and tell."""
    assert find_nginx() is not None, "make setup-machine"
    with Nginx.prepared() as nginx, ThreadingHTTPServer(("127.0.0.1", 0), Listening) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        nginx.lead_to([listening.server_port] * 2)
        yield nginx
        listening.shutdown()
        thread.join()


def test_a_caller_can_claim_no_address(front: Nginx) -> None:
    with client(front) as asking:
        claimed = {"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "http"}
        told = asking.get("/", headers=claimed).json()

    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert told["X-Forwarded-Proto"] == "https"
    assert told["X-Forwarded-Host"] == told["Host"] == f"localhost:{front.port}"


@pytest.mark.parametrize(("proxies", "believed"), [(1, "10.0.0.9"), (0, "127.0.0.1")])
def test_a_server_believes_its_proxy_and_nobody_before_it(
    settings: Settings, proxies: int, believed: str
) -> None:
    app = create_app(replace(settings, proxies=proxies))
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))

    app.test_client().get("/nothing", headers={"X-Forwarded-For": "192.0.2.66, 10.0.0.9"})

    assert seen == [believed]


@pytest.mark.parametrize(
    "path", ["/metrics", "//metrics", "/%6detrics", "/x/../metrics", "/metrics?"]
)
def test_nobody_reads_numbers_from_outside(front: Nginx, path: str) -> None:
    with client(front) as asking:
        answer = asking.get(httpx.URL(front.address, raw_path=path.encode()))

    assert answer.status_code == 403


def test_a_ballot_is_tried_at_the_other_server_and_a_form_is_not(front: Nginx) -> None:
    with client(front) as asking:
        ballot = asking.post("/api/c/hang-up/ballots", content=b"{}")
        form = asking.post("/desk/hang-up", content=b"x=1")

    assert (ballot.status_code, form.status_code) == (200, 502)
    assert Listening.asked.count("/desk/hang-up") == 1


def test_what_fails_leaves_no_address_of_a_receipt_behind(front: Nginx) -> None:
    with client(front) as asking:
        answer = asking.post("/R/hang-up-ABCD", content=b"x")

    assert answer.status_code == 502
    assert "ABCD" not in front.log.read_text()


def test_it_is_the_application_that_refuses_what_is_too_large(front: Nginx) -> None:
    with client(front) as asking:
        told = asking.post("/", content=bytes(33 * 1024 * 1024)).json()

    assert told["length"] == 33 * 1024 * 1024


def test_plain_addresses_lead_to_encrypted_ones(front: Nginx) -> None:
    answer = httpx.get(f"http://localhost:{front.ports['80'][0]}/c/x?lang=zh", trust_env=False)

    assert (answer.status_code, answer.headers["location"]) == (
        301,
        "https://localhost/c/x?lang=zh",
    )


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_of_today_and_several_requests_on_one_connection(
    front: Nginx, version: ssl.TLSVersion
) -> None:
    trust = front.trust
    trust.minimum_version = trust.maximum_version = version
    trust.set_alpn_protocols(["h2", "http/1.1"])

    with (
        socket.create_connection(("127.0.0.1", front.port)) as line,
        trust.wrap_socket(line, server_hostname="localhost") as spoken,
    ):
        assert spoken.selected_alpn_protocol() == "h2"


def test_tls_of_yesterday_is_refused(front: Nginx) -> None:
    trust = front.trust
    trust.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.deprecated_call():
        trust.minimum_version = trust.maximum_version = ssl.TLSVersion.TLSv1_1

    with socket.create_connection(("127.0.0.1", front.port)) as line, pytest.raises(ssl.SSLError):
        trust.wrap_socket(line, server_hostname="localhost")

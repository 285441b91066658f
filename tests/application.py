"""An installation of one's own for a test: settings, an app over an empty file, a clock, people."""

from __future__ import annotations

import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from contextvars import Context
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import cbor2
import pyotp
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.kept import make_tables
from voting import clock as clocks
from voting.app import create_app
from voting.config import Settings
from voting.db import Tx, db
from voting.db import transaction as begin
from voting.models.people import StepPurpose
from voting.rules.access import NOBODY, Actor
from voting.rules.roles import ADMINISTRATORS, Role
from voting.services.people import accounts, enrolment, sessions

PASSWORD = "Correct-horse-7"


@dataclass(slots=True)
class Member:
    """Somebody who has enrolled: what they know, what they hold, and who they are to a service."""

    actor: Actor
    login: str
    totp: pyotp.TOTP
    recovery_codes: tuple[str, ...]
    token: str

    def digits(self) -> str:
        """Read the authenticator now."""
        return str(self.totp.at(clocks.now()))


class Browser(FlaskClient):
    """A client each of whose requests stands alone, as in a server.

    The context that tests of services have pushed would otherwise be taken for the request's own,
    and who was signed in would be remembered from one request to the next.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request from nowhere in particular, and read the whole answer there."""
        return Context().run(super().open, *args, **{"buffered": True, **kwargs})

    def __enter__(self) -> Self:
        """Keep no context of the last request."""
        return self

    def __exit__(self, *_: object) -> None:
        """Have nothing to undo."""


@dataclass(slots=True)
class Authenticator:
    """A passkey device in software."""

    origin: str = "http://localhost"
    host: str = "localhost"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    count: int = 0

    def register(self, options: str) -> str:
        """Make a passkey for what a page asked."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + public
        data = self._data(0x41) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._answer({"attestationObject": _b64(attestation), "clientDataJSON": client})

    def prove(self, options: str) -> str:
        """Sign what a page asked."""
        self.count += 1
        data, client = self._data(0x01), self._client("webauthn.get", options)
        signed = data + sha256(urlsafe_b64decode(client + "==")).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "authenticatorData": _b64(data),
                "clientDataJSON": client,
                "signature": _b64(signature),
            }
        )

    def _data(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: str) -> str:
        challenge = json.loads(options)["challenge"]
        content = {"type": kind, "challenge": challenge, "origin": self.origin}
        return _b64(json.dumps(content).encode())

    def _answer(self, response: dict[str, Any]) -> str:
        name = _b64(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def _b64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def enrol(tx: Tx, login: str, *grants: tuple[int | None, Role], name: str = "") -> Member:
    """Invite somebody, give roles, and enrol with an authenticator."""
    invited = accounts.add_invited(tx, NOBODY, login=login, name=name or login)
    for congress_id, role in grants:
        scope = None if role in ADMINISTRATORS else congress_id
        accounts.add_grant(tx, NOBODY, invited.user_id, role, congress_id=scope)
    step = enrolment.begin_enrolment(tx, login=login, code=invited.code, password=PASSWORD)
    offer = enrolment.read_offer(tx, step, StepPurpose.ENROL)
    totp = pyotp.TOTP(offer.totp.secret)
    done = enrolment.enrol_with_totp(tx, step, str(totp.at(clocks.now())), device="test")
    actor = sessions.find_actor(tx, invited.user_id)
    return Member(actor, login, totp, done.recovery_codes, done.session_token)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a throw-away installation."""
    return Settings(
        data_dir=tmp_path,
        database=f"sqlite:///{tmp_path / 'voting.db'}",
        secret=b"0" * 64,
        base_url="http://localhost",
        password_cost=16,
        testing=True,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app with all tables and nothing in them, its context pushed."""
    made = create_app(settings)
    made.test_client_class = Browser
    with made.app_context():
        make_tables(settings)
        yield made
        db.engine.dispose()


@pytest.fixture
def postgres_app(settings: Settings, postgres_database: str) -> Iterator[Flask]:
    """An app over an empty PostgreSQL, its context pushed."""
    made = create_app(replace(settings, database=postgres_database))
    with made.app_context():
        db.create_all()
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def transaction(app: Flask) -> Callable[[], AbstractContextManager[Tx]]:
    """Give what opens a unit of work; it commits at the end of its block."""
    return begin


@pytest.fixture
def tx(app: Flask) -> Iterator[Tx]:
    """One transaction around the test; it commits at the end of the test."""
    with begin() as opened:
        yield opened


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a name."""
    return app.test_client()


@pytest.fixture
def clock() -> Iterator[clocks.StoppedClock]:
    """A clock that stands at 1 February 2026, 9:00 in Hangzhou."""
    with clocks.stopped(datetime(2026, 2, 1, 1, 0, tzinfo=UTC)) as stopped:
        yield stopped


def as_member(client: FlaskClient, member: Member) -> FlaskClient:
    """Let a client be signed in as somebody."""
    with client.session_transaction() as kept:
        kept["_user_id"] = member.token
    return client


def token_of(client: FlaskClient, path: str) -> str:
    """Read the token that a page's forms carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found is not None, f"{path} has no form"
    return found.group(1)


def send(client: FlaskClient, path: str, page: str = "", **fields: str) -> TestResponse:
    """Send a form as a browser does: with the token of the page that it stands on."""
    page = page or path
    fields = {"csrf_token": token_of(client, page), **fields}
    return client.post(path, data=fields, headers={"Referer": f"http://localhost{page}"})

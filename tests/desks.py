"""The people of a sitting at their desks without a browser: pages are read, forms are sent."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import staging
from tests.application import Member, as_member, token_of
from tests.hall import Hall


@dataclass
class Seat:
    """One person's browser."""

    client: FlaskClient

    def read(self, path: str) -> str:
        """Open a page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.get_data(as_text=True)

    def status(self, path: str) -> int:
        """Tell what comes of opening a page."""
        return self.client.get(path).status_code

    def send(self, path: str, page: str, **fields: Any) -> TestResponse:
        """Send a form that stands on a page."""
        data = {"csrf_token": token_of(self.client, "/account"), **fields}
        return self.client.post(path, data=data, headers={"Referer": f"http://localhost{page}"})

    def do(self, path: str, page: str, **fields: Any) -> str:
        """Send a form that must be taken, and give the page that follows."""
        answer = self.send(path, page, **fields)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return self.read(answer.location)

    def fail(self, path: str, page: str, **fields: Any) -> tuple[int, str]:
        """Send a form that must be refused; gives the status, and what is shown again."""
        answer = self.send(path, page, **fields)
        assert answer.status_code >= 400, answer.location
        return answer.status_code, answer.get_data(as_text=True)


@dataclass
class Office:
    """A congress with a planned sitting, and everybody who runs it."""

    app: Flask
    team: dict[str, Member]
    hall: Hall

    @property
    def desk(self) -> str:
        """The address of the sitting at the desk."""
        return f"/desk/{self.hall.slug}/sittings/{self.hall.sitting_id}"

    def seat(self, login: str = "") -> Seat:
        """Take a browser in which somebody is signed in, or nobody."""
        client = self.app.test_client()
        return Seat(as_member(client, self.team[login]) if login else client)

    @property
    def secretary(self) -> Seat:
        """The secretariat's browser."""
        return self.seat("secretary")


@pytest.fixture
def office(app: Flask) -> Office:
    """A sitting that is planned, with its roster and nothing else."""
    team = staging.found_congress()
    return Office(app, team, staging.plan(app, team))


def upload(text: str, name: str = "table.csv") -> tuple[BytesIO, str]:
    """Give a file as a form sends it."""
    return BytesIO(text.encode()), name

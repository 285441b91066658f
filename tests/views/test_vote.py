"""The tablet's page and what it asks about cards, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ballots.ballot import short_tracker
from tests.hall import Hall, sheet
from voting.db import transaction
from voting.models.sittings import BallotKind, Candidate, CandidateList


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting with four cards issued and two more printed."""
    return Hall.build(app)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A client without cookies."""
    with app.test_client(use_cookies=False) as made:
        yield made


def ask(client: FlaskClient, hall: Hall, number: int, election: int) -> Any:
    """Ask about a card of the hall."""
    question = {
        "election": hall.row(election).object_id,
        "credential": hall.credential(number),
    }
    return client.post(f"/api/c/{hall.slug}/cards", json=question)


def test_a_card_is_told_what_the_log_says_of_it(hall: Hall, client: FlaskClient) -> None:
    hall.revoke(2)
    election = hall.open_election()
    place = hall.cast(election, 3, ["p01"])

    answers = {number: ask(client, hall, number, election).get_json() for number in (1, 2, 3, 5)}

    assert answers == {
        1: {"state": "issued", "ballot": None},
        2: {"state": "revoked", "ballot": None},
        3: {"state": "issued", "ballot": place.object_id},
        5: {"state": "listed", "ballot": None},
    }
    receipt = client.get(
        f"/api/c/{hall.slug}/receipts/{short_tracker(place.object_id).replace('-', '')}"
    )
    assert receipt.get_json()["index"] == place.position


def test_a_card_of_nobody_is_unlisted(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    question = {"election": hall.row(election).object_id, "credential": "nobody's"}

    answer = client.post(f"/api/c/{hall.slug}/cards", json=question)

    assert answer.get_json() == {"state": "unlisted", "ballot": None}
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_vote_of_the_same_card_is_another_matter(hall: Hall, client: FlaskClient) -> None:
    first = hall.open_election()
    hall.cast(first, 1, ["p01"])
    hall.count(first)
    second = hall.open_election(sheet(4))

    assert ask(client, hall, 1, second).get_json() == {"state": "issued", "ballot": None}


@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        (b"{", 400, "object.schema"),
        (b'{"election": "e"}', 400, "object.schema"),
        (b'{"election": "e", "credential": 1}', 400, "object.schema"),
        (b'{"election": "e", "credential": "c", "name": "n"}', 400, "object.schema"),
        (b'{"election": "\xff", "credential": "c"}', 400, "object.schema"),
        (b'{"election": "e", "credential": "c"}', 422, "order.reference"),
        (b" " * 2000, 413, "What was sent is too large."),
    ],
)
def test_questions_that_are_none_are_refused(
    hall: Hall, client: FlaskClient, body: bytes, status: int, rule: str
) -> None:
    answer = client.post(
        f"/api/c/{hall.slug}/cards", data=body, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.get_json()["rule"]) == (status, rule)


def test_the_contents_of_projects_are_those_of_the_locked_list(
    hall: Hall, client: FlaskClient
) -> None:
    with transaction() as tx:
        listed = CandidateList(
            sitting_id=hall.sitting_id,
            kind=BallotKind.DECISION,
            digest="0" * 64,
            locked_at=datetime(2026, 1, 5, tzinfo=UTC),
            locked_by_id=hall.secretary.user_id,
        )
        listed.candidates.append(
            Candidate(
                position=1,
                code="p01",
                title="项目1",
                content="新建<b>学校</b>一所",
                total_yuan=48_000_000,
                due_on=date(2026, 12, 31),
            )
        )
        tx.add(listed)
    election = hall.row(hall.prepare()).object_id

    answer = client.get(f"/vote/{hall.slug}/contents/{election}")

    assert answer.get_json() == {
        "p01": {"content": "新建<b>学校</b>一所", "total": "48000000", "due": "2026-12-31"}
    }
    assert client.get(f"/vote/{hall.slug}/contents/{'0' * 64}").status_code == 404


def test_a_vote_without_a_list_has_no_contents(hall: Hall, client: FlaskClient) -> None:
    election = hall.row(hall.prepare()).object_id

    assert client.get(f"/vote/{hall.slug}/contents/{election}").get_json() == {}


@pytest.mark.parametrize(("language", "title"), [("zh", "票决"), ("en", "Vote")])
def test_the_page_is_an_empty_frame_in_the_readers_language(
    hall: Hall, client: FlaskClient, language: str, title: str
) -> None:
    answer = client.get(f"/vote/{hall.slug}?lang={language}")

    text = answer.get_data(as_text=True)
    assert f"<title>{title} · {hall.slug}" in text
    assert 'data-slug="binjiang"' in text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script>" not in text
    assert client.get("/vote/nowhere").status_code == 404

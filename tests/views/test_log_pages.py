"""The log by kinds of entries, and the fingerprint that a printed result carries."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.hall import Hall
from voting import ledger
from voting.db import reading
from voting.services import reports
from voting.services.reports import logs

LOG = "/c/binjiang/log"


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of four with an open vote, three ballots and a test of a tablet."""
    hall = Hall.build(app, trustees=1, threshold=1)
    election = hall.open_election()
    for number in (1, 2, 3):
        hall.cast(election, number, ["p01"])
    hall.challenge(election, 4, ["p02"])
    return hall


def entries(client: FlaskClient, **asked: str) -> list[int]:
    """Give the places that a page of the log lists, in its order."""
    answer = client.get(LOG, query_string=asked)
    assert answer.status_code == 200
    return [int(place) for place in re.findall(r'<a href="/c/binjiang/log/(\d+)">', answer.text)]


def test_the_log_is_shown_by_kinds_of_entries(hall: Hall, client: FlaskClient) -> None:
    everything = entries(client)
    ballots = entries(client, kind="ballot")

    assert everything == sorted(everything, reverse=True)
    assert len(ballots) == 3
    assert set(ballots) < set(everything)
    assert len(entries(client, kind="challenge")) == 1
    page = client.get(LOG, query_string={"kind": "ballot"}).text
    assert '<option value="ballot" selected>表决票 (3)</option>' in page
    assert 'id="watch"' not in page


def test_a_kind_that_the_log_does_not_hold_is_no_filter(hall: Hall, client: FlaskClient) -> None:
    assert entries(client, kind="poem") == entries(client)


def test_a_kind_goes_over_several_pages(
    hall: Hall, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "PAGE", 2)

    first, second = (entries(client, kind="ballot", page=str(page)) for page in (1, 2))

    assert (len(first), len(second)) == (2, 1)
    assert min(first) > max(second)
    assert client.get(LOG, query_string={"kind": "ballot", "page": "3"}).status_code == 404
    assert "kind=ballot" in client.get(LOG, query_string={"kind": "ballot"}).text


def test_a_result_names_the_key_that_signs_its_log(hall: Hall, client: FlaskClient) -> None:
    with reading() as tx:
        shown = reports.fingerprint(ledger.find_log(tx, hall.slug).vkey)

    page = client.get(f"/c/binjiang/votes/{hall.row(1).object_id}").text

    assert shown in page
    assert shown in client.get(LOG).text

"""News: drafted, published at a set moment, corrected in the open, withdrawn with a reason."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import Member, as_member, enrol, send
from tests.plenary import make_sitting
from voting.clock import StoppedClock
from voting.db import transaction
from voting.models.news import NewsItem
from voting.rules.roles import Role

DESK = "/desk/binjiang-7/news"
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}"


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Member:
    """Somebody of the committee office."""
    with transaction() as tx:
        found, _ = make_sitting(tx, "binjiang-7", deputies=3)
        return enrol(tx, "zhou", (found, Role.COMMITTEE), name="周敏")


@pytest.fixture
def desk(client: FlaskClient, office: Member) -> FlaskClient:
    """A browser that is signed in as the office."""
    return as_member(client, office)


def write(desk: FlaskClient, title: str = "征集开始", body: str = "第一段\n\n第二段") -> str:
    """Write an item; gives the address of its desk page."""
    sent = send(desk, f"{DESK}/new", _form="text", kind="notice", title=title, body=body)
    assert sent.status_code == 302
    return str(sent.headers["Location"])


def read(app: Flask, path: str) -> str:
    """Open a page as anyone."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    return answer.text


def test_a_draft_is_for_the_office_alone(app: Flask, desk: FlaskClient) -> None:
    place = write(desk)

    assert "草稿" in desk.get(DESK).text
    assert "征集开始" not in read(app, "/c/binjiang-7/news")
    number = place.rsplit("/", 1)[-1]
    assert app.test_client().get(f"/c/binjiang-7/news/{number}").status_code == 404


def test_an_item_is_public_from_its_moment_on(
    app: Flask, desk: FlaskClient, clock: StoppedClock
) -> None:
    place = write(desk)
    send(desk, f"{place}/publish", place, _form="publish", public_from="2026-02-01T10:00")

    assert "征集开始" not in read(app, "/c/binjiang-7/news")
    clock.advance(3600)

    assert "征集开始" in read(app, "/c/binjiang-7/news")
    page = read(app, f"/c/binjiang-7/news/{place.rsplit('/', 1)[-1]}")
    assert "<p>第一段</p>" in page
    assert "<p>第二段</p>" in page


def test_a_correction_is_seen_by_its_readers(
    app: Flask, desk: FlaskClient, clock: StoppedClock
) -> None:
    place = write(desk)
    send(desk, f"{place}/publish", place, _form="publish", public_from="")
    clock.advance(300)
    send(desk, place, _form="text", kind="news", title="征集开始了", body="更正后的正文")

    page = read(app, f"/c/binjiang-7/news/{place.rsplit('/', 1)[-1]}")
    assert "更正后的正文" in page
    assert "更正于 2026年2月1日 09:05" in page


def test_a_withdrawn_item_says_why_and_no_more(app: Flask, desk: FlaskClient) -> None:
    place = write(desk)
    send(desk, f"{place}/publish", place, _form="publish", public_from="")
    send(desk, f"{place}/withdraw", place, _form="withdraw", reason="日期有误")

    page = read(app, f"/c/binjiang-7/news/{place.rsplit('/', 1)[-1]}")
    assert "日期有误" in page
    assert "第一段" not in page
    assert "征集开始" not in read(app, "/c/binjiang-7/news")
    again = send(desk, f"{place}/withdraw", DESK + "/new", _form="withdraw", reason="再次")
    assert again.status_code == 409


def test_what_was_typed_comes_back_with_what_is_wrong(desk: FlaskClient) -> None:
    answer = send(desk, f"{DESK}/new", _form="text", kind="news", title="", body="已经写好的正文")

    assert answer.status_code == 422
    assert "已经写好的正文" in answer.text
    with transaction() as tx:
        assert tx.query(NewsItem).count() == 0


def test_the_feed_tells_what_is_new_and_nothing_of_it_is_markup(
    app: Flask, desk: FlaskClient
) -> None:
    place = write(desk, title=HOSTILE, body=HOSTILE)
    send(desk, f"{place}/publish", place, _form="publish", public_from="")

    answer = app.test_client().get("/c/binjiang-7/feed.xml")
    feed = ET.fromstring(answer.data)  # noqa: S314 - our own answer
    space = {"a": "http://www.w3.org/2005/Atom"}
    entry = feed.find("a:entry", space)
    assert entry is not None
    assert entry.findtext("a:title", namespaces=space) == HOSTILE
    assert entry.findtext("a:content", namespaces=space) == HOSTILE
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    for path in ("news", f"news/{place.rsplit('/', 1)[-1]}"):
        assert "<script>alert" not in read(app, f"/c/binjiang-7/{path}")


def test_the_desk_is_for_offices(app: Flask, client: FlaskClient, clock: StoppedClock) -> None:
    with transaction() as tx:
        found, _ = make_sitting(tx, "binjiang-7", deputies=3)
        deputy = enrol(tx, "d1", (found, Role.DEPUTY))

    assert client.get(DESK).headers["Location"].startswith("/login")
    assert as_member(client, deputy).get(DESK).status_code == 403

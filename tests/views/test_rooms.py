"""Discussion rooms: opened, written in, looked through, closed, made a suggestion or a proposal."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.application import as_member, send, token_of
from tests.office import HOSTILE, SLUG, Office, opened
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import NotNow
from voting.models.proposals import Proposal
from voting.models.suggestions import Suggestion
from voting.services import rooms
from voting.services.rooms import MOST_OF_A_DEVICE

ROOMS = f"/deputy/{SLUG}/rooms"
ROOM = f"{ROOMS}/1"


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress without discussions."""
    return opened()


@pytest.fixture
def deputy(app: Flask, office: Office) -> FlaskClient:
    """The first deputy's browser, with a room open."""
    client = as_member(app.test_client(), office.deputies[0])
    send(client, ROOMS, topic="北门要不要装信号灯", intro="请说说您的看法。")
    return client


@pytest.fixture
def address(deputy: FlaskClient) -> str:
    """Where residents find the room."""
    found = re.search(rf"/c/{SLUG}/discussions/[\w-]+", deputy.get(ROOM).text)
    assert found is not None
    return found.group()


def write(client: FlaskClient, address: str, text: str, name: str = "") -> int:
    """Write as a resident, and give the answer's status."""
    return send(client, address, content=text, name=name).status_code


def close(deputy: FlaskClient) -> None:
    """Close the room with a summary."""
    send(deputy, f"{ROOM}/close", ROOM, _form="close", summary="建议加装信号灯。")


def test_nothing_is_read_before_it_was_looked_at(
    deputy: FlaskClient, client: FlaskClient, address: str
) -> None:
    assert write(client, address, "要装，晚高峰太险。", "三号楼") == 302
    assert "晚高峰太险" not in client.get(address).text
    assert "晚高峰太险" in deputy.get(ROOM).text

    send(deputy, f"{ROOM}/show", ROOM, _form="all", voices="1")

    assert "晚高峰太险" in client.get(address).text
    assert "北门要不要装信号灯" in client.get(f"/c/{SLUG}/discussions").text


def test_what_is_hidden_needs_a_reason_and_stays_hidden(
    deputy: FlaskClient, client: FlaskClient, address: str
) -> None:
    write(client, address, "广告")
    send(deputy, f"{ROOM}/show", ROOM, _form="all", voices="1")

    empty = send(deputy, f"{ROOM}/voices/1/hide", ROOM, _form="hide1", reason="")
    send(deputy, f"{ROOM}/voices/1/hide", ROOM, _form="hide1", reason="商业广告")

    assert empty.status_code == 422
    assert "广告" not in client.get(address).text
    assert "商业广告" in deputy.get(ROOM).text


def test_a_closed_room_becomes_a_suggestion_with_counts_and_quotes(
    deputy: FlaskClient, client: FlaskClient, address: str
) -> None:
    for text in ("要装", "不用装", "先试用"):
        write(client, address, text)
    for number in ("1", "3"):
        send(deputy, f"{ROOM}/show", ROOM, _form="all", voices=number)
    send(deputy, f"{ROOM}/voices/3/quote", ROOM)
    early = send(deputy, f"{ROOM}/suggestion", ROOM)
    close(deputy)
    made = send(deputy, f"{ROOM}/suggestion", ROOM)
    again = send(deputy, f"{ROOM}/suggestion", ROOM)

    assert (early.status_code, made.status_code, again.status_code) == (409, 302, 409)
    with reading() as tx:
        row = tx.scalars(select(Suggestion)).one()
    assert row.content == "建议加装信号灯。"
    assert "2条群众意见" in row.reason
    assert "先试用" in row.reason
    assert "不用装" not in row.reason


def test_a_summary_is_found_by_everyone(
    deputy: FlaskClient, client: FlaskClient, address: str
) -> None:
    before = client.get(f"/c/{SLUG}/discussions").text
    close(deputy)
    after = client.get(f"/c/{SLUG}/discussions").text

    assert "往期讨论小结" not in before
    assert "往期讨论小结" in after
    assert f'href="{address}"' in after.partition("<main")[2]


def test_a_closed_room_becomes_a_proposal(
    deputy: FlaskClient, client: FlaskClient, address: str
) -> None:
    close(deputy)

    assert send(deputy, f"{ROOM}/proposal", ROOM).status_code == 302
    with reading() as tx:
        row = tx.scalars(select(Proposal)).one()
    assert (row.title, row.content) == ("北门要不要装信号灯", "建议加装信号灯。")
    assert row.deputy_id is not None
    assert client.get(address).status_code == 200
    assert send(client, address, f"/c/{SLUG}/voices", content="x", name="").status_code == 409


def test_markup_is_text(deputy: FlaskClient, client: FlaskClient, address: str) -> None:
    write(client, address, HOSTILE, "<script>alert(3)")
    send(deputy, f"{ROOM}/show", ROOM, _form="all", voices="1")

    for page in (client.get(address), deputy.get(ROOM)):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_a_flood_from_one_device_is_stopped(
    client: FlaskClient, deputy: FlaskClient, address: str
) -> None:
    form = {"csrf_token": token_of(client, address), "content": "x", "name": ""}
    headers = {"Referer": f"http://localhost{address}"}

    answers = [client.post(address, data=form, headers=headers) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    # The way home would lose what was typed; the way back keeps it.
    assert "返回上一页" in answers[-1].text


def test_one_device_writes_so_much_in_a_room_and_no_more(
    deputy: FlaskClient, office: Office, address: str
) -> None:
    code = address.rsplit("/", 1)[1]
    spoken = rooms.Spoken("x", "one device")
    with transaction() as tx:
        for _ in range(MOST_OF_A_DEVICE):
            rooms.write(tx, office.congress_id, code, spoken)
        with pytest.raises(NotNow):
            rooms.write(tx, office.congress_id, code, spoken)
        rooms.write(tx, office.congress_id, code, rooms.Spoken("x", "another one"))


def test_a_room_is_its_deputys_and_the_offices(
    app: Flask, office: Office, deputy: FlaskClient
) -> None:
    desk = as_member(app.test_client(), office.committee)

    assert as_member(app.test_client(), office.deputies[1]).get(ROOM).status_code == 403
    assert as_member(app.test_client(), office.unit).get(ROOMS).status_code == 403
    assert desk.get(ROOM).status_code == 200
    assert send(desk, f"{ROOM}/close", f"/desk/{SLUG}/units", summary="x").status_code == 403

"""A deputy's home and record: what is due, what was done; for the deputy and the office alone."""

from __future__ import annotations

import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import as_member, send
from tests.office import HOSTILE, SLUG, Office, opened
from voting.clock import StoppedClock
from voting.db import transaction
from voting.models.sittings import Attendance, Presence, Sitting
from voting.services.sittings import plenary
from voting.services.sittings.plenary import SittingPlan
from voting.services.suggestions import writing
from voting.services.suggestions.writing import SuggestionEntry

HOME = f"/deputy/{SLUG}"
RECORDS = f"/desk/{SLUG}/records"
DEED = {"kind": "study", "done_on": "2026-01-20", "title": "监督法学习班", "place": "", "note": ""}


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress with a sitting at which the first deputy came late, and a suggestion."""
    office = opened()
    plan = SittingPlan("第一次会议", clock.at.date(), clock.at.date(), 3)
    with transaction() as tx:
        actor = office.secretary.actor
        sitting: Sitting = plenary.plan_sitting(tx, actor, office.congress_id, plan)
        late = Attendance(
            sitting_id=sitting.id, deputy_id=office.deputy_ids[0], status=Presence.LATE
        )
        tx.add(late)
        asked = (office.deputy_ids[1],)
        entry = SuggestionEntry("=1+1 的建议", "理由", "内容", cosigners=asked)
        writing.suggest(tx, office.deputy, office.congress_id, entry)
    return office


@pytest.fixture
def deputy(app: Flask, office: Office) -> FlaskClient:
    """The first deputy's browser."""
    return as_member(app.test_client(), office.deputies[0])


@pytest.fixture
def desk(app: Flask, office: Office) -> FlaskClient:
    """The committee office's browser."""
    return as_member(app.test_client(), office.committee)


def test_the_home_tells_what_was_done_and_what_is_due(
    app: Flask, office: Office, deputy: FlaskClient
) -> None:
    own = deputy.get(HOME, query_string={"lang": "zh"}).text
    other = as_member(app.test_client(), office.deputies[1]).get(HOME, query_string={"lang": "zh"})

    assert "第一次会议" in own
    assert "迟到" in own
    assert "1 / 1" in own
    assert "没有待办事项" in own
    assert "请您附议" in other.text


def test_something_is_entered_and_taken_out(deputy: FlaskClient, desk: FlaskClient) -> None:
    entered = send(deputy, f"{HOME}/record", HOME, _form="deed", **DEED)
    page = f"{RECORDS}/1"

    assert entered.status_code == 302
    assert DEED["title"] in deputy.get(HOME).text
    assert DEED["title"] in desk.get(page).text
    send(desk, f"{RECORDS}/entries/1/remove", page)
    assert DEED["title"] not in deputy.get(HOME).text


def test_a_day_to_come_is_refused_and_the_text_stays(deputy: FlaskClient) -> None:
    later = {**DEED, "done_on": "2026-02-02"}

    answer = send(deputy, f"{HOME}/record", HOME, _form="deed", **later)

    assert answer.status_code == 422
    assert DEED["title"] in answer.text


def test_a_record_is_the_deputys_and_the_offices(
    app: Flask, office: Office, deputy: FlaskClient
) -> None:
    send(deputy, f"{HOME}/record", HOME, _form="deed", **DEED)
    other = as_member(app.test_client(), office.deputies[1])

    assert other.get(f"{RECORDS}/{office.deputy_ids[0]}").status_code == 403
    assert send(other, f"{HOME}/record/1/remove", HOME).status_code == 403
    assert as_member(app.test_client(), office.unit).get(HOME).status_code == 403


def test_the_workbook_holds_texts_and_no_formulas(
    office: Office, deputy: FlaskClient, desk: FlaskClient
) -> None:
    for client, path in ((deputy, f"{HOME}/record.xlsx"), (desk, f"{RECORDS}/1.xlsx")):
        book = openpyxl.load_workbook(io.BytesIO(client.get(path).data))
        cell = book.worksheets[1]["C2"]
        assert (cell.value, cell.data_type) == ("=1+1 的建议", "s")


def test_all_deputies_are_listed_for_the_office(desk: FlaskClient) -> None:
    page = desk.get(RECORDS).text

    assert page.count(f'href="{RECORDS}/') == 3


def test_markup_is_text(deputy: FlaskClient, desk: FlaskClient) -> None:
    hostile = {**DEED, "title": HOSTILE, "place": HOSTILE, "note": HOSTILE}
    send(deputy, f"{HOME}/record", HOME, _form="deed", **hostile)

    for page in (deputy.get(HOME), desk.get(f"{RECORDS}/1")):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_a_deputys_code_leads_to_the_page_where_residents_speak(
    office: Office, deputy: FlaskClient, client: FlaskClient
) -> None:
    address = f"/c/{SLUG}/deputies/{office.deputy_ids[0]}"

    assert address in deputy.get(f"{HOME}/poster").text
    assert client.get(address).status_code == 200

"""Suggestions through the pages of deputy, office, unit and public, with refusals and markup."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import as_member, send, token_of
from tests.office import HOSTILE, SLUG, Office, opened
from tests.unit.voting.exports.pdf import pages
from tests.unit.voting.suggestions.test_rates import HANGZHOU, a_list
from voting.clock import StoppedClock

OWN = f"/deputy/{SLUG}/suggestions"
DESK = f"/desk/{SLUG}/suggestions"
UNIT = f"/unit/{SLUG}/suggestions"
PUBLIC = f"/c/{SLUG}/suggestions"
TEXT = {"title": "关于增设人行横道的建议", "reason": "不安全。", "content": "增设横道。"}
EMPTY = {"category": "", "note": ""}


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress without suggestions."""
    return opened()


@pytest.fixture
def deputy(app: Flask, office: Office) -> FlaskClient:
    """The first deputy's browser."""
    return as_member(app.test_client(), office.deputies[0])


@pytest.fixture
def desk(app: Flask, office: Office) -> FlaskClient:
    """The committee office's browser."""
    return as_member(app.test_client(), office.committee)


@pytest.fixture
def unit(app: Flask, office: Office) -> FlaskClient:
    """The browser of who acts for the unit."""
    return as_member(app.test_client(), office.unit)


def write(deputy: FlaskClient, **changes: str) -> int:
    """Send a suggestion."""
    answer = send(deputy, f"{OWN}/new", **{**TEXT, **EMPTY, **changes})
    assert answer.status_code == 302
    return int(answer.location.rsplit("/", 1)[1])


def reply_to(office: Office, desk: FlaskClient, unit: FlaskClient, number: int) -> None:
    """Assign, take and answer a suggestion."""
    page, task = f"{DESK}/{number}", f"{UNIT}/{number}/tasks/1"
    send(desk, f"{page}/assign", page, _form="assign", lead_id=str(office.unit_id))
    send(unit, f"{task}/accept", f"{UNIT}/{number}")
    answer = send(
        unit, f"{task}/reply", f"{UNIT}/{number}", _form="reply",
        result_class="A", content="已经施划。", promised_on="",
    )  # fmt: skip
    assert answer.status_code == 302


def test_the_whole_way_through_the_pages(
    office: Office, deputy: FlaskClient, desk: FlaskClient, unit: FlaskClient, client: FlaskClient
) -> None:
    number = write(deputy)
    assert TEXT["title"] in desk.get(DESK).text
    assert client.get(f"{PUBLIC}/2026/1").status_code == 404
    reply_to(office, desk, unit, number)

    page = f"{OWN}/{number}"
    assert "已经施划。" in deputy.get(page).text
    rated = send(
        deputy, f"{page}/rating", page, _form="rating",
        attitude="satisfied", result="basic", note="谢谢。",
    )  # fmt: skip
    send(desk, f"{DESK}/{number}/publish", f"{DESK}/{number}")

    assert rated.status_code == 302
    assert "已办结" in deputy.get(page, query_string={"lang": "zh"}).text
    published = client.get(f"{PUBLIC}/2026/1").text
    assert "已经施划。" in published
    assert "1名代表评价" in published
    assert "满意：1" in published.split("办理态度")[1].split("办理结果")[0]
    assert "基本满意：1" in published.split("办理结果")[1]
    assert "谢谢。" not in published
    assert TEXT["title"] in client.get(PUBLIC).text


def test_a_refused_form_keeps_what_was_typed(deputy: FlaskClient) -> None:
    answer = send(deputy, f"{OWN}/new", **{**TEXT, **EMPTY, "content": ""})

    assert answer.status_code == 422
    assert TEXT["title"] in answer.text
    assert TEXT["reason"] in answer.text


def test_dissatisfaction_without_words_keeps_the_choice(
    office: Office, deputy: FlaskClient, desk: FlaskClient, unit: FlaskClient
) -> None:
    number = write(deputy)
    reply_to(office, desk, unit, number)
    page = f"{OWN}/{number}"

    answer = send(
        deputy, f"{page}/rating", page, _form="rating",
        attitude="satisfied", result="dissatisfied", note="",
    )  # fmt: skip

    assert answer.status_code == 422
    assert 'value="dissatisfied" checked' in answer.text


def test_a_declined_one_tells_the_deputy_why(deputy: FlaskClient, desk: FlaskClient) -> None:
    number = write(deputy)
    page = f"{DESK}/{number}"

    send(desk, f"{page}/decline", page, _form="decline", reason="several", note="请分别提出。")

    shown = deputy.get(f"{OWN}/{number}", query_string={"lang": "zh"}).text
    assert "不符合一事一议" in shown
    assert "请分别提出。" in shown


def test_a_suggestion_is_withdrawn_alone_and_then_with_consent(
    office: Office, deputy: FlaskClient, desk: FlaskClient
) -> None:
    first, second = write(deputy), write(deputy)
    own, page = f"{OWN}/{first}", f"{DESK}/{second}"

    empty = send(deputy, f"{own}/withdraw", own, _form="withdraw", reason="")
    done = send(deputy, f"{own}/withdraw", own, _form="withdraw", reason="重复提交")
    send(desk, f"{page}/assign", page, _form="assign", lead_id=str(office.unit_id))
    late = deputy.get(f"{OWN}/{second}").text
    agreed = send(desk, f"{page}/agree", page, _form="withdraw", reason="代表来函")

    assert (empty.status_code, done.status_code, agreed.status_code) == (422, 302, 302)
    assert "重复提交" in desk.get(f"{DESK}/{first}").text
    assert f"{OWN}/{second}/withdraw" not in late
    assert "经工委同意后撤回" in late
    assert "代表来函" in deputy.get(f"{OWN}/{second}").text


@pytest.mark.parametrize("field", ["title", "category", "reason", "content"])
def test_markup_in_a_field_is_text(deputy: FlaskClient, desk: FlaskClient, field: str) -> None:
    text = "<script>x</script>" if field == "category" else HOSTILE
    number = write(deputy, **{field: text})

    for page in (deputy.get(OWN), deputy.get(f"{OWN}/{number}"), desk.get(f"{DESK}/{number}")):
        assert "<script>x" not in page.text
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_doors(office: Office, app: Flask, deputy: FlaskClient, unit: FlaskClient) -> None:
    number = write(deputy)
    other = as_member(app.test_client(), office.deputies[1])

    assert unit.get(DESK).status_code == 403
    assert deputy.get(DESK).status_code == 403
    assert unit.get(f"{UNIT}/{number}").status_code == 403
    assert other.get(f"{OWN}/{number}").status_code == 403
    assert app.test_client().get(OWN).status_code == 302


def test_a_flood_from_one_device_is_stopped(deputy: FlaskClient) -> None:
    fields = {**TEXT, **EMPTY, "csrf_token": token_of(deputy, f"{OWN}/new")}

    answers = [
        deputy.post(f"{OWN}/new", data=fields, headers={"Referer": "http://localhost/"}).status_code
        for _ in range(61)
    ]

    assert answers == [302] * 60 + [429]


def test_a_list_is_looked_at_then_imported(desk: FlaskClient) -> None:
    data = {
        "csrf_token": token_of(desk, DESK),
        "file": (io.BytesIO(a_list(2024, HANGZHOU[2024])), "2024.xlsx"),
    }
    headers = {"Referer": f"http://localhost{DESK}"}

    preview = desk.post(f"{DESK}/preview", data=data, headers=headers)
    upload = preview.text.split('name="upload" value="')[1].split('"')[0]
    taken = send(desk, f"{DESK}/import", DESK, upload=upload)

    assert "365" in preview.text
    assert taken.status_code == 302
    rates = desk.get(f"{DESK}/rates", query_string={"year": "2024"}).text
    assert all(figure in rates for figure in ("281", "66", "18", "365"))
    for name in ("rates.xlsx", "list.xlsx"):
        assert desk.get(f"{DESK}/{name}").data.startswith(b"PK")


def test_form_15_names_suggestion_and_grades(
    office: Office, deputy: FlaskClient, desk: FlaskClient, unit: FlaskClient
) -> None:
    number = write(deputy)
    reply_to(office, desk, unit, number)

    sheet = "".join(pages(deputy.get(f"{OWN}/{number}/opinion.pdf?lang=zh").data))
    word = desk.get(f"{DESK}/{number}/opinion.docx")

    assert "征询意见表" in sheet
    assert "区教育局" in sheet
    assert "办理态度" in sheet
    assert word.data.startswith(b"PK")

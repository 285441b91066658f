"""The desk of collection: collections, the queue, lists as tables, and members who propose."""

from __future__ import annotations

import csv
import io

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.application import Member, as_member, enrol, send, token_of
from tests.plenary import make_sitting
from voting.clock import StoppedClock
from voting.db import transaction
from voting.models.sittings import Deputy
from voting.models.stations import Station
from voting.rules.roles import Role
from voting.services import proposals
from voting.services.people import sessions

DESK = "/desk/binjiang"
WINDOW = {
    "title": "2026年征集",
    "year": "2026",
    "opens_at": "2026-02-01T09:00",
    "closes_at": "2026-03-01T17:00",
    "audience": "everyone",
    "notice": "欢迎建言",
}
HEADER = ["项目名称", "类别", "地点", "建设内容", "资金估算（万元）", "建议人", "代表"]
FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Member:
    """Somebody of the committee office of a congress with three deputies."""
    with transaction() as tx:
        congress_id, _ = make_sitting(tx, "binjiang", deputies=3)
        tx.add(
            Station(congress_id=congress_id, code="xixing", name="西兴联络站", created_at=clock.at)
        )
        return enrol(tx, "zhou", (congress_id, Role.COMMITTEE), name="周敏")


@pytest.fixture
def desk(client: FlaskClient, office: Member) -> FlaskClient:
    """A browser that is signed in as the office."""
    return as_member(client, office)


def workbook(*rows: list[object], formulas: bool = False) -> bytes:
    """Write a list as offices send it."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"strings_to_formulas": formulas, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for line, row in enumerate([HEADER, *rows]):
        sheet.write_row(line, 0, row)
    book.close()
    return memory.getvalue()


def upload(desk: FlaskClient, data: bytes) -> str:
    """Have a list looked at."""
    token = token_of(desk, f"{DESK}/import")
    sent = {"csrf_token": token, "file": (io.BytesIO(data), "list.xlsx")}
    answer = desk.post(f"{DESK}/import/preview", data=sent)
    assert answer.status_code == 200
    return str(answer.text)


def take_in(desk: FlaskClient, data: bytes, **ticks: str) -> int:
    """Have a list taken in; gives the status."""
    page = upload(desk, data)
    kept = page.split('name="upload" value="')[1].split('"')[0]
    return send(desk, f"{DESK}/import", upload=kept, **ticks).status_code


def test_a_collection_is_planned_changed_and_has_posters(app: Flask, desk: FlaskClient) -> None:
    assert "还没有征集" in desk.get(f"{DESK}/collections").text
    made = send(desk, f"{DESK}/collections/new", **WINDOW)
    place = made.headers["Location"]
    wrong = send(desk, place, **{**WINDOW, "title": "新标题", "closes_at": "2026-01-01T00:00"})

    assert wrong.status_code == 422
    assert "新标题" in wrong.text
    assert 'value="2026-02-01T09:00"' in desk.get(place).text
    for query in ("", "?station=xixing"):
        poster = desk.get(f"{place}/poster.pdf{query}")
        text = PdfReader(io.BytesIO(poster.data)).pages[0].extract_text().replace(" ", "")
        assert "2026年征集" in text
        assert ("西兴联络站" in text) == bool(query)
    assert app.test_client().get(f"{place}/poster.pdf").status_code == 302


def test_a_proposal_is_declined_with_a_reason_and_taken_up_again(desk: FlaskClient) -> None:
    take_in(desk, workbook(["加装电梯", "住房", "西兴街道", "内容", 12, "李小梅", ""]))
    page = f"{DESK}/proposals/1"
    move = f"{page}/move"

    bare = send(desk, move, page=page, _form="decline", state="declined", reason="")
    assert bare.status_code == 422
    assert "须说明理由" in bare.text
    for state, reason, word in (
        ("declined", "不属于本级权限", "未予采纳"),
        ("received", "", "待审核"),
        ("accepted", "", "已公开"),
    ):
        assert send(desk, move, page=page, state=state, reason=reason).status_code == 302
        assert word in desk.get(page).text
    assert send(desk, move, page=page, state="merged", reason="").status_code == 422
    assert "不属于本级权限" in desk.get(page).text


def test_spelling_is_corrected_and_what_was_sent_is_kept(desk: FlaskClient) -> None:
    take_in(desk, workbook(["加装电剃", "交通", "西兴街道", "装一部电剃", 12, "李小梅", ""]))
    page = f"{DESK}/proposals/1"
    fields = {"_form": "words", "title": "加装电梯", "category": "housing"}
    fields |= {"content": "装一部电梯", "reason": ""}

    empty = send(desk, f"{page}/words", page=page, **{**fields, "title": ""})
    done = send(desk, f"{page}/words", page=page, **fields)
    same = send(desk, f"{page}/words", page=page, **fields)
    send(desk, f"{page}/words", page=page, **{**fields, "content": "装电梯"})
    shown = desk.get(page).text
    found = desk.get(f"{DESK}/proposals?q=电梯").text

    assert (empty.status_code, done.status_code, same.status_code) == (422, 302, 422)
    assert "装一部电梯" in empty.text
    sent = shown.rsplit("提交原文", 1)[1]
    assert "加装电剃" in sent
    assert "装一部电剃" in sent
    assert "加装电梯" in found


def test_words_stay_once_a_proposal_was_declined(desk: FlaskClient) -> None:
    take_in(desk, workbook(["加装电梯", "住房", "西兴街道", "内容", 12, "李小梅", ""]))
    page = f"{DESK}/proposals/1"
    send(desk, f"{page}/move", page=page, state="declined", reason="重复")

    fields = {"title": "电梯", "category": "housing", "content": "", "reason": ""}
    late = send(desk, f"{page}/words", page=page, **fields)

    assert late.status_code == 409
    assert f"{page}/words" not in desk.get(page).text


def test_who_sent_it_is_shown_when_asked(desk: FlaskClient) -> None:
    take_in(desk, workbook(["加装电梯", "住房", "西兴街道", "内容", 12, "李小梅", ""]))
    page = f"{DESK}/proposals/1"

    assert "李小梅" not in desk.get(page).text
    assert "李小梅" in send(desk, f"{page}/contact", page=page).text


def test_several_are_made_public_at_once(app: Flask, desk: FlaskClient) -> None:
    take_in(desk, workbook(*(["电梯", "住房", "西兴", "内容", 1, "", ""] for _ in range(3))))
    page = f"{DESK}/proposals"
    none = send(desk, page, _form="act", state="accepted", reason="")
    token = token_of(desk, page)
    sent = {"csrf_token": token, "state": "accepted", "reason": "", "numbers": ["1", "3"]}

    assert none.status_code == 422
    assert desk.post(page, data=sent).status_code == 302
    assert "共 2 条建议" in app.test_client().get("/c/binjiang/proposals").text


def test_a_list_with_bad_rows_names_each_and_takes_none_by_itself(desk: FlaskClient) -> None:
    data = workbook(
        ["加装电梯", "住房", "西兴街道", "内容", 12, "", ""],
        ["", "住房", "西兴街道", "内容", 12, "", ""],
        ["电梯", "飞船", "西兴街道", "内容", "很多", "", ""],
        ["电梯", "", "", "", "", "", "无此代表"],
    )

    page = upload(desk, data)
    refused = take_in(desk, data)
    taken = take_in(desk, data, skip_bad_rows="1", is_looked_at="1")

    for words in ("没有写明项目名称", "“飞船”不是已有类别", "名单中没有“无此代表”"):
        assert words in page
    # Every fault stands beside the line of the file, which is no number of a proposal.
    assert 'data-label="行号">3</td>' in page
    assert (refused, taken) == (422, 302)
    assert "共 1 条建议" in desk.get(f"{DESK}/proposals").text
    assert "加装电梯" in desk.get("/c/binjiang/proposals").text


def test_formulas_in_a_list_are_named_and_not_taken(desk: FlaskClient) -> None:
    data = workbook([FORMULA, "住房", "=1+1", "内容", 1, "", ""], formulas=True)

    page = upload(desk, data)

    assert page.count("单元格内是公式") == 2
    assert "evil.example" not in page


def test_exports_hold_no_formula(desk: FlaskClient) -> None:
    # Texts that only look like formulas come in as texts, and leave the house as texts.
    take_in(desk, workbook([FORMULA, "住房", "+1", "-2+3", 1, "", "", ""]))

    table = list(csv.reader(io.StringIO(desk.get(f"{DESK}/proposals/table.csv").text)))
    book = load_workbook(io.BytesIO(desk.get(f"{DESK}/proposals/table.xlsx").data))
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row]

    assert [cell for row in table[1:] for cell in row if cell[:1] in "=+-@" and cell] == []
    assert f"'{FORMULA}" in table[1]
    assert FORMULA in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_tables_are_without_senders(desk: FlaskClient) -> None:
    take_in(desk, workbook(["加装电梯", "住房", "西兴街道", "内容", 12, "李小梅", ""]))

    assert "李小梅" not in desk.get(f"{DESK}/proposals/table.csv").text


def test_charts_stand_beside_their_figures(desk: FlaskClient) -> None:
    assert "暂无统计数据" in desk.get(f"{DESK}/proposals/charts").text
    take_in(desk, workbook(["加装电梯", "住房", "滨江区西兴街道星民社区", "内容", 12, "", ""]))

    page = desk.get(f"{DESK}/proposals/charts").text

    assert all(word in page for word in ("<svg", "住房", "西兴街道", "群众"))


def test_a_deputy_proposes_by_name(app: Flask, office: Member, clock: StoppedClock) -> None:
    ((congress_id, _),) = office.actor.grants
    assert congress_id is not None
    with transaction() as tx:
        member = enrol(tx, "li", (congress_id, Role.DEPUTY), name="李代表")
        deputy = tx.get_one(Deputy, 1)
        deputy.user_id, name = (
            sessions.find_actor(tx, member.actor.user_id or 0).user_id,
            deputy.name,
        )
    client = as_member(app.test_client(), member)
    fields = {
        "ticket": "t",
        "title": "加装电梯",
        "category": "housing",
        "place": "西兴街道",
        "content": "内容",
    }

    nobody = send(client, f"{DESK}/propose", standing="office:0", **fields)
    sent = send(client, f"{DESK}/propose", standing="deputy:1", **fields)

    assert (nobody.status_code, sent.status_code) == (422, 200)
    assert "加装电梯" in client.get(f"{DESK}/propose").text
    with transaction() as tx:
        proposals.set_states(tx, office.actor, congress_id, [1], state=proposals.PUBLIC[0])
    assert f"{name}代表" in app.test_client().get("/c/binjiang/proposals/1").text

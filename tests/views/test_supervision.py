"""The pages of supervision: for the office, for units and deputies, and for everyone."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import icalendar
import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from PIL import Image
from werkzeug.test import TestResponse

from tests.application import as_member, enrol, send, token_of
from tests.supervised import SLUG, Supervised, begin, make_supervised, move, sign_in
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.models.inspections import Activity, ActivityKind, FindingKind
from voting.models.units import Unit, UnitMember
from voting.rules.roles import Role
from voting.services.supervision import activities, problems
from voting.services.supervision.activities import ActivityPlan
from voting.services.supervision.finding import find_project
from voting.services.supervision.problems import Found

DESK = f"/desk/{SLUG}/supervision"
PROJECT = f"{DESK}/projects/2026-01"
UNIT = f"/unit/{SLUG}/progress"
DEPUTY = f"/deputy/{SLUG}/supervision"
PUBLIC = f"/c/{SLUG}/progress"


@pytest.fixture
def made(app: Flask, clock: StoppedClock) -> Supervised:
    """The congress under supervision since 1 March, now on 2 April."""
    move(clock, 3, 1)
    with transaction() as tx:
        made = make_supervised(tx)
        begin(tx, made)
    move(clock, 4, 2)
    with transaction() as tx:
        sign_in(tx, made)
    return made


@pytest.fixture
def activity(made: Supervised, clock: StoppedClock) -> Activity:
    """An inspection of today, with a deputy and a guest asked to come."""
    with transaction() as tx:
        plan = ActivityPlan(
            ActivityKind.VISIT,
            "一季度集中视察",
            "长河街道",
            clock.at,
            (made.codes[0],),
            made.deputy_ids[:2],
            ("孙科长",),
        )
        return activities.plan_activity(tx, made.office.actor, made.congress_id, plan)


@pytest.fixture
def problem(made: Supervised) -> int:
    """A problem that the unit has to answer within a week; gives its number."""
    with transaction() as tx:
        project = find_project(tx, made.congress_id, made.codes[0])
        due = clocks.now().date() + timedelta(days=7)
        found = Found(FindingKind.PROBLEM, "脚手架搭设不规范", due)
        return problems.raise_finding(tx, made.office.actor, project, found).id


def photo() -> io.BytesIO:
    """Draw a photo."""
    memory = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(memory, "JPEG")
    memory.seek(0)
    return memory


def report_on(client: FlaskClient, month: int, **changes: str) -> TestResponse:
    """Send the unit's report of a month."""
    fields = {
        "_form": "report",
        "done": "完成设计",
        "trouble": "",
        "next_steps": "招标",
        "percent": "12",
        "paid": "120.5",
    }
    return send(client, f"{UNIT}/2026-01/{month}", **{**fields, **changes})


PAGES = {
    "office": (
        *(DESK, f"{DESK}/2026/cadence", PROJECT, "/start", f"{DESK}/papers"),
        *(f"{DESK}/activities", f"{DESK}/activities/1", f"{DESK}/activities/1/code"),
        *(f"{DESK}/problems", f"{DESK}/problems/1", f"{DESK}/papers/bulletin/2026/3"),
    ),
    "unit": (UNIT, f"{UNIT}/2026-01/3", f"{UNIT}/problems/1", "/start"),
    "deputy": (DEPUTY, f"{DEPUTY}/projects/2026-01", "/start", "/account/calendar"),
    "": (PUBLIC, f"{PUBLIC}/projects/2026-01"),
}
CLOSED = {
    "deputy": (DESK, f"{DESK}/papers", UNIT),
    "unit": (PROJECT, DEPUTY),
    "office": (UNIT, f"{UNIT}/problems/1"),
}


def test_every_page_opens_for_those_it_is_for(
    app: Flask, made: Supervised, activity: Activity, problem: int
) -> None:
    for who, paths in PAGES.items():
        client = app.test_client()
        if who:
            as_member(client, getattr(made, who))
        for path in paths:
            answer = client.get(path)

            assert answer.status_code == 200, path
            assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", answer.text) == []


def test_others_stay_outside(app: Flask, made: Supervised, problem: int) -> None:
    found = {
        (who, path): as_member(app.test_client(), getattr(made, who)).get(path).status_code
        for who, paths in CLOSED.items()
        for path in paths
    }

    assert set(found.values()) == {403}


def test_a_year_begins_with_a_template(client: FlaskClient, clock: StoppedClock) -> None:
    move(clock, 3, 1)
    with transaction() as tx:
        made = make_supervised(tx)
    as_member(client, made.office)
    waiting = client.get("/start").text

    send(client, f"{DESK}/begin", DESK, year="2026", starts_on="2026-03-01", preset="five")
    board = client.get(DESK).text

    assert "2026" in waiting
    assert f"{DESK}?year=2026" in waiting
    assert "一事一小组" in board
    assert "一年一测评" in board


def test_the_board_shows_what_is_longest_overdue_and_folds_the_rest(
    client: FlaskClient, made: Supervised, clock: StoppedClock
) -> None:
    move(clock, 7, 20)
    with transaction() as tx:
        sign_in(tx, made)

    page = as_member(client, made.office).get(DESK).text
    shown, folded = page.split('id="due"')[1].split("<details")[:2]
    late = [[int(days) for days in re.findall(r"逾期(\d+)天", part)] for part in (shown, folded)]

    assert len(late[0]) == 6
    assert late[0] + late[1] == sorted(late[0] + late[1], reverse=True)
    assert f"另有{len(late[1])}项逾期" in folded


def test_a_project_without_targets_has_no_light(client: FlaskClient, made: Supervised) -> None:
    planned, planless = (
        client.get(f"{PUBLIC}/projects/{code}").text.split('class="states"')[1].split("</p>")[0]
        for code in made.codes[:2]
    )

    assert "绿灯" in planned
    assert "本月暂无计划" in planless
    assert "完成0%，暂无计划目标" in planless
    assert "本月暂无计划" in client.get(PUBLIC).text


def test_a_group_and_targets_are_kept_or_refused_with_what_was_typed(
    client: FlaskClient, made: Supervised
) -> None:
    as_member(client, made.office)
    page = f"{DESK}/projects/2026-02"

    send(client, f"{page}/group", page, lead="周主任", visits="4", deputies="1")
    wrong = send(
        client,
        f"{page}/targets",
        page,
        _form="targets",
        percent_3="20",
        percent_4="10",
        words_4="开工",
    )
    send(client, f"{page}/targets", page, percent_3="10", percent_12="100", words_12="完工")
    shown = client.get(page).text

    assert wrong.status_code == 422
    assert 'value="开工"' in wrong.text
    assert "周主任" in shown
    assert "完工" in shown


def test_the_template_is_edited(client: FlaskClient, made: Supervised) -> None:
    as_member(client, made.office)
    page = f"{DESK}/2026/cadence"
    row = {
        "name_1": "一月一调度",
        "cadence_1": "month",
        "record_1": "bulletin",
        "owner_1": "committee",
    }

    refused = send(client, page, **row, each_1="1", days_1="5")
    send(client, page, **row, each_1="0", days_1="5")

    assert refused.status_code == 422
    assert "一月一调度" in client.get(DESK).text


def test_a_unit_reports_with_photos_and_everyone_sees_it(
    client: FlaskClient, made: Supervised
) -> None:
    as_member(client, made.unit)
    page = f"{UNIT}/2026-01/3"
    fields = {
        "csrf_token": token_of(client, page),
        "done": "完成设计",
        "trouble": "",
        "next_steps": "招标",
        "percent": "12",
        "paid": "120.5",
        "reached": "1",
        "photos": (photo(), "a.jpg"),
    }

    answer = client.post(page, data=fields, content_type="multipart/form-data")
    public = client.get(f"{PUBLIC}/projects/2026-01").text
    corrected = {**fields, "csrf_token": token_of(client, page), "done": "设计已批复"}
    del corrected["photos"]
    client.post(page, data=corrected, content_type="multipart/form-data")
    later = client.get(f"{PUBLIC}/projects/2026-01").text

    assert answer.status_code == 302
    assert "完成设计" in public
    assert "120.5" in public
    assert f"/c/{SLUG}/pictures/1" in public
    assert "设计已批复" in later
    assert f"/c/{SLUG}/pictures/1" in later


def test_the_unit_of_a_part_reports_on_it_where_another_leads(
    client: FlaskClient, made: Supervised
) -> None:
    with transaction() as tx:
        bureau = Unit(congress_id=made.congress_id, name="区城管局", created_at=clocks.now())
        tx.add(bureau)
        tx.flush()
        other = enrol(tx, "chengguan", (made.congress_id, Role.UNIT), name="吴城管")
        tx.add(UnitMember(unit_id=bureau.id, user_id=other.actor.user_id))
        part = find_project(tx, made.congress_id, "2026-01").sub_items[1]
        part.unit_id = bureau.id
        tx.flush()
        fields = {"_form": f"part-{part.id}", "part": str(part.id), "words": "管线入廊"}
    as_member(client, other)
    waiting = client.get("/start").text

    refused = send(client, f"{UNIT}/2026-01/3/part", UNIT, **fields, percent="130")
    answer = send(client, f"{UNIT}/2026-01/3/part", UNIT, **fields, percent="30")

    assert "子项“二期”3月份进展" in waiting
    assert refused.status_code == 422
    assert "管线入廊" in refused.text
    page = client.get(UNIT).text
    home = client.get("/start").text
    report_on(as_member(client, made.unit), 3)

    assert answer.status_code == 302
    assert "已报送：30%" in page
    assert "子项" not in home
    assert "完成30% · 管线入廊" in client.get(f"{PUBLIC}/projects/2026-01").text


def test_a_wrong_report_is_shown_again_with_what_was_typed(
    client: FlaskClient, made: Supervised
) -> None:
    as_member(client, made.unit)

    answer = report_on(client, 3, percent="130", done="正在施工")

    assert answer.status_code == 422
    assert "正在施工" in answer.text
    assert "0" in answer.text


def test_the_home_page_says_what_is_overdue_first(
    client: FlaskClient, made: Supervised, problem: int, clock: StoppedClock
) -> None:
    move(clock, 4, 25)
    with transaction() as tx:
        sign_in(tx, made)
    as_member(client, made.unit)

    page = client.get("/start").text
    lines = re.findall(r'<li><a href="(/unit[^"]+)">', page.split('class="due-list"')[1])

    assert lines[0] == f"{UNIT}/2026-01/3"
    assert f"{UNIT}/problems/{problem}" in lines
    assert "逾期" in page


def test_a_problem_is_answered_sent_back_and_closed(
    client: FlaskClient, made: Supervised, problem: int
) -> None:
    page = f"{DESK}/problems/{problem}"
    as_member(client, made.unit)
    send(client, f"{UNIT}/problems/{problem}", words="已整改")
    as_member(client, made.office)
    send(client, f"{page}/return", page, words="西侧仍不规范", due_on="2026-04-20")
    as_member(client, made.unit)
    send(client, f"{UNIT}/problems/{problem}", words="西侧已重新搭设")
    as_member(client, made.office)
    send(client, f"{page}/close", page, words="复查合格", checker="林主任")

    shown = client.get(page).text

    assert all(word in shown for word in ("已整改", "西侧仍不规范", "复查合格", "林主任"))
    assert "销号" in shown


def test_the_ledger_is_a_table_without_formulas(
    client: FlaskClient, made: Supervised, problem: int
) -> None:
    with transaction() as tx:
        problems.find_finding(tx, made.congress_id, problem).words = "=1+1"
    as_member(client, made.office)

    answer = client.get(f"{DESK}/problems/2026.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]

    assert sheet["A2"].value == 1
    assert "=1+1" in str(sheet["C2"].value)
    assert sheet["C2"].data_type == "s"


def test_forms_are_printed(
    client: FlaskClient, made: Supervised, activity: Activity, problem: int
) -> None:
    as_member(client, made.office)
    names = ("2026/groups", "2026/progress", "problems/2026", f"activities/{activity.id}")

    printed = [client.get(f"{DESK}/{name}.pdf").data[:4] for name in names]

    assert printed == [b"%PDF"] * 4


def test_tables_of_the_year_open_in_spreadsheets(client: FlaskClient, made: Supervised) -> None:
    as_member(client, made.office)
    for name in ("groups", "progress"):
        answer = client.get(f"{DESK}/2026/{name}.xlsx")

        rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].values)

        assert [row[0] for row in rows[1:]] == list(made.codes)


def test_a_deputy_signs_in_by_the_code(
    client: FlaskClient, made: Supervised, activity: Activity
) -> None:
    as_member(client, made.deputy)

    page = client.get(f"/S/{activity.code}").text
    send(client, f"/S/{activity.code}")

    assert "一季度集中视察" in page
    assert "已签到" in client.get(f"/S/{activity.code}").text


def test_the_code_works_for_no_one_else_and_not_on_another_day(
    client: FlaskClient, made: Supervised, activity: Activity, clock: StoppedClock
) -> None:
    unit = send(as_member(client, made.unit), f"/S/{activity.code}", "/account")
    wrong = as_member(client, made.deputy).get("/S/ABCDEFGHJK")
    move(clock, 4, 5)
    with transaction() as tx:
        sign_in(tx, made)
    late = send(as_member(client, made.deputy), f"/S/{activity.code}", "/account")

    assert (unit.status_code, wrong.status_code, late.status_code) == (403, 404, 409)


def test_the_button_to_sign_in_is_there_while_the_code_works(
    client: FlaskClient, made: Supervised, activity: Activity, clock: StoppedClock
) -> None:
    begins, said, button = clock.at, {}, "现在签到"
    for hours in (-4, -3, 12, 13):
        clock.at = begins + timedelta(hours=hours)
        with transaction() as tx:
            sign_in(tx, made)
        said[hours] = as_member(client, made.deputy).get(f"/S/{activity.code}").text

    assert [button in said[hours] for hours in said] == [False, True, True, False]
    assert "签到自2026年4月2日 06:00起开放" in said[-4]
    assert "签到时间已过" in said[13]


def test_the_office_ticks_people_off_and_writes_the_findings_down(
    client: FlaskClient, made: Supervised, activity: Activity
) -> None:
    as_member(client, made.office)
    page = f"{DESK}/activities/{activity.id}"

    send(client, f"{page}/present", page, present="2")
    send(client, f"{page}/hold", page, findings="进度正常")
    send(
        client,
        f"{page}/problems",
        page,
        code="2026-01",
        kind="advice",
        words="增设雨棚",
        due_on="2026-05-01",
    )
    with reading() as tx:
        row = activities.find_activity(tx, made.congress_id, activity.id)
        signed = [guest.id for guest in row.guests if guest.signed_at]

    assert signed == [2]
    assert "进度正常" in client.get(f"{PUBLIC}/projects/2026-01").text
    assert "增设雨棚" in client.get(f"{DESK}/problems").text


def test_a_deputy_keeps_a_visit_with_a_problem(client: FlaskClient, made: Supervised) -> None:
    as_member(client, made.deputy)
    page = f"{DEPUTY}/projects/2026-01"

    answer = send(
        client,
        page,
        kind="unannounced",
        visited_on="2026-04-01",
        place="长河",
        title="走访工地",
        findings="现场有序",
        finding_kind="problem",
        finding="围挡破损",
    )

    assert answer.status_code == 302
    assert "围挡破损" in client.get(page).text
    assert "走访工地" in client.get(f"{PUBLIC}/projects/2026-01").text


def test_unannounced_visits_are_no_secret_only_afterwards(
    client: FlaskClient, made: Supervised, clock: StoppedClock
) -> None:
    with transaction() as tx:
        for kind, title in ((ActivityKind.UNANNOUNCED, "暗访"), (ActivityKind.VISIT, "视察")):
            plan = ActivityPlan(kind, title, "", clock.at + timedelta(days=3), (made.codes[0],))
            activities.plan_activity(tx, made.office.actor, made.congress_id, plan)

    calendar = client.get(f"{PUBLIC}/calendar.ics")
    titles = [str(event["summary"]) for event in _events(calendar)]

    assert calendar.mimetype == "text/calendar"
    assert [title for title in titles if "视察" in title]
    assert not [title for title in titles if "暗访：" in title or title.endswith("暗访")]


def test_drafts_are_for_word_and_the_edited_text_is_public(
    client: FlaskClient, made: Supervised, problem: int
) -> None:
    report_on(as_member(client, made.unit), 3)
    as_member(client, made.office)
    page = f"{DESK}/papers/bulletin/2026/4"

    draft = Document(io.BytesIO(client.get(f"{page}.docx").data))
    words = "\n".join(paragraph.text for paragraph in draft.paragraphs)
    send(client, page, title="第4期通报", text="正文第一段\n\n<b>正文第二段</b>")
    public = client.get(f"{PUBLIC}/papers/1").text
    send(client, f"{page}/withdraw", page)

    assert "脚手架搭设不规范" in words
    assert "区住建局" in "\n".join(cell.text for row in draft.tables[0].rows for cell in row.cells)
    assert "&lt;b&gt;正文第二段" in public
    assert client.get(f"{PUBLIC}/papers/1").status_code == 404


def test_an_adjustment_says_what_was_before_and_why(client: FlaskClient, made: Supervised) -> None:
    as_member(client, made.office)
    fields = {
        "_form": "adjust",
        "decided_on": "2026-04-01",
        "body": "区人大常委会主任会议",
        "reason": "地质条件变化",
        "content": "按年度计划实施",
        "place": "全区",
        "goal": "明年六月前完成",
        "due_on": "2027-06-30",
        "total": "3000",
    }

    refused = send(
        client, f"{PROJECT}/adjust", PROJECT, **{**fields, "goal": "年底前完成", "due_on": ""}
    )
    send(client, f"{PROJECT}/adjust", PROJECT, **fields)

    assert refused.status_code == 422
    assert "地质条件变化" in refused.text
    for page in (f"{PUBLIC}/projects/2026-01", PROJECT):
        text = client.get(page).text
        assert "地质条件变化" in text
        assert "原为：年底前完成；调整为：明年六月前完成" in text
        assert "原为：—；调整为：2027年6月30日" in text


def test_a_project_with_open_problems_is_not_accepted(
    client: FlaskClient, made: Supervised, problem: int
) -> None:
    as_member(client, made.office)

    first = send(client, f"{PROJECT}/accept", PROJECT, accepted_on="2026-04-02", note="")
    other = f"{DESK}/projects/2026-02"
    send(client, f"{other}/accept", other, accepted_on="2026-04-02", note="验收合格")

    assert first.status_code == 409
    assert "验收合格" in client.get(other).text
    assert "蓝" in client.get(PUBLIC).text


def test_a_calendar_is_read_by_its_secret_until_it_is_closed(
    client: FlaskClient, made: Supervised
) -> None:
    as_member(client, made.unit)
    shown = send(client, "/account/calendar").text
    address = re.search(r"http://localhost(/calendar/[\w-]+\.ics)", shown)
    assert address is not None

    first = client.get(address.group(1))
    send(client, "/account/calendar/close", "/account/calendar")
    second = client.get(address.group(1))

    assert len(_events(first)) >= 3
    assert first.headers["Cache-Control"] == "private, no-store"
    assert second.status_code == 404


def test_a_new_calendar_ends_the_old_one(client: FlaskClient, made: Supervised) -> None:
    as_member(client, made.office)
    shown = [send(client, "/account/calendar").text for _ in range(2)]
    addresses = [re.findall(r"localhost(/calendar/[\w-]+\.ics)", text)[0] for text in shown]

    assert [client.get(address).status_code for address in addresses] == [404, 200]


def _events(answer: TestResponse) -> list[icalendar.Component]:
    return list(icalendar.Calendar.from_ical(answer.data).walk("VEVENT"))

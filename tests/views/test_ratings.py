"""Pages of ratings: set up, held, taken over, published; who may, and what a refusal keeps."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import as_member, enrol, send
from tests.hall import Hall
from tests.rated import cast, decide, declare, marks_of, open_rating
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.models.projects import Project
from voting.models.sittings import Body, Deputy, Sitting
from voting.models.units import UnitMember
from voting.rules.roles import Role

DESK = "/desk/binjiang/ratings"


@pytest.fixture
def hall(app: Flask, clock: StoppedClock) -> Hall:
    """A sitting of four deputies, and two decided projects."""
    made = Hall.build(app)
    decide(made, ["老旧小区改造", "停车泊位增建"])
    return made


@pytest.fixture
def office(hall: Hall, client: FlaskClient) -> FlaskClient:
    """The committee's office, signed in."""
    with transaction() as tx:
        member = enrol(tx, "office", (hall.congress_id, Role.COMMITTEE))
    return as_member(client, member)


def set_up(office: FlaskClient, hall: Hall, **changes: str) -> str:
    """Set a rating up through its form, and give the address of its page."""
    fields = {"year": "2025", "sitting_id": str(hall.sitting_id), "what": "projects"}
    fields |= {"base": "all", "adopted_on": "2026-02-01", "resolution": "", **changes}
    answer = send(office, DESK, DESK + "?year=2025", **fields)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def hold(hall: Hall, counts: list[tuple[int, int, int]]) -> None:
    """Hold the rating, and declare it."""
    election = open_rating(hall)
    codes = [f"2025-{place:02}" for place in range(1, len(counts) + 1)]
    cast(hall, election, codes, marks_of(counts, 4))
    declare(hall, election)


def test_a_rating_goes_from_projects_to_the_published_table(
    office: FlaskClient, hall: Hall
) -> None:
    page = office.get(DESK).text
    assert "老旧小区改造" in page

    place = set_up(office, hall)
    assert "下一步：通过测评办法" in office.get(place).text
    hold(hall, [(3, 1, 0), (0, 1, 3)])
    assert "下一步" in office.get(place).text
    fields = {"office": "区人大常委会", "dated": "2026-02-02", "due_on": "2026-02-01"}
    refused = send(office, f"{place}/settle", place, demand="限期整改", **fields)
    assert refused.status_code == 422
    assert "限期整改" in refused.text

    done = send(
        office, f"{place}/settle", place, demand="限期整改", **fields | {"due_on": "2026-06-30"}
    )

    assert done.status_code == 302
    table = office.get(place).text
    assert "75.00%" in table
    assert "2026年6月30日" in table
    public = office.get("/c/binjiang/ratings/1").text
    assert "区人大常委会" in public
    assert "25.00%" in public
    for suffix in ("pdf", "xlsx", "csv", "json"):
        assert office.get(f"/c/binjiang/ratings/1/table.{suffix}").status_code == 200
    assert office.get(f"{place}/table.docx").status_code == 200
    assert office.get(f"{place}/table.exe").status_code == 404


def test_a_set_up_that_is_refused_keeps_what_was_typed(office: FlaskClient, hall: Hall) -> None:
    fields = {"year": "2025", "sitting_id": "99", "what": "projects", "base": "present"}

    answer = send(office, DESK, DESK + "?year=2025", **fields, resolution="第三号决定")

    assert answer.status_code == 404
    assert "第三号决定" in answer.text


def test_what_is_put_right_goes_through_the_pages_of_unit_and_office(
    office: FlaskClient, hall: Hall, app: Flask
) -> None:
    place = set_up(office, hall)
    hold(hall, [(4, 0, 0), (0, 0, 4)])
    fields = {"office": "区人大", "dated": "2026-02-02", "due_on": "2026-06-30", "demand": ""}
    send(office, f"{place}/settle", place, **fields)
    unit = unit_of(hall, app)
    listed = "/desk/binjiang/rectifications"
    page = f"{listed}/1"
    assert "停车泊位增建" in unit.get(listed).text
    assert "待填报措施" in unit.get(page).text

    assert send(unit, f"{page}/measures", page, text="增设泊位").status_code == 302
    assert send(unit, f"{page}/report", page, text="").status_code == 422
    assert send(unit, f"{page}/report", page, text="已投用").status_code == 302
    assert unit.post(f"{page}/deadline").status_code in {403, 409}
    assert send(office, f"{page}/deadline", page, due_on="2026-09-01").status_code == 302
    assert "2026年9月1日" in office.get(page).text
    assert send(unit, f"{page}/report", page, text="再次完成").status_code == 302
    again = {"sitting_id": str(hall.sitting_id), "year": "2025", "chosen": "1", "adopted_on": ""}
    refused = send(office, f"{listed}/again", page, **again)
    assert refused.status_code == 409


def unit_of(hall: Hall, app: Flask) -> FlaskClient:
    """Somebody of the unit of both projects, signed in."""
    with transaction() as tx:
        member = enrol(tx, "unit", (hall.congress_id, Role.UNIT))
        unit_id = tx.query(Project).filter_by(code="2025-01").one().unit_id
        tx.add(UnitMember(unit_id=unit_id, user_id=member.actor.user_id))
    return as_member(app.test_client(), member)


def test_another_units_matters_are_not_shown(office: FlaskClient, hall: Hall, app: Flask) -> None:
    place = set_up(office, hall)
    hold(hall, [(4, 0, 0), (0, 0, 4)])
    fields = {"office": "区人大", "dated": "2026-02-02", "due_on": "2026-06-30", "demand": ""}
    send(office, f"{place}/settle", place, **fields)
    with transaction() as tx:
        stranger = enrol(tx, "stranger", (hall.congress_id, Role.UNIT))

    client = as_member(app.test_client(), stranger)

    assert client.get("/desk/binjiang/rectifications/1").status_code == 404
    assert "停车泊位增建" not in client.get("/desk/binjiang/rectifications").text
    assert client.get(DESK).status_code == 403


def test_a_rating_is_given_up_on_its_page(office: FlaskClient, hall: Hall) -> None:
    place = set_up(office, hall, adopted_on="")
    assert "下一步：通过项目名单" in office.get(place).text

    send(office, f"{place}/drop", place)

    assert office.get(place).status_code == 404
    assert office.get("/c/binjiang/ratings/1").status_code == 404


def test_residents_answer_on_their_phone_once_a_code(
    office: FlaskClient, hall: Hall, client: FlaskClient, clock: StoppedClock
) -> None:
    desk = "/desk/binjiang/residents"
    fields = {"year": "2025", "title": "群众评价", "notice": "请评价"}
    fields |= {"opens_at": "2026-02-01T08:00", "closes_at": "2026-02-08T08:00"}
    refused = send(office, desk, **fields | {"closes_at": ""})
    assert refused.status_code == 422
    assert "群众评价" in refused.text
    assert send(office, desk, **fields).status_code == 302
    slips = send(office, f"{desk}/1/codes", desk, number="2", source="西兴联络站").text
    code = re.findall(r"[2-9A-X]{4}-[2-9A-X]{4}-[2-9A-X]{4}", slips)[0]
    page = "/c/binjiang/opinion/1"
    answers = {"item-1": "satisfied", "item-2": "unknown"}

    printed = send(office, f"{desk}/1/numbers", desk, numbers="13800001234").text
    assert "*1234" in printed
    assert "13800001234" not in printed
    missing = send(client, page, _form="answer", code=code, **{"item-1": "satisfied"})
    assert missing.status_code == 422
    assert code in missing.text
    assert send(client, page, code=code, **answers).status_code == 302
    used = send(client, page, code=code, **answers)

    assert used.status_code == 409
    assert send(client, f"{page}/code", page, phone="13800001234").status_code == 409
    clock.at += timedelta(days=8)
    over = client.get(page).text
    assert "1名群众参加评价" in over
    assert "不计入正式测评结果" in over
    assert "群众评价" in client.get("/c/binjiang/ratings").text


def test_one_device_answers_only_so_often(office: FlaskClient, hall: Hall, app: Flask) -> None:
    fields = {"year": "2025", "title": "群众评价", "notice": ""}
    fields |= {"opens_at": "2026-02-01T08:00", "closes_at": "2026-02-08T08:00"}
    send(office, "/desk/binjiang/residents", **fields)
    phone = app.test_client()

    answers = [send(phone, "/c/binjiang/opinion/1", code=f"{n:012}") for n in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


def test_a_review_goes_from_its_sheet_to_the_public_table(
    office: FlaskClient, hall: Hall, app: Flask
) -> None:
    desk = "/desk/binjiang/reviews"
    assert "庭审评查评分表" in office.get(desk).text
    sheet = {"name": "部门测评", "text": "总体评价", "grades": "满意 基本满意、不满意，不了解"}
    assert send(office, f"{desk}/sheets", f"{desk}/sheets/1", **sheet).status_code == 302
    bad = send(office, f"{desk}/sheets", f"{desk}/sheets/1", name="评分", text="无分值", grades="")
    assert bad.status_code == 422
    assert "无分值" in bad.text
    fields = {"title": "部门评议", "held_on": "2026-02-01", "template_id": "4", "decimals": "2"}
    fields |= {"body": "plenary", "subjects": "区住建局\n区教育局"}
    made = send(office, desk, **fields)
    place = str(made.headers["Location"])
    send(office, f"{place}/open", place)

    deputy = deputy_of(hall, app)
    mine = "/deputy/binjiang/reviews/1"
    refused = send(deputy, mine, **{"mark-1": "满意"})
    assert refused.status_code == 422
    assert send(deputy, mine, **{"mark-1": "满意", "mark-2": "不满意"}).status_code == 302
    assert "评议表已提交" in deputy.get(mine).text
    for _ in range(2):
        send(office, f"{place}/paper", place, **{"mark-1": "基本满意", "mark-2": "不了解"})
    send(office, f"{place}/close", place)
    assert office.get("/c/binjiang/reviews/1").status_code == 404
    send(office, f"{place}/publish", place, office="工委", dated="2026-02-02")

    public = office.get("/c/binjiang/reviews/1").text
    assert "33.33%" in public
    assert "100.00%" in public
    assert office.get("/c/binjiang/reviews/1/table.xlsx").status_code == 200
    assert office.get(f"{place}/table.docx").status_code == 200


def deputy_of(hall: Hall, app: Flask) -> FlaskClient:
    """The first deputy, signed in."""
    with transaction() as tx:
        member = enrol(tx, "deputy", (hall.congress_id, Role.DEPUTY))
        tx.query(Deputy).filter_by(number="1").one().user_id = member.actor.user_id
    return as_member(app.test_client(), member)


def test_the_standing_committee_is_ticked_on_the_roster(hall: Hall, app: Flask) -> None:
    with transaction() as tx:
        member = enrol(tx, "secretary", (hall.congress_id, Role.SECRETARIAT))
    secretary = as_member(app.test_client(), member)
    page = "/desk/binjiang/committee-members"

    assert send(secretary, page, members="2").status_code == 302

    text = secretary.get(page).text
    assert text.count(" checked") == 1
    assert send(secretary, page, members="99").status_code == 422


def test_an_archive_is_made_and_downloaded_at_the_desk(office: FlaskClient, hall: Hall) -> None:
    page = "/desk/binjiang/archives"
    early = send(office, page, year="2025", closes="1")
    assert early.status_code == 409

    assert send(office, page, year="2025").status_code == 302

    answer = office.get(f"{page}/1.zip")
    assert answer.data.startswith(b"PK")
    assert office.get(f"{page}/2.zip").status_code == 404
    assert "2025" in office.get(page).text


def test_a_sitting_of_the_standing_committee_is_planned_at_the_desk(hall: Hall, app: Flask) -> None:
    with transaction() as tx:
        member = enrol(tx, "secretary", (hall.congress_id, Role.SECRETARIAT))
    secretary = as_member(app.test_client(), member)
    fields = {"name": "常委会第五次会议", "starts_on": "2026-03-01", "ends_on": "2026-03-01"}

    answer = send(
        secretary,
        "/desk/binjiang/sittings",
        "/desk/binjiang",
        **fields,
        deputies="3",
        is_committee="1",
    )

    assert answer.status_code == 302
    with reading() as tx:
        assert tx.query(Sitting).filter_by(name="常委会第五次会议").one().body is Body.COMMITTEE

"""One wish walks the whole way: written on a phone, supported, screened, adopted and voted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.application import enrol
from tests.axe import violations
from tests.e2e.officials import Desk, House
from tests.hall import Hall
from voting import clock
from voting.db import transaction
from voting.models.proposals import Audience
from voting.models.sittings import BallotKind, Deputy
from voting.models.units import UnitMember
from voting.rules.roles import Role
from voting.rules.vote import DecisionSettings, Threshold
from voting.services import announcements, elections, projects, proposals, tallying, units
from voting.services.announcements import Notice
from voting.services.projects import ProjectPlan
from voting.services.proposals import WindowPlan
from voting.services.sittings import rulebook

WISH = "给庙后王小区加装电梯"
PROJECT = "老旧小区加装电梯"
YEAR = 2026
UNIT = "区住建局"
PHONE = {"width": 360, "height": 740}
# What the page of the wish tells at the end, in this order.
WAY = (
    "提出建议",
    "列为项目 2026-02",
    "合法性审查通过",
    "1 个部门和单位提出论证意见",
    "1 名代表发表了意见",
    "常委会审议通过，确定为候选项目",
    "列入第一次会议表决票",
    "代表票决",
    "人大代表票决通过",
)


@dataclass
class Town:
    """A congress that collects wishes, with a sitting ready to vote and people at their devices."""

    hall: Hall
    house: House
    office: Desk
    unit: Desk
    deputy: Desk
    resident: Desk


@pytest.fixture
def town(browser: Browser, app: Flask, address: str) -> Iterator[Town]:
    """A congress with an open collection and one other project under screening."""
    hall = Hall.build(app, deputies=4)
    with transaction() as tx:
        team = {
            "office": enrol(tx, "office", (hall.congress_id, Role.COMMITTEE), name="工委"),
            "unit": enrol(tx, "unit", (hall.congress_id, Role.UNIT), name="住建局"),
            "deputy": enrol(tx, "deputy", (hall.congress_id, Role.DEPUTY), name="王代表"),
        }
        office = team["office"].actor
        tx.get_one(Deputy, 1).user_id = team["deputy"].actor.user_id
        unit = units.find_or_make(tx, office, hall.congress_id, UNIT)
        tx.add(UnitMember(unit_id=unit.id, user_id=team["unit"].actor.user_id or 0))
        now = clock.now()
        plan = WindowPlan(
            YEAR,
            "2026年度民生实事项目征集",
            "请您提出建议。",
            Audience.EVERYONE,
            now - timedelta(days=1),
            now + timedelta(days=30),
        )
        proposals.save_window(tx, office, hall.congress_id, plan)
        other = ProjectPlan("新建公共停车泊位")
        projects.make_project(tx, office, hall.congress_id, year=YEAR, plan=other)
    house = House(browser, address, app, team)
    yield Town(
        hall,
        house,
        office=house.desk("office"),
        unit=house.desk("unit"),
        deputy=house.desk("deputy"),
        resident=house.desk(viewport=PHONE),
    )
    house.close()
    assert house.complaints == []


@pytest.mark.timeout(240)
def test_a_wish_goes_the_whole_way(town: Town) -> None:
    write(town.resident, WISH, photo=True)
    write(town.house.desk(viewport=PHONE), "我们楼也要电梯", photo=False)
    make_public(town.office)
    support(town)
    merge_and_screen(town)
    say_opinion(town.deputy)
    adopt(town.office)
    put_on_the_ballot(town)
    vote_and_announce(town)
    follow(town)


def write(phone: Desk, title: str, *, photo: bool) -> None:
    """Send a proposal from a phone, without an account."""
    page = phone.open("/c/binjiang/take-part/1/write")
    phone.fill(title=title, place="浦沿街道庙后王", content="老人上下楼困难，希望加装电梯。")
    page.locator("main select[name=category]").select_option("housing")
    if photo:
        page.locator("input[name=photos]").set_input_files([a_photo()])
    phone.press("提交建议")
    expect(page.locator(".big-code")).to_be_visible()


def make_public(office: Desk) -> None:
    """Look both proposals over and let everyone read them."""
    for number in (1, 2):
        office.open(f"/desk/binjiang/proposals/{number}")
        office.press("审核通过并公开")
        office.hears("现在所有人都能看到")


def support(town: Town) -> None:
    """Have two others need the same."""
    for _ in range(2):
        phone = town.house.desk(viewport=PHONE)
        phone.open("/c/binjiang/proposals/1")
        phone.press("我也需要")
        expect(phone.page.get_by_text("您已表示需要")).to_be_visible()


def merge_and_screen(town: Town) -> None:
    """Make one project of both, let the unit judge it, and note the legality review."""
    office = town.office
    page = office.open("/desk/binjiang/projects/proposals")
    for box in page.locator("input[name=proposal]").all():
        box.check()
    office.fill(year=str(YEAR))
    office.press("合并为项目")
    office.fill(
        title=PROJECT, content="全区加装电梯100台", unit=UNIT, total="6000", due="2026-11-30"
    )
    office.press("保存")
    office.hears("项目已保存")
    opened(page, "征求单位意见")
    page.locator("form", has_text="发出征求意见").get_by_label(UNIT).check()
    office.press("发出征求意见")
    office.hears("已发出征求意见")
    opened(page, "登记审查结论")
    assert violations(page) == []
    page.get_by_label("合法", exact=True).check()
    page.locator("#legality").get_by_role("button", name="保存").click()
    office.hears("合法性审查结论已登记")
    judge(town.unit)


def judge(unit: Desk) -> None:
    """Answer for the unit, criterion by criterion."""
    page = unit.open("/unit/binjiang/enquiries")
    unit.follow(PROJECT)
    assert violations(page) == []
    for box in page.get_by_label("符合", exact=True).all():
        box.check()
    unit.press("提交论证意见")
    unit.hears("您的答复已送达工委")


def say_opinion(deputy: Desk) -> None:
    """Say as a deputy what one thinks of it."""
    deputy.open("/deputy/binjiang/opinions")
    deputy.follow(PROJECT)
    deputy.page.get_by_label("支持", exact=True).check()
    deputy.fill(words="群众盼望已久。")
    assert violations(deputy.page) == []
    deputy.press("提交意见")
    deputy.hears("您的意见已登记")


def adopt(office: Desk) -> None:
    """Put both projects on the list, and adopt it."""
    page = office.open(f"/desk/binjiang/lists/{YEAR}")
    page.get_by_label(re.compile(f"“{PROJECT}”的序号")).fill("1")
    page.get_by_label(re.compile("“新建公共停车泊位”的序号")).fill("2")
    office.fill(seats="1")
    assert violations(page) == []
    office.press("保存名单")
    office.hears("名单已保存")
    office.confirm(
        "通过并锁定名单", "通过并锁定", adopted_on="2026-01-20", resolution="第23次会议通过"
    )
    office.hears("名单已通过并锁定")


def put_on_the_ballot(town: Town) -> None:
    """Take the list over for the sitting; nothing of it is typed again."""
    page = town.office.open(f"/desk/binjiang/sittings/{town.hall.sitting_id}/candidates/decision")
    town.office.confirm(f"转入{YEAR}年度名单", "转入")
    expect(page.get_by_role("row", name=PROJECT)).to_be_visible()


def vote_and_announce(town: Town) -> None:
    """Vote on the very list by cards, count, declare and announce."""
    hall, kind = town.hall, BallotKind.DECISION
    with transaction() as tx:
        settings = DecisionSettings(1, threshold=Threshold.ALL)
        rulebook.draft_rules(tx, hall.secretary, hall.sitting_id, kind=kind, settings=settings)
        rulebook.adopt_rules(
            tx, hall.secretary, hall.sitting_id, kind=kind, adopted_on=date(2026, 2, 1)
        )
        title = "2026年度民生实事项目票决"
        vote = elections.prepare(tx, hall.secretary, hall.sitting_id, kind, title=title).id
    hall.open(vote)
    for number, chosen in enumerate(("2026-02", "2026-02", "2026-02", "2026-01"), start=1):
        hall.cast(vote, number, [chosen])
    hall.count(vote)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, vote)
    with transaction() as tx:
        found = elections.find_election(tx, vote)
        announcements.announce(tx, hall.secretary, found, Notice(1, date(2026, 2, 1), clock.now()))


def follow(town: Town) -> None:
    """Go from one's own proposal to the project, and read its whole way there."""
    page = town.resident.open("/c/binjiang/follow/1")
    page.get_by_role("link", name="查看项目进展").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PROJECT)
    told = page.locator(".journey h3").all_inner_texts()
    assert [words[: len(start)] for words, start in zip(told, WAY, strict=True)] == list(WAY)
    verified = page.locator(".journey .is-milestone", has_text="与日志一致")
    expect(verified).to_have_count(2)
    expect(page.locator(".photos img")).to_have_count(1)
    assert violations(page) == []
    verified.last.get_by_role("link").last.click()
    expect(page.locator("main")).to_contain_text("2026-02")
    assert town.hall.report().findings == []


def opened(page: Page, words: str) -> None:
    """Open what is folded."""
    page.locator("summary", has_text=words).first.click()


def a_photo() -> FilePayload:
    """Draw a photo."""
    memory = io.BytesIO()
    Image.new("RGB", (640, 480), (120, 90, 60)).save(memory, "JPEG")
    return FilePayload(name="楼道.jpg", mimeType="image/jpeg", buffer=memory.getvalue())

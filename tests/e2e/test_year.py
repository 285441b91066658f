"""A decided project through its year: reports, lights, problems, rating, put right, archive."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from flask import Flask
from playwright.sync_api import Browser, expect

from ballots.log import parse_verifier_key
from ballots.record import FilesReader
from ballots.verify import check_record
from tests.e2e.rating import rate_and_archive
from tests.e2e.year import DESK, PUBLIC, UNIT, Year, look, open_house
from tests.supervised import begin, make_supervised, move
from voting import ledger
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.exports.record import record_files
from voting.models.inspections import PaperKind
from voting.models.milestones import Stage
from voting.rules.escalation import Level
from voting.services import milestones
from voting.services.supervision import lighting, papers, problems
from voting.services.supervision.finding import find_project

PAGES = {
    "office": (
        *(DESK, f"{DESK}/2026/cadence", f"{DESK}/projects/2026-01", f"{DESK}/activities"),
        *(f"{DESK}/activities/1", f"{DESK}/problems", f"{DESK}/problems/1", f"{DESK}/papers"),
        *(f"{DESK}/papers/half_year/2026/1", "/start"),
    ),
    "unit": (UNIT, f"{UNIT}/2026-01/8", f"{UNIT}/problems/2"),
    "deputy": ("/deputy/binjiang/supervision", "/deputy/binjiang/supervision/projects/2026-01"),
    "": (PUBLIC, f"{PUBLIC}/projects/2026-01"),
}


@pytest.fixture
def year(browser: Browser, app: Flask, address: str, clock: StoppedClock) -> Iterator[Year]:
    """A congress whose three decided projects are supervised since 1 March."""
    move(clock, 3, 1)
    with transaction() as tx:
        made = make_supervised(tx, projects=3)
        begin(tx, made)
    house = open_house(browser, address, app, made)
    yield Year(house, made, clock)
    house.close()
    assert house.complaints == []


def test_a_project_goes_through_its_year(year: Year, tmp_path: Path) -> None:
    spring(year)
    summer(year)
    half_year(year)
    autumn(year)
    winter(year)

    assert lights_of(year) == [
        "grey",  # it begins, without targets
        "green",  # targets are set
        "green",  # March, on time
        "yellow",  # April, behind
        "red",  # May does not come
        "red",  # May, late and a step overdue
        "yellow",  # June, made up for
        "green",  # July
        "green",
        "green",
        "green",
        "green",
        "blue",  # accepted
    ]
    assert stages_of(year)[-1] is Stage.ACCEPTED
    rate_and_archive(year, tmp_path)
    assert stages_of(year)[-1] is Stage.ARCHIVED
    assert findings_of_the_record(year) == []


def spring(year: Year) -> None:
    """March is reported on time through the page; April is behind its target."""
    year.on(4, 2)
    with year.desk("unit") as desk:
        desk.open("/start")
        desk.follow("责任单位月报")
        desk.fill(done="完成设计并进场", percent="12", paid="180.5")
        desk.page.get_by_label("完成设计（计划3月）").check()
        desk.press("提交月报")
        desk.hears("3月进展已报送")
    year.on(5, 2)
    year.report(4, 12)


def summer(year: Year) -> None:
    """May's report does not come; the board shows red, and the late report is marked."""
    year.on(6, 10)
    with year.desk("office") as desk:
        desk.open(DESK)
        row = desk.page.locator("tr", has_text="改造老旧小区").first
        expect(row.get_by_text("红灯：严重滞后")).to_be_visible()
    with year.desk("unit") as desk:
        desk.open(f"{UNIT}/2026-01/5")
        desk.hears("现在报送将标明逾期")
        desk.fill(done="雨季影响，开工延迟", trouble="连续降雨", percent="20", paid="300")
        desk.press("提交月报")
    year.inspect("二季度集中视察")
    year.find("脚手架搭设不规范", 10)
    year.find("扬尘控制不到位", 5)
    with year.desk("unit") as desk:
        desk.open("/start")
        desk.follow("答复第1号")
        desk.fill(words="已按规范重新搭设")
        desk.press("提交答复")
        desk.hears("答复已提交")
    year.on(6, 20)
    with year.desk("office") as desk:
        desk.open(f"{DESK}/problems/1")
        form = desk.page.locator("form", has=desk.page.get_by_label("复查情况"))
        form.get_by_label("复查情况").fill("现场复查合格")
        form.get_by_role("button", name="确认销号").click()
        desk.hears("已销号")


def half_year(year: Year) -> None:
    """The second problem goes up to the standing committee; the report tells June's level."""
    year.on(7, 3)
    year.report(6, 50, "开工建设")
    year.on(7, 20)
    with reading() as tx:
        row = problems.find_finding(tx, year.made.congress_id, 2)
        assert problems.levels(tx, year.made.congress_id, [row])[2] is Level.STANDING_COMMITTEE
        june = problems.levels(tx, year.made.congress_id, [row], day=date(2026, 6, 30))[2]
        assert june is Level.LEADER
    with year.desk("office") as desk:
        desk.open("/start")
        due = desk.page.locator(".due-list li").first
        expect(due).to_contain_text("逾期")
        desk.open(f"{DESK}/papers/half_year/2026/1")
        with desk.page.expect_download() as waiting:
            desk.follow("Word 草稿")
        draft = Document(io.BytesIO(waiting.value.path().read_bytes()))
        words = "\n".join(paragraph.text for paragraph in draft.paragraphs)
        assert "由领导领衔督办" in words
        assert "发现问题2个" in words
        desk.fill(title="上半年民生实事项目监督工作报告")
        desk.press("发布")
        desk.hears("已公开发布")
    with year.desk("") as anyone:
        anyone.open(PUBLIC)
        anyone.follow("上半年民生实事项目监督工作报告")
        expect(anyone.page.locator("article")).to_contain_text("由领导领衔督办")


def autumn(year: Year) -> None:
    """The second problem is answered and closed; reports come on time."""
    year.on(8, 3)
    year.report(7, 58)
    with transaction() as tx:
        unit, congress_id = year.made.unit.actor, year.made.congress_id
        problems.answer_finding(tx, unit, congress_id, 2, words="已安装喷淋")
        problems.close_finding(tx, year.office, congress_id, 2, words="复查合格", checker="林主任")
    for month, percent in ((8, 72), (9, 80), (10, 92), (11, 100)):
        year.on(month + 1, 3)
        year.report(month, percent, *(("完工",) if percent == 100 else ()))


def winter(year: Year) -> None:
    """The project is accepted through the page, and everyone sees its way."""
    year.on(12, 20)
    with year.desk("office") as desk:
        desk.open(f"{DESK}/projects/2026-01")
        desk.confirm("验收项目", "确认验收", note="竣工验收合格")
        desk.hears("亮蓝灯")
    with year.desk("") as anyone:
        anyone.open(f"{PUBLIC}/projects/2026-01")
        expect(anyone.page.get_by_text("蓝灯：完成验收").first).to_be_visible()
        expect(anyone.page.get_by_text("逾期报送").first).to_be_visible()


def lights_of(year: Year) -> list[str]:
    """Give the lights of the followed project from the first on."""
    with reading() as tx:
        project = find_project(tx, year.made.congress_id, year.code)
        return [str(lit.light) for lit in reversed(lighting.history(tx, project))]


def stages_of(year: Year) -> list[Stage]:
    """Give the milestones of the followed project in the log."""
    with reading() as tx:
        lines = milestones.of_project(tx, year.made.congress_id, year.code)
    assert all(line.is_verified for line in lines)
    return [line.stage for line in lines]


def findings_of_the_record(year: Year) -> list[object]:
    """Check the record of the congress as anyone can."""
    with reading() as tx:
        log = ledger.find_log(tx, year.house.slug)
    files = dict(record_files(log, reading))
    return list(check_record(FilesReader(files), parse_verifier_key(log.vkey)).findings)


@pytest.mark.parametrize("query", ["lang=zh&elder=1", "lang=en&elder=0&contrast=1"])
def test_pages_of_supervision_are_for_everyone(year: Year, query: str) -> None:
    year.on(4, 2)
    year.report(3, 12, "完成设计")
    year.inspect("一季度集中视察")
    year.find("脚手架搭设不规范", 10)
    year.find("扬尘控制不到位", 5)
    with transaction() as tx:
        problems.answer_finding(tx, year.made.unit.actor, year.made.congress_id, 1, words="已整改")
        period = papers.period_of(PaperKind.BULLETIN, 2026, 3)
        papers.publish_paper(
            tx,
            year.office,
            year.made.congress_id,
            PaperKind.BULLETIN,
            period=period,
            title="第3期通报",
            text="第一段",
        )
    year.on(9, 2)
    found = {}
    for who, paths in PAGES.items():
        desk = year.house.desk(who, viewport={"width": 360, "height": 740})
        for path in paths:
            page = desk.open(f"{path}?{query}")
            assert re.search(r"<h1>", page.content())
            if wrong := look(page):
                found[path] = wrong
        page.context.close()

    assert found == {}

"""Plays the end of a project's year: rated poorly, put right, rated again, archived and closed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.officials import Desk
from tests.e2e.year import Year
from tests.hall import Hall
from tests.rated import cast, declare, marks_of, meet, officials, open_rating
from tests.supervised import SLUG
from voting.db import reading, transaction
from voting.models.milestones import Stage
from voting.models.sittings import Body
from voting.services import milestones
from voting.services.sittings import committee
from voting.services.sittings.plenary import SittingPlan

DESK = f"/desk/{SLUG}"


def rate_and_archive(year: Year, folder: Path) -> None:
    """Take the followed project from the rating to the archive, through the pages of all."""
    runners = officials(year.house.app, SLUG, year.made.congress_id)
    rate_poorly(year, runners)
    put_right(year)
    rate_again(year, runners)
    archive(year, folder)


def rate_poorly(year: Year, runners: Hall) -> None:
    """At the next year's plenary three of four deputies are dissatisfied with the project."""
    year.on(2, 1, 2027)
    day = date(2027, 2, 1)
    hall = meet(runners, SittingPlan("第二次会议", day, day, 4), first_card=2000)
    with year.desk("office") as desk:
        desk.open(f"{DESK}/ratings?year=2026")
        desk.fill(adopted_on="2027-02-01")
        desk.page.locator("[name=sitting_id]").select_option(str(hall.sitting_id))
        desk.press("设立测评")
        desk.hears("下一步：通过测评办法")
    vote(hall, year.made.codes, [(0, 1, 3), (4, 0, 0), (3, 1, 0)])
    with year.desk("office") as desk:
        take_up(desk, "请转入")
        desk.fill(office="滨江区人大常委会", due_on="2027-06-30", demand="限期整改，报告结果")
        desk.press("转入并公布")
        desk.hears("结果已转入并公布")
    with year.desk("") as anyone:
        anyone.open(f"/c/{SLUG}/ratings/1")
        row = anyone.page.locator("tr", has_text="改造老旧小区").first
        expect(row).to_contain_text("不满意")
        expect(anyone.page.get_by_role("main")).to_contain_text("2027年6月30日")


def put_right(year: Year) -> None:
    """The unit finds it on its home page, enters measures, and reports in time."""
    year.on(3, 1, 2027)
    with year.desk("unit") as desk:
        take_up(desk, "的整改措施")
        desk.fill(text="增配力量，分片包干，五月底前完成返工")
        desk.press("提交整改措施")
        desk.hears("整改措施已填报")
    year.on(5, 31, 2027)
    with year.desk("unit") as desk:
        take_up(desk, "的整改情况")
        desk.fill(text="返工全部完成，居民回访满意")
        desk.press("提交整改报告")
        desk.hears("整改报告已提交")


def rate_again(year: Year, runners: Hall) -> None:
    """The standing committee, three of the deputies, rates it again and is satisfied."""
    year.on(7, 1, 2027)
    with transaction() as tx:
        members = year.made.deputy_ids[:3]
        committee.name_members(tx, runners.secretary, year.made.congress_id, members)
    day = date(2027, 7, 1)
    plan = SittingPlan("常委会第三次会议", day, day, 3, body=Body.COMMITTEE)
    hall = meet(runners, plan, first_card=3000)
    with year.desk("office") as desk:
        desk.open(f"{DESK}/rectifications")
        desk.fill(adopted_on="2027-07-01")
        desk.page.locator("[name=sitting_id]").select_option(str(hall.sitting_id))
        desk.press("设立再次测评")
        desk.hears("再次测评已设立")
    vote(hall, year.made.codes[:1], [(3, 0, 0)])
    with year.desk("office") as desk:
        take_up(desk, "请转入")
        desk.fill(office="滨江区人大常委会", due_on="2027-12-31")
        desk.press("转入并公布")
        desk.hears("结果已转入并公布")
        desk.open(f"{DESK}/rectifications")
        expect(desk.page.locator("tr", has_text="改造老旧小区").first).to_contain_text("整改到位")


def archive(year: Year, folder: Path) -> None:
    """The year is closed with an archive, whose record the verifier's command finds sound."""
    with year.desk("office") as desk:
        desk.open(f"{DESK}/archives")
        desk.page.get_by_label("办结年度").check()
        desk.press("制作档案")
        desk.hears("档案已制作")
        with desk.page.expect_download() as waiting:
            desk.page.locator("main table a").first.click()
        place = folder / "archive.zip"
        waiting.value.save_as(place)
    with zipfile.ZipFile(place) as whole:
        whole.extractall(folder)
    done = subprocess.run(
        [sys.executable, "-m", "ballots", "verify", str(folder / f"{SLUG}-2026" / "record")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with reading() as tx:
        lines = milestones.of_project(tx, year.made.congress_id, year.code)
    assert [line.stage for line in lines][-4:] == [
        Stage.RATED,
        Stage.RATED,
        Stage.RECTIFIED,
        Stage.ARCHIVED,
    ]


def take_up(desk: Desk, words: str) -> None:
    """Find what is due on one's home page, behind the first few too, and go where it is done."""
    desk.open("/start")
    for more in desk.page.locator("details.more summary").all():
        more.click()
    desk.follow(words)


def vote(hall: Hall, codes: Sequence[str], counts: Sequence[tuple[int, int, int]]) -> None:
    """Hold the rating that is on the sitting's list, and declare it."""
    election = open_rating(hall)
    cast(hall, election, codes, marks_of(counts, sum(counts[0])))
    declare(hall, election)

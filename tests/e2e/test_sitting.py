"""A whole sitting through its pages, from the set-up to the announcement and the record."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, expect

from ballots.cards import card_code
from tests.application import PASSWORD, enrol
from tests.congress import card as card_of_elsewhere
from tests.e2e.officials import Desk, House
from tests.e2e.tablets import Tablet
from tests.staging import CONGRESS, SLUG, staff
from voting.db import transaction
from voting.rules.roles import Role
from voting.services.people import congresses

SITTING = f"/desk/{SLUG}/sittings/1"
CHECK_IN = f"{SITTING}/checkin"
CHAIR = f"/chair/{SLUG}"
SCRUTINEERS = ("chief", "second", "third")
DEPUTIES = 14
PRESENT = 12
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱"
ROSTER = "编号,姓名,代表团,工作单位及职务,座位,电话\n" + "".join(
    f"{i:03},{surname}代表,第{'一二'[i % 2]}代表团,某单位{i},{i}座,\n"
    for i, surname in enumerate(SURNAMES, start=1)
)
CANDIDATES = "项目编号,项目名称,建设内容及规模,年度计划投资(万元),责任单位\n" + "".join(
    f"p{i:02},{title},内容{i},{i}00,区某局{i}\n"
    for i, title in enumerate(["停车泊位", "绿道", "社区食堂", "文化礼堂"], start=1)
)
# One project is chosen at once, two have equal votes for the last seat.
MARKS = [
    *[("p01", "p02")] * 5,
    *[("p01", "p03")] * 5,
    ("p02", "p04"),
    ("p03", "p04"),
]


@dataclass
class Held:
    """The people at their devices while a sitting is held."""

    house: House
    desk: Desk
    clerk: Desk
    chair: Desk
    chief: Desk
    screen: Desk
    devices: dict[str, Desk]
    sheets: dict[str, str] = field(default_factory=dict)
    tablets: list[Tablet] = field(default_factory=list)


@pytest.fixture
def held(browser: Browser, app: Flask, address: str) -> Iterator[Held]:
    """A congress that was set up through pages, with its people, each at a device."""
    with transaction() as tx:
        admins = {
            role.value: enrol(tx, role.value, (None, role))
            for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
        }
    house = House(browser, address, app, admins)
    clerk = set_up(house)
    yield Held(
        house,
        desk=house.desk("secretary"),
        clerk=clerk,
        chair=house.desk("chair"),
        chief=house.desk("chief"),
        screen=house.desk(viewport={"width": 1920, "height": 1080}),
        devices={login: house.desk(login) for login in SCRUTINEERS},
    )
    house.close()
    assert house.complaints == []


def set_up(house: House) -> Desk:
    """Enter the congress, give a clerk an account and a role, and let the clerk enrol.

    The others have their accounts by the same means, without pages.
    """
    system = house.desk("system_admin")
    system.open("/admin/congresses")
    system.fill(name=CONGRESS, slug=SLUG)
    system.press("新增")
    with transaction() as tx:
        congress = congresses.find_congress(tx, SLUG)
        house.team |= staff(tx, congress.id, without="clerk")
    system.open("/admin/people")
    system.fill(name="吴签到", login="clerk")
    system.press("创建账号")
    code = system.page.locator(".big-code").inner_text()
    security = house.desk("security_admin")
    security.open("/admin/people")
    security.follow("吴签到")
    security.page.locator("[name=role]").select_option(Role.SECRETARIAT.value)
    security.page.locator("[name=congress]").select_option(str(congress.id))
    security.press("授予")
    security.hears("职责")
    return enrol_at(house.desk(), "clerk", code)


def enrol_at(desk: Desk, login: str, code: str) -> Desk:
    """Choose a password and set an authenticator up, with the code of a slip."""
    desk.open("/enrol")
    desk.fill(login=login, code=code, password=PASSWORD, repeated=PASSWORD)
    desk.press("下一步")
    secret = desk.page.locator("ol .code").inner_text().replace(" ", "")
    desk.fill(code=pyotp.TOTP(secret).now())
    desk.press("确认")
    expect(desk.page.locator(".codes li")).to_have_count(10)
    return desk


@pytest.mark.timeout(600)
def test_a_whole_sitting_through_the_pages(held: Held, tmp_path: Path) -> None:
    prepare_lists(held.desk)
    make_cards(held)
    hold_ceremony(held)
    check_everybody_in(held)
    replace_a_lost_card(held)
    open_vote(held)
    vote_with_accidents(held)
    close_vote(held)
    give_shares(held)
    hold_run_off(held)
    declare_and_announce(held)
    check_record(held, tmp_path)


def prepare_lists(desk: Desk) -> None:
    """Plan the sitting, take roster and candidates in, adopt list and rules, name scrutineers."""
    desk.open(f"/desk/{SLUG}")
    desk.fill(name="第一次会议", starts_on="2026-02-01", ends_on="2026-02-03")
    desk.fill(deputies=str(DEPUTIES))
    desk.press("登记")
    desk.hears("会议已登记")
    desk.follow("导入代表名册")
    desk.upload(ROSTER.encode("gb18030"), "roster.csv")
    desk.press("预览文件")
    desk.press(f"导入 {DEPUTIES} 行")
    desk.hears("名册已导入")
    desk.open(SITTING)
    desk.follow("通过并锁定候选项目")
    desk.upload(CANDIDATES.encode(), "candidates.csv")
    desk.press("预览文件")
    desk.press("导入 4 行")
    desk.confirm("通过并锁定名单", "通过并锁定", adopted_on="2026-01-20", resolution="常委会决定")
    desk.hears("名单已通过并锁定")
    desk.open(SITTING)
    desk.follow("通过并锁定票决办法")
    desk.page.locator("[name=preset]").select_option("plain_rank")
    desk.fill(seats="2")
    desk.press("采用")
    desk.confirm("通过并锁定", "通过票决办法", adopted_on="2026-02-01")
    desk.hears("票决办法已通过并锁定")
    desk.open(f"{SITTING}/scrutineers")
    for place in (0, 3, 6):
        desk.page.locator("input[name=deputies]").nth(place).check()
    desk.page.locator("input[name=chief]").nth(3).check()
    desk.press("保存名单")
    desk.hears("监票人名单已保存")


def make_cards(held: Held) -> None:
    """Make the cards in the browser, and let the server have nothing but their roll."""
    desk, sent = held.desk, []
    desk.page.on("request", lambda request: sent.append(request.post_data or request.url))
    desk.open(f"{SITTING}/cards")
    desk.page.evaluate("() => { window.print = () => {}; }")
    desk.press("制作表决卡")
    codes = desk.page.locator(".voting-card .code")
    expect(codes).to_have_count(DEPUTIES + 2)
    held.house.keep_cards(codes.all_inner_texts())
    desk.press(f"打印 {DEPUTIES + 2} 张表决卡")
    desk.press("已打印，公布名录")
    desk.hears("表决卡名录已公布")

    written = [re.sub(r"\W", "", code) for code in codes.all_inner_texts()]
    assert not [code for code in written if code in re.sub(r"\W", "", "".join(sent))]


def hold_ceremony(held: Held) -> None:
    """Let three scrutineers make the keys on their own devices; one of them reloads midway."""
    desk = held.desk
    desk.open(f"{SITTING}/scrutineers")
    desk.press("开始密钥仪式")
    desk.hears("请各监票人")
    for login, device in held.devices.items():
        device.open(f"/scrutineer/{SLUG}")
        device.press("生成密钥并显示密钥单")
        code = device.page.locator(".paper .code").inner_text()
        held.sheets[login] = "".join(code.split())
        if login == "third":
            break
        device.page.locator("#typed-code").fill(held.sheets[login][-4:])
        device.press("已留存，继续")
    second, third = held.devices["second"], held.devices["third"]
    expect(second.page.locator("tr", has_text="李监票").locator(".is-good")).to_have_count(1)
    second.page.reload()
    third.page.locator("#typed-code").fill(held.sheets["third"][-4:])
    third.press("已留存，继续")
    second.page.locator("#typed-code").fill(held.sheets["second"])
    second.press("使用该密钥单")
    fingerprints = set()
    for device in held.devices.values():
        shown = device.page.locator(".fingerprint .code")
        expect(shown).to_be_visible(timeout=60_000)
        fingerprints.add(shown.inner_text())
    assert len(fingerprints) == 1
    desk.page.reload()
    expect(desk.page.locator(".code.fingerprint")).to_have_text(fingerprints.pop())
    # This device is lost from here on.
    second.page.close()


def check_everybody_in(held: Held) -> None:
    """Check twelve deputies in at two desks, one card each, and make the cards good."""
    held.desk.open(SITTING)
    held.desk.confirm("开始会议", "开始")
    held.desk.hears("可以开始签到")
    for i in range(1, PRESENT + 1):
        desk = (held.clerk, held.desk)[i % 2]
        desk.check_in(CHECK_IN, f"{i:03}", f"{i:04}")
    # The other desk's figures follow by themselves.
    expect(held.clerk.figure("实到")).to_have_text(str(PRESENT), timeout=60_000)
    expect(held.clerk.page.locator(".quorum")).to_contain_text("已达到法定人数 10 人")
    held.clerk.press(f"使 {PRESENT} 张表决卡生效")
    held.clerk.hears(f"本批 {PRESENT} 张表决卡已生效")


def replace_a_lost_card(held: Held) -> None:
    """Deputy 12 has lost card 0012, and gets card 0014 for it."""
    desk = held.desk
    desk.open(f"{SITTING}/cards")
    desk.fill(serial="0012", other="0014")
    desk.press("注销并另发")
    desk.hears("表决卡 0012 已注销，另发 0014")
    desk.open(CHECK_IN)
    desk.confirm("无其他代表签到，使其生效", "使 1 张表决卡生效")
    desk.hears("本批 1 张表决卡已生效")


def open_vote(held: Held) -> None:
    """Prepare the vote, show the zero report, open it by chair and chief scrutineer."""
    desk, chair, chief, screen = held.desk, held.chair, held.chief, held.screen
    screen.open(f"/hall/{SLUG}")
    expect(screen.figure("实到")).to_have_text(str(PRESENT))
    desk.open(f"{SITTING}/votes")
    desk.press("准备")
    desk.hears("票决已准备就绪")
    chief.open(CHAIR)
    chief.follow("打印零票报告")
    expect(chief.page.locator(".said")).to_have_text("票箱为空：内有表决票 0 张。")
    chief.open(CHAIR)
    chair.open(CHAIR)
    chair.confirm("确认开始投票", "是，确认开始投票")
    chair.hears("您已确认")
    # The chief scrutineer's page learns of the other consent by itself.
    expect(given(chief)).to_have_count(1, timeout=60_000)
    chief.confirm("确认开始投票", "是，确认开始投票")
    chief.hears("双方均已确认")
    expect(screen.page.locator(".said")).to_contain_text("投票进行中", timeout=60_000)


def given(desk: Desk) -> Locator:
    """Find the consents that are given."""
    return desk.page.locator(".consents .is-given")


def vote_with_accidents(held: Held) -> None:
    """Twelve tablets vote: challenge, lost network, wrong and revoked cards, reloads on the way."""
    tablets = held.tablets = [held.house.tablet() for _ in MARKS]
    cards = [*range(1, PRESENT), 14]
    challenges_the_tablet(tablets[0], 1, MARKS[0])
    loses_the_network(tablets[1], 2, MARKS[1])
    reloads_at_every_step(tablets[2], 3, MARKS[2])
    shows_wrong_cards(tablets[3], 4, MARKS[3])
    vote_side_by_side(list(zip(tablets, cards, MARKS, strict=True))[4:])
    expect(held.screen.figure("收回")).to_have_text(str(PRESENT), timeout=60_000)
    # While it is open nobody learns anything of the choices.
    assert "停车泊位" not in held.screen.page.locator("main").inner_text()


def challenges_the_tablet(tablet: Tablet, card: int, marks: tuple[str, ...]) -> None:
    """Challenge a sealed ballot, see it opened, and vote again."""
    tablet.show_card(card)
    tablet.seal("p03", "p04")
    tablet.button("检验本机").click()
    tablet.reaches("explaining")
    tablet.button("公开这张票").click()
    expect(tablet.reaches("tested").locator(".marks li")).to_have_text(["社区食堂", "文化礼堂"])
    tablet.button("重新填写表决票").click()
    tablet.seal(*marks)
    tablet.cast()
    tablet.reaches("receipt")


def loses_the_network(tablet: Tablet, card: int, marks: tuple[str, ...]) -> None:
    """Cast while nothing gets through; the ballot waits and arrives later."""
    tablet.show_card(card)
    tracker = tablet.seal(*marks)
    tablet.page.route("**/ballots", lambda route: route.abort())
    with tablet.page.expect_event("requestfailed"):
        tablet.cast()
    tablet.page.unroute("**/ballots")
    tablet.reaches("receipt")
    assert tablet.tracker() == tracker


def vote_side_by_side(rows: Sequence[tuple[Tablet, int, tuple[str, ...]]]) -> None:
    """Let deputies vote at the same time, each at a tablet of their own."""
    for tablet, card, _ in rows:
        tablet.show_card(card)
    for tablet, _, marks in rows:
        tablet.review(*marks)
    for tablet, _, _ in rows:
        tablet.press_seal()
    for tablet, _, _ in rows:
        tablet.reaches("sealed")
        tablet.cast()
    for tablet, _, _ in rows:
        tablet.reaches("receipt")
        tablet.finish()


def reloads_at_every_step(tablet: Tablet, card: int, marks: tuple[str, ...]) -> None:
    """Reload at the paper, the review, the seal and the receipt; the ballot counts once."""
    tablet.show_card(card)
    tablet.reaches("paper")
    tablet.reload()
    tablet.show_card(card)
    tablet.review(*marks)
    tablet.reload()
    tablet.show_card(card)
    tablet.seal(*marks)
    tablet.reload()
    tablet.vote(card, *marks)
    tablet.reload()
    tablet.reaches("idle")


def shows_wrong_cards(tablet: Tablet, card: int, marks: tuple[str, ...]) -> None:
    """Try a mistyped code, a card of elsewhere and the revoked card 0012 before one's own."""
    expect(tablet.page.get_by_text("正在投票")).to_be_visible(timeout=60_000)
    tablet.type_code("0000-0000-0000-0000-0000-0000-0000")
    expect(tablet.page.get_by_role("alert").first).to_be_visible()
    tablet.type_code(card_code(card_of_elsewhere(1)))
    expect(tablet.reaches("told")).to_contain_text("不属于本次会议")
    tablet.act("done")
    tablet.show_card(12)
    expect(tablet.reaches("told")).to_contain_text("注销")
    tablet.act("done")
    tablet.vote(card, *marks)


def close_vote(held: Held) -> None:
    """Close by chief scrutineer and chair."""
    held.chief.open(CHAIR)
    held.chief.confirm("确认截止投票", "是，确认截止投票")
    held.chief.hears("您已确认")
    held.chair.open(CHAIR)
    held.chair.confirm("确认截止投票", "是，确认截止投票")
    held.chair.hears("双方均已确认")


def give_shares(held: Held) -> None:
    """Two of three scrutineers decrypt; the third device was lost before the vote (A45)."""
    for login in ("third", "chief"):
        device = held.devices[login]
        device.press("提交我的份额")
        device.page.locator("#typed-code").fill(held.sheets[login])
        device.press("使用该密钥单")
        expect(device.page.locator("#typed-code")).to_have_count(0, timeout=60_000)
    expect(held.screen.page.locator(".reveal")).to_be_visible(timeout=60_000)


def hold_run_off(held: Held) -> None:
    """One project is chosen, two are tied: they are voted on again with the same cards and keys."""
    rows = held.screen.page.locator(".reveal li")
    expect(rows.nth(0)).to_contain_text("停车泊位")
    expect(rows.nth(0)).to_contain_text("10")
    expect(held.screen.page.locator(".reveal .is-tied")).to_have_count(2)
    held.desk.open(f"{SITTING}/votes")
    held.desk.press("准备再次投票")
    held.desk.hears("再次票决已准备就绪")
    for desk in (held.chair, held.chief):
        desk.open(CHAIR)
        desk.confirm("确认开始投票", "是，确认开始投票")
    votes = [(1, ("p02",)), (2, ("p03",)), (14, ("p02",))]
    vote_side_by_side(
        [(tablet, *vote) for tablet, vote in zip(held.tablets[-3:], votes, strict=True)]
    )
    held.chair.open(CHAIR)
    held.chair.hears("尚有 9 张已发出的表决卡未投票")
    close_vote(held)
    give_shares(held)
    expect(held.screen.page.locator(".reveal .is-elected")).to_have_text(re.compile("绿道"))


def declare_and_announce(held: Held) -> None:
    """Declare both rounds, print the forms, announce what was chosen in both."""
    for desk in (held.chair, held.chief):
        for _ in range(2):
            desk.open(CHAIR)
            desk.confirm("确认宣布结果", "是，确认宣布结果")
            desk.hears(re.compile("已确认"))
    desk = held.desk
    desk.open(f"{SITTING}/forms")
    for form in ("count", "announcement"):
        link = desk.page.locator(f"article a[href$='{form}.pdf']").first
        answer = desk.page.request.get(f"{held.house.address}{link.get_attribute('href')}")
        assert answer.body().startswith(b"%PDF")
    desk.press("发布公告")
    desk.hears("第 1 号公告已拟定")
    visitor = held.house.desk()
    visitor.open(f"/c/{SLUG}/announcements/1")
    announced = visitor.page.get_by_role("main")
    expect(announced).to_contain_text("停车泊位")
    expect(announced).to_contain_text("绿道")
    expect(announced).not_to_contain_text("社区食堂")


def check_record(held: Held, folder: Path) -> None:
    """Check the record with the public program, as anyone can."""
    visitor = held.house.desk()
    for name in ("record.zip", "log.vkey"):
        answer = visitor.page.request.get(f"{held.house.address}/log/{SLUG}/{name}")
        (folder / name).write_bytes(answer.body())
    key = (folder / "log.vkey").read_text().strip()
    command = [sys.executable, "-m", "ballots", "verify", "record.zip", "--vkey", key]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stdout + done.stderr

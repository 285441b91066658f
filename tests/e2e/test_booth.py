"""A deputy at the tablet: the whole way from the card to the receipt, and every way beside it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Request, expect

from ballots.cards import CardSecret, card_code
from ballots.objects import object_id
from ballots.receipt import check_receipt, parse_compact, parse_receipt
from ballots.states import ElectionState
from tests.congress import secret
from tests.e2e.tablets import Tablet, Tablets
from tests.hall import Hall, sheet
from tests.manifests import one_by_one, rating
from voting.db import transaction
from voting.models.sittings import Sitting


def state_of(hall: Hall, election: int) -> ElectionState:
    """Replay the record, which must be sound, and give an election's state."""
    return hall.replay().elections[hall.row(election).object_id]


def counts_of(hall: Hall, election: int) -> list[int]:
    """Close, decrypt, and give the counts."""
    hall.count(election)
    result = state_of(hall, election).result
    assert result is not None
    return list(result.counts)


def test_a_ballot_goes_from_the_card_to_a_receipt_that_holds(tablets: Tablets, hall: Hall) -> None:
    election = hall.open_election(sheet(5, seats=2))
    tablet = tablets.switch_on()

    tablet.vote(1, "p01", "p04")

    receipt = parse_receipt(tablet.page.locator(".printed pre").text_content() or "")
    tracker = check_receipt(receipt, hall.key())
    assert tracker in {ballot.id for ballot in state_of(hall, election).ballots.values()}
    tablet.finish()
    assert tablet.stored() == []
    assert counts_of(hall, election) == [1, 0, 0, 1, 0, 0]


def test_six_deputies_vote_one_after_the_other_on_one_tablet(tablets: Tablets, hall: Hall) -> None:
    election = hall.open_election(sheet(3, seats=2))
    tablet = tablets.switch_on()

    for number in range(1, 7):
        tablet.vote(number, "abstain" if number == 6 else f"p0{number % 3 + 1}")
        tablet.finish()

    assert counts_of(hall, election) == [1, 2, 2, 1]


def test_the_codes_for_cameras_are_the_receipt(tablets: Tablets, hall: Hall) -> None:
    hall.open_election()
    tablet = tablets.switch_on()
    tracker = tablet.vote(1, "p01")

    shown = tablet.page.locator(".receipt figure [data-text]").evaluate_all(
        "(codes) => codes.map((code) => code.dataset.text)"
    )

    link, whole = shown
    assert link == f"HTTPS://LOCALHOST/R/{tracker.replace('-', '')}"
    assert len(link) <= 60
    start, compact = whole.split("#")
    assert start == link
    receipt = parse_compact(compact, [hall.key()])
    assert check_receipt(receipt, hall.key())


def test_more_than_allowed_can_not_be_marked_and_the_reason_is_said(
    tablets: Tablets, hall: Hall
) -> None:
    hall.open_election(sheet(4, seats=2))
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tablet.reaches("paper")
    review = tablet.button("核对我的选择")

    review.click()
    expect(tablet.page.locator(".hint")).to_have_text("还需选择 1 项，或者选弃权。")
    tablet.mark("p01", "p02")
    tablet.page.locator('input[data-mark="p03"]').click(force=True)

    expect(tablet.page.locator(".hint")).to_contain_text("已选满 2 项，不能再选")
    expect(tablet.page.locator(".sum")).to_have_text("已选 2 / 最多 2")
    expect(tablet.page.locator('input[data-mark="p03"]')).not_to_be_checked()
    tablet.page.locator('input[data-mark="p01"]').uncheck()
    tablet.mark("p03")
    review.click()
    expect(tablet.reaches("review").locator("li")).to_have_text(["项目2", "项目3"])


def test_for_and_against_with_a_limit(tablets: Tablets, hall: Hall) -> None:
    election = hall.open_election(one_by_one(4, 2))
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tablet.reaches("paper")

    def answer(project: str, option: str) -> None:
        tablet.page.locator(f'[data-question="{project}"] input[data-mark="{option}"]').click(
            force=True
        )

    answer("p1", "for")
    answer("p2", "for")
    answer("p3", "for")
    expect(tablet.page.locator(".hint")).to_contain_text("已满 2 项")
    answer("p3", "against")
    tablet.button("核对我的选择").click()
    expect(tablet.page.locator(".hint")).to_have_text("还有 1 项没有表态。")
    expect(tablet.page.locator('[data-question="p4"] input').first).to_be_focused()
    answer("p4", "none")
    tablet.button("核对我的选择").click()
    tablet.reaches("review")
    tablet.button("密封表决票").click()
    tablet.reaches("sealed")
    tablet.cast()
    tablet.reaches("receipt")

    assert counts_of(hall, election) == [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_a_rating_of_forty_items(tablets: Tablets, hall: Hall) -> None:
    election = hall.open_election(rating(40))
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tablet.reaches("paper")
    expect(tablet.page.locator(".rules")).to_have_text("请对 40 个项目逐项评价。")

    tablet.page.locator('[data-question="p7"] input[data-mark="satisfied"]').click()
    tablet.page.locator('[data-question="p39"] input[data-mark="dissatisfied"]').click()
    tablet.button("其余 38 项弃权").click()
    expect(tablet.page.locator(".sum")).to_have_text("已表态 40 / 共 40")
    tablet.button("核对我的选择").click()
    tablet.reaches("review")
    tablet.button("密封表决票").click()
    tablet.reaches("sealed")
    tablet.cast()
    tablet.reaches("receipt")

    counts = counts_of(hall, election)
    assert (counts[24], counts[154], sum(counts)) == (1, 1, 40)


def test_a_test_of_the_tablet_is_published_and_the_next_ballot_counts(
    tablets: Tablets, hall: Hall
) -> None:
    election = hall.open_election(sheet(3, seats=2))
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tested = tablet.seal("p01", "p02")
    tablet.button("检验本机").click()
    expect(tablet.reaches("explaining")).to_contain_text("将成为公开内容")
    tablet.button("公开这张票").click()

    opened = tablet.reaches("tested")
    expect(opened.locator(".marks li")).to_have_text(["项目1", "项目2"])
    assert tablet.tracker() == tested
    tablet.button("重新填写表决票").click()
    expect(tablet.page.locator("input:checked")).to_have_count(0)
    cast = tablet.seal("p03")
    tablet.cast()
    tablet.reaches("receipt")

    assert cast != tested
    state = state_of(hall, election)
    assert (len(state.ballots), len(state.challenged)) == (1, 1)
    assert counts_of(hall, election) == [0, 0, 1, 0]


def test_going_back_from_the_seal_keeps_the_choices_and_makes_another_ballot(
    tablets: Tablets, hall: Hall
) -> None:
    hall.open_election(sheet(3, seats=2))
    tablet = tablets.switch_on()
    tablet.show_card(1)
    first = tablet.seal("p01")
    tablet.button("返回修改").click()
    expect(tablet.page.locator('input[data-mark="p01"]')).to_be_checked()

    second = tablet.seal()

    assert first != second


def test_a_mistyped_code_is_told_as_mistyped_and_kept(tablets: Tablets, hall: Hall) -> None:
    hall.open_election()
    tablet = tablets.switch_on()
    code = card_code(hall.cards[0])
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

    tablet.type_code(wrong)

    expect(tablet.page.get_by_role("alert")).to_contain_text("编码有误")
    expect(tablet.page.get_by_label("表决卡编码")).to_have_value(wrong)
    tablet.type_code(code.lower().replace("0", "o").replace("1", "l").replace("-", " "))
    tablet.reaches("paper")


def test_the_keypad_types_and_checks_by_itself(tablets: Tablets, hall: Hall) -> None:
    hall.open_election()
    tablet = tablets.switch_on()
    expect(tablet.page.get_by_text("正在投票")).to_be_visible()
    tablet.button("输入编码").click()

    tablet.button("Z").click()
    tablet.button("删除最后一位").click()
    for letter in card_code(hall.cards[0]).replace("-", ""):
        tablet.button(letter).click()

    tablet.reaches("paper")


def test_a_code_reader_that_types_is_understood(tablets: Tablets, hall: Hall) -> None:
    hall.open_election()
    tablet = tablets.switch_on()
    expect(tablet.page.get_by_text("正在投票")).to_be_visible()

    tablet.page.keyboard.type("MS1" + card_code(hall.cards[0]).replace("-", ""))
    tablet.page.keyboard.press("Enter")

    tablet.reaches("paper")


def told(tablet: Tablet, title: str) -> None:
    """Expect a card to be sent away with these words, and nothing kept."""
    tablet.reaches("told")
    expect(tablet.page.locator("h1")).to_have_text(title)
    tablet.button("完成").click()
    tablet.reaches("idle")
    assert tablet.stored() == []


def test_cards_that_can_not_vote_are_told_why(tablets: Tablets, hall: Hall) -> None:
    hall.revoke(2)
    election = hall.prepare()
    tablet = tablets.switch_on()
    expect(tablet.page.get_by_text("投票尚未开始")).to_be_visible()
    tablet.type_code(card_code(hall.cards[0]))
    told(tablet, "投票尚未开始")
    hall.open(election)
    tablet.show_card(2)
    told(tablet, "这张表决卡已注销")
    tablet.show_card(7)
    told(tablet, "这张表决卡尚未发放")
    stranger = CardSecret(secret("a card of another sitting")[:16])
    tablet.type_code(card_code(stranger))
    told(tablet, "这张卡不属于本次会议")
    hall.close(election)
    expect(tablet.page.get_by_text("投票已结束")).to_be_visible()
    tablet.type_code(card_code(hall.cards[0]))
    told(tablet, "投票已结束")


def test_a_card_that_has_voted_is_shown_its_receipt_on_any_tablet(
    tablets: Tablets, hall: Hall
) -> None:
    election = hall.open_election()
    tracker = tablets.switch_on().vote(1, "p01")

    other = tablets.switch_on()
    other.show_card(1)

    other.reaches("receipt")
    expect(other.page.locator("h1")).to_have_text("这张表决卡在本次票决中已经投票")
    assert other.tracker() == tracker
    assert len(state_of(hall, election).ballots) == 1


def test_two_elections_of_one_sitting_take_the_same_card(tablets: Tablets, hall: Hall) -> None:
    first = hall.open_election(sheet(3, title="第一项票决"))
    tablet = tablets.switch_on()
    tablet.vote(1, "p01")
    tablet.finish()
    hall.count(first)

    second = hall.open_election(sheet(4, title="第二项票决"))
    expect(tablet.page.locator("h1")).to_have_text("第二项票决")
    tablet.vote(1, "p04")

    assert counts_of(hall, second) == [0, 0, 0, 1, 0]


def test_a_vote_that_is_closed_while_a_deputy_marks_is_told(tablets: Tablets, hall: Hall) -> None:
    election = hall.open_election()
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tablet.reaches("paper")

    hall.close(election)

    told(tablet, "投票已结束")


def test_a_tablet_that_is_left_alone_asks_and_then_forgets(tablets: Tablets, hall: Hall) -> None:
    hall.open_election(sheet(3, seats=2))
    context = tablets.profile()
    context.clock.install()
    tablet = tablets.switch_on(context)
    tablet.show_card(1)
    tablet.reaches("paper")
    tablet.mark("p01")

    tablet.page.clock.run_for(241_000)
    expect(tablet.page.get_by_role("dialog")).to_contain_text("您还在吗？")
    tablet.button("继续填写").click()
    expect(tablet.page.locator('input[data-mark="p01"]')).to_be_checked()
    tablet.page.clock.run_for(301_000)

    tablet.reaches("idle")
    assert "p01" not in tablet.page.content()


def test_leaving_asks_first_and_then_forgets(tablets: Tablets, hall: Hall) -> None:
    hall.open_election(sheet(3, seats=2))
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tablet.reaches("paper")
    tablet.mark("p02")

    tablet.button("不投票，退出").click()
    dialog = tablet.page.get_by_role("dialog")
    expect(dialog).to_contain_text("表决卡仍然有效")
    tablet.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(tablet.page.locator('input[data-mark="p02"]')).to_be_checked()
    tablet.button("不投票，退出").click()
    dialog.get_by_role("button", name="不投票，退出").click()

    tablet.reaches("idle")


def test_after_a_deputy_nothing_is_left_on_the_tablet(tablets: Tablets, hall: Hall) -> None:
    hall.open_election(sheet(3, seats=2))
    tablet = tablets.switch_on()
    expect(tablet.page.get_by_text("正在投票")).to_be_visible()
    [first] = tablet.page.workers
    tracker = tablet.vote(1, "p02")
    tablet.finish()

    kept = tablet.page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    code = card_code(hall.cards[0])
    page = tablet.page.content()
    local, *others = json.loads(kept)
    # What the tablet holds on to is whose log it saw, which everybody may know.
    assert list(local) == [f"log key {hall.slug}"]
    assert others == [{}, ""]
    assert tablet.stored() == []
    assert [text for text in (code, code.replace("-", ""), tracker) if text in page] == []
    expect(tablet.page.locator("input")).to_have_count(0)
    tablet.page.wait_for_timeout(800)
    assert first not in tablet.page.workers
    assert len(tablet.page.workers) == 1


def test_a_rehearsal_says_so_on_every_step(tablets: Tablets, hall: Hall) -> None:
    with transaction() as tx:
        tx.get_one(Sitting, hall.sitting_id).is_rehearsal = True
    hall.open_election()
    tablet = tablets.switch_on()
    banner = tablet.page.get_by_text("演练：此处一切均不计票")

    expect(banner).to_be_visible()
    tablet.show_card(1)
    tablet.reaches("paper")
    expect(banner).to_be_visible()


def test_the_receipt_prints_alone(tablets: Tablets, hall: Hall) -> None:
    hall.open_election(sheet(3, title="打印的票决"))
    tablet = tablets.switch_on()
    tracker = tablet.vote(1, "p01")

    tablet.page.emulate_media(media="print")

    printed = tablet.page.locator(".printed")
    expect(printed).to_be_visible()
    expect(tablet.page.locator(".masthead")).to_be_hidden()
    expect(printed).to_contain_text(tracker)
    expect(printed).to_contain_text("打印的票决")
    expect(printed).not_to_contain_text("项目1")


def test_every_ballot_of_a_vote_has_one_size_and_no_time(
    tablets: Tablets, hall: Hall, app: Flask
) -> None:
    """A32: nothing about a ballot's selections, or about when it came, can be read off it."""
    election = hall.open_election(sheet(12, seats=5))
    sizes: set[int] = set()
    headers: list[dict[str, str]] = []

    def listen(request: Request) -> None:
        if request.url.endswith("/ballots"):
            sizes.add(len(request.post_data_buffer or b""))
            headers.append(request.headers)

    tablet = tablets.switch_on()
    tablet.page.on("request", listen)
    for number, marks in enumerate((["p01"], ["p02", "p05", "p07", "p11", "p12"], ["abstain"]), 1):
        tablet.vote(number, *marks)
        tablet.finish()

    assert len(sizes) == 1
    assert not [sent for sent in headers if "cookie" in sent]
    ballots = [hall.record()[f"object/{b.id}"] for b in state_of(hall, election).ballots.values()]
    for raw in ballots:
        assert not re.search(rb"20[0-9]{2}-[01][0-9]-[0-3][0-9]|time|device|address", raw)
    assert {object_id(raw) for raw in ballots} == {
        ballot.id for ballot in state_of(hall, election).ballots.values()
    }


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_server_that_is_out_of_its_mind_is_a_lost_network(
    tablets: Tablets, hall: Hall, status: int
) -> None:
    hall.open_election()
    tablet = tablets.switch_on()
    expect(tablet.page.get_by_text("正在投票")).to_be_visible()
    answers: list[dict[str, Any]] = [
        {"status": status, "content_type": "text/html", "body": "<h1>?</h1>"},
        {"status": 200, "content_type": "text/html", "body": "<h1>portal</h1>"},
    ]
    tablet.page.route(
        "**/ballots",
        lambda route: route.fulfill(**answers.pop()) if answers else route.continue_(),
    )

    tablet.vote(1, "p01")

    assert answers == []

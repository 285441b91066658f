"""Tablets under accidents and attacks: what fails, what lies, and what a deputy sees of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from ballots.cards import card_code
from ballots.encoding import canonical, parse_json
from ballots.log import make_verifier_key
from ballots.objects import object_id
from ballots.states import ElectionState
from tests.e2e.tablets import Tablet, Tablets, swallow_answer
from tests.hall import Hall, sheet
from voting import clock as clocks
from voting.rules.vote import DecisionSettings
from voting.services.elections import Project, make_manifest

BALLOTS = "**/api/c/*/ballots"


def votes_of(hall: Hall, election: int) -> ElectionState:
    """Replay the record, which must be sound, and give an election's state."""
    return hall.replay().elections[hall.row(election).object_id]


def ready(tablets: Tablets, number: int, *marks: str) -> Tablet:
    """Take a new tablet and fill in and seal a ballot with a card."""
    tablet = tablets.switch_on()
    tablet.show_card(number)
    tablet.seal(*marks)
    return tablet


def lose_request(page: Page) -> None:
    """The network is lost before the ballot leaves."""
    page.route(BALLOTS, lambda route: route.abort())


def lose_answer(page: Page) -> None:
    """The network is lost after the ballot was accepted."""
    page.route(BALLOTS, swallow_answer)


def lose_nothing(_page: Page) -> None:
    """The network holds; the page dies before anything is sent."""


@pytest.mark.parametrize("loss", [lose_request, lose_answer])
def test_a_tablet_that_dies_while_casting_goes_on_after_its_restart(
    tablets: Tablets, hall: Hall, loss: Callable[[Page], None]
) -> None:
    """A41: whatever was lost, the ballot counts once, and its receipt is shown."""
    election = hall.open_election()
    tablet = ready(tablets, 1, "p01")
    tracker = tablet.tracker()
    loss(tablet.page)
    tablet.cast()
    expect(tablet.reaches("waiting")).to_contain_text("尚未送达")
    [row] = tablet.stored()
    assert set(row) == {"id", "short", "raw", "rule"}
    ballot = parse_json(bytes(row["raw"]))
    parts = ["ciphertext", "commitment", "credential", "election", "proof", "signature", "type"]
    assert sorted(ballot) == parts

    context = tablet.page.context
    tablet.page.close()
    again = tablets.switch_on(context)

    again.reaches("receipt")
    assert again.tracker() == tracker
    again.finish()
    assert again.stored() == []
    assert len(votes_of(hall, election).ballots) == 1


@pytest.mark.parametrize("step", ["idle", "paper", "review", "sealed", "explaining"])
def test_a_reload_before_the_casting_casts_nothing_and_spoils_nothing(
    tablets: Tablets, hall: Hall, step: str
) -> None:
    """A41: before the deputy casts, nothing is kept and the card stays good."""
    election = hall.open_election(sheet(3, seats=2))
    tablet = tablets.switch_on()

    def fill_in() -> None:
        tablet.mark("p01")
        tablet.button("核对我的选择").click()

    way: dict[str, Callable[[], None]] = {
        "idle": lambda: None,
        "paper": lambda: tablet.show_card(1),
        "review": fill_in,
        "sealed": tablet.button("密封表决票").click,
        "explaining": tablet.button("检验本机").click,
    }
    for name, act in way.items():
        act()
        tablet.reaches(name)
        if name == step:
            break

    tablet.reload()

    tablet.reaches("idle")
    assert tablet.stored() == []
    tablet.vote(1, "p02")
    assert len(votes_of(hall, election).ballots) == 1


def test_a_reload_at_the_receipt_leaves_it_within_reach(tablets: Tablets, hall: Hall) -> None:
    hall.open_election()
    tablet = tablets.switch_on()
    tracker = tablet.vote(1, "p01")

    tablet.reload()
    tablet.show_card(1)

    tablet.reaches("receipt")
    assert tablet.tracker() == tracker


def test_a_test_that_was_published_without_an_answer_can_be_repeated(
    tablets: Tablets, hall: Hall
) -> None:
    """A41: the answer to a challenge is lost; the same is sent again and stands once."""
    election = hall.open_election()
    tablet = ready(tablets, 1, "p01")
    challenges = "**/challenges"
    tablet.page.route(challenges, swallow_answer)
    tablet.button("检验本机").click()
    tablet.button("公开这张票").click()
    expect(tablet.page.locator("h1")).to_have_text("尚未能公开这张票")
    tablet.page.unroute(challenges)

    tablet.button("重试").click()

    tablet.reaches("tested")
    assert len(votes_of(hall, election).challenged) == 1


def test_while_one_ballot_waits_the_next_deputy_votes_and_both_arrive(
    tablets: Tablets, hall: Hall
) -> None:
    election = hall.open_election()
    tablet = ready(tablets, 1, "p01")
    lose_request(tablet.page)
    tablet.cast()
    tablet.reaches("waiting")
    tablet.button("交给平板，让下一位使用").click()
    expect(tablet.reaches("idle")).to_contain_text("本机有 1 张密封的表决票等待网络恢复")

    tablet.show_card(2)
    tablet.seal("p02")
    tablet.cast()
    tablet.reaches("waiting")
    tablet.page.unroute(BALLOTS)

    tablet.reaches("receipt")
    tablet.finish()
    expect(tablet.page.get_by_text("等待网络恢复")).to_have_count(0, timeout=60_000)
    assert len(votes_of(hall, election).ballots) == 2


def test_a_whole_network_that_is_lost_and_found(tablets: Tablets, hall: Hall) -> None:
    election = hall.open_election()
    tablet = tablets.switch_on()
    expect(tablet.page.get_by_text("正在投票")).to_be_visible()
    tablet.page.context.set_offline(True)

    tablet.type_code(card_code(hall.cards[0]))
    expect(tablet.reaches("paper")).to_contain_text("网络已中断，您可以继续")
    tablet.seal("p01")
    tablet.cast()
    tablet.reaches("waiting")
    tablet.page.context.set_offline(False)

    tablet.reaches("receipt")
    assert len(votes_of(hall, election).ballots) == 1


def test_a_deputy_goes_on_at_another_tablet_and_the_first_one_gives_way(
    tablets: Tablets, hall: Hall
) -> None:
    """A41, A42: a ballot stuck on a dead tablet does not stop its deputy, nor count twice."""
    election = hall.open_election()
    dead = ready(tablets, 1, "p01")
    lose_request(dead.page)
    dead.cast()
    dead.reaches("waiting")
    context, stuck = dead.page.context, dead.tracker()
    dead.page.close()

    counted = tablets.switch_on().vote(1, "p02")
    revived = tablets.switch_on(context)

    revived.reaches("receipt")
    expect(revived.page.locator("h1")).to_have_text("这张表决卡在本次票决中已经投票")
    assert revived.tracker() == counted
    revived.finish()
    note = revived.page.get_by_text("以下密封的表决票未被接受")
    expect(note).to_be_visible()
    expect(revived.reaches("idle")).to_contain_text(stuck)
    revived.button("知道了").click()
    expect(note).to_have_count(0)
    assert revived.stored() == []
    hall.count(election)
    result = votes_of(hall, election).result
    assert result is not None
    assert result.counts == [0, 1, 0, 0]


def test_a_double_tap_casts_once(tablets: Tablets, hall: Hall) -> None:
    """A42: the second of two taps meets no button, nor does the one behind a new step's."""
    election = hall.open_election()
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tablet.reaches("paper")
    tablet.mark("p01")
    sent: list[str] = []
    tablet.page.on(
        "request", lambda request: sent.append(request.url) if "ballots" in request.url else None
    )
    tablet.button("核对我的选择").click()
    tablet.reaches("review")
    tablet.button("密封表决票").dblclick()
    tablet.reaches("sealed")
    assert sent == []

    tablet.button("投票").dblclick()

    tablet.reaches("receipt")
    assert len(sent) == 1
    assert len(votes_of(hall, election).ballots) == 1


def test_two_tablets_with_one_card_in_one_instant(tablets: Tablets, hall: Hall) -> None:
    """A42: one ballot is accepted, and each tablet says what is true for it."""
    election = hall.open_election()
    first, second = ready(tablets, 1, "p01"), ready(tablets, 1, "p02")
    for tablet in (first, second):
        tablet.button("投票").click(no_wait_after=True)

    titles = []
    for tablet in (first, second):
        tablet.reaches("receipt")
        titles.append(tablet.page.locator("h1").inner_text())

    assert sorted(titles) == ["您的表决票已收到", "这张表决卡在本次票决中已经投票"]
    assert first.tracker() == second.tracker()
    assert len(votes_of(hall, election).ballots) == 1


@pytest.mark.parametrize("years", [-1, 1])
def test_a_clock_that_is_wrong_by_a_year_changes_nothing(
    tablets: Tablets, hall: Hall, years: int
) -> None:
    """A43: neither the server's nor the tablet's clock decides about a ballot."""
    wrong = datetime.now(UTC) + timedelta(days=365 * years)
    with clocks.stopped(wrong):
        election = hall.open_election()
        context = tablets.profile()
        context.clock.set_system_time(wrong - timedelta(days=730 * years))
        tablets.switch_on(context).vote(1, "p01")

        assert len(votes_of(hall, election).ballots) == 1


def test_a_receipt_for_another_ballot_is_found_out(tablets: Tablets, hall: Hall) -> None:
    """A29: the tablet compares with the ballot that it made itself."""
    hall.open_election()
    tracker = tablets.switch_on().vote(1, "p01").replace("-", "")
    other = ready(tablets, 2, "p02")
    receipts = f"{tablets.address}/api/c/{hall.slug}/receipts"
    honest = other.page.context.request.get(f"{receipts}/{tracker}").json()
    other.page.route(BALLOTS, lambda route: route.fulfill(status=201, json=honest))

    other.cast()

    expect(other.reaches("forged")).to_contain_text("receipt.entry")
    assert len(other.stored()) == 1
    other.page.unroute(BALLOTS)
    other.reaches("receipt")


def spoil_signature(text: str) -> str:
    """Change the last line of a receipt, which is the log's signature."""
    lines = text.rstrip("\n").split("\n")
    head, _, data = lines[-1].rpartition(" ")
    flipped = ("B" if data[20] == "A" else "A").join((data[:20], data[21:]))
    return "\n".join([*lines[:-1], f"{head} {flipped}", ""])


def spoil_path(text: str) -> str:
    """Change a hash of the path to the root."""
    lines = text.split("\n")
    lines[3] = ("B" if lines[3][0] == "A" else "A") + lines[3][1:]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("spoil", "rule"), [(spoil_signature, "log.signature"), (spoil_path, "log.inclusion")]
)
def test_a_receipt_that_does_not_hold_is_none(
    tablets: Tablets, hall: Hall, spoil: Callable[[str], str], rule: str
) -> None:
    """A28, A29: signature and path are checked on the tablet."""
    hall.open_election()
    tablet = ready(tablets, 1, "p01")

    def answer(route: Route) -> None:
        content = json.loads(route.fetch().text())
        content["receipt"] = spoil(content["receipt"])
        route.fulfill(status=201, json=content)

    tablet.page.route(BALLOTS, answer)
    tablet.cast()

    expect(tablet.reaches("forged")).to_contain_text(rule)


def broken(tablet: Tablet, number: int, rule: str) -> None:
    """Expect the tablet to refuse to vote at all, for a rule."""
    expect(tablet.reaches("idle")).to_contain_text("本机不能用于投票")
    tablet.type_code(card_code(tablet.hall.cards[number - 1]))
    expect(tablet.reaches("told")).to_contain_text(rule)
    expect(tablet.page.locator("h1")).to_have_text("本机不能用于投票")


def test_another_paper_under_the_same_name_is_refused(tablets: Tablets, hall: Hall) -> None:
    """A30: the objects' ids are recomputed from what came."""
    election = hall.open_election(sheet(3, title="真的票决"))
    name = hall.row(election).object_id
    tablet = tablets.switch_on(tablets.profile())
    tablet.page.route(
        f"**/object/{name}",
        lambda route: route.fulfill(body=changed(route.fetch().body(), "真的", "假的")),
    )
    tablet.reload()

    broken(tablet, 1, "object.id")


def changed(raw: bytes, old: str, new: str) -> bytes:
    """Give the same object with other words."""
    return raw.replace(old.encode(), new.encode())


def test_a_paper_that_is_not_in_the_log_is_refused(tablets: Tablets, hall: Hall) -> None:
    """A30: a server can't put another question to one tablet, even under its right id."""
    election = hall.open_election(sheet(3, title="真的票决"))
    name = hall.row(election).object_id
    forged = changed(hall.record()[f"object/{name}"], "真的", "假的")
    assert canonical(parse_json(forged)) == forged
    other = object_id(forged)
    tablet = tablets.switch_on(tablets.profile())

    def lie(route: Route) -> None:
        answer = route.fetch(headers={})
        route.fulfill(
            status=200, content_type="application/json", body=answer.text().replace(name, other)
        )

    tablet.page.route("**/state", lie)
    tablet.page.route(f"**/object/{other}", lambda route: route.fulfill(body=forged))
    tablet.reload()

    broken(tablet, 1, "order.reference")


def test_a_log_that_was_not_signed_is_refused(tablets: Tablets, hall: Hall) -> None:
    hall.open_election()
    tablet = tablets.switch_on(tablets.profile())

    def lie(route: Route) -> None:
        origin, size, root, *rest = route.fetch().text().split("\n")
        spoilt = root[:-2] + ("A=" if root[-2] != "A" else "E=")
        route.fulfill(body="\n".join([origin, size, spoilt, *rest]))

    tablet.page.route("**/checkpoint", lie)
    tablet.reload()

    broken(tablet, 1, "log.signature")


def test_another_key_of_the_log_is_found_out_after_a_reload(tablets: Tablets, hall: Hall) -> None:
    """A29, A30: a server that signs a log of its own with another key stops at this tablet."""
    hall.open_election()
    tablet = tablets.switch_on(tablets.profile())
    expect(tablet.page.get_by_text("正在投票")).to_be_visible()
    tablet.page.wait_for_function("() => Object.keys(localStorage).length > 0")
    other = make_verifier_key(hall.key().name, bytes(32), is_witness=False)
    tablet.page.route("**/log.vkey", lambda route: route.fulfill(body=f"{other}\n"))

    tablet.reload()

    broken(tablet, 1, "log.vkey")


def test_entries_that_the_root_does_not_cover_are_refused(tablets: Tablets, hall: Hall) -> None:
    hall.open_election()
    tablet = tablets.switch_on(tablets.profile())

    def lie(route: Route) -> None:
        route.fulfill(body=changed(route.fetch().body(), '"type":"open"', '"type":"opem"'))

    tablet.page.route("**/tile/entries/**", lie)
    tablet.reload()

    broken(tablet, 1, "log.root")


def test_words_with_markup_in_them_are_words(tablets: Tablets, hall: Hall) -> None:
    """A36: whatever a name contains is shown as text, and the policy has nothing to stop."""
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    plan = [Project("p01", f"项目 {evil}"), Project("p02", "项目")]
    hall.open_election(make_manifest(evil, plan, DecisionSettings(1)))
    tablet = tablets.switch_on()
    alerts: list[str] = []
    tablet.page.on("dialog", lambda dialog: alerts.append(dialog.message))

    tablet.show_card(1)
    tablet.reaches("paper")
    expect(tablet.page.locator("h1")).to_have_text(evil)
    expect(tablet.page.locator(".choice .title").first).to_have_text(f"项目 {evil}")
    tablet.seal("p01")
    tablet.cast()
    tablet.reaches("receipt")

    expect(tablet.page.locator("#booth :is(img, script)")).to_have_count(0)
    assert alerts == []


def test_equal_random_numbers_do_not_make_equal_ballots(tablets: Tablets, hall: Hall) -> None:
    """A7: two tablets whose random numbers were made equal show different trackers."""
    election = hall.open_election()
    trackers = set()
    for number in (1, 2):
        context = tablets.profile()
        context.route("**/booth/worker-*.js", fix_randomness)
        trackers.add(tablets.switch_on(context).vote(number, "p01"))

    assert len(trackers) == 2
    assert len(votes_of(hall, election).ballots) == 2


def fix_randomness(route: Route) -> None:
    """Hand out a worker whose random numbers are all sevens."""
    fixed = "crypto.getRandomValues = (bytes) => bytes.fill(7);\n"
    route.fulfill(content_type="text/javascript", body=fixed + route.fetch().text())


def test_the_same_ballot_from_two_tablets_gets_the_same_receipt(
    tablets: Tablets, hall: Hall
) -> None:
    """A7, A42: one card, equal numbers, equal choices: it is one ballot, which counts once."""
    election = hall.open_election()
    pair = []
    for _ in range(2):
        context = tablets.profile()
        context.route("**/booth/worker-*.js", fix_randomness)
        tablet = tablets.switch_on(context)
        tablet.show_card(1)
        tablet.seal("p01")
        pair.append(tablet)

    for tablet in pair:
        tablet.cast()
        tablet.reaches("receipt")
        expect(tablet.page.locator("h1")).to_have_text("您的表决票已收到")

    assert pair[0].tracker() == pair[1].tracker()
    assert len(votes_of(hall, election).ballots) == 1

"""The tablet for everyone: eyes, hands, languages and devices of every kind, in every state."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ballots.cards import card_code
from tests.axe import violations
from tests.e2e.tablets import Tablet, Tablets
from tests.hall import Hall, sheet
from tests.manifests import rating

# A telephone in the largest letters, a tablet in strong contrast, a screen as it comes.
LOOKS = ((360, 740, "is-largest"), (810, 1080, "is-contrast"), (1920, 1080, ""))
MODES = ("is-large", "is-largest", "is-contrast")
PICTURES = os.environ.get("PICTURES")


def look(tablet: Tablet, name: str) -> None:
    """Ask axe at three widths, and whether anything is wider than the screen."""
    page = tablet.page
    wrong = {}
    for width, height, mode in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(
            """([mode, modes]) => {
              document.documentElement.classList.remove(...modes);
              if (mode) document.documentElement.classList.add(mode);
            }""",
            [mode, MODES],
        )
        found = violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("wider than the screen")
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        wrong[width] = found
    page.set_viewport_size({"width": 810, "height": 1080})
    assert {width: found for width, found in wrong.items() if found} == {}, name


def states_before_the_paper(tablet: Tablet, hall: Hall) -> Iterator[str]:
    """Lead a tablet through what comes before a paper; the name of each state is given."""
    page = tablet.page
    yield "idle"
    tablet.act("enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "typing"
    page.locator("[data-typed]").fill("abcd efgo")
    tablet.act("submit")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "mistyped"
    page.locator("[data-typed]").fill(card_code(hall.cards[6]))
    tablet.act("submit")
    tablet.reaches("told")
    yield "told"
    tablet.act("done")
    tablet.reaches("idle")


def states_of_a_vote(tablet: Tablet, hall: Hall, number: int) -> Iterator[str]:
    """Lead a tablet through a whole vote; the name of each state is given when it is reached."""
    page = tablet.page
    begin(tablet, hall, number)
    yield "paper"
    tablet.act("review")
    yield "lacking"
    tablet.mark("p01", "p02")
    page.locator('input[data-mark="p03"]').click(force=True)
    yield "full"
    tablet.act("leave")
    yield "leaving"
    tablet.act("stay")
    tablet.act("review")
    tablet.reaches("review")
    yield "review"
    tablet.act("seal")
    tablet.reaches("sealed")
    yield "sealed"
    tablet.act("explain")
    tablet.reaches("explaining")
    yield "explaining"
    page.route("**/challenges", lambda route: route.abort())
    tablet.act("publish")
    expect(page.locator('button[data-do="again"]')).to_be_visible()
    yield "stuck"
    page.unroute("**/challenges")
    tablet.act("publish")
    tablet.reaches("tested")
    yield "tested"
    tablet.act("again")
    tablet.reaches("paper")
    tablet.mark("abstain")
    tablet.act("review")
    tablet.act("seal")
    yield from states_of_casting(tablet)


def states_of_casting(tablet: Tablet) -> Iterator[str]:
    """Cast what is sealed over a network that is lost, lies, and then works."""
    page, ballots = tablet.page, "**/api/c/*/ballots"
    tablet.reaches("sealed")
    page.route(ballots, lambda route: route.abort())
    tablet.act("cast")
    tablet.reaches("waiting")
    yield "waiting"
    page.unroute(ballots)
    tablet.reaches("receipt")
    yield "receipt"
    tablet.act("about")
    expect(page.locator("dialog .facts dd").first).to_be_visible()
    yield "about"
    tablet.act("stay")
    tablet.act("done")


def begin(tablet: Tablet, hall: Hall, number: int) -> None:
    """Type a card's code, in whichever language the tablet speaks."""
    tablet.reaches("idle")
    tablet.page.locator('[data-do="enter"][data-entry="type"]').click()
    tablet.page.locator("[data-typed]").fill(card_code(hall.cards[number - 1]))
    tablet.act("submit")
    tablet.reaches("paper")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_in_any_state(tablets: Tablets, hall: Hall, language: str) -> None:
    hall.open_election(sheet(4, seats=2, title="民生实事项目票决"))
    tablet = tablets.switch_on(query=f"?lang={language}")
    expect(tablet.page.locator(".state.open")).to_be_visible()

    for states in (states_before_the_paper(tablet, hall), states_of_a_vote(tablet, hall, 1)):
        for name in states:
            look(tablet, f"{language}-{name}")


def test_axe_finds_nothing_on_a_rating_or_after_a_refusal(tablets: Tablets, hall: Hall) -> None:
    election = hall.open_election(rating(12))
    tablet = tablets.switch_on()
    expect(tablet.page.locator(".state.open")).to_be_visible()
    begin(tablet, hall, 1)
    look(tablet, "rating")
    tablet.page.locator('input[data-mark="basic"]').first.check()
    tablet.act("abstainRest")
    look(tablet, "rated")
    tablet.act("review")
    tablet.reaches("review")
    look(tablet, "rating-review")
    tablet.act("seal")
    tablet.reaches("sealed")
    tablet.page.route("**/state", lambda route: route.abort())
    hall.close(election)
    tablet.act("cast")
    expect(tablet.reaches("refused")).to_contain_text("送达时投票已经结束")
    look(tablet, "refused")


def forge(tablet: Tablet) -> None:
    """Have the server answer with what is no receipt."""
    answer = {"receipt": "no receipt", "tracker": "", "index": 0, "compact": ""}
    tablet.page.route("**/api/c/*/ballots", lambda route: route.fulfill(status=201, json=answer))
    tablet.cast()
    tablet.reaches("forged")


def leave_alone(tablet: Tablet) -> None:
    """Let the deputy walk away."""
    tablet.page.clock.run_for(241_000)
    expect(tablet.page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("accident", [forge, leave_alone])
def test_axe_finds_nothing_when_something_is_wrong(
    tablets: Tablets, hall: Hall, accident: Callable[[Tablet], None]
) -> None:
    hall.open_election()
    context = tablets.profile()
    context.clock.install()
    tablet = tablets.switch_on(context)
    tablet.show_card(1)
    tablet.seal("p01")

    accident(tablet)

    look(tablet, accident.__name__)


@pytest.mark.parametrize(("size", "target"), [("is-large", 60), ("is-largest", 60), ("", 44)])
def test_whatever_is_touched_is_large_enough(
    tablets: Tablets, hall: Hall, size: str, target: int
) -> None:
    hall.open_election(sheet(4, seats=2))
    tablet = tablets.switch_on(tablets.profile(viewport={"width": 360, "height": 740}))
    sizes = {"": 0, "is-large": 1, "is-largest": 2}
    for _ in range(sizes[size]):
        tablet.act("size")
    tablet.page.locator('[data-do="enter"][data-entry="type"]').click()
    assert too_small(tablet.page, target) == []
    tablet.show_card(1)
    tablet.reaches("paper")

    assert too_small(tablet.page, target) == []
    letters = tablet.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert (letters >= 18) if not size else (letters >= 22)
    if size == "is-largest":
        assert letters == 30


def too_small(page: Page, target: int) -> list[str]:
    """Name what can be touched but is lower or narrower than a finger needs."""
    found: list[str] = page.evaluate(
        """(target) => [...document.querySelectorAll("button, .choice, summary")]
          .filter((e) => e.checkVisibility())
          .map((e) => [e.innerText.trim().slice(0, 12), e.getBoundingClientRect()])
          .filter(([, box]) => box.height < target - 0.5 || box.width < target - 0.5)
          .map(([text, box]) => `${text} ${box.width}x${box.height}`)""",
        target,
    )
    return found


def test_language_size_and_contrast_change_at_any_moment_and_lose_nothing(
    tablets: Tablets, hall: Hall
) -> None:
    hall.open_election(sheet(4, seats=2))
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tablet.reaches("paper")
    tablet.mark("p02")
    html = tablet.page.locator("html")

    tablet.button("English").click()
    expect(html).to_have_attribute("lang", "en")
    expect(tablet.page.locator(".sum")).to_have_text("Chosen: 1 of at most 2")
    tablet.act("size")
    tablet.act("contrast")
    expect(html).to_have_class("of-tablet is-large is-contrast")
    expect(tablet.page.locator('input[data-mark="p02"]')).to_be_checked()
    tablet.act("review")
    tablet.reaches("review")
    tablet.button("中文").click()
    expect(tablet.page.locator("h1")).to_have_text("请核对您的选择")
    tablet.act("size")
    tablet.act("leave")
    tablet.page.locator('dialog [data-do="done"]').click()

    tablet.reaches("idle")
    expect(html).to_have_class("of-tablet")
    expect(html).to_have_attribute("lang", "zh-Hans")


def test_a_vote_by_keyboard_alone(tablets: Tablets, hall: Hall) -> None:
    hall.open_election(sheet(4, seats=2))
    tablet = tablets.switch_on()
    keyboard = tablet.page.keyboard
    expect(tablet.page.locator(".state.open")).to_be_visible()

    def tab_to(selector: str) -> None:
        for _ in range(60):
            keyboard.press("Tab")
            if tablet.page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"no Tab leads to {selector}")

    keyboard.type(card_code(hall.cards[0]))
    keyboard.press("Enter")
    tablet.reaches("paper")
    expect(tablet.page.locator("h1")).to_be_focused()
    tab_to('[data-mark="p03"]')
    keyboard.press("Space")
    for act, step in (("review", "review"), ("seal", "sealed"), ("cast", "receipt")):
        tab_to(f'[data-do="{act}"]')
        keyboard.press("Enter")
        tablet.reaches(step)
        expect(tablet.page.locator("h1")).to_be_focused()
    tab_to('[data-do="done"]')
    keyboard.press("Enter")

    tablet.reaches("idle")


def test_screen_readers_hear_what_changes(tablets: Tablets, hall: Hall) -> None:
    hall.open_election(sheet(4, seats=2))
    tablet = tablets.switch_on()
    tablet.show_card(1)
    paper = tablet.reaches("paper")
    tablet.mark("p01")

    expect(paper.locator("[aria-live=polite]")).to_have_text("已选 1 / 最多 2")
    tablet.mark("p02")
    tablet.page.locator('input[data-mark="p04"]').click(force=True)
    expect(paper.get_by_role("alert")).to_contain_text("已选满 2 项")
    expect(paper.locator('input[data-mark="p04"]')).to_have_attribute("aria-disabled", "true")
    expect(paper.get_by_role("checkbox", name="3 项目3")).to_be_visible()


def test_a_telephone_on_its_side_shows_the_whole_paper(tablets: Tablets, hall: Hall) -> None:
    hall.open_election(sheet(13, seats=10))
    tablet = tablets.switch_on(tablets.profile(viewport={"width": 740, "height": 360}))
    tablet.show_card(1)
    tablet.reaches("paper")
    last = tablet.page.locator(".choice").last
    last.scroll_into_view_if_needed()

    box = last.bounding_box()

    assert box is not None
    assert box["height"] < 200
    tablet.button("核对我的选择").click()
    expect(tablet.page.locator(".hint")).to_contain_text("还需选择 1 项")

"""What a tablet still holds of a deputy who has gone: neither card, nor seed, nor choices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Worker, expect

from ballots.cards import CardSecret, card_code, card_seed
from ballots.encoding import to_b64u
from tests.e2e.memory import found_in_memory, heaps_of, pages_processes
from tests.e2e.tablets import Tablet, Tablets
from tests.hall import Hall, sheet

# The seed by a rule, so that the worker is told the rule and not the bytes that are looked for.
SEED = bytes((73 * i + 41) % 256 for i in range(32))
FORESEEN_SEED = """void (crypto.getRandomValues =
  (bytes) => bytes.forEach((_, i) => { bytes[i] = 73 * i + 41; }) ?? bytes)"""


def spellings(secret: CardSecret) -> dict[str, str]:
    """Give how a card, its signing key and a ballot's seed could be written.

    The last letter of the code is left out, so that a code with a mistake in it is found as well.
    """
    code = card_code(secret)[:-1]
    written = {"code": code, "code in one": code.replace("-", "")}
    written |= {f"{name}, lower case": text.lower() for name, text in written.items()}
    for name, content in (("secret", secret), ("key", card_seed(secret)), ("seed", SEED)):
        written[f"{name} in hex"] = content.hex()
        written[f"{name} in base64"] = to_b64u(content)
    return written


def traces(tablet: Tablet, secret: CardSecret) -> set[str]:
    """Look for a card, a seed and choices in everything that page and workers hold."""
    heaps = heaps_of(tablet.page)
    assert len(heaps) >= 2
    written = spellings(secret).items()
    return {name for heap in heaps for name, text in written if heap.has(text)}.union(
        *(heap.lists("chosen", "selections") for heap in heaps)
    )


def press(tablet: Tablet, letters: str) -> None:
    """Type letters on the tablet's own keypad."""
    for letter in letters.replace("-", ""):
        tablet.page.locator(f'button[data-letter="{letter}"]').click()


def switched_on(tablets: Tablets, hall: Hall) -> Tablet:
    """Open a vote and a tablet whose clock and seeds are foreseen, with its keypad before it."""
    hall.open_election(sheet(4, seats=2))
    context = tablets.profile()
    context.clock.install()
    tablet = tablets.switch_on(context)
    expect(tablet.page.get_by_text("正在投票")).to_be_visible()
    [worker] = tablet.page.workers
    worker.evaluate(FORESEEN_SEED)
    tablet.button("输入编码").click()
    return tablet


def wait_for_other_worker(tablet: Tablet, old: Worker) -> None:
    """Wait until the worker that held the card is no more."""
    for _ in range(600):
        if old not in tablet.page.workers:
            return
        tablet.page.wait_for_timeout(50)
    pytest.fail("the worker lives on")


def strike(tablet: Tablet, letters: str) -> None:
    """Type letters on a keyboard, into the field."""
    tablet.page.get_by_label("表决卡编码").focus()
    tablet.page.keyboard.type(letters)


@pytest.mark.parametrize("write", [press, strike])
def test_a_code_that_nobody_finished_is_forgotten(
    tablets: Tablets, hall: Hall, write: Callable[[Tablet, str], None]
) -> None:
    tablet = switched_on(tablets, hall)
    write(tablet, card_code(hall.cards[0])[:-1])
    assert traces(tablet, hall.cards[0]) == {"code", "code in one"}

    tablet.page.clock.run_for(121_000)
    expect(tablet.page.locator(".keypad")).to_have_count(0)

    assert traces(tablet, hall.cards[0]) == set()


def cast(tablet: Tablet) -> None:
    """Cast, and leave the tablet to the next deputy."""
    tablet.cast()
    tablet.reaches("receipt")
    tablet.finish()


def walk_away(tablet: Tablet) -> None:
    """Leave a sealed ballot lying there."""
    tablet.page.clock.run_for(301_000)


def challenge(tablet: Tablet) -> None:
    """Have the ballot opened, and walk away from what was in it."""
    tablet.button("检验本机").click()
    tablet.button("公开这张票").click()
    tablet.reaches("tested")
    tablet.page.clock.run_for(181_000)


@pytest.mark.parametrize("leave", [cast, walk_away, challenge])
def test_scripts_hold_nothing_of_a_deputy_who_has_gone(
    tablets: Tablets, hall: Hall, leave: Callable[[Tablet], None]
) -> None:
    tablet = switched_on(tablets, hall)
    press(tablet, card_code(hall.cards[0]))
    tablet.seal("p02", "p03")
    assert traces(tablet, hall.cards[0]) == {"chosen", "selections"}

    [worker] = tablet.page.workers

    leave(tablet)
    wait_for_other_worker(tablet, worker)

    assert traces(tablet, hall.cards[0]) == set()


@pytest.mark.skipif(not Path("/proc/self/pagemap").exists(), reason="Linux alone shows memory")
def test_the_bytes_of_card_and_seed_are_overwritten(
    browser: Browser, tablets: Tablets, hall: Hall
) -> None:
    """Memory is looked through as it lies there, with everything in it that was ever freed."""
    tablet = switched_on(tablets, hall)
    secret = hall.cards[0]
    needles = {"secret": secret, "key": card_seed(secret), "seed": SEED}
    press(tablet, card_code(secret))
    tablet.seal("p02", "p03")
    found = {process: found_in_memory(process, needles) for process in pages_processes(browser)}
    [tablets_own] = [process for process, names in found.items() if names]
    assert found[tablets_own] >= {"secret", "seed"}

    [worker] = tablet.page.workers

    cast(tablet)
    wait_for_other_worker(tablet, worker)

    assert found_in_memory(tablets_own, needles) == set()

"""Drives tablets as deputies do: by what is written on buttons, in Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Route,
    expect,
)

from ballots.cards import card_code
from tests.hall import Hall

TRACKER = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")


@dataclass
class Tablet:
    """One page of the tablet, in a browser profile that survives it."""

    page: Page
    hall: Hall

    def button(self, name: str) -> Locator:
        """Find a button by its words."""
        return self.page.get_by_role("button", name=name, exact=True)

    def act(self, name: str) -> None:
        """Press the button of an act, in whichever language it is."""
        root = "dialog" if self.page.locator("dialog").count() else "#booth"
        self.page.locator(f'{root} button[data-do="{name}"]').first.click()

    def step(self, name: str) -> Locator:
        """Find the screen of a step."""
        return self.page.locator(f"main > .{name}")

    def reaches(self, name: str) -> Locator:
        """Wait for the screen of a step."""
        found = self.step(name)
        expect(found).to_be_visible(timeout=60_000)
        return found

    def type_code(self, code: str) -> None:
        """Type a card's code and have it checked."""
        self.reaches("idle")
        if not self.page.get_by_label("表决卡编码").is_visible():
            self.button("输入编码").click()
        self.page.get_by_label("表决卡编码").fill(code)
        self.button("核对表决卡").click()

    def show_card(self, number: int) -> None:
        """Use a card of the hall, counted from 1."""
        expect(self.page.get_by_text("正在投票")).to_be_visible(timeout=60_000)
        self.type_code(card_code(self.hall.cards[number - 1]))

    def mark(self, *options: str) -> None:
        """Mark options of the only question, by their ids."""
        for option in options:
            self.page.locator(f'input[data-mark="{option}"]').check()

    def seal(self, *options: str) -> str:
        """Mark, review and seal; gives the tracker that is shown."""
        self.review(*options)
        self.press_seal()
        self.reaches("sealed")
        return self.tracker()

    def review(self, *options: str) -> None:
        """Mark, and look at what was marked."""
        self.reaches("paper")
        self.mark(*options)
        self.button("核对我的选择").click()
        self.reaches("review")

    def press_seal(self) -> None:
        """Seal what is reviewed, and don't wait for it."""
        self.button("密封表决票").click()

    def cast(self) -> None:
        """Cast the ballot that is sealed."""
        self.button("投票").click()

    def vote(self, number: int, *options: str) -> str:
        """Go the whole way from the card to the receipt; gives the tracker."""
        self.show_card(number)
        tracker = self.seal(*options)
        self.cast()
        self.reaches("receipt")
        assert self.tracker() == tracker
        return tracker

    def finish(self) -> None:
        """Leave the tablet to the next deputy."""
        self.button("完成并清除").click()
        self.reaches("idle")

    def tracker(self) -> str:
        """Read the tracker in large letters."""
        found = TRACKER.search(self.page.locator(".number-code").first.inner_text())
        assert found
        return found[0]

    def stored(self) -> list[dict[str, Any]]:
        """Read what the tablet's database holds."""
        rows = self.page.evaluate(
            """(name) => new Promise((resolve, reject) => {
              const asked = indexedDB.open(name);
              asked.onerror = () => reject(asked.error);
              asked.onsuccess = () => {
                const rows = asked.result.transaction("ballots").objectStore("ballots").getAll();
                rows.onsuccess = () => {
                  asked.result.close();
                  resolve(rows.result.map((row) => ({ ...row, raw: row.raw && [...row.raw] })));
                };
              };
            })""",
            f"booth-{self.hall.slug}",
        )
        assert isinstance(rows, list)
        return rows

    def reload(self) -> None:
        """Load the page again, as after an accident."""
        self.page.reload()


@dataclass
class Tablets:
    """All tablets of a test, and what their pages complained of."""

    browser: Browser
    address: str
    hall: Hall
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Give the address of the tablet's page."""
        return f"{self.address}/vote/{self.hall.slug}"

    def profile(self, **options: Any) -> BrowserContext:
        """Take a new device."""
        chosen = {"locale": "zh-CN", "viewport": {"width": 810, "height": 1080}, **options}
        context = self.browser.new_context(**chosen)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("console", self._listen)
        self.contexts.append(context)
        return context

    def switch_on(self, context: BrowserContext | None = None, *, query: str = "") -> Tablet:
        """Open the tablet's page, on a new device or one that was used before."""
        page = (context or self.profile()).new_page()
        page.goto(self.url + query)
        return Tablet(page, self.hall)

    def close(self) -> None:
        """Put all devices away."""
        for context in self.contexts:
            context.close()

    def _listen(self, message: ConsoleMessage) -> None:
        is_policy = "Content Security Policy" in message.text
        if is_policy or (message.type == "error" and "Failed to load resource" not in message.text):
            self.complaints.append(message.text)


def swallow_answer(route: Route) -> None:
    """Let a request reach the server and lose the answer on its way back."""
    route.fetch()
    route.abort()

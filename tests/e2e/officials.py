"""Drives the desks of officials as people do: signs them in, opens pages, fills in forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    FilePayload,
    Locator,
    Page,
    expect,
)

from ballots.cards import CardSecret, parse_card_code
from tests.application import Member
from tests.e2e.tablets import Tablet
from tests.hall import Hall
from tests.staging import SLUG


def cookie_of(app: Flask, member: Member) -> str:
    """Write the cookie of a browser in which somebody is signed in."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(signer.dumps({"_user_id": member.token, "_fresh": True}))


# What happens to the way to a page and says nothing of the page: it asks for itself anew in this
# very instant, or the machine's network is set up anew.
PUSHED_ASIDE = ("ERR_ABORTED", "ERR_NETWORK_CHANGED", "interrupted by another navigation")
# Who asks again at once is pushed aside by the arrival of what was asked for before.
PAUSES_MS = (0, 200, 500, 1_000, 2_000, 4_000)
LEAVING_MS = 5_000


@dataclass
class Desk:
    """One official's browser: a context of its own, with one page."""

    page: Page
    address: str

    def open(self, path: str) -> Page:
        """Go to an address of the site, from an empty page, which never asks for itself anew."""
        self._go("about:blank", timeout=LEAVING_MS, passing=(*PUSHED_ASIDE, "Timeout"))
        self._go(f"{self.address}{path}")
        return self.page

    def _go(
        self, address: str, *, timeout: float | None = None, passing: Sequence[str] = PUSHED_ASIDE
    ) -> None:
        """Go to an address, and ask for it again where the way to it was broken off."""
        for pause in PAUSES_MS:
            self.page.wait_for_timeout(pause)
            try:
                self.page.goto(address, timeout=timeout)
            except Error as error:
                if pause == PAUSES_MS[-1] or not any(word in error.message for word in passing):
                    raise
            else:
                return

    def press(self, name: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follow a link of the page by its words."""
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()

    def fill(self, **fields: str) -> None:
        """Fill fields in by their names in the form."""
        for name, text in fields.items():
            self.page.locator(f"main [name={name}]:visible").first.fill(text)

    def confirm(self, asked: str, yes: str, **fields: str) -> None:
        """Open what has to be confirmed, fill it in, and say yes."""
        summary = self.page.locator("summary", has_text=asked)
        box = self.page.locator("details.confirm", has=summary).first
        box.locator("summary").click()
        for name, text in fields.items():
            box.locator(f"[name={name}]").fill(text)
        box.get_by_role("button", name=yes, exact=True).click()

    def upload(self, content: bytes, name: str) -> None:
        """Choose a file in the first form that takes one."""
        chosen: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
        self.page.locator("input[type=file]").first.set_input_files(chosen)

    def hears(self, words: str | re.Pattern[str]) -> None:
        """Wait for a note that says so."""
        expect(self.page.locator("main .note", has_text=words).first).to_be_visible()

    def figure(self, word: str) -> Locator:
        """Find the number over a word."""
        return self.page.locator(".figures > div", has_text=word).first.locator("dd")

    def check_in(self, path: str, number: str, serial: str) -> None:
        """Find a deputy by number and hand a card out."""
        if self.page.url != f"{self.address}{path}":
            self.open(path)
        self.page.locator("#q").fill(number)
        self.press("查找")
        self.page.locator("#serial").fill(serial)
        self.press("实到")
        self.hears("已登记")


@dataclass
class House:
    """A served congress with its people; what their pages complain of fails the test."""

    browser: Browser
    address: str
    app: Flask
    team: dict[str, Member]
    slug: str = SLUG
    cards: list[CardSecret] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def desk(self, login: str = "", **options: Any) -> Desk:
        """Take a new device, on which somebody is signed in."""
        context = self._context(**options)
        if login:
            context.add_cookies(
                [{"name": "session", "value": self._cookie(login), "url": self.address}]
            )
        return Desk(context.new_page(), self.address)

    def tablet(self) -> Tablet:
        """Take a new tablet; it gets ready while others do."""
        page = self._context(viewport={"width": 810, "height": 1080}).new_page()
        page.goto(f"{self.address}/vote/{self.slug}", wait_until="commit")
        # A tablet of the tests asks nothing of its hall but slug and cards.
        return Tablet(page, cast("Hall", self))

    def keep_cards(self, codes: Sequence[str]) -> None:
        """Keep the cards that a page has printed."""
        self.cards = [parse_card_code("".join(code.split())) for code in codes]

    def close(self) -> None:
        """Put all devices away."""
        for context in self.contexts:
            context.close()

    def _context(self, **options: Any) -> BrowserContext:
        chosen = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
        context = self.browser.new_context(**chosen)
        context.set_default_timeout(60_000)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("console", self._listen)
        self.contexts.append(context)
        return context

    def _cookie(self, login: str) -> str:
        return cookie_of(self.app, self.team[login])

    def _listen(self, message: ConsoleMessage) -> None:
        is_policy = "Content Security Policy" in message.text
        if is_policy or (message.type == "error" and "Failed to load resource" not in message.text):
            self.complaints.append(message.text)

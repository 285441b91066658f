"""Drives the desks of officials as people do: signs them in, opens pages, fills in forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.application import Member, enrol
from voting.db import transaction
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services.people import congresses

SLUG = "binjiang"
CONGRESS = "滨江区第七届人民代表大会"
TEAM: dict[str, tuple[str, Role]] = {
    "secretary": ("周文书", Role.SECRETARIAT),
    "chair": ("林主席", Role.CHAIR),
    "chief": ("王监票", Role.CHIEF_SCRUTINEER),
    "second": ("李监票", Role.SCRUTINEER),
    "third": ("赵监票", Role.SCRUTINEER),
}


def open_house(app: Flask) -> dict[str, Member]:
    """Make a congress and the people who hold its sitting, each enrolled with an authenticator."""
    admin = Actor(None, "test", frozenset({(None, Role.SYSTEM_ADMIN)}))
    with transaction() as tx:
        made = congresses.make_congress(tx, admin, slug=SLUG, name=CONGRESS)
        return {
            login: enrol(tx, login, (made.id, role), name=name)
            for login, (name, role) in TEAM.items()
        }


def cookie_of(app: Flask, member: Member) -> str:
    """Write the cookie of a browser in which somebody is signed in."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(signer.dumps({"_user_id": member.token, "_fresh": True}))


@dataclass
class Desk:
    """One official's browser: a context of its own, with one page."""

    page: Page
    address: str
    who: str = ""

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press a button by its words."""
        (within or self.page).get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follow a link by its words."""
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()

    def fill(self, **fields: str) -> None:
        """Fill fields in by their names in the form."""
        for name, text in fields.items():
            self.page.locator(f"main [name={name}]:visible").first.fill(text)

    def confirm(self, asked: str, yes: str, **fields: str) -> None:
        """Open what has to be confirmed, fill it in, and say yes."""
        box = self.page.locator("details", has=self.page.locator("summary", has_text=asked)).last
        box.locator("summary", has_text=asked).last.click()
        for name, text in fields.items():
            box.locator(f"[name={name}]").fill(text)
        box.get_by_role("button", name=yes, exact=True).click()

    def upload(self, content: bytes, name: str) -> None:
        """Choose a file in the first form that takes one."""
        chosen: Any = {"name": name, "mimeType": "text/csv", "buffer": content}
        self.page.locator("input[type=file]").first.set_input_files(chosen)

    def hears(self, words: str | re.Pattern[str]) -> None:
        """Wait for a note that says so."""
        expect(self.page.locator("main .note", has_text=words).first).to_be_visible()

"""The front door and the administrators' desks in a real browser, with axe at every page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.application import PASSWORD, Member, enrol
from tests.axe import violations
from tests.e2e.officials import cookie_of
from tests.live import serving
from voting.app import create_app
from voting.config import Settings
from voting.db import db, transaction
from voting.demo.server import free_port
from voting.rules.access import NOBODY
from voting.rules.roles import Role
from voting.services.people import accounts, congresses, setup

WIDTHS = {"telephone": 360, "tablet": 810, "screen": 1920}
DESKS = {
    Role.SYSTEM_ADMIN: ("/admin/people", "/admin/congresses", "/admin/congresses/binjiang-7"),
    Role.SECURITY_ADMIN: ("/admin/people/4", "/admin/sessions"),
    Role.AUDIT_ADMIN: ("/admin/journal?check=1", "/account", "/account/password", "/nowhere"),
}
# Where pictures of the pages go, for whoever wants to look at them.
PICTURES = os.environ.get("PICTURES")


@pytest.fixture
def site(settings: Settings) -> Iterator[tuple[Flask, str]]:
    """An app that is served where passkeys work."""
    port = free_port("127.0.0.1")
    app = create_app(replace(settings, base_url=f"http://localhost:{port}"))
    with app.app_context():
        db.create_all()
        with serving(app, port):
            yield app, f"http://localhost:{port}"
        db.engine.dispose()


@pytest.fixture
def three(site: tuple[Flask, str]) -> dict[Role, Member]:
    """The three administrators, a congress, and people in it."""
    with transaction() as tx:
        made = {role: enrol(tx, role.value, (None, role), name="王建国") for role in setup.FIRST}
        system = made[Role.SYSTEM_ADMIN].actor
        card = congresses.make_congress(
            tx, system, slug="binjiang-7", name="杭州市滨江区第七届人民代表大会"
        )
        for role in (Role.SECRETARIAT, Role.CHAIR, Role.UNIT):
            one = accounts.invite_person(tx, system, login=f"{role}-1", name="欧阳志远")
            accounts.grant_role(
                tx, made[Role.SECURITY_ADMIN].actor, one.user_id, role, congress_id=card.id
            )
    return made


def look(page: Page, name: str) -> None:
    """Look at a page at three widths, with axe at the outer two; keep a picture where wanted."""
    found = {}
    for device, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {device}"
        if device != "tablet":
            found[device] = violations(page)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    assert {device: faults for device, faults in found.items() if faults} == {}


def first_steps(page: Page, address: str, login: str, code: str) -> None:
    """Enrol up to the second proof."""
    page.goto(f"{address}/enrol")
    page.fill("[name=login]", login)
    page.fill("[name=code]", code)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=repeated]", PASSWORD)
    look(page, "enrol")
    page.get_by_role("button", name="下一步").click()


def test_an_installation_is_set_up_and_its_first_administrator_signs_in(
    site: tuple[Flask, str], page: Page
) -> None:
    app, address = site
    page.goto(f"{address}/setup")
    look(page, "setup")
    page.fill("[name=code]", setup.setup_code(app.extensions["settings"]))
    for kind in ("system", "security", "audit"):
        page.fill(f"[name={kind}_login]", kind)
        page.fill(f"[name={kind}_name]", "管理员")
    page.get_by_role("button", name="创建三个账号").click()
    look(page, "slips")
    code = page.locator(".big-code").first.inner_text()

    first_steps(page, address, "system", code)
    look(page, "factor")
    secret = page.locator("ol .code").inner_text().replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.get_by_role("button", name="确认").click()
    expect(page.locator(".codes li")).to_have_count(10)
    look(page, "codes")
    page.get_by_role("link", name="已妥善保管").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("管理员，您好")
    look(page, "start")


def test_a_passkey_is_made_and_proved_by_the_browser(
    site: tuple[Flask, str], three: dict[Role, Member], page: Page
) -> None:
    _, address = site
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    with transaction() as tx:
        invited = accounts.add_invited(tx, NOBODY, login="li", name="李秀英")

    first_steps(page, address, "li", invited.code)
    page.get_by_role("button", name="创建通行密钥").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto(f"{address}/account")
    page.get_by_role("button", name="退出登录").click()
    page.fill("[name=login]", "li")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="下一步").click()
    look(page, "second")
    page.get_by_role("button", name="使用通行密钥").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("李秀英，您好")


@pytest.mark.parametrize("choice", ["lang=zh", "lang=en&elder=2", "lang=zh&contrast=1&elder=1"])
def test_every_desk_suits_everybody(
    site: tuple[Flask, str], three: dict[Role, Member], page: Page, choice: str
) -> None:
    app, address = site

    for role, paths in DESKS.items():
        value = cookie_of(app, three[role])
        page.context.add_cookies([{"name": "session", "value": value, "url": address}])
        for path in paths:
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}{choice}")
            look(page, f"{path.strip('/').replace('/', '-').replace('?', '-')}-{choice}")


def test_a_form_says_beside_each_field_what_is_wrong(
    site: tuple[Flask, str], three: dict[Role, Member], page: Page
) -> None:
    app, address = site
    value = cookie_of(app, three[Role.SYSTEM_ADMIN])
    page.context.add_cookies([{"name": "session", "value": value, "url": address}])
    page.goto(f"{address}/admin/people")

    page.fill("[name=login]", "x")
    page.get_by_role("button", name="创建账号").click()

    expect(page.locator("#problem-name")).to_have_text("请填写此项。")
    assert page.input_value("[name=login]") == "x"
    look(page, "refused")


def test_an_act_that_cannot_be_undone_says_first_what_will_happen(
    site: tuple[Flask, str], three: dict[Role, Member], page: Page
) -> None:
    app, address = site
    value = cookie_of(app, three[Role.SECURITY_ADMIN])
    page.context.add_cookies([{"name": "session", "value": value, "url": address}])
    page.goto(f"{address}/admin/people/4")

    page.locator("summary", has_text="停用").click()
    look(page, "confirm")
    expect(page.get_by_text("将立即退出所有设备")).to_be_visible()
    page.get_by_role("button", name="确认停用").click()

    expect(page.get_by_text("账号已停用，其全部登录均已结束。")).to_be_visible()

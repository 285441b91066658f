"""A key ceremony in which a share does not hold: it ends, everybody is told, another begins."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from ballots.objects import TrusteeCommitment, object_bytes, parse_object, sign_object
from ballots.trustees import Circle, commit, signing_seed
from tests import staging
from tests.congress import trustee_seed
from tests.e2e.officials import Desk, House
from tests.hall import Hall
from tests.staging import SLUG
from voting.db import reading
from voting.models.elections import KeyCeremony
from voting.services import ceremony

SCRUTINEERS = f"/desk/{SLUG}/sittings/1/scrutineers"
LIAR = 3


@pytest.fixture
def house(browser: Browser, app: Flask, address: str) -> Iterator[House]:
    """A served congress with its people."""
    made = House(browser, address, app, staging.found_congress())
    yield made
    made.close()
    assert made.complaints == []


@pytest.fixture
def hall(app: Flask, house: House) -> Hall:
    """A sitting whose key ceremony has begun."""
    hall = staging.plan(app, house.team)
    staging.begin_keys(hall, house.team)
    return hall


def wrong_shares(hall: Hall) -> bytes:
    """Make a commitment, signed as it should be, with shares of another polynomial."""
    seed = trustee_seed(LIAR)
    with reading() as tx:
        row = tx.get_one(KeyCeremony, hall.ceremony_id)
        circle, others = ceremony.circle_of(tx, row), ceremony.registered(tx, row)
    honest = parse_object(hall.commit(LIAR)).value
    assert isinstance(honest, TrusteeCommitment)
    lie = commit(Circle(circle.id, circle.trustees, 1), seed, LIAR, others)
    spoken = msgspec.structs.replace(honest, shares=lie.shares)
    return object_bytes(sign_object(spoken, signing_seed(circle, seed)))


def make_key(device: Desk) -> None:
    """Make a key at a scrutineer's device, and show to have the sheet."""
    device.press("生成密钥并显示密钥单")
    code = device.page.locator(".paper .code").inner_text()
    device.page.locator("#typed-code").fill("".join(code.split())[-4:])
    device.press("已留存，继续")


def test_a_share_that_does_not_hold_ends_the_ceremony_and_another_begins(
    house: House, hall: Hall
) -> None:
    device, desk = house.desk("chief"), house.desk("secretary")
    for index in (2, LIAR):
        hall.publish(hall.register(index), hall.invitations[index - 1])
    device.open(f"/scrutineer/{SLUG}")
    make_key(device)
    expect(device.page.locator("tr.is-main .is-good")).to_have_count(2, timeout=60_000)
    hall.publish(hall.commit(2), hall.invitations[1])
    hall.publish(wrong_shares(hall), hall.invitations[LIAR - 1])

    expect(device.page.get_by_text("本次密钥仪式已中止")).to_be_visible(timeout=60_000)
    desk.open(SCRUTINEERS)
    desk.hears("赵监票的设备所发份额核对不符")
    desk.press("开始密钥仪式")

    expect(device.page.get_by_role("button", name="生成密钥并显示密钥单")).to_be_visible(
        timeout=60_000
    )
    make_key(device)
    expect(device.page.locator("tr.is-main .is-good")).to_have_count(1, timeout=60_000)

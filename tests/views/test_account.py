"""The front door through a browser: set-up, enrolment, two proofs, one's own account."""

from __future__ import annotations

import html
import json
import re

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import PASSWORD, Authenticator, Member, as_member, enrol, send
from voting.clock import StoppedClock
from voting.config import Settings
from voting.db import transaction
from voting.rules.access import NOBODY
from voting.rules.roles import Role
from voting.services.people import accounts, setup
from voting.views.gate import limiter

CODE = re.compile(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}")


@pytest.fixture
def member(app: Flask, clock: StoppedClock) -> Member:
    """The system administrator, enrolled a while ago."""
    with transaction() as tx:
        made = enrol(tx, "wang", (None, Role.SYSTEM_ADMIN), name="王伟")
    clock.advance(60)
    return made


def sign_in(client: FlaskClient, member: Member, next_path: str = "") -> str:
    """Give both proofs, and tell where that led."""
    query = f"?next={next_path}" if next_path else ""
    first = send(client, f"/login{query}", login=member.login, password=PASSWORD)
    assert first.status_code == 302
    second = send(client, first.location, _form="digits", code=member.digits())
    assert second.status_code == 302
    return str(second.location)


def test_two_proofs_lead_to_where_one_wanted_to_go(client: FlaskClient, member: Member) -> None:
    sent = client.get("/admin/people?q=x")

    assert sent.location == "/login?next=/admin/people?q%3Dx"
    assert sign_in(client, member, "/admin/people") == "/admin/people"
    assert client.get("/admin/people").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_host(
    client: FlaskClient, member: Member, target: str
) -> None:
    assert sign_in(client, member, target) == "/start"


def test_a_password_alone_is_no_sign_in(client: FlaskClient, member: Member) -> None:
    send(client, "/login", login="wang", password=PASSWORD)

    assert client.get("/start").location.startswith("/login")


def test_a_wrong_password_keeps_the_name_and_never_shows_the_password(
    client: FlaskClient, member: Member
) -> None:
    answer = send(client, "/login", login="wang", password="Wrong-password-1")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="wang"' in page
    assert "Wrong-password-1" not in page
    assert "登录名或密码不正确" in page


def test_the_session_before_signing_in_is_worth_nothing_after(
    app: Flask, client: FlaskClient, member: Member
) -> None:
    client.get("/login")
    before = client.get_cookie("session")
    assert before is not None
    sign_in(client, member)
    attacker = app.test_client()
    attacker.set_cookie("session", before.value)

    assert attacker.get("/start").location.startswith("/login")


def test_signing_out_ends_the_sign_in_on_the_server_too(
    app: Flask, client: FlaskClient, member: Member
) -> None:
    sign_in(client, member)
    kept = client.get_cookie("session")
    assert kept is not None

    send(client, "/logout", "/account")
    thief = app.test_client()
    thief.set_cookie("session", kept.value)

    assert thief.get("/account").location.startswith("/login")


def test_set_up_enrol_and_sign_in_through_the_pages(
    client: FlaskClient, settings: Settings, clock: StoppedClock
) -> None:
    names = {
        f"{kind}_{field}": f"{kind}{field}"
        for kind in ("system", "security", "audit")
        for field in ("login", "name")
    }
    slips = send(client, "/setup", code=setup.setup_code(settings), **names)
    code = CODE.findall(slips.get_data(as_text=True))[0]
    first = send(
        client, "/enrol", login="systemlogin", code=code, password=PASSWORD, repeated=PASSWORD
    )
    offer = client.get(first.location).get_data(as_text=True)
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', offer)
    assert secret is not None
    member = Member(NOBODY, "systemlogin", _totp(secret.group(1)), (), "")

    codes = send(client, first.location, _form="digits", code=member.digits())

    assert len(CODE.findall(codes.get_data(as_text=True))) == 10
    assert client.get("/admin/people").status_code == 200
    assert client.get("/setup").status_code == 404


def test_a_fresh_installation_asks_to_be_set_up_first(client: FlaskClient) -> None:
    assert client.get("/login").location == "/setup"


def test_a_passkey_enrols_and_signs_in_through_the_pages(
    app: Flask, client: FlaskClient, clock: StoppedClock
) -> None:
    device = Authenticator()
    with transaction() as tx:
        enrol(tx, "wang", (None, Role.SYSTEM_ADMIN))
        invited = accounts.add_invited(tx, NOBODY, login="li", name="李")
    first = send(
        client, "/enrol", login="li", code=invited.code, password=PASSWORD, repeated=PASSWORD
    )
    made = device.register(_options(client, first.location))
    send(client, "/enrol/second/passkey", first.location, answer=made)
    other = app.test_client()
    step = send(other, "/login", login="li", password=PASSWORD).location

    answer = send(other, "/login/second/passkey", step, answer=device.prove(_options(other, step)))

    assert answer.status_code == 302
    assert other.get("/account").status_code == 200


def test_passwords_typed_in_two_ways_are_refused_and_the_rest_is_kept(
    client: FlaskClient, member: Member
) -> None:
    answer = send(
        client, "/enrol", login="wang", code="ABCD", password=PASSWORD, repeated="Another-pw-1"
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="ABCD"' in page
    assert 'id="problem-repeated"' in page


def test_the_password_is_changed_and_everybody_signs_in_again(
    client: FlaskClient, member: Member, clock: StoppedClock
) -> None:
    as_member(client, member)
    new = "Another-horse-8"

    answer = send(client, "/account/password", old=PASSWORD, password=new, repeated=new)

    assert answer.location == "/login"
    assert client.get("/account").location.startswith("/login")
    assert send(client, "/login", login="wang", password=new).status_code == 302


def test_an_old_password_is_asked_for_before_anything_else(
    app: Flask, client: FlaskClient, member: Member, clock: StoppedClock
) -> None:
    clock.advance(181 * 86400)
    sign_in(client, member)

    assert client.get("/admin/people").location == "/account/password"
    assert client.get("/account").status_code == 200


def test_a_second_authenticator_takes_the_place_of_the_first(
    client: FlaskClient, member: Member, clock: StoppedClock
) -> None:
    as_member(client, member)
    step = send(client, "/account/factor/begin", "/account", _form="factor", old=PASSWORD)
    page = client.get(step.location).get_data(as_text=True)
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page)
    assert secret is not None
    new = Member(member.actor, "wang", _totp(secret.group(1)), (), "")

    answer = send(client, "/account/factor", _form="digits", code=new.digits())

    assert answer.location == "/account"
    clock.advance(60)
    send(client, "/logout", "/account")
    assert sign_in(client, new) == "/start"


def test_new_recovery_codes_need_the_password(client: FlaskClient, member: Member) -> None:
    as_member(client, member)

    wrong = send(client, "/account/recovery", "/account", _form="codes", old="guess")
    right = send(client, "/account/recovery", "/account", _form="codes", old=PASSWORD)

    assert wrong.status_code == 422
    assert len(CODE.findall(right.get_data(as_text=True))) == 10
    assert right.headers["Cache-Control"] == "no-store"


def test_a_recovery_code_signs_in_and_asks_for_a_new_second_proof(
    client: FlaskClient, member: Member
) -> None:
    step = send(client, "/login", login="wang", password=PASSWORD).location

    send(client, "/login/second/recovery", step, _form="recovery", code=member.recovery_codes[0])

    assert "恢复码已用掉" in client.get("/start").get_data(as_text=True)


def test_a_passkey_is_added_and_removed(client: FlaskClient, member: Member) -> None:
    device = Authenticator()
    as_member(client, member)
    step = send(client, "/account/factor/begin", "/account", _form="factor", old=PASSWORD)
    made = device.register(_options(client, step.location))
    send(client, "/account/factor/passkey", step.location, answer=made)
    remove = re.search(r"/account/passkeys/\d+/remove", client.get("/account").text)
    assert remove is not None

    answer = send(client, remove.group(), "/account")

    assert answer.location == "/account"
    assert "/account/passkeys/" not in client.get("/account").text


def test_another_sign_in_is_ended_from_the_account(
    app: Flask, client: FlaskClient, member: Member
) -> None:
    elsewhere = as_member(app.test_client(), member)
    sign_in(client, member)
    end = re.search(r"/account/sessions/\d+/end", client.get("/account").text)
    assert end is not None

    send(client, end.group(), "/account")

    assert elsewhere.get("/account").location.startswith("/login")
    assert client.get("/account").status_code == 200


def test_too_many_attempts_from_one_browser_are_put_off(
    client: FlaskClient, member: Member
) -> None:
    limiter.reset()
    token = client.get("/login")
    assert token.status_code == 200
    statuses = [
        send(client, "/login", login=f"nobody{n}", password="x").status_code for n in range(12)
    ]

    assert statuses[:10] == [422] * 10
    assert statuses[10:] == [429] * 2


def _totp(letters: str) -> pyotp.TOTP:
    return pyotp.TOTP(letters.replace(" ", ""))


def _options(client: FlaskClient, path: str) -> str:
    found = re.search(r'data-options="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found is not None
    options = html.unescape(found.group(1))
    json.loads(options)
    return options

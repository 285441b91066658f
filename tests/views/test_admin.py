"""The three administrators' desks."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.application import Member, as_member, enrol, send
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.rules.roles import Role
from voting.services.people import congresses

Three = dict[Role, Member]


@pytest.fixture
def three(app: Flask, clock: StoppedClock) -> Three:
    """The three administrators of an installation with one congress."""
    with transaction() as tx:
        made = {
            role: enrol(tx, role.value, (None, role))
            for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
        }
        congresses.make_congress(tx, made[Role.SYSTEM_ADMIN].actor, slug="a", name="甲区")
    return made


def test_an_account_is_made_given_a_role_and_disabled(client: FlaskClient, three: Three) -> None:
    as_member(client, three[Role.SYSTEM_ADMIN])
    slip = send(client, "/admin/people", name="李娜", login="lina").get_data(as_text=True)
    with reading() as tx:
        user_id = tx.scalar(text("select id from users where login = 'lina'"))
    as_member(client, three[Role.SECURITY_ADMIN])
    page = f"/admin/people/{user_id}"

    send(client, f"{page}/roles", page, role="chair", congress="1")
    given = client.get(page).get_data(as_text=True)
    send(client, f"{page}/disable", page)
    disabled = client.get("/admin/people?q=lina").get_data(as_text=True)

    assert "lina" in slip
    assert "执行主席" in given
    assert "甲区" in given
    assert "已停用" in disabled
    assert "enable" in client.get(page).get_data(as_text=True)


def test_a_reset_shows_a_new_code_once(client: FlaskClient, three: Three) -> None:
    as_member(client, three[Role.SECURITY_ADMIN])
    page = f"/admin/people/{three[Role.AUDIT_ADMIN].actor.user_id}"

    answer = send(client, f"{page}/reset", page)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "big-code" in answer.get_data(as_text=True)


def test_a_role_is_taken_away(client: FlaskClient, three: Three) -> None:
    with transaction() as tx:
        chair = enrol(tx, "chair", (1, Role.CHAIR))
        grant = tx.scalar(text("select id from role_grants where role = 'chair'"))
    as_member(client, three[Role.SECURITY_ADMIN])
    page = f"/admin/people/{chair.actor.user_id}"

    send(client, f"{page}/roles/{grant}/withdraw", page)

    assert "尚无职责" in client.get(page).get_data(as_text=True)


def test_the_security_administrator_ends_a_sign_in(
    app: Flask, client: FlaskClient, three: Three
) -> None:
    other = as_member(app.test_client(), three[Role.AUDIT_ADMIN])
    as_member(client, three[Role.SECURITY_ADMIN])
    with reading() as tx:
        number = tx.scalar(
            text("select id from login_sessions where user_id = :user"),
            {"user": three[Role.AUDIT_ADMIN].actor.user_id},
        )

    send(client, f"/admin/sessions/{number}/end", "/admin/sessions")

    assert other.get("/account").status_code == 302


def test_a_congress_is_added_and_renamed(client: FlaskClient, three: Three) -> None:
    as_member(client, three[Role.SYSTEM_ADMIN])

    added = send(client, "/admin/congresses", name="乙区", slug="b-1")
    again = send(client, "/admin/congresses", name="乙区", slug="b-1")
    wrong = send(client, "/admin/congresses", name="丙区", slug="Big Town")
    send(client, "/admin/congresses/b-1/name", "/admin/congresses/b-1", _form="name", name="丁区")

    assert added.location == "/admin/congresses/b-1"
    assert (again.status_code, wrong.status_code) == (422, 422)
    assert "丁区" in client.get("/admin/congresses").get_data(as_text=True)


def test_settings_are_checked_kept_and_told_to_the_journal(
    client: FlaskClient, three: Three
) -> None:
    as_member(client, three[Role.SYSTEM_ADMIN])
    page, key = "/admin/congresses/a", "office.contact"

    wrong = send(client, page, **{"_form": "settings", key: "长" * 201})
    right = send(client, page, **{"_form": "settings", key: "人大办公室 87702000"})
    same = send(client, page, **{"_form": "settings", key: "人大办公室 87702000"})

    assert wrong.status_code == 422
    assert "长" * 201 in wrong.get_data(as_text=True)
    assert right.status_code == same.status_code == 302
    assert 'value="人大办公室 87702000"' in client.get(page).get_data(as_text=True)
    assert "人大办公室 87702000" in client.get("/c/a/").get_data(as_text=True)
    journal = as_member(client, three[Role.AUDIT_ADMIN]).get("/admin/journal")
    assert journal.get_data(as_text=True).count(key) == 1


def test_the_journal_is_read_checked_and_exported(client: FlaskClient, three: Three) -> None:
    as_member(client, three[Role.AUDIT_ADMIN])

    page = client.get("/admin/journal?check=1").get_data(as_text=True)
    lines = [json.loads(line) for line in client.get("/admin/journal.jsonl").data.splitlines()]

    assert "日志链完整" in page
    assert "授予 system_admin“系统管理员”职责" in page
    assert [line["position"] for line in lines] == list(range(len(lines)))


def test_a_changed_journal_is_told(client: FlaskClient, three: Three) -> None:
    with transaction() as tx:
        tx.execute(text("update journal set user_name = 'x' where position = 1"))
    as_member(client, three[Role.AUDIT_ADMIN])

    page = client.get("/admin/journal?check=1").get_data(as_text=True)

    assert "日志链在第 1 条处断裂" in page


def test_older_lines_are_a_page_away(client: FlaskClient, three: Three) -> None:
    as_member(client, three[Role.AUDIT_ADMIN])

    page = client.get("/admin/journal?before=2").get_data(as_text=True)

    assert page.count('data-label="序号"') == 2


def test_the_menu_shows_what_is_open_to_one(client: FlaskClient, three: Three) -> None:
    shown = {
        role: as_member(client, member).get("/start").get_data(as_text=True)
        for role, member in three.items()
    }

    assert ["/admin/journal" in page for page in shown.values()] == [False, False, True]
    assert ["/admin/congresses" in page for page in shown.values()] == [True, False, False]
    assert ["/admin/people" in page for page in shown.values()] == [True, True, False]

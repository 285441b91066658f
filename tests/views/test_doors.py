"""Every route against every role: who is let in, who is sent to sign in, who is sent away."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.routing import IntegerConverter, Rule

from tests.application import Member, as_member, enrol
from tools import doors
from voting import app as application
from voting import db as database
from voting.clock import StoppedClock
from voting.config import Settings
from voting.models.people import RoleGrant
from voting.rules.access import ACCESS, Action, is_allowed
from voting.rules.roles import ADMINISTRATORS, Role
from voting.services.people import congresses
from voting.views.browser import door_of

OWN, OTHER = "own", "other"
Installed = tuple[Flask, dict[Role, Member]]


@pytest.fixture
def installed(app: Flask, clock: StoppedClock) -> Installed:
    """Two congresses, and somebody for each role, in the first of them."""
    with database.transaction() as tx:
        system = enrol(tx, "system", (None, Role.SYSTEM_ADMIN))
        own = congresses.make_congress(tx, system.actor, slug=OWN, name="甲").id
        congresses.make_congress(tx, system.actor, slug=OTHER, name="乙")
        others = {role: enrol(tx, role.value, (own, role)) for role in Role}
    return app, others


def routes(app: Flask, slug: str) -> Iterator[tuple[str, str, Action]]:
    """Give method, address and act of every route that is not open to everyone."""
    for rule in app.url_map.iter_rules():
        action = door_of(app, rule.endpoint)
        assert action is not None
        if not ACCESS[action].everyone:
            for method in sorted(rule.methods or ()):
                if method in {"GET", "POST"}:
                    yield method, address(app, rule, slug), action


def address(app: Flask, rule: Rule, slug: str) -> str:
    """Fill the places of a route."""
    places = {
        name: 999_999 if isinstance(rule._converters[name], IntegerConverter) else "x"
        for name in rule._converters
    }
    if "slug" in places:
        places["slug"] = slug
    _, path = rule.build(places)  # type: ignore[misc]  # every place is filled
    return quote(path)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_its_doors_and_no_others(installed: Installed, role: Role) -> None:
    app, members = installed
    member = members[role]

    for method, path, action in routes(app, OWN):
        answer = as_member(app.test_client(), member).open(path, method=method)
        refused = answer.status_code in {401, 403}
        scope = None if role in ADMINISTRATORS else next(iter(member.actor.grants))[0]

        assert refused != is_allowed(member.actor, action, scope), f"{method} {path}"


@pytest.mark.parametrize("role", sorted(set(Role) - ADMINISTRATORS))
def test_a_role_in_one_congress_opens_nothing_in_another(installed: Installed, role: Role) -> None:
    app, members = installed

    for method, path, action in routes(app, OTHER):
        if f"/{OTHER}" not in path or ACCESS[action].signed_in:
            continue
        answer = as_member(app.test_client(), members[role]).open(path, method=method)

        assert answer.status_code == 403, f"{method} {path}"


def test_a_stranger_is_sent_to_sign_in(installed: Installed) -> None:
    app, _ = installed

    for method, path, _action in routes(app, OWN):
        answer = app.test_client().open(path, method=method)
        if answer.status_code == 302:
            assert method == "GET"
            assert answer.location.startswith("/login?next=")
        else:
            assert answer.status_code == 401, f"{method} {path}"


def test_a_role_that_was_taken_away_no_longer_opens(
    installed: Installed, client: FlaskClient
) -> None:
    _, members = installed
    as_member(client, members[Role.AUDIT_ADMIN])
    before = client.get("/admin/journal").status_code

    with database.transaction() as tx:
        wanted = RoleGrant.user_id == members[Role.AUDIT_ADMIN].actor.user_id
        tx.execute(delete(RoleGrant).where(wanted))

    assert before == 200
    assert client.get("/admin/journal").status_code == 403


def test_the_app_does_not_start_with_a_route_without_a_door(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/stray", "stray_page", lambda: "")
    monkeypatch.setattr(application, "BLUEPRINTS", (*application.BLUEPRINTS, stray))

    with pytest.raises(RuntimeError, match="/stray"):
        application.create_app(settings)


def test_every_act_has_a_row() -> None:
    assert set(ACCESS) == set(Action)
    for action, rule in ACCESS.items():
        assert rule.everyone or rule.signed_in or rule.roles, action
        assert set(rule.approvals) <= rule.roles


def test_the_page_of_doors_is_that_of_the_application(app: Flask) -> None:
    written = doors.PAGE.read_text(encoding="utf-8")

    assert written == doors.table(app), "python -m tools.doors"

"""What holds on every route: headers on each answer, forms with their token only, bounds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import IntegerConverter, Rule

from tests.application import Member, as_member, enrol
from tests.hall import Hall
from voting.clock import StoppedClock
from voting.db import db, reading, transaction
from voting.rules.access import Action
from voting.rules.roles import ADMINISTRATORS, Role
from voting.views.browser import BLIND, door_of
from voting.views.gate import csrf
from voting.views.pages import HEADERS

# Who may embed or read what is public from another page, and why.
OPEN_TO_ALL = ("/log/", "/open/")

STRICTER = {"Referrer-Policy": "no-referrer"}


@pytest.fixture
def member(app: Flask, clock: StoppedClock) -> Member:
    """Somebody with every office that one person can hold, in a congress with a sitting."""
    hall = Hall.gather(app)
    offices = sorted(set(Role) - ADMINISTRATORS)
    with transaction() as tx:
        return enrol(tx, "all", *((hall.congress_id, role) for role in offices))


def requests(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Give each route with each of its methods and an address."""
    for rule in app.url_map.iter_rules():
        places: dict[str, object] = {
            name: 1 if isinstance(kind, IntegerConverter) else "x"
            for name, kind in rule._converters.items()
        }
        if "slug" in places:
            places["slug"] = "binjiang"
        built = rule.build(places)
        assert built is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, built[1]


def rows() -> dict[str, int]:
    """Count the rows of every table."""
    with reading() as tx:
        return {
            name: int(tx.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one())  # noqa: S608 - our own names
            for name in db.metadata.tables
            if name != "limit_counts"
        }


def test_every_answer_of_every_route_carries_the_headers(app: Flask, member: Member) -> None:
    app.testing = False
    for rule, method, path in requests(app):
        answer = app.test_client().open(path, method=method)

        for name, value in HEADERS.items():
            if name == "Cross-Origin-Resource-Policy" and path.startswith(OPEN_TO_ALL):
                continue
            assert answer.headers.get(name) in (value, STRICTER.get(name)), f"{path}: {name}"
        assert "Cache-Control" in answer.headers, path
        assert "Server" not in answer.headers, path
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
        if door_of(app, rule.endpoint) in BLIND:
            assert "Set-Cookie" not in answer.headers, path


def test_no_form_does_anything_without_the_token_of_its_page(app: Flask, member: Member) -> None:
    client = as_member(app.test_client(), member)
    before = rows()
    sent = 0
    for rule, method, path in requests(app):
        view = app.view_functions[rule.endpoint]
        name = f"{view.__module__}.{view.__name__}"
        is_form = name not in csrf._exempt_views and rule.endpoint.split(".")[0] not in {
            blueprint.name if hasattr(blueprint, "name") else blueprint
            for blueprint in csrf._exempt_blueprints
        }
        if method == "GET" or not is_form:
            continue
        sent += 1
        answer = client.open(
            path, method=method, data={"x": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
        )

        assert 400 <= answer.status_code < 500, f"{method} {path}: {answer.status_code}"

    assert sent > 50
    assert rows() == before


def test_only_the_ballot_box_takes_what_has_no_token(app: Flask) -> None:
    exempt = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set())
        and (
            door_of(app, rule.endpoint) in BLIND
            or rule.endpoint.split(".")[0]
            in {getattr(b, "name", b) for b in csrf._exempt_blueprints}
        )
    }

    assert all(rule.startswith("/api/c/<slug>/") for rule in exempt)
    assert Action.VOTE_WITH_CARD in BLIND


def test_no_route_reads_a_body_without_end(app: Flask, member: Member) -> None:
    client = as_member(app.test_client(), member)
    largest = int(app.config["MAX_CONTENT_LENGTH"])
    assert largest <= 32 * 1024 * 1024

    answer = client.post("/login", headers={"Content-Length": str(largest + 1)}, data=b"")

    assert answer.status_code in (400, 409, 413)

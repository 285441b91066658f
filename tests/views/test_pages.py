"""What every page shares: headers, language, display, refusals in words, logs that tell nothing."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.application import Browser, Member, as_member, enrol, send, token_of
from voting.app import create_app
from voting.clock import StoppedClock
from voting.config import Settings
from voting.db import db, transaction
from voting.errors import msg
from voting.rules.access import Action
from voting.rules.roles import Role
from voting.services.people import congresses
from voting.views import watch
from voting.views.gate import device, door
from voting.views.pages import CSP, say


@pytest.fixture
def system(app: Flask, clock: StoppedClock) -> Member:
    """The system administrator."""
    with transaction() as tx:
        return enrol(tx, "wang", (None, Role.SYSTEM_ADMIN), name="王伟")


@pytest.fixture
def in_use(settings: Settings) -> Iterator[Flask]:
    """An app as it runs in use, over HTTPS, with routes that fail."""
    used = replace(settings, testing=False, base_url="https://vote.example", metrics_token="t0ken")
    made = create_app(used)
    made.test_client_class = Browser
    made.add_url_rule("/fails", "fails", door(Action.READ_PUBLIC)(_fail))
    made.add_url_rule("/waits", "waits", door(Action.READ_PUBLIC)(_wait))
    made.add_url_rule("/says", "says", door(Action.READ_PUBLIC)(_say))
    with made.app_context():
        db.create_all()
        yield made
        db.engine.dispose()


def _fail() -> str:
    raise ValueError("the secret text of a ballot")


def _wait() -> str:
    raise OperationalError("UPDATE secret", {}, Exception("database is locked"))


def _say() -> str:
    say(msg("{name} is added.", name="<b>"))
    return ""


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/static/css/base.css", "/healthz"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    sources = {part.split()[0]: part.split()[1:] for part in CSP.split("; ")}

    assert sources["default-src"] == sources["base-uri"] == sources["frame-ancestors"] == ["'none'"]
    assert sources["script-src"] == sources["style-src"] == ["'self'"]
    assert "unsafe" not in CSP


@pytest.mark.parametrize("path", ["/login", "/enrol", "/setup", "/nowhere"])
def test_pages_hold_no_script_and_no_style_of_their_own(client: FlaskClient, path: str) -> None:
    page = client.get(path).get_data(as_text=True)

    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page) == []


def test_signed_in_pages_are_not_stored(client: FlaskClient, system: Member) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-cache"
    assert as_member(client, system).get("/account").headers["Cache-Control"] == "no-store"


def test_cookies_over_https_are_for_this_host_alone(in_use: Flask) -> None:
    client = in_use.test_client()

    answer = client.get("/enrol", base_url="https://vote.example")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("en-GB,en;q=0.9", "en"),
        ("fr-FR,en;q=0.3", "en"),
        ("fr-FR", "zh-Hans"),
        ("", "zh-Hans"),
    ],
)
def test_the_browsers_language_is_matched_by_its_first_part(
    client: FlaskClient, asked: str, tag: str
) -> None:
    page = client.get("/enrol", headers={"Accept-Language": asked}).get_data(as_text=True)

    assert f'<html lang="{tag}"' in page


def test_a_chosen_language_is_kept(client: FlaskClient) -> None:
    chosen = client.get("/enrol?lang=en").get_data(as_text=True)
    later = client.get("/enrol").get_data(as_text=True)
    nonsense = client.get("/enrol?lang=xx").get_data(as_text=True)

    assert "One-time code" in chosen
    assert "One-time code" in later
    assert "One-time code" in nonsense


@pytest.mark.parametrize(
    ("choice", "look"),
    [("elder=1", "is-large"), ("elder=2", "is-largest"), ("contrast=1", "is-contrast")],
)
def test_large_type_and_contrast_are_kept(client: FlaskClient, choice: str, look: str) -> None:
    client.get(f"/enrol?{choice}")

    assert re.search(rf'<html [^>]*class="[^"]*\b{look}\b', client.get("/enrol").text)


def test_switches_keep_the_rest_of_the_address(client: FlaskClient) -> None:
    page = client.get("/enrol?next=/account").get_data(as_text=True)

    assert 'href="/enrol?next=%2Faccount&amp;lang=en"' in page


def test_a_form_without_its_token_is_shown_again_with_what_was_typed(
    client: FlaskClient, system: Member
) -> None:
    as_member(client, system)
    fields = {"csrf_token": "stale", "name": "张三", "login": "zhangsan"}

    answer = client.post(
        "/admin/people", data=fields, headers={"Referer": "http://localhost/admin/people"}
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="张三"' in page
    assert "已经失效" in page
    assert client.get("/admin/people").text.count("zhangsan") == 0


def test_a_form_from_another_site_does_nothing_and_shows_nothing_of_it(
    client: FlaskClient, system: Member
) -> None:
    as_member(client, system)
    fields = {"name": "张三", "login": "zhangsan"}
    cross = {"Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"}

    answer = client.post("/admin/people", data=fields, headers=cross)

    assert answer.status_code == 409
    assert "zhangsan" not in answer.get_data(as_text=True)
    assert client.get("/admin/people").text.count("zhangsan") == 0


def test_every_wrong_field_is_named_beside_it(client: FlaskClient, system: Member) -> None:
    as_member(client, system)

    answer = send(client, "/admin/people", name="", login="w")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="problem-name"' in page
    assert 'aria-describedby="hint-login problem-login"' in page
    # The summary at the top calls each by its label: four times the same words would tell nothing.
    assert re.search(r'<a href="#field-[a-z-]*name">[^<：]+：请填写此项。</a>', page)


def test_a_form_on_another_page_is_shown_again_there(client: FlaskClient, system: Member) -> None:
    as_member(client, system)
    with transaction() as tx:
        other = enrol(tx, "li", (None, Role.SECURITY_ADMIN))
    as_member(client, other)
    page = f"/admin/people/{system.actor.user_id}"

    answer = send(client, f"{page}/roles", page, role="audit_admin", congress="")

    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "三员分立" in shown
    assert "王伟" in shown


def test_markup_in_names_is_text(client: FlaskClient, system: Member) -> None:
    as_member(client, system)

    send(client, "/admin/people", name="<script>alert(1)</script>", login="xss")

    page = client.get("/admin/people").get_data(as_text=True)
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_a_missing_page_says_what_now(client: FlaskClient) -> None:
    answer = client.get("/nowhere")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "未找到" in page
    assert answer.headers["X-Request-Id"] in page


def test_programs_get_failures_as_json(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "application/json"})

    assert answer.status_code == 404
    assert set(answer.get_json()["error"]) == {"title", "what", "now", "fields", "reference"}


def test_a_fault_shows_a_number_and_logs_no_text(in_use: Flask) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = in_use.test_client().get("/fails")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in page
    assert "secret" not in page
    assert "secret" not in json.dumps(logs)
    assert logs[0]["kind"] == "ValueError"
    assert any("_fail" in frame for frame in logs[0]["frames"])


def test_the_log_names_routes_not_addresses(client: FlaskClient) -> None:
    with structlog.testing.capture_logs() as logs:
        client.get("/R/ABCDEFGHJKMNPQRS?next=private")

    told = json.dumps(logs)
    assert logs[-1]["event"] == "request"
    assert "ABCDEFGH" not in told
    assert "private" not in told
    assert "127.0.0.1" not in told


def test_exceptions_logged_by_others_lose_their_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    level = root.level
    watch.configure_logging()
    try:
        _fail()
    except ValueError:
        logging.getLogger("elsewhere").exception("a listener failed")
    finally:
        structlog.reset_defaults()
        root.setLevel(level)

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["event"] == "a listener failed"
    assert line["kind"] == "ValueError"
    assert "secret" not in json.dumps(line)


def test_what_is_said_is_text(in_use: Flask) -> None:
    client = in_use.test_client()
    client.get("/says", base_url="https://vote.example")

    page = client.get("/enrol", base_url="https://vote.example").get_data(as_text=True)

    assert "&lt;b&gt;" in page


def test_metrics_answer_only_the_token(in_use: Flask, client: FlaskClient) -> None:
    used = in_use.test_client()

    assert client.get("/metrics").status_code == 404
    assert used.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    answer = used.get("/metrics", headers={"Authorization": "Bearer t0ken"})
    assert answer.status_code == 200
    assert "voting_requests_total" in answer.get_data(as_text=True)


def test_static_files_stay_in_their_folder(client: FlaskClient) -> None:
    assert client.get("/static/css/base.css").headers["Cache-Control"].endswith("immutable")
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/static/%2e%2e/app.py").status_code == 404


def test_no_cookie_is_read_or_written_where_ballots_come_in(
    app: Flask, client: FlaskClient, system: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_member(client, system)
    with transaction() as tx:
        congresses.make_congress(tx, system.actor, slug="a", name="甲")

    def refuse(*_: object) -> None:
        raise AssertionError("a cookie was read")

    monkeypatch.setattr(SecureCookieSessionInterface, "get_signing_serializer", refuse)
    monkeypatch.setattr("voting.services.people.sessions.find_visit", refuse)

    answer = client.post("/api/c/a/ballots", data=b"{}")

    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers


def test_a_device_is_known_again_and_can_not_be_made_up(app: Flask, client: FlaskClient) -> None:
    def tell() -> str:
        return device()

    app.add_url_rule("/device", "device", door(Action.READ_PUBLIC)(tell))
    first, again = client.get("/device").text, client.get("/device").text
    client.set_cookie("device", "made-up")
    other = client.get("/device").text

    assert first == again
    assert other not in {first, "made-up"}


def test_a_stale_sign_in_is_touched_now_and_then(
    client: FlaskClient, system: Member, clock: StoppedClock
) -> None:
    as_member(client, system)
    for _ in range(5):
        clock.advance(40 * 60)
        assert client.get("/account").status_code == 200


def test_every_template_is_told_in_its_first_line() -> None:
    folder = Path(__file__).parents[2] / "templates"
    untold = [
        path.name for path in folder.rglob("*.html") if not path.read_text().startswith("{# ")
    ]

    assert untold == []


def test_a_token_is_on_the_page_of_every_form(client: FlaskClient) -> None:
    assert token_of(client, "/enrol")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_database_that_does_not_answer_asks_for_patience(in_use: Flask, accept: str) -> None:
    answer = in_use.test_client().get(
        "/waits", base_url="https://vote.example", headers={"Accept": accept}
    )

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.mimetype == accept
    assert "secret" not in answer.text

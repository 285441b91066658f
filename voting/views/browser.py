"""Which browser this is: its sign-in, its cookies, and a mark of its own for limits."""

from __future__ import annotations

import secrets
from typing import Any, Final, cast

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException

from voting.config import Settings
from voting.db import reading
from voting.rules.access import NOBODY, Action, Actor
from voting.services.people import sessions

BLIND: Final = frozenset({Action.VOTE_WITH_CARD})
"""Acts that are known by a card alone: no cookie is read or written there."""

_DEVICE_YEARS: Final = 365 * 86400


class Visitor(UserMixin):  # type: ignore[misc]  # the package has no types
    """Somebody signed in, for Flask-Login; its id is the token of the sign-in."""

    def __init__(self, token: str, visit: sessions.Visit) -> None:
        self.token = token
        self.visit = visit

    def get_id(self) -> str:
        """Give what the cookie keeps."""
        return self.token


def actor() -> Actor:
    """Tell who acts in this request."""
    found = visit()
    return found.actor if found else NOBODY


def device() -> str:
    """Tell which browser this is, by a signed cookie of its own; for limits and for counting once.

    It is tied to no account, and is never read where ballots come in.
    """
    if "device" not in g:
        kept = request.cookies.get("device", "")
        try:
            g.device = str(_device_signer().loads(kept))
        except BadSignature:
            g.device = g.new_device = secrets.token_urlsafe(12)
    return str(g.device)


def device_name() -> str:
    """Give the kind of browser in a few words, for the list of sign-ins."""
    agent = request.user_agent.string
    systems = ("Windows", "Android", "iPhone", "iPad", "Macintosh", "Linux")
    browsers = ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
    found = [next((name for name in names if name in agent), "") for names in (browsers, systems)]
    return " · ".join(part for part in found if part) or "-"


def open_session(token: str) -> None:
    """Sign a browser in; nothing of the session before is kept, so none can be foisted on it."""
    session.clear()
    with reading() as tx:
        found = sessions.find_visit(tx, token)
    if found is not None:
        login_user(Visitor(token, found))


def close_session() -> None:
    """Forget in this browser who was signed in."""
    logout_user()
    session.clear()


def session_id() -> int | None:
    """Give the number of this sign-in."""
    found = visit()
    return found.session_id if found else None


def local_path(target: str | None) -> str | None:
    """Give an address back only if it is a path on this host."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    return target if target.isprintable() else None


def init_browser(app: Flask, settings: Settings) -> None:
    """Set the cookies' manners and who reads them."""
    manager = LoginManager(app)
    # Telephones change their address all day; the token of the sign-in is what counts.
    manager.session_protection = None
    manager.user_loader(_load_visitor)
    app.session_interface = Cookies()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.after_request(_keep_device)


def door_of(app: Flask, endpoint: str) -> Action | None:
    """Give the act of a route."""
    return getattr(app.view_functions[endpoint], "door", None)


class Cookies(SecureCookieSessionInterface):
    """Flask's sessions, but blind on the routes where ballots come in."""

    def open_session(self, app: Flask, request: Any) -> SecureCookieSession | None:
        """Read the cookie, save where none may be read."""
        # Flask asks for the session before it has found the route, so it is looked up here too.
        try:
            endpoint, _ = app.create_url_adapter(request).match()  # type: ignore[union-attr]
        except HTTPException:
            endpoint = None
        if _is_blind(app, endpoint):
            return SecureCookieSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, save where none may be written."""
        if not _is_blind(app, request.endpoint):
            super().save_session(app, session, response)


def _is_blind(app: Flask, endpoint: str | None) -> bool:
    return endpoint is not None and door_of(app, endpoint) in BLIND


def visit() -> sessions.Visit | None:
    """Give the running sign-in of this browser."""
    if _is_blind(current_app, request.endpoint):
        return None
    return cast("Visitor", current_user).visit if current_user.is_authenticated else None


def _load_visitor(token: str) -> Visitor | None:
    with reading() as tx:
        found = sessions.find_visit(tx, token)
    return Visitor(token, found) if found else None


def _device_signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="device")


def _keep_device(response: Response) -> Response:
    if "new_device" in g:
        response.set_cookie(
            "device",
            str(_device_signer().dumps(g.new_device)),
            max_age=_DEVICE_YEARS,
            httponly=True,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            samesite="Lax",
        )
    return response

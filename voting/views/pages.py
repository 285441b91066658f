"""What every page shares: its template's vocabulary, what is said on it, its headers.

Also the reader's choices (language, large type, contrast), and the headers that keep a browser from
doing anything that is not ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    get_flashed_messages,
    render_template,
    request,
    session,
)
from werkzeug.datastructures import MultiDict

from voting import i18n
from voting.config import Settings
from voting.errors import Message, NotFound, Refused
from voting.views.assets import asset, icon, is_built
from voting.views.browser import actor
from voting.views.gate import congress
from voting.views.menu import menu_for, places_of

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; media-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
CHOICES: Final = {"lang": tuple(i18n.LANGUAGES), "elder": ("0", "1", "2"), "contrast": ("0", "1")}
_YEAR: Final = 365 * 86400


@dataclass(frozen=True, slots=True)
class Display:
    """How a reader wants pages: language, size of type (0 normal, 1 large, 2 largest), contrast."""

    lang: str
    tag: str
    level: int
    is_contrast: bool


@dataclass(frozen=True, slots=True)
class Again:
    """A form that was refused, as it is shown again: what was typed and what is wrong."""

    refusal: Refused
    typed: MultiDict[str, str]
    labels: dict[str, str] = field(default_factory=dict)

    def name(self, field_id: str, label: str) -> str:
        """Remember what the page calls a field, for the summary above; gives nothing to show."""
        self.labels[field_id] = label
        return ""

    def problem(self, field: str) -> Message | None:
        """Give what is wrong with a field."""
        found = (p.message for p in self.refusal.problems if p.field == field)
        return next(found, None)


def render(template: str, page: object) -> str:
    """Render a template with its one page object."""
    return render_template(template, page=page)


def say(message: Message, kind: str = "done") -> None:
    """Say something on the next page that is shown; kinds: done, note, warning."""
    flash(json.dumps([message.id, message.params]), kind)


def display() -> Display:
    """Read the reader's choices from the address or the cookies."""
    lang = i18n.language()
    level = int(_chosen("elder") or "0")
    return Display(lang, i18n.HTML_TAGS[lang], level, _chosen("contrast") == "1")


def here(**changes: str) -> str:
    """Give this page's address with other choices."""
    path = shown_path()
    kept = {} if path != request.path else request.args.to_dict()
    return f"{path}?{urlencode({**kept, **changes})}"


def shown_path() -> str:
    """Give the path of the page that is shown, also where a refused form shows it again."""
    return str(g.get("shown_path", request.path))


def contact() -> str:
    """Tell whom to ask, on the pages of a congress that says so."""
    if "slug" not in (request.view_args or {}):
        return ""
    try:
        return str(congress().preferences["office.contact"])
    except NotFound:
        return ""


def init_pages(app: Flask, settings: Settings) -> None:
    """Give templates their vocabulary, and every answer its headers."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        t=i18n.t, tn=i18n.tn, asset=asset, icon=icon, is_built=is_built, here=here, display=display
    )
    app.jinja_env.globals.update(shown_path=shown_path)
    app.jinja_env.globals.update(
        actor=actor,
        menu=lambda: menu_for(actor()),
        places_of=places_of,
        notes=_notes,
        contact=contact,
    )
    app.jinja_env.globals.update(LANGUAGES=i18n.LANGUAGE_NAMES, again=lambda: g.get("again"))
    app.jinja_env.filters.update(
        date=i18n.say_date,
        time=i18n.say_time,
        iso=i18n.iso,
        number=i18n.number,
        han=i18n.han,
        day_of=date.fromisoformat,
    )
    app.after_request(_finish)
    app.config["HSTS"] = settings.is_https


def _chosen(name: str) -> str | None:
    for value in (request.args.get(name), request.cookies.get(name)):
        if value in CHOICES[name]:
            return value
    return None


def _notes() -> list[tuple[str, str]]:
    said: Any = get_flashed_messages(with_categories=True)
    return [(kind, _said(kept)) for kind, kept in said]


def _said(kept: str) -> str:
    text, params = json.loads(kept)
    return i18n.t(Message(text, params))


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["HSTS"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in response.headers:
        known = bool(session) and actor().is_known
        response.headers["Cache-Control"] = "no-store" if known else "no-cache"
    if response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
        _keep_choices(response)
    return response


def _keep_choices(response: Response) -> None:
    for name, known in CHOICES.items():
        chosen = request.args.get(name)
        if chosen is not None and chosen in known and request.cookies.get(name) != chosen:
            secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
            response.set_cookie(
                name, chosen, max_age=_YEAR, httponly=True, secure=secure, samesite="Lax"
            )

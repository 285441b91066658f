"""Who is at the door, and what they may open: every route names its act with `@door(Action.X)`.

How to add a page:

1. An act in `rules/access.py`, if none fits, and a use case in `services/`.
2. A view of at most 15 lines in a file of its audience, listed in the audience's `__init__`::

       @blueprint.get("/c/<slug>/sittings")
       @door(Action.READ_SITTING)
       def sittings_page(slug: str) -> str:
           with reading() as tx:
               page = sittings.list_sittings(tx, actor(), congress().id)
           return render("secretariat/sittings.html", page)

   A `slug` in the address names the congress: the door then asks for a role in that very one.
   A form posts to an address with `read_form(Dataclass)` (`views/fields.py`), makes one service
   call in `with transaction() as tx:`, says so with `say(msg("Saved."))`, and redirects. Whatever
   is Refused there is shown on the page the form came from, with all that was typed.
3. A template in `templates/<audience>/` that extends `base/…` and prints `page`, with macros of
   `parts/`; texts through `t("…")`, Chinese in `translations/zh_Hans/<area>.po`.
4. A row in `views/menu.py` if people should find it, and a test in `tests/views/`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from voting import throttle
from voting.config import Settings
from voting.db import reading, transaction
from voting.errors import Refused, msg
from voting.rules.access import ACCESS, Action, check
from voting.services.people import congresses, sessions
from voting.views.browser import BLIND, actor, device, door_of, init_browser, visit

__all__ = ["SignInNeeded", "actor", "congress", "device", "door", "limited"]

View = TypeVar("View", bound=Callable[..., Any])

csrf: Final = CSRFProtect()
limiter: Final = Limiter(key_func=get_remote_address, storage_uri=throttle.ADDRESS)
# What keeps one worker from being flooded is counted there alone: ballots wait for no count.
bounds: Final = Limiter(key_func=get_remote_address, storage_uri="memory://")

# A hall of people shares one address, so an address may do this many times what a device may.
HALL: Final = 40


class SignInNeeded(Refused):
    """The door opens only for somebody with an account."""

    status = 401
    title = msg("Please sign in")


def door(action: Action) -> Callable[[View], View]:
    """Say which act a route is; without it the application does not start."""

    def mark(view: View) -> View:
        view.__dict__["door"] = action
        return view

    return mark


def limited(times: int, per: str, *, crowd: int = HALL) -> Callable[[View], View]:
    """Bound how often one device, and one address with all its devices, may use a route.

    `crowd` is how many devices an address stands for; a smaller one where an answer is a vote of
    sorts, since whoever throws cookies away looks like a crowd.
    """

    def bind(view: View) -> View:
        by_device = limiter.limit(f"{times} per {per}", key_func=device)
        by_address = limiter.limit(f"{times * crowd} per {per}", key_func=get_remote_address)
        return cast("View", by_device(by_address(view)))

    return bind


def congress() -> congresses.CongressCard:
    """Give the congress that the address names as `slug`."""
    if "congress" not in g:
        slug = (request.view_args or {})["slug"]
        with reading() as tx:
            g.congress = congresses.find_congress(tx, slug)
    return cast("congresses.CongressCard", g.congress)


def init_gate(app: Flask, settings: Settings) -> None:
    """Put the door-keeper in front of every route."""
    init_browser(app, settings)
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.before_request(_enter)
    csrf.init_app(app)
    limiter.init_app(app)
    bounds.init_app(app)


def check_doors(app: Flask) -> None:
    """Refuse to start with a route that nobody watches."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        action = door_of(app, rule.endpoint)
        if action is None:
            message = f"the route {rule.rule} ({rule.endpoint}) has no door"
            raise RuntimeError(message)
        if action in BLIND:
            # What these routes take is signed by a card; a cookie has no part in it.
            csrf.exempt(view)


def ask(action: Action) -> None:
    """Refuse whoever may not open a door with this act; in the congress that the address names."""
    rule = ACCESS[action]
    if rule.everyone:
        return
    if not actor().is_known:
        raise SignInNeeded("This page is for people with an account.")
    named = "slug" in (request.view_args or {})
    check(actor(), action, congress().id if named and not rule.signed_in else None)


def _enter() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    action = door_of(current_app, endpoint)
    if action is None or ACCESS[action].everyone:
        return None
    ask(action)
    found = visit()
    if found is not None and found.is_stale:
        with transaction() as tx:
            sessions.touch_session(tx, found.session_id)
    if found is not None and found.must_change_password and action is not Action.OWN_ACCOUNT:
        return redirect(url_for("own.password_page"))
    return None

"""Turns refusals and faults into answers: what, why, what now, and a number to name.

A refused form is shown again on the page it came from, with all that was typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as HTTPNotFound
from werkzeug.wrappers import Response as AnyResponse

from voting import i18n
from voting.config import Settings
from voting.errors import FieldProblem, Message, NotNow, Refused, msg
from voting.views.browser import door_of, local_path
from voting.views.gate import SignInNeeded, ask
from voting.views.pages import Again, render
from voting.views.watch import RETRY_AFTER, note_fault, request_id

_FAILED: Final = msg("This did not work")
_HTTP: Final[dict[int, tuple[Message, Message, Message]]] = {
    404: (
        msg("Not found"),
        msg("There is nothing at this address."),
        msg("Check the address, or start over."),
    ),
    405: (
        _FAILED,
        msg("This address is not opened this way."),
        msg("Go back and use the page's buttons."),
    ),
    413: (
        _FAILED,
        msg("What you sent is too large."),
        msg("Send smaller files, or fewer at once."),
    ),
    429: (
        msg("Too many attempts in a short time."),
        msg("The limit keeps others from guessing your password or flooding us."),
        msg("Wait a minute, go back one page, where your words still stand, and send them again."),
    ),
}
_ANY_HTTP: Final = (
    _FAILED,
    msg("The request could not be understood."),
    msg("Go back and try again."),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a page about a failure says: what, why, what now, and a number to name."""

    status: int
    title: Message
    what: Message
    now: Message
    problems: tuple[FieldProblem, ...]
    reference: str


def init_troubles(app: Flask, settings: Settings) -> None:
    """Answer every failure in words."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OverflowError, _beyond)
    app.register_error_handler(DataError, _beyond)
    if not settings.testing:
        app.register_error_handler(OperationalError, _busy)
        app.register_error_handler(Exception, _fault)


def _refused(refusal: Refused) -> AnyResponse | tuple[str, int]:
    if _wants_json():
        return _as_json(_trouble(refusal))
    if isinstance(refusal, SignInNeeded) and request.method == "GET":
        return redirect(url_for("signin.sign_in_page", next=request.full_path.rstrip("?")))
    if request.method == "POST" and not isinstance(refusal, SignInNeeded):
        shown = _shown_again(refusal)
        if shown is not None:
            return shown, refusal.status
    return _page(_trouble(refusal)), refusal.status


def _stale_form(_error: CSRFError) -> AnyResponse | tuple[str, int]:
    refusal = NotNow("This page was open for so long that it was no longer valid.").now(
        "Nothing you typed is lost: look at it and send it again."
    )
    ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if not ours or _own_referrer() is None:
        return _page(_trouble(refusal)), refusal.status
    return _refused(refusal)


def _http(error: HTTPException) -> AnyResponse | tuple[str, int]:
    status = error.code or 500
    if status in range(300, 400):
        return error.get_response()
    title, what, now = _HTTP.get(status, _ANY_HTTP)
    trouble = Trouble(status, title, what, now, (), request_id())
    return _as_json(trouble) if _wants_json() else (_page(trouble), status)


def _beyond(_error: OverflowError | DataError) -> AnyResponse | tuple[str, int]:
    """Answer a number that no row can have as what it is: an address of nothing."""
    return _http(HTTPNotFound())


def _busy(error: OperationalError) -> AnyResponse:
    """Ask for patience while the database is locked, restarts or can't be reached."""
    note_fault(error)
    trouble = Trouble(
        503,
        msg("The server is very busy"),
        msg("The database did not answer in time. What you did may not have been kept."),
        msg("Wait a few seconds and try again."),
        (),
        request_id(),
    )
    answer = _as_json(trouble) if _wants_json() else make_response(_page(trouble), 503)
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _fault(error: Exception) -> AnyResponse | tuple[str, int]:
    note_fault(error)
    trouble = Trouble(
        500,
        msg("Something went wrong here"),
        msg("The fault is ours. What you did may not have been kept."),
        msg("Try again. If it happens once more, tell the office the number below."),
        (),
        request_id(),
    )
    return _as_json(trouble) if _wants_json() else (_page(trouble), 500)


def _shown_again(refusal: Refused) -> str | None:
    """Show the page that a refused form came from, with what was typed."""
    adapter = current_app.create_url_adapter(request)
    # A page that was shown again stands at the form's address, which opens by sending alone.
    standing = local_path(request.form.get("_page"))
    for path in (request.path, _own_referrer(), standing):
        if path is None or adapter is None:
            continue
        try:
            endpoint, arguments = adapter.match(path, method="GET")
            request.view_args = dict(arguments)
            action = door_of(current_app, endpoint)
            if action is None:
                continue
            ask(action)
            g.again = Again(refusal, request.form)
            g.shown_path = path
            shown = current_app.view_functions[endpoint](**arguments)
        except (HTTPException, Refused):
            g.pop("again", None)
            continue
        if isinstance(shown, str):
            return shown
    g.pop("again", None)
    return None


def _own_referrer() -> str | None:
    parts = urlsplit(request.referrer or "")
    return local_path(parts.path) if parts.netloc == request.host else None


def _trouble(refusal: Refused) -> Trouble:
    advice = refusal.advice or msg("Go back and try something else.")
    return Trouble(
        refusal.status, refusal.title, refusal.what, advice, refusal.problems, request_id()
    )


def _page(trouble: Trouble) -> str:
    return render("errors/trouble.html", trouble)


def _as_json(trouble: Trouble) -> Response:
    answer = jsonify(
        error={
            "title": i18n.t(trouble.title),
            "what": i18n.t(trouble.what),
            "now": i18n.t(trouble.now),
            "fields": {p.field: i18n.t(p.message) for p in trouble.problems},
            "reference": trouble.reference,
        }
    )
    answer.status_code = trouble.status
    return answer


def _wants_json() -> bool:
    if request.path.startswith(("/api/", "/log/")):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"

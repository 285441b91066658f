"""What all of the ballot box's HTTP interface shares: raw objects in, JSON out, refusals in words.

An answer that is no success is `{"rule", "message", "now", "where"}`: a code of the protocol or the
English sentence as a name, and what it means in the reader's language.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final

from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from voting import i18n
from voting.errors import Message, NotValid, Refused, msg
from voting.rules.verdicts import RuleBroken
from voting.views.gate import csrf
from voting.views.watch import RETRY_AFTER, note_fault, request_id

_HTTP: Final = {
    404: msg("There is nothing at this address."),
    405: msg("This address is not opened this way."),
    413: msg("What was sent is too large."),
    415: msg("What was sent is not of the right kind."),
    429: msg("Too many attempts in a short time. Wait a minute and try again."),
}
_FAULT: Final = msg("The fault is ours. Send it again; what has arrived is not counted twice.")
_BUSY: Final = msg("The server is very busy. Send it again; nothing is counted twice.")
_UNCLEAR: Final = msg("The request could not be understood.")


def make_blueprint(name: str) -> Blueprint:
    """Make a part of the interface of a congress."""
    made = Blueprint(name, __name__, url_prefix="/api/c/<slug>")
    # No form is sent here: bodies are JSON or marked by a header, which no foreign page can send.
    csrf.exempt(made)
    made.register_error_handler(Refused, _refused)
    made.register_error_handler(HTTPException, _http)
    made.register_error_handler(OperationalError, _busy)
    made.register_error_handler(Exception, _fault)
    return made


def read_raw(largest: int, *, kind: str = "application/json") -> bytes:
    """Read a body as it was sent, up to a size."""
    if request.mimetype != kind:
        raise NotValid("What was sent is not of the right kind.")
    request.max_content_length = largest
    return request.get_data(cache=False)


def speaking() -> AbstractContextManager[None]:
    """Speak the language that the address or the browser asks for; no cookie is looked at."""
    asked = [tag.split("-")[0].lower() for tag, _ in request.accept_languages]
    known = (tag for tag in (request.args.get("lang"), *asked) if tag in i18n.LANGUAGES)
    return i18n.speaking(next(known, None) or next(iter(i18n.LANGUAGES)))


def _refused(refusal: Refused) -> Response:
    if isinstance(refusal, RuleBroken):
        return _answer(refusal.rule, refusal.what, refusal, where=refusal.where)
    return _answer(refusal.what.id, refusal.what, refusal)


def _http(error: HTTPException) -> Response:
    what = _HTTP.get(error.code or 500, _UNCLEAR)
    with speaking():
        answer = jsonify(rule=what.id, message=i18n.t(what))
    answer.status_code = error.code or 500
    return answer


def _busy(error: OperationalError) -> Response:
    """Ask for patience while the database is locked, restarts or can't be reached."""
    answer = _trouble(error, 503, "busy", _BUSY)
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _fault(error: Exception) -> Response:
    return _trouble(error, 500, "fault", _FAULT)


def _trouble(error: Exception, status: int, rule: str, words: Message) -> Response:
    if current_app.testing:
        raise error
    note_fault(error)
    with speaking():
        answer = jsonify(rule=rule, message=i18n.t(words), reference=request_id())
    answer.status_code = status
    return answer


def _answer(
    rule: str, what: Message, refusal: Refused, *, where: int | str | None = None
) -> Response:
    with speaking():
        said = {"rule": rule, "message": i18n.t(what)}
        if refusal.advice is not None:
            said["now"] = i18n.t(refusal.advice)
    answer = jsonify(said if where is None else {**said, "where": where})
    answer.status_code = refusal.status
    return answer

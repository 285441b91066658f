"""A receipt's page: the ballot of a code with its proof, checked in the reader's browser.

What it answers for a code hangs on the log alone, which is public; a code that is unknown and one
that is none are told the same, and no answer is kept by anybody on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from voting import i18n
from voting.db import reading
from voting.errors import NotFound
from voting.rules.access import Action
from voting.services import reports
from voting.services.reports import KnownLog, ReceiptPage
from voting.views import assets
from voting.views.gate import door, limited
from voting.views.pages import render

blueprint: Final = Blueprint("receipt", __name__, url_prefix="/R")


@dataclass(frozen=True, slots=True)
class CheckPage:
    """The receipt asked for, if one is known; `asked` is what was asked."""

    receipt: ReceiptPage | None
    asked: str
    logs: tuple[KnownLog, ...]
    data: dict[str, Any]


@blueprint.get("/")
@door(Action.READ_PUBLIC)
def start() -> str | AnyResponse:
    asked = request.args.get("code", "")
    code = reports.code_of(asked)
    if code is not None:
        return redirect(url_for(".receipt", code=code.replace("-", "")))
    return _page(None, asked)


@blueprint.get("/<code>")
@door(Action.READ_PUBLIC)
@limited(60, "minute")
def receipt(code: str) -> str | tuple[str, int]:
    with reading() as tx:
        found = reports.read_receipt(tx, code)
    page = _page(found, code)
    return page if found else (page, 404)


@blueprint.get("/<code>/proof")
@door(Action.READ_PUBLIC)
@limited(60, "minute")
def proof(code: str) -> Response:
    with reading() as tx:
        found = reports.read_receipt(tx, code)
    if found is None:
        raise NotFound("There is no ballot with this tracking code in any log of this site.")
    answer = Response(found.text, content_type="text/plain; charset=utf-8")
    name = f"{found.code}.tlog-proof"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/worker.js")
@door(Action.READ_PUBLIC)
def worker() -> Response:
    answer = assets.send_built("receipt/worker.js")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.after_request
def _leave_no_trace(response: Response) -> Response:
    # Whose receipt was looked at is nobody's business: not a cache's, not the next site's.
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(found: ReceiptPage | None, asked: str) -> str:
    with reading() as tx:
        logs = reports.known_logs(tx)
    data = {
        "logs": [
            {
                "slug": log.slug,
                "congress": log.congress,
                "vkey": log.vkey,
                "witnesses": log.witnesses,
            }
            for log in logs
        ],
        "rules": reports.rule_words(i18n.language()),
        "asked": asked,
        "code": found.code if found else None,
        "text": found.text if found else None,
    }
    return render("public/receipt.html", CheckPage(found, asked, logs, data))

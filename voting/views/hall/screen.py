"""The screen of the hall: the rules, the turnout as it grows, and after the count the result."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from voting.db import reading
from voting.rules.access import Action
from voting.services import reports
from voting.views.gate import door
from voting.views.pages import render

blueprint: Final = Blueprint("hall", __name__, url_prefix="/hall/<slug>")


@blueprint.get("")
@door(Action.READ_PUBLIC)
def screen(slug: str) -> Response:
    with reading() as tx:
        page = reports.read_hall(tx, slug)
    if request.args.get("seen") == page.mark:
        # The picture stands still, so that what moves in it is not begun anew.
        return Response(status=204)
    part = "hall/scene.html" if "HX-Request" in request.headers else "hall/screen.html"
    answer = Response(render(part, page))
    answer.headers["Cache-Control"] = "no-store"
    return answer

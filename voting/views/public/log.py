"""The log in words: its entries page by page, what each object says, and who signs it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from voting.db import reading
from voting.rules.access import Action
from voting.services import reports
from voting.views.gate import door
from voting.views.pages import render

blueprint: Final = Blueprint("log", __name__, url_prefix="/c/<slug>/log")


@blueprint.get("")
@door(Action.READ_PUBLIC)
def entries(slug: str) -> str:
    number = request.args.get("page", 1, type=int)
    with reading() as tx:
        page = reports.read_log(tx, slug, number, kind=request.args.get("kind", ""))
    return render("public/log.html", page)


@blueprint.get("/<int:position>")
@door(Action.READ_PUBLIC)
def entry(slug: str, position: int) -> str:
    with reading() as tx:
        page = reports.read_entry(tx, slug, position)
    return render("public/entry.html", page)


@blueprint.get("/<int:position>/content.json")
@door(Action.READ_PUBLIC)
def content(slug: str, position: int) -> Response:
    with reading() as tx:
        raw = reports.read_content(tx, slug, position)
    return Response(raw, content_type="application/json")

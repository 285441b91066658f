"""The front door: the congresses of this site, and each one's home page."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from voting.db import reading
from voting.rules.access import Action
from voting.services import reports
from voting.services.people import congresses
from voting.views.gate import door
from voting.views.pages import render

blueprint: Final = Blueprint("home", __name__)


@blueprint.get("/")
@door(Action.READ_PUBLIC)
def home() -> str:
    with reading() as tx:
        cards = congresses.list_congresses(tx)
        if len(cards) == 1:
            return render("public/congress.html", reports.read_home(tx, cards[0].slug))
    return render("public/home.html", cards)


@blueprint.get("/c/<slug>")
@door(Action.READ_PUBLIC)
def congress_without_slash(slug: str) -> Response:
    return redirect(url_for(".congress", slug=slug), code=308)


@blueprint.get("/c/<slug>/")
@door(Action.READ_PUBLIC)
def congress(slug: str) -> str:
    with reading() as tx:
        page = reports.read_home(tx, slug)
    return render("public/congress.html", page)

"""A vote for everyone: turnout until it is decided, then figures, rules and the way to check."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from voting.db import reading
from voting.rules.access import Action
from voting.services import reports
from voting.views.gate import door
from voting.views.pages import render

blueprint: Final = Blueprint("result", __name__, url_prefix="/c/<slug>/votes")


@blueprint.get("/<object_id>")
@door(Action.READ_PUBLIC)
def vote(slug: str, object_id: str) -> str:
    with reading() as tx:
        page = reports.read_vote(tx, slug, object_id)
    return render("public/result.html", page)

"""Deputies say what they think of the projects under screening, before the list is adopted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.screening import Stance
from voting.rules.access import Action
from voting.services.reports import screens
from voting.services.screening import opinions
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("opinions", __name__, url_prefix="/deputy/<slug>/opinions")


@dataclass(frozen=True, slots=True)
class OpinionForm:
    stance: Stance
    words: Annotated[str, Meta(max_length=1000)]


@blueprint.get("")
@door(Action.COMMENT_CANDIDATE)
def list_page(slug: str) -> str:
    with reading() as tx:
        return render("deputy/opinions.html", screens.read_opinions(tx, actor(), congress()))


@blueprint.get("/<code>")
@door(Action.COMMENT_CANDIDATE)
def opinion_page(slug: str, code: str) -> str:
    with reading() as tx:
        page = screens.read_opinion(tx, actor(), congress(), code)
        return render("deputy/opinion.html", page)


@blueprint.post("/<code>")
@door(Action.COMMENT_CANDIDATE)
def give(slug: str, code: str) -> Response:
    form = read_form(OpinionForm)
    with transaction() as tx:
        opinions.give_opinion(
            tx, actor(), congress().id, code=code, stance=form.stance, words=form.words
        )
    say(msg("Your opinion is noted. Until the list is adopted you can change it."))
    return redirect(url_for("opinions.list_page", slug=slug))

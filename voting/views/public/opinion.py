"""What residents think of the year's projects: one answer a code, on the phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import NotNow, msg
from voting.exports.codes import send_codes
from voting.rules.access import Action
from voting.services.people.congresses import CongressCard
from voting.services.ratings import residents
from voting.services.ratings.residents import PollCard
from voting.services.reports import ratings as pages
from voting.texting import HttpGateway, gateway
from voting.views.fields import read_form
from voting.views.gate import door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("opinion", __name__, url_prefix="/c/<slug>/opinion")


@dataclass(frozen=True, slots=True)
class CodeForm:
    code: Annotated[str, Meta(min_length=1, max_length=32)]


@dataclass(frozen=True, slots=True)
class PhoneForm:
    phone: Annotated[str, Meta(min_length=1, max_length=32)]


@dataclass(frozen=True, slots=True)
class OpinionPage:
    congress: CongressCard
    poll: PollCard
    can_send: bool


@blueprint.get("/<int:poll_id>")
@door(Action.READ_PUBLIC)
def poll_page(slug: str, poll_id: int) -> str:
    with reading() as tx:
        card, poll = pages.read_poll(tx, slug, poll_id)
        can_send = isinstance(gateway(tx.settings), HttpGateway)
        return render("public/opinion.html", OpinionPage(card, poll, can_send))


@blueprint.post("/<int:poll_id>")
@door(Action.TAKE_PART)
@limited(10, "hour")
def answer(slug: str, poll_id: int) -> Response:
    form = read_form(CodeForm)
    with transaction() as tx:
        _, poll = pages.read_poll(tx, slug, poll_id)
        marks = {item.id: request.form.get(f"item-{item.id}", "") for item in poll.items}
        residents.answer(tx, poll_id, form.code, marks)
    say(msg("Your answers are counted. Thank you."))
    return redirect(url_for("opinion.poll_page", slug=slug, poll_id=poll_id))


@blueprint.post("/<int:poll_id>/code")
@door(Action.TAKE_PART)
@limited(3, "hour")
def send_code(slug: str, poll_id: int) -> Response:
    form = read_form(PhoneForm)
    with transaction() as tx:
        _, poll = pages.read_poll(tx, slug, poll_id)
        way = gateway(tx.settings)
        if not isinstance(way, HttpGateway):
            raise NotNow("Codes are not sent by text here.").now("Ask for one at a station.")
        code = residents.code_for_phone(tx, poll_id, form.phone)
    send_codes(way, poll, [(form.phone, code)], transaction)
    say(msg("A code was sent to your telephone."))
    return redirect(url_for("opinion.poll_page", slug=slug, poll_id=poll_id))

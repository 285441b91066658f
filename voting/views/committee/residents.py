"""Residents' ratings at the desk: what is asked and when, and codes to hand out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from markupsafe import Markup
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.codes import send_codes
from voting.exports.qr import qr_svg
from voting.rules.access import Action
from voting.services.people.congresses import CongressCard
from voting.services.ratings import residents
from voting.services.ratings.residents import PollCard, PollPlan
from voting.services.reports import ratings as pages
from voting.texting import PrintGateway, gateway
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("residents", __name__, url_prefix="/desk/<slug>/residents")


@dataclass(frozen=True, slots=True)
class PollForm:
    year: Annotated[int, Meta(ge=2000, le=2200)]
    title: Title
    notice: Annotated[str, Meta(max_length=1000)]
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class CodesForm:
    number: Annotated[int, Meta(ge=1, le=500)]
    source: Title


@dataclass(frozen=True, slots=True)
class NumbersForm:
    numbers: Annotated[str, Meta(min_length=1, max_length=4000)]


@dataclass(frozen=True, slots=True)
class SlipsPage:
    """Codes as slips to cut and hand out, shown once."""

    congress: CongressCard
    poll: PollCard
    codes: tuple[tuple[str, str], ...]
    """Each with whom it is for, where that is known."""
    address: str
    picture: Markup


@blueprint.get("")
@door(Action.MANAGE_RATINGS)
def list_page(slug: str) -> str:
    with reading() as tx:
        return render("committee/residents.html", pages.read_polls(tx, actor(), slug))


@blueprint.post("")
@door(Action.MANAGE_RATINGS)
def make(slug: str) -> Response:
    form = read_form(PollForm)
    plan = PollPlan(form.year, form.title, form.notice, form.opens_at, form.closes_at)
    with transaction() as tx:
        residents.make_poll(tx, actor(), congress().id, plan)
    say(msg("The residents' rating is made. Print codes for the stations now."))
    return redirect(url_for("residents.list_page", slug=slug))


@blueprint.post("/<int:poll_id>/codes")
@door(Action.MANAGE_RATINGS)
def codes(slug: str, poll_id: int) -> str:
    form = read_form(CodesForm)
    with transaction() as tx:
        card, poll = pages.read_poll(tx, slug, poll_id)
        made = residents.issue_codes(tx, actor(), poll_id, number=form.number, source=form.source)
    return _slips(card, poll, tuple(("", code) for code in made))


@blueprint.post("/<int:poll_id>/numbers")
@door(Action.MANAGE_RATINGS)
def numbers(slug: str, poll_id: int) -> str | Response:
    form = read_form(NumbersForm)
    with transaction() as tx:
        card, poll = pages.read_poll(tx, slug, poll_id)
        way = gateway(tx.settings)
        made = residents.codes_for_phones(tx, actor(), poll_id, form.numbers.splitlines())
    send_codes(way, poll, made, transaction)
    if isinstance(way, PrintGateway):
        whose = (name for name, _ in way.printed)
        return _slips(card, poll, tuple(zip(whose, (code for _, code in made), strict=True)))
    say(msg("The codes are sent."))
    return redirect(url_for("residents.list_page", slug=slug))


def _slips(card: CongressCard, poll: PollCard, codes: tuple[tuple[str, str], ...]) -> str:
    address = url_for("opinion.poll_page", slug=card.slug, poll_id=poll.id, _external=True)
    picture = Markup(qr_svg(address))  # noqa: S704 - our own drawing, no text in it
    page = SlipsPage(card, poll, codes, address, picture)
    return render("committee/resident_slips.html", page)

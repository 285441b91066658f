"""Taking part without an account: open collections, writing, the public proposals, "me too"."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flask import Blueprint, redirect, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.exports.qr import qr_svg
from voting.imports.proposals import read_proposal_form
from voting.models.proposals import CollectionWindow, Proposal
from voting.rules.access import Action
from voting.rules.categories import CATEGORY_NAMES, Category
from voting.services import pictures, proposals
from voting.services.people.congresses import CongressCard
from voting.services.proposals import ListPage, Order, Sender, Sent, Wanted
from voting.views.fields import read_files, read_form
from voting.views.gate import congress, device, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("taking_part", __name__, url_prefix="/c/<slug>")

FOLLOWED: Final = "followed"
_MOST_FOLLOWED: Final = 20


@dataclass(frozen=True, slots=True)
class TicketForm:
    ticket: str
    station: str


@dataclass(frozen=True, slots=True)
class WindowsPage:
    congress: CongressCard
    windows: Sequence[CollectionWindow]
    latest: Sequence[Proposal]
    names: Mapping[Category, Message]


@dataclass(frozen=True, slots=True)
class WindowPage:
    congress: CongressCard
    window: CollectionWindow
    is_open: bool
    station: str


@dataclass(frozen=True, slots=True)
class WritePage:
    congress: CongressCard
    window: CollectionWindow
    title: str
    station: str
    ticket: str
    similar: Sequence[Proposal]
    names: Mapping[Category, Message] = field(default_factory=lambda: CATEGORY_NAMES)
    most_photos: int = proposals.MOST_PHOTOS
    accepted: str = pictures.ACCEPTED


@dataclass(frozen=True, slots=True)
class SimilarPart:
    congress: CongressCard
    similar: Sequence[Proposal]
    names: Mapping[Category, Message]


@dataclass(frozen=True, slots=True)
class SentPage:
    congress: CongressCard
    sent: Sent
    address: str
    picture: Markup


@dataclass(frozen=True, slots=True)
class ProposalsPage:
    congress: CongressCard
    list: ListPage
    names: Mapping[Category, Message]
    is_open: bool


@dataclass(frozen=True, slots=True)
class ProposalPage:
    congress: CongressCard
    proposal: Proposal
    pictures: Sequence[pictures.PictureCard]
    similar: Sequence[Proposal]
    has_supported: bool
    ended: Message | None
    names: Mapping[Category, Message]


@blueprint.get("/take-part")
@door(Action.TAKE_PART)
def start_page(slug: str) -> str:
    with reading() as tx:
        found = proposals.open_windows(tx, congress().id)
        latest = proposals.list_public(tx, congress().id, Wanted(order=Order.WANTED)).rows[:6]
        page = WindowsPage(congress(), found, latest, CATEGORY_NAMES)
        return render("public/take_part.html", page)


@blueprint.get("/take-part/<int:window_id>")
@door(Action.TAKE_PART)
def window_page(slug: str, window_id: int) -> str:
    with reading() as tx:
        window = proposals.find_public_window(tx, congress().id, window_id)
        page = WindowPage(congress(), window, proposals.is_open(window), request.args.get("s", ""))
        return render("public/collection.html", page)


@blueprint.get("/take-part/<int:window_id>/write")
@door(Action.TAKE_PART)
def write_page(slug: str, window_id: int) -> str:
    title = request.values.get("title", "").strip()
    with reading() as tx:
        window = proposals.find_public_window(tx, congress().id, window_id)
        proposals.check_open(window)
        similar = proposals.similar(tx, congress().id, title)
        station = request.values.get("station", "")
        page = WritePage(congress(), window, title, station, secrets.token_urlsafe(12), similar)
        return render("public/write_proposal.html", page)


@blueprint.post("/take-part/<int:window_id>/write")
@door(Action.TAKE_PART)
@limited(12, "hour", crowd=10)
def submit(slug: str, window_id: int) -> str:
    row = read_proposal_form(request.form)
    form = read_form(TicketForm)
    sender = Sender(device(), form.ticket, form.station)
    photos = read_files("photos", pictures.LARGEST_FILE)
    with transaction() as tx:
        proposals.find_public_window(tx, congress().id, window_id)
        sent = proposals.submit_proposal(tx, window_id, row, sender, photos=photos)
        proposals.forget_senders(tx, congress().id)
    remember(slug, sent.number)
    return render("public/proposal_sent.html", _sent_page(sent))


@blueprint.get("/take-part/similar")
@door(Action.TAKE_PART)
@limited(60, "minute", crowd=5)
def similar_part(slug: str) -> str:
    with reading() as tx:
        found = proposals.similar(tx, congress().id, request.args.get("title", ""))
        return render("public/similar.html", SimilarPart(congress(), found, CATEGORY_NAMES))


@blueprint.get("/proposals")
@door(Action.READ_PUBLIC)
@limited(60, "minute", crowd=10)
def list_page(slug: str) -> str:
    with reading() as tx:
        page = ProposalsPage(
            congress(),
            proposals.list_public(tx, congress().id, proposals.read_wanted(request.args)),
            CATEGORY_NAMES,
            bool(proposals.open_windows(tx, congress().id)),
        )
        return render("public/proposals.html", page)


@blueprint.get("/proposals/<int:number>")
@door(Action.READ_PUBLIC)
def proposal_page(slug: str, number: int) -> str:
    with reading() as tx:
        found = proposals.find_public(tx, congress().id, number)
        page = ProposalPage(
            congress(),
            found,
            pictures.of(tx, congress().id, proposals.owner_of(found)),
            proposals.similar(tx, congress().id, found.title, but=found.id),
            proposals.has_supported(tx, found, device()),
            proposals.support_ended(tx, found),
            CATEGORY_NAMES,
        )
        return render("public/proposal.html", page)


@blueprint.post("/proposals/<int:number>/support")
@door(Action.TAKE_PART)
@limited(40, "day", crowd=15)
def support(slug: str, number: int) -> Response:
    with transaction() as tx:
        given = proposals.support(tx, congress().id, number, device())
    if given.is_new:
        say(msg("Your need is counted. {n} need it now.", n=given.supports))
    else:
        say(msg("This device has been counted for it already."), "note")
    return redirect(url_for(".proposal_page", slug=slug, number=number))


def remember(slug: str, number: int) -> None:
    """Let this browser follow a proposal whose code it has shown."""
    kept = session.get(FOLLOWED, {})
    mine = [*dict.fromkeys([*kept.get(slug, []), number])][-_MOST_FOLLOWED:]
    session[FOLLOWED] = {**kept, slug: mine}


def _sent_page(sent: Sent) -> SentPage:
    slug = congress().slug
    # What stands behind the # is read by the page alone and is never sent.
    address = url_for("following.code_page", slug=slug, _external=True) + f"#{sent.code}"
    picture = Markup(qr_svg(address))  # noqa: S704 - our own drawing, no text in it
    return SentPage(congress(), sent, address, picture)

"""Proposing with an account: as a deputy by name, for a station's visitor, a unit or the office."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, request, url_for
from markupsafe import Markup

from voting.db import reading, transaction
from voting.errors import Message
from voting.exports.qr import qr_svg
from voting.imports.proposals import read_proposal_form
from voting.models.proposals import CollectionWindow, Proposal
from voting.rules.access import Action
from voting.rules.categories import CATEGORY_NAMES, Category
from voting.services import pictures, proposals
from voting.services.people.congresses import CongressCard
from voting.services.proposals import Entered, Sent, Standing
from voting.views.fields import read_files, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render

blueprint: Final = Blueprint("proposing", __name__, url_prefix="/desk/<slug>/propose")


@dataclass(frozen=True, slots=True)
class StandingForm:
    ticket: str
    standing: str


@dataclass(frozen=True, slots=True)
class ProposingPage:
    congress: CongressCard
    standings: Sequence[Standing]
    windows: Sequence[CollectionWindow]
    mine: Sequence[Proposal]
    similar: Sequence[Proposal]
    ticket: str
    names: Mapping[Category, Message]
    most_photos: int
    accepted: str


@dataclass(frozen=True, slots=True)
class EnteredPage:
    congress: CongressCard
    sent: Sent
    picture: Markup


@blueprint.get("")
@door(Action.PROPOSE)
def write_page(slug: str) -> str:
    with reading() as tx:
        page = ProposingPage(
            congress(),
            proposals.list_standings(tx, actor(), congress().id),
            proposals.open_windows(tx, congress().id, for_members=True),
            proposals.list_entered(tx, congress().id, actor().user_id or 0),
            proposals.similar(tx, congress().id, request.values.get("title", "")),
            secrets.token_urlsafe(12),
            CATEGORY_NAMES,
            proposals.MOST_PHOTOS,
            pictures.ACCEPTED,
        )
        return render("deputy/propose.html", page)


@blueprint.post("")
@door(Action.PROPOSE)
def enter(slug: str) -> str:
    row, form = read_proposal_form(request.form), read_form(StandingForm)
    photos = read_files("photos", pictures.LARGEST_FILE)
    with transaction() as tx:
        entry = Entered(row, form.standing, form.ticket, photos)
        sent = proposals.enter_proposal(tx, actor(), congress().id, entry)
    address = url_for("following.code_page", slug=slug, _external=True) + f"#{sent.code}"
    picture = Markup(qr_svg(address))  # noqa: S704 - our own drawing, no text in it
    return render("deputy/proposal_entered.html", EnteredPage(congress(), sent, picture))

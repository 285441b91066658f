"""The desk of collection: what came in, likes of it, what becomes of it, charts, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as Answer

from voting.db import Tx, reading, transaction
from voting.errors import Message, msg
from voting.exports.proposals import proposals_csv, proposals_xlsx
from voting.imports.proposals import LONGEST_CONTENT, LONGEST_REASON, LONGEST_TITLE
from voting.models.proposals import Proposal, ProposalState
from voting.rules.access import Action
from voting.rules.categories import CATEGORY_NAMES, Category
from voting.services import pictures, proposals
from voting.services.people.congresses import CongressCard
from voting.services.proposals import Charts, Contact, ListPage, Wording
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("proposals", __name__, url_prefix="/desk/<slug>/proposals")

_SAID: Final[dict[ProposalState, Message]] = {
    ProposalState.RECEIVED: msg("It is back in the queue."),
    ProposalState.ACCEPTED: msg("Everyone can read it now."),
    ProposalState.DECLINED: msg("It is not taken up; the proposer reads your reason."),
}


@dataclass(frozen=True, slots=True)
class MoveForm:
    state: ProposalState
    reason: Annotated[str, Meta(max_length=500)]


@dataclass(frozen=True, slots=True)
class ManyForm:
    numbers: tuple[int, ...]
    state: ProposalState
    reason: Annotated[str, Meta(max_length=500)]


@dataclass(frozen=True, slots=True)
class WordingForm:
    title: Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
    category: Category
    content: Annotated[str, Meta(max_length=LONGEST_CONTENT)]
    reason: Annotated[str, Meta(max_length=LONGEST_REASON)]


@dataclass(frozen=True, slots=True)
class PhotoForm:
    photo: int


@dataclass(frozen=True, slots=True)
class ProposalsPage:
    congress: CongressCard
    list: ListPage
    waiting: int
    names: Mapping[Category, Message]


@dataclass(frozen=True, slots=True)
class ProposalPage:
    congress: CongressCard
    proposal: Proposal
    pictures: Sequence[pictures.PictureCard]
    similar: Sequence[Proposal]
    names: Mapping[Category, Message]
    contact: Contact | None = None
    is_opened: bool = False

    @property
    def may_correct(self) -> bool:
        """Whether its words can still be put right."""
        return proposals.may_correct(self.proposal)


@dataclass(frozen=True, slots=True)
class ChartsPage:
    congress: CongressCard
    charts: Charts
    names: Mapping[Category, Message]


@blueprint.get("")
@door(Action.MANAGE_COLLECTION)
def list_page(slug: str) -> str:
    with reading() as tx:
        page = ProposalsPage(
            congress(),
            proposals.list_all(tx, congress().id, proposals.read_wanted(request.args)),
            proposals.count_waiting(tx, congress().id),
            CATEGORY_NAMES,
        )
        return render("secretariat/proposals.html", page)


@blueprint.post("")
@door(Action.MANAGE_COLLECTION)
def move_many(slug: str) -> Answer:
    form = read_form(ManyForm)
    with transaction() as tx:
        moved = proposals.set_states(
            tx, actor(), congress().id, form.numbers, state=form.state, reason=form.reason
        )
        proposals.forget_senders(tx, congress().id)
    say(msg("{n} proposals are moved.", n=moved))
    return redirect(url_for(".list_page", slug=slug, state=ProposalState.RECEIVED.value))


@blueprint.get("/<int:number>")
@door(Action.MANAGE_COLLECTION)
def item_page(slug: str, number: int) -> str:
    with reading() as tx:
        return render("secretariat/proposal.html", _item(tx, number))


@blueprint.post("/<int:number>/move")
@door(Action.MANAGE_COLLECTION)
def move(slug: str, number: int) -> Answer:
    form = read_form(MoveForm)
    with transaction() as tx:
        found = proposals.find_proposal(tx, congress().id, number)
        proposals.set_state(tx, actor(), found.id, form.state, reason=form.reason)
    say(_SAID[form.state])
    return redirect(url_for(".item_page", slug=slug, number=number))


@blueprint.post("/<int:number>/words")
@door(Action.MANAGE_COLLECTION)
def correct(slug: str, number: int) -> Answer:
    form = read_form(WordingForm)
    wording = Wording(" ".join(form.title.split()), form.category, form.content, form.reason)
    with transaction() as tx:
        proposals.correct(tx, actor(), congress().id, number, wording=wording)
    say(msg("The words are put right; what was sent is kept below."))
    return redirect(url_for(".item_page", slug=slug, number=number))


@blueprint.post("/<int:number>/contact")
@door(Action.MANAGE_COLLECTION)
def contact(slug: str, number: int) -> str:
    with transaction() as tx:
        found = proposals.read_contact(tx, actor(), congress().id, number)
        return render("secretariat/proposal.html", _item(tx, number, found, is_opened=True))


@blueprint.post("/<int:number>/photo")
@door(Action.MANAGE_COLLECTION)
def remove_photo(slug: str, number: int) -> Answer:
    form = read_form(PhotoForm)
    with transaction() as tx:
        proposals.remove_photo(tx, actor(), congress().id, number, photo=form.photo)
    say(msg("The photo is destroyed."))
    return redirect(url_for(".item_page", slug=slug, number=number))


@blueprint.get("/charts")
@door(Action.MANAGE_COLLECTION)
def charts_page(slug: str) -> str:
    with reading() as tx:
        page = ChartsPage(congress(), proposals.read_charts(tx, congress().id), CATEGORY_NAMES)
    return render("secretariat/proposal_charts.html", page)


@blueprint.get("/table.<form>")
@door(Action.EXPORT_DATA)
def table(slug: str, form: str) -> Response:
    wanted = proposals.read_wanted(request.args)
    with reading() as tx:
        rows = proposals.list_for_tables(tx, actor(), congress().id, wanted)
        if form == "csv":
            return _file(proposals_csv(rows), "text/csv", "proposals.csv")
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _file(proposals_xlsx(rows), kind, "proposals.xlsx")


def _item(
    tx: Tx, number: int, contact: Contact | None = None, *, is_opened: bool = False
) -> ProposalPage:
    found = proposals.find_proposal(tx, congress().id, number)
    photos = pictures.of(tx, congress().id, proposals.owner_of(found))
    alike = proposals.similar(tx, congress().id, found.title, but=found.id, with_hidden=True)
    return ProposalPage(congress(), found, photos, alike, CATEGORY_NAMES, contact, is_opened)


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

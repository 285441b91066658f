"""Bulletins and reports: drafted from data for Word, edited by the office, published as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import NotFound, msg
from voting.exports.forms.bulletin import bulletin, plain_text
from voting.exports.forms.word import write_word
from voting.exports.sets import MIME_TYPES, Format
from voting.models.inspections import Paper, PaperKind
from voting.rules.access import Action
from voting.rules.cadence import Period
from voting.services.supervision import boards, papers
from voting.services.supervision.boards import Bar
from voting.views.committee.supervision import download
from voting.views.fields import Title, asked_year, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint(
    "supervision_papers", __name__, url_prefix="/desk/<slug>/supervision/papers"
)


@dataclass(frozen=True, slots=True)
class PaperForm:
    title: Title
    text: Annotated[str, Meta(min_length=1, max_length=60_000)]


@dataclass(frozen=True, slots=True)
class Slot:
    """A period that a paper can be written for, with the one that was published."""

    kind: PaperKind
    period: Period
    number: int
    paper: Paper | None


@dataclass(frozen=True, slots=True)
class PapersPage:
    bar: Bar
    year: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class PaperPage:
    bar: Bar
    slot: Slot
    title: str
    text: str


@blueprint.get("")
@door(Action.DRAFT_REPORT)
def list_page(slug: str) -> str:
    with reading() as tx:
        bar = boards.read_bar(tx, actor(), slug)
        year = asked_year() or bar.today.year
        slots = tuple(
            Slot(kind, period, number, paper)
            for kind, period, number, paper in papers.slots_of(tx, bar.congress.id, year)
        )
        return render("committee/supervision_papers.html", PapersPage(bar, year, slots))


@blueprint.get("/<kind>/<int:year>/<int:period>")
@door(Action.DRAFT_REPORT)
def paper_page(slug: str, kind: str, year: int, period: int) -> str:
    asked = _kind(kind)
    with reading() as tx:
        bar = boards.read_bar(tx, actor(), slug)
        stretch = papers.period_of(asked, year, period)
        kept = papers.find_paper(tx, bar.congress.id, asked, year=year, number=period)
        material = papers.gather(tx, bar.congress.id, asked, period=stretch)
        draft = bulletin(bar.congress.name, material)
        title = kept.title if kept else " ".join(draft.title.split())
        slot = Slot(asked, stretch, period, kept)
        page = PaperPage(bar, slot, title, kept.text if kept else plain_text(draft))
        return render("committee/supervision_paper.html", page)


@blueprint.get("/<kind>/<int:year>/<int:period>.docx")
@door(Action.DRAFT_REPORT)
def draft(slug: str, kind: str, year: int, period: int) -> Response:
    asked = _kind(kind)
    with reading() as tx:
        bar = boards.read_bar(tx, actor(), slug)
        stretch = papers.period_of(asked, year, period)
        material = papers.gather(tx, bar.congress.id, asked, period=stretch)
        content = write_word(bulletin(bar.congress.name, material))
    name = f"{slug}-{kind}-{year}-{period}.docx"
    return download(content, MIME_TYPES[Format.WORD], name)


@blueprint.post("/<kind>/<int:year>/<int:period>")
@door(Action.DRAFT_REPORT)
def publish(slug: str, kind: str, year: int, period: int) -> AnyResponse:
    form, asked = read_form(PaperForm), _kind(kind)
    stretch = papers.period_of(asked, year, period)
    with transaction() as tx:
        papers.publish_paper(
            tx, actor(), congress().id, asked, period=stretch, title=form.title, text=form.text
        )
    say(msg("“{title}” is public now.", title=form.title))
    return redirect(url_for("supervision_papers.list_page", slug=slug, year=year))


@blueprint.post("/<kind>/<int:year>/<int:period>/withdraw")
@door(Action.DRAFT_REPORT)
def withdraw(slug: str, kind: str, year: int, period: int) -> AnyResponse:
    with transaction() as tx:
        papers.withdraw_paper(tx, actor(), congress().id, _kind(kind), year=year, number=period)
    say(msg("It is no longer public; its text is kept here."))
    return redirect(url_for("supervision_papers.list_page", slug=slug, year=year))


def _kind(name: str) -> PaperKind:
    if name not in set(PaperKind):
        raise NotFound("There is no such kind of paper.")
    return PaperKind(name)

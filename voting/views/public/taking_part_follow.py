"""Following one's own proposal by its code: where it stands in plain words, and more photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, session, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import Message, NotFound, msg
from voting.models.proposals import Proposal
from voting.rules.access import Action
from voting.rules.categories import CATEGORY_NAMES, Category
from voting.services import pictures, proposals
from voting.services.people.congresses import CongressCard
from voting.views.fields import read_files, read_form
from voting.views.gate import congress, door, limited
from voting.views.pages import render, say
from voting.views.public.taking_part import FOLLOWED, remember

blueprint: Final = Blueprint("following", __name__, url_prefix="/c/<slug>/follow")


@dataclass(frozen=True, slots=True)
class CodeForm:
    code: Annotated[str, Meta(min_length=1, max_length=40)]


@dataclass(frozen=True, slots=True)
class CodePage:
    congress: CongressCard
    mine: Sequence[Proposal]


@dataclass(frozen=True, slots=True)
class FollowPage:
    congress: CongressCard
    proposal: Proposal
    photos: int
    most_photos: int
    accepted: str
    names: Mapping[Category, Message]


@blueprint.get("")
@door(Action.TAKE_PART)
def code_page(slug: str) -> str:
    with reading() as tx:
        mine = proposals.list_followed(tx, congress().id, _followed(slug))
        return render("public/follow.html", CodePage(congress(), mine))


@blueprint.post("")
@door(Action.TAKE_PART)
@limited(20, "hour")
def open_by_code(slug: str) -> Response:
    form = read_form(CodeForm)
    with reading() as tx:
        found = proposals.find_by_code(tx, congress().id, form.code)
    remember(slug, found.number)
    return redirect(url_for(".follow_page", slug=slug, number=found.number))


@blueprint.get("/<int:number>")
@door(Action.TAKE_PART)
def follow_page(slug: str, number: int) -> str | Response:
    if number not in _followed(slug):
        return redirect(url_for(".code_page", slug=slug))
    with reading() as tx:
        found = proposals.find_proposal(tx, congress().id, number)
        kept = len(pictures.of(tx, congress().id, proposals.owner_of(found)))
        page = FollowPage(
            congress(), found, kept, proposals.MOST_PHOTOS, pictures.ACCEPTED, CATEGORY_NAMES
        )
        return render("public/followed.html", page)


@blueprint.post("/<int:number>/photos")
@door(Action.TAKE_PART)
@limited(20, "hour")
def add_photos(slug: str, number: int) -> Response:
    if number not in _followed(slug):
        raise NotFound("There is no such proposal.").now("Open it with its code first.")
    photos = read_files("photos", pictures.LARGEST_FILE)
    with transaction() as tx:
        found = proposals.find_proposal(tx, congress().id, number)
        proposals.add_photos(tx, found, photos)
    say(msg("The photos are added."))
    return redirect(url_for(".follow_page", slug=slug, number=number))


def _followed(slug: str) -> list[int]:
    mine: list[int] = session.get(FOLLOWED, {}).get(slug, [])
    return mine

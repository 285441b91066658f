"""Announcements for everyone, from their moment on: as a page and as the printed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response

from voting import i18n
from voting.db import reading
from voting.errors import NotFound
from voting.exports.forms.announcement import Announcement
from voting.exports.forms.announcement import announcement as lay_out
from voting.exports.forms.parts import Document, Heading, plain_part, print_document
from voting.rules.access import Action
from voting.services import reports
from voting.services.reports import NoticePage
from voting.views.gate import door, limited
from voting.views.pages import render

blueprint: Final = Blueprint("announcement", __name__, url_prefix="/c/<slug>/announcements")


@dataclass(frozen=True, slots=True)
class SheetPage:
    """An announcement as its form has it, part by part."""

    notice: NoticePage
    title: str
    parts: list[dict[str, Any]]


@blueprint.get("/<int:number>")
@door(Action.READ_PUBLIC)
def announcement(slug: str, number: int) -> str:
    with reading() as tx:
        notice = reports.read_notice(tx, slug, number)
    document = _document(notice)
    parts = [plain_part(part) for part in document.parts]
    return render("public/announcement.html", SheetPage(notice, document.title, parts))


@blueprint.get("/<int:number>.pdf")
@door(Action.READ_PUBLIC)
@limited(20, "minute")
def sheet(slug: str, number: int) -> Response:
    with reading() as tx:
        notice = reports.read_notice(tx, slug, number)
    answer = Response(print_document(_document(notice)), content_type="application/pdf")
    name = f"{slug}-announcement-{number}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _document(notice: NoticePage) -> Document:
    """Lay an announcement out; what is announced was declared, so it has figures."""
    vote = notice.vote
    figures = vote.decision or vote.rating
    if figures is None or vote.opened_at is None:
        raise NotFound("There is no announcement at this address.")
    return lay_out(
        Announcement(
            heading=Heading(vote.congress.name, vote.sitting),
            number=notice.number,
            year=notice.year,
            voted_on=i18n.local(vote.opened_at).date(),
            published_on=notice.dated,
            figures=figures,
            chosen=notice.chosen,
            is_by_hand=vote.on_paper is not None,
        )
    )

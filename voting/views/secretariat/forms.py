"""The printed forms of a sitting's votes, results as tables, and the announcement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from voting import clock
from voting.db import reading, transaction
from voting.errors import Message, NotFound, msg
from voting.exports.sets import (
    FORM_NAMES,
    MIME_TYPES,
    RESULT_FORMATS,
    WORD_FORMS,
    Form,
    Format,
    print_form,
    write_result,
)
from voting.i18n import SHANGHAI
from voting.rules.access import Action
from voting.services import announcements, reports
from voting.services.announcements import Notice
from voting.services.reports import VotesPage
from voting.views.fields import read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say

blueprint: Final = Blueprint(
    "forms", __name__, url_prefix="/desk/<slug>/sittings/<int:sitting_id>/forms"
)

AFTER_THE_COUNT: Final = frozenset({Form.COUNT, Form.ANNOUNCEMENT})
"""Forms that there is nothing to say in before the count."""


@dataclass(frozen=True, slots=True)
class NoticeForm:
    number: Annotated[int, Meta(ge=1, le=9999)]
    dated: date
    public_on: date
    public_at: Annotated[str, Meta(pattern="^([01]?[0-9]|2[0-3]):[0-5][0-9]$", max_length=5)]

    @property
    def notice(self) -> Notice:
        """Give what the service takes; the moment is the clock's on the wall."""
        hours, _, minutes = self.public_at.partition(":")
        moment = datetime(
            self.public_on.year,
            self.public_on.month,
            self.public_on.day,
            int(hours),
            int(minutes),
            tzinfo=SHANGHAI,
        )
        return Notice(self.number, self.dated, moment)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form as the list offers it."""

    form: Form
    name: Message
    is_editable: bool
    needs_count: bool


@dataclass(frozen=True, slots=True)
class FormsPage:
    """What can be printed of each vote."""

    votes: VotesPage
    rows: tuple[FormRow, ...]
    formats: tuple[Format, ...]


ROWS: Final = tuple(
    FormRow(form, FORM_NAMES[form], form in WORD_FORMS, form in AFTER_THE_COUNT) for form in Form
)


@blueprint.get("")
@door(Action.PRINT_FORMS)
def forms_page(slug: str, sitting_id: int) -> str:
    with reading() as tx:
        votes = reports.read_votes_page(tx, actor(), slug, sitting_id)
    return render("secretariat/forms.html", FormsPage(votes, ROWS, RESULT_FORMATS))


@blueprint.get("/<key>/<form>.<suffix>")
@door(Action.PRINT_FORMS)
def form_file(slug: str, sitting_id: int, key: str, form: str, suffix: str) -> Response:
    chosen = _form(form)
    editable = (Format.WORD,) if chosen in WORD_FORMS else ()
    kind = _format(suffix, Format.PDF, *editable)
    with reading() as tx:
        papers = reports.read_papers_of(tx, actor(), slug, sitting_id, key=key)
        number = announcements.next_number(tx, papers.vote.congress.id)
    is_word = kind is Format.WORD
    content = print_form(chosen, papers, clock.now(), as_word=is_word, number=number)
    return _file(content, kind, f"{slug}-{key}-{form}")


@blueprint.get("/<key>/result.<suffix>")
@door(Action.PRINT_FORMS)
def result_file(slug: str, sitting_id: int, key: str, suffix: str) -> Response:
    kind = _format(suffix, *RESULT_FORMATS)
    with reading() as tx:
        papers = reports.read_papers_of(tx, actor(), slug, sitting_id, key=key)
    return _file(write_result(papers, kind), kind, f"{slug}-{key}")


@blueprint.post("/<key>/announcement")
@door(Action.ANNOUNCE)
def announce(slug: str, sitting_id: int, key: str) -> AnyResponse:
    notice = read_form(NoticeForm).notice
    with transaction() as tx:
        vote = reports.find_vote(tx, slug, sitting_id, key=key)
        announcements.announce(tx, actor(), vote, notice)
    say(msg("Announcement No. {number} is made.", number=notice.number))
    return redirect(url_for("forms.forms_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/announcements/<int:announcement_id>/withdraw")
@door(Action.ANNOUNCE)
def withdraw(slug: str, sitting_id: int, announcement_id: int) -> AnyResponse:
    with transaction() as tx:
        announcements.withdraw(tx, actor(), announcement_id)
    say(msg("The announcement is withdrawn; nobody has read it."))
    return redirect(url_for("forms.forms_page", slug=slug, sitting_id=sitting_id))


def _form(name: str) -> Form:
    if name not in set(Form):
        raise NotFound("There is no such form.")
    return Form(name)


def _format(suffix: str, *known: Format) -> Format:
    if suffix not in known:
        raise NotFound("The form is not made in this format.")
    return Format(suffix)


def _file(content: bytes, kind: Format, name: str) -> Response:
    answer = Response(content, content_type=MIME_TYPES[kind])
    shown = "inline" if kind is Format.PDF else "attachment"
    answer.headers["Content-Disposition"] = f'{shown}; filename="{name}.{kind}"'
    return answer

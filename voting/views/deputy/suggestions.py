"""A deputy's suggestions: written, signed, followed, rated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.exports.forms.opinion import opinion_form, opinion_sheet
from voting.exports.forms.parts import print_document
from voting.models.suggestions import Satisfaction
from voting.rules.access import Action
from voting.rules.suggestions import CLASS_NAMES, DECLINE_REASONS
from voting.services.people.congresses import CongressCard
from voting.services.people.deputies import deputy_of
from voting.services.suggestions import rating, withdrawing, writing
from voting.services.suggestions import reading as suggestions
from voting.services.suggestions.rating import RatingEntry
from voting.services.suggestions.reading import Line, Standing
from voting.services.suggestions.writing import SuggestionEntry
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("own_suggestions", __name__, url_prefix="/deputy/<slug>/suggestions")

Text = Annotated[str, Meta(min_length=1, max_length=4000)]


@dataclass(frozen=True, slots=True)
class SuggestionForm:
    title: Title
    category: Annotated[str, Meta(max_length=20)]
    reason: Text
    content: Text
    cosigners: tuple[int, ...]

    @property
    def entry(self) -> SuggestionEntry:
        """Give what the service takes."""
        return SuggestionEntry(self.title, self.reason, self.content, self.category, self.cosigners)


@dataclass(frozen=True, slots=True)
class RatingForm:
    attitude: Satisfaction
    result: Satisfaction
    note: Annotated[str, Meta(max_length=2000)]


@dataclass(frozen=True, slots=True)
class WithdrawForm:
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class SuggestionsPage:
    congress: CongressCard
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class WritePage:
    congress: CongressCard
    standing: Standing | None
    fellows: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    """One suggestion as its deputies see it, and what is theirs to do."""

    congress: CongressCard
    standing: Standing
    is_own: bool
    is_asked: bool
    owes_rating: bool
    class_names: Mapping[str, Message]
    decline_reasons: Mapping[str, Message]

    @property
    def may_change(self) -> bool:
        """Whether its writer can still change it."""
        made = self.standing.suggestion
        return self.is_own and made.state == "submitted" and not made.tasks

    @property
    def may_withdraw(self) -> bool:
        """Whether its writer can withdraw it without anybody's consent."""
        return self.is_own and withdrawing.may_take_back(self.standing.suggestion)


@blueprint.get("")
@door(Action.SUGGEST)
def list_page(slug: str) -> str:
    with reading() as tx:
        lines = suggestions.list_for_deputy(tx, actor(), congress().id)
    return render("deputy/suggestions.html", SuggestionsPage(congress(), lines))


@blueprint.get("/new")
@door(Action.SUGGEST)
def write_page(slug: str) -> str:
    with reading() as tx:
        fellows = writing.list_fellows(tx, actor(), congress().id)
    return render("deputy/suggestion_form.html", WritePage(congress(), None, fellows))


@blueprint.post("/new")
@limited(60, "hour")
@door(Action.SUGGEST)
def send(slug: str) -> AnyResponse:
    form = read_form(SuggestionForm)
    with transaction() as tx:
        made = writing.suggest(tx, actor(), congress().id, form.entry)
    say(msg("Your suggestion is with the office. It bears number {number}.", number=made.number))
    return redirect(url_for(".suggestion_page", slug=slug, suggestion_id=made.id))


@blueprint.get("/<int:suggestion_id>")
@door(Action.SUGGEST)
def suggestion_page(slug: str, suggestion_id: int) -> str:
    with reading() as tx:
        found = suggestions.read(tx, actor(), suggestion_id)
        own = deputy_of(tx, actor(), congress().id).id
        made = found.suggestion
        waiting = {c.deputy_id for c in made.cosigners if c.signed_at is None}
        page = SuggestionPage(
            congress(), found, made.deputy_id == own, own in waiting,
            rating.owes_rating(made, own), CLASS_NAMES, DECLINE_REASONS,
        )  # fmt: skip
        return render("deputy/suggestion.html", page)


@blueprint.get("/<int:suggestion_id>/change")
@door(Action.SUGGEST)
def change_page(slug: str, suggestion_id: int) -> str:
    with reading() as tx:
        found = suggestions.read(tx, actor(), suggestion_id)
        fellows = writing.list_fellows(tx, actor(), congress().id)
        return render("deputy/suggestion_form.html", WritePage(congress(), found, fellows))


@blueprint.post("/<int:suggestion_id>/change")
@door(Action.SUGGEST)
def change(slug: str, suggestion_id: int) -> AnyResponse:
    form = read_form(SuggestionForm)
    with transaction() as tx:
        writing.change(tx, actor(), suggestion_id, form.entry)
    say(msg("Your suggestion is changed."))
    return redirect(url_for(".suggestion_page", slug=slug, suggestion_id=suggestion_id))


@blueprint.post("/<int:suggestion_id>/withdraw")
@door(Action.SUGGEST)
def take_back(slug: str, suggestion_id: int) -> AnyResponse:
    reason = read_form(WithdrawForm).reason
    with transaction() as tx:
        withdrawing.take_back(tx, actor(), suggestion_id, reason=reason)
    say(msg("Your suggestion is withdrawn."))
    return redirect(url_for(".suggestion_page", slug=slug, suggestion_id=suggestion_id))


@blueprint.post("/<int:suggestion_id>/sign")
@door(Action.SUGGEST)
def sign(slug: str, suggestion_id: int) -> AnyResponse:
    with transaction() as tx:
        writing.cosign(tx, actor(), suggestion_id)
    say(msg("You have signed the suggestion. You will be replied to as well."))
    return redirect(url_for(".suggestion_page", slug=slug, suggestion_id=suggestion_id))


@blueprint.post("/<int:suggestion_id>/rating")
@door(Action.RATE_ANSWER)
def rate(slug: str, suggestion_id: int) -> AnyResponse:
    form = read_form(RatingForm)
    entry = RatingEntry(form.attitude, form.result, form.note)
    with transaction() as tx:
        rating.rate(tx, actor(), suggestion_id, entry)
    say(msg("Your rating is noted."))
    return redirect(url_for(".suggestion_page", slug=slug, suggestion_id=suggestion_id))


@blueprint.get("/<int:suggestion_id>/opinion.pdf")
@door(Action.SUGGEST)
@limited(30, "minute")
def opinion_pdf(slug: str, suggestion_id: int) -> Response:
    with reading() as tx:
        found = suggestions.read(tx, actor(), suggestion_id)
        own = deputy_of(tx, actor(), congress().id)
        sheet = opinion_sheet(congress().name, found.suggestion, own.id, own.name)
    return Response(print_document(opinion_form(sheet)), content_type="application/pdf")

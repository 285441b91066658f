"""Suggestions at the office's desk: looked at, assigned, followed, published, imported, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.models.suggestions import SuggestionState
from voting.rules.access import Action
from voting.rules.suggestions import CLASS_NAMES, DECLINE_REASONS
from voting.services import units
from voting.services.people.congresses import CongressCard
from voting.services.suggestions import assigning, withdrawing
from voting.services.suggestions import reading as suggestions
from voting.services.suggestions.assigning import Assignment
from voting.services.suggestions.reading import Choice, Line, Standing
from voting.services.units import UnitCard
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("suggestions", __name__, url_prefix="/desk/<slug>/suggestions")


@dataclass(frozen=True, slots=True)
class AssignForm:
    lead_id: int
    others: tuple[int, ...]
    is_broad: bool


@dataclass(frozen=True, slots=True)
class DeclineForm:
    reason: Annotated[str, Meta(max_length=32)]
    note: Annotated[str, Meta(max_length=2000)]


@dataclass(frozen=True, slots=True)
class WithdrawForm:
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class CloseForm:
    note: Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class SuggestionsPage:
    congress: CongressCard
    lines: tuple[Line, ...]
    chosen: Choice
    states: tuple[SuggestionState, ...]
    years: tuple[int, ...]
    units: tuple[UnitCard, ...]


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    congress: CongressCard
    standing: Standing
    units: tuple[UnitCard, ...]
    class_names: Mapping[str, Message]
    decline_reasons: Mapping[str, Message]

    @property
    def others(self) -> tuple[int, ...]:
        """Give the cooperating units."""
        tasks = self.standing.suggestion.tasks
        return tuple(t.unit_id for t in tasks if not t.is_lead and t.returned_on is None)

    @property
    def may_agree(self) -> bool:
        """Whether it can be withdrawn with the office's consent."""
        return withdrawing.may_agree(self.standing.suggestion)


@blueprint.get("")
@door(Action.ASSIGN_SUGGESTION)
def list_page(slug: str) -> str:
    chosen = read_choice()
    with reading() as tx:
        lines = suggestions.list_for_office(tx, actor(), congress().id, chosen)
        years = suggestions.years_of(tx, congress().id)
        listed = units.list_units(tx, congress().id)
    page = SuggestionsPage(congress(), lines, chosen, tuple(SuggestionState), years, listed)
    return render("committee/suggestions.html", page)


@blueprint.get("/<int:suggestion_id>")
@door(Action.ASSIGN_SUGGESTION)
def suggestion_page(slug: str, suggestion_id: int) -> str:
    with reading() as tx:
        found = suggestions.read(tx, actor(), suggestion_id)
        listed = units.list_units(tx, congress().id)
        page = SuggestionPage(congress(), found, listed, CLASS_NAMES, DECLINE_REASONS)
        return render("committee/suggestion.html", page)


@blueprint.post("/<int:suggestion_id>/assign")
@door(Action.ASSIGN_SUGGESTION)
def assign(slug: str, suggestion_id: int) -> Response:
    form = read_form(AssignForm)
    plan = Assignment(form.lead_id, form.others, is_broad=form.is_broad)
    with transaction() as tx:
        assigning.assign(tx, actor(), suggestion_id, plan)
    say(msg("The suggestion is assigned; the unit finds it on its desk."))
    return _back(slug, suggestion_id)


@blueprint.post("/<int:suggestion_id>/decline")
@door(Action.ASSIGN_SUGGESTION)
def decline(slug: str, suggestion_id: int) -> Response:
    form = read_form(DeclineForm)
    with transaction() as tx:
        assigning.decline(tx, actor(), suggestion_id, reason=form.reason, note=form.note)
    say(msg("The suggestion is not accepted; the deputy reads why."))
    return _back(slug, suggestion_id)


@blueprint.post("/<int:suggestion_id>/close")
@door(Action.ASSIGN_SUGGESTION)
def close(slug: str, suggestion_id: int) -> Response:
    note = read_form(CloseForm).note
    with transaction() as tx:
        assigning.close(tx, actor(), suggestion_id, note=note)
    say(msg("The suggestion is settled."))
    return _back(slug, suggestion_id)


@blueprint.post("/<int:suggestion_id>/agree")
@door(Action.ASSIGN_SUGGESTION)
def agree(slug: str, suggestion_id: int) -> Response:
    reason = read_form(WithdrawForm).reason
    with transaction() as tx:
        withdrawing.agree(tx, actor(), suggestion_id, reason=reason)
    say(msg("The suggestion is withdrawn at its deputy's request."))
    return _back(slug, suggestion_id)


@blueprint.post("/<int:suggestion_id>/publish")
@door(Action.PUBLISH)
def publish(slug: str, suggestion_id: int) -> Response:
    with transaction() as tx:
        assigning.publish(tx, actor(), suggestion_id)
    say(msg("The suggestion and its replies are public now."))
    return _back(slug, suggestion_id)


@blueprint.post("/<int:suggestion_id>/withdraw")
@door(Action.PUBLISH)
def withdraw(slug: str, suggestion_id: int) -> Response:
    with transaction() as tx:
        assigning.withdraw(tx, actor(), suggestion_id)
    say(msg("The suggestion is off the public pages."))
    return _back(slug, suggestion_id)


def read_choice() -> Choice:
    """Read from the address which suggestions are wanted."""
    asked = request.args
    return Choice(
        asked.get("state", ""),
        asked.get("q", "").strip(),
        asked.get("year", type=int),
        asked.get("unit", type=int),
    )


def _back(slug: str, suggestion_id: int) -> Response:
    return redirect(url_for(".suggestion_page", slug=slug, suggestion_id=suggestion_id))

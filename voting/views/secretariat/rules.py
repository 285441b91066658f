"""The rules of a vote: settings on one side, the numbered clauses they mean on the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.sittings import BallotKind
from voting.rules import vote
from voting.rules.access import Action
from voting.rules.vote import (
    Base,
    DecisionSettings,
    Minimum,
    Order,
    Preset,
    RatingSettings,
    Shortfall,
    Style,
    Threshold,
    Tie,
)
from voting.services import reports
from voting.services.sittings import rulebook
from voting.views.fields import read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say

blueprint: Final = Blueprint(
    "rules", __name__, url_prefix="/desk/<slug>/sittings/<int:sitting_id>/rules"
)

Seats = Annotated[int, Meta(ge=1, le=500)]


@dataclass(frozen=True, slots=True)
class PresetForm:
    preset: Preset
    seats: Seats
    style: Style


@dataclass(frozen=True, slots=True)
class DecisionForm:
    seats: Seats
    style: Style
    minimum: Minimum
    threshold: Threshold
    tie: Tie
    shortfall: Shortfall
    order: Order

    @property
    def settings(self) -> DecisionSettings:
        """Give what the service takes."""
        return DecisionSettings(
            self.seats,
            style=self.style,
            minimum=self.minimum,
            threshold=self.threshold,
            tie=self.tie,
            shortfall=self.shortfall,
            order=self.order,
        )


@dataclass(frozen=True, slots=True)
class RatingForm:
    base: Base
    strict: bool
    abstain: bool


@dataclass(frozen=True, slots=True)
class AdoptionForm:
    adopted_on: date


@blueprint.get("/<kind>")
@door(Action.EDIT_SITTING)
def rules_page(slug: str, sitting_id: int, kind: str) -> str:
    with reading() as tx:
        page = reports.read_rules(tx, actor(), slug, sitting_id, kind=kind)
    return render("secretariat/rules.html", page)


@blueprint.post("/decision/preset")
@door(Action.EDIT_SITTING)
def take_preset(slug: str, sitting_id: int) -> Response:
    form = read_form(PresetForm)
    settings = vote.preset(form.preset, form.seats, form.style)
    return _draft(slug, sitting_id, BallotKind.DECISION, settings)


@blueprint.post("/decision")
@door(Action.EDIT_SITTING)
def draft_decision(slug: str, sitting_id: int) -> Response:
    settings = read_form(DecisionForm).settings
    return _draft(slug, sitting_id, BallotKind.DECISION, settings)


@blueprint.post("/rating")
@door(Action.EDIT_SITTING)
def draft_rating(slug: str, sitting_id: int) -> Response:
    form = read_form(RatingForm)
    settings = RatingSettings(form.base, strict=form.strict, abstain=form.abstain)
    return _draft(slug, sitting_id, BallotKind.RATING, settings)


@blueprint.post("/<kind>/adopt")
@door(Action.ADOPT_RULES)
def adopt(slug: str, sitting_id: int, kind: str) -> Response:
    form, listed = read_form(AdoptionForm), reports.kind_of(kind)
    with transaction() as tx:
        rulebook.adopt_rules(tx, actor(), sitting_id, kind=listed, adopted_on=form.adopted_on)
    say(msg("The rules are adopted and locked."))
    return _back(slug, sitting_id, listed)


def _draft(
    slug: str, sitting_id: int, kind: BallotKind, settings: DecisionSettings | RatingSettings
) -> Response:
    with transaction() as tx:
        rulebook.draft_rules(tx, actor(), sitting_id, kind=kind, settings=settings)
    say(msg("The draft is saved. Read the clauses, then adopt them."))
    return _back(slug, sitting_id, kind)


def _back(slug: str, sitting_id: int, kind: BallotKind) -> Response:
    return redirect(url_for("rules.rules_page", slug=slug, sitting_id=sitting_id, kind=kind.value))

"""Suggestions as lists and pages show them: whose turn it is and until when, overdue ones first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from voting import clock
from voting.db import Tx
from voting.errors import NotFound
from voting.i18n import this_day
from voting.models.suggestions import (
    Cosigner,
    Reply,
    Suggestion,
    SuggestionState,
    UnitTask,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.suggestions import Terms
from voting.services import search, units
from voting.services.people.deputies import deputy_of
from voting.services.suggestions.access import for_reader, signers_of, terms_of
from voting.services.suggestions.handling import is_promised
from voting.services.suggestions.rating import is_dissatisfied
from voting.services.suggestions.writing import KIND

MOST: Final = 500
_FAR: Final = date.max
_DONE: Final = (SuggestionState.CLOSED, SuggestionState.DECLINED, SuggestionState.WITHDRAWN)


class Turn(StrEnum):
    """Whose turn it is."""

    OFFICE = "office"
    UNIT = "unit"
    DEPUTY = "deputy"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Line:
    """A suggestion as lists show it."""

    id: int
    year: int
    number: int
    title: str
    deputy: str
    cosigners: int
    unit: str
    state: SuggestionState
    result_class: str
    turn: Turn
    due_on: date | None
    is_overdue: bool
    is_public: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a list is wanted; an empty field wants everything."""

    state: str = ""
    query: str = ""
    year: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A whole suggestion with what follows from it today."""

    suggestion: Suggestion
    line: Line
    terms: Terms
    signers: tuple[int, ...]

    @property
    def lead(self) -> UnitTask | None:
        """Give the leading unit's part."""
        return lead_of(self.suggestion)

    @property
    def is_promised(self) -> bool:
        """Whether the last reply was a promise that is still to be kept."""
        return is_promised(self.suggestion)


def list_for_office(tx: Tx, actor: Actor, congress_id: int, choice: Choice) -> tuple[Line, ...]:
    """List suggestions for the office, the overdue ones first."""
    access.check(actor, Action.ASSIGN_SUGGESTION, congress_id)
    return _lines(tx, congress_id, _chosen(tx, congress_id, choice))


def list_for_unit(tx: Tx, actor: Actor, congress_id: int, choice: Choice) -> tuple[Line, ...]:
    """List what is or was assigned to the units for which somebody acts."""
    access.check(actor, Action.ANSWER_SUGGESTION, congress_id)
    mine = {card.id for card in units.units_of(tx, actor, congress_id)}
    there = select(UnitTask.suggestion_id).where(
        UnitTask.unit_id.in_(mine), UnitTask.returned_on.is_(None)
    )
    query = _chosen(tx, congress_id, choice).where(Suggestion.id.in_(there))
    return _lines(tx, congress_id, query)


def list_for_deputy(tx: Tx, actor: Actor, congress_id: int) -> tuple[Line, ...]:
    """List what a deputy wrote, signed or is asked to sign."""
    access.check(actor, Action.SUGGEST, congress_id)
    deputy = deputy_of(tx, actor, congress_id)
    asked = select(Cosigner.suggestion_id).where(Cosigner.deputy_id == deputy.id)
    query = _chosen(tx, congress_id, Choice(state="all"))
    mine = query.where((Suggestion.deputy_id == deputy.id) | Suggestion.id.in_(asked))
    return _lines(tx, congress_id, mine)


def list_public(
    tx: Tx, congress_id: int, *, query: str = "", limit: int = MOST
) -> tuple[Suggestion, ...]:
    """List published suggestions, the latest first."""
    wanted = _whole(congress_id).where(Suggestion.public_from <= clock.now())
    if query.strip():
        wanted = wanted.where(Suggestion.id.in_(search.matching(tx, congress_id, KIND, query)))
    ordered = wanted.order_by(Suggestion.public_from.desc(), Suggestion.id.desc())
    return tuple(tx.scalars(ordered.limit(limit)))


def find_public(tx: Tx, congress_id: int, year: int, number: int) -> Suggestion:
    """Give a published suggestion."""
    query = _whole(congress_id).where(
        Suggestion.year == year,
        Suggestion.number == number,
        Suggestion.public_from <= clock.now(),
    )
    found = tx.scalar(query)
    if found is None:
        raise NotFound("There is no published suggestion at this address.")
    return found


def read(tx: Tx, actor: Actor, suggestion_id: int) -> Standing:
    """Give a suggestion to those who may see it."""
    made = for_reader(tx, actor, suggestion_id)
    terms = terms_of(tx, made.congress_id)
    return Standing(made, line_of(made, terms, this_day()), terms, signers_of(made))


def open_ones(tx: Tx, congress_id: int) -> tuple[Suggestion, ...]:
    """Give all that somebody still owes something for; of promises those that have a date."""
    dated = select(Reply.suggestion_id).where(Reply.promised_on.is_not(None))
    promised = (Suggestion.state == SuggestionState.CLOSED) & Suggestion.id.in_(dated)
    query = _whole(congress_id).where(Suggestion.state.not_in(_DONE) | promised)
    return tuple(
        made
        for made in tx.scalars(query)
        if made.state is not SuggestionState.CLOSED or is_promised(made)
    )


def years_of(tx: Tx, congress_id: int) -> tuple[int, ...]:
    """Give the years that have suggestions, the latest first."""
    query = select(Suggestion.year).where(Suggestion.congress_id == congress_id).distinct()
    return tuple(sorted(tx.scalars(query), reverse=True))


def lead_of(made: Suggestion) -> UnitTask | None:
    """Give the part of the unit that leads now."""
    return next((t for t in made.tasks if t.is_lead and t.returned_on is None), None)


def turn_of(made: Suggestion) -> Turn:
    """Tell whose turn it is."""
    match made.state:
        case SuggestionState.SUBMITTED:
            return Turn.OFFICE
        case SuggestionState.ASSIGNED | SuggestionState.HANDLING | SuggestionState.AGAIN:
            return Turn.UNIT
        case SuggestionState.ANSWERED:
            return Turn.DEPUTY
        case SuggestionState.CLOSED if is_promised(made):
            return Turn.UNIT
        case _:
            return Turn.NOBODY


def due_on(made: Suggestion, terms: Terms) -> date | None:
    """Tell until when whoever has the turn is to act."""
    lead = lead_of(made)
    match made.state:
        case SuggestionState.SUBMITTED:
            returned = (t.returned_on for t in made.tasks if t.is_lead and t.returned_on)
            return terms.assign_by(max(returned, default=made.submitted_on))
        case SuggestionState.ASSIGNED if lead is not None:
            return terms.accept_by(lead.assigned_on)
        case SuggestionState.HANDLING if lead is not None:
            return terms.reply_by(lead.assigned_on, is_broad=made.is_broad)
        case SuggestionState.AGAIN:
            bad = [r.rated_on for r in made.replies[-1].ratings if is_dissatisfied(r)]
            return terms.reply_again_by(min(bad)) if bad else None
        case SuggestionState.CLOSED if is_promised(made):
            return made.replies[-1].promised_on
        case _:
            return None


def line_of(made: Suggestion, terms: Terms, today: date) -> Line:
    """Put a suggestion into a line."""
    lead, due = lead_of(made), due_on(made, terms)
    return Line(
        made.id,
        made.year,
        made.number,
        made.title,
        deputy=made.deputy_name,
        cosigners=sum(cosigner.signed_at is not None for cosigner in made.cosigners),
        unit=lead.unit.name if lead else "",
        state=made.state,
        result_class=made.replies[-1].result_class if made.replies else "",
        turn=turn_of(made),
        due_on=due,
        is_overdue=due is not None and due < today,
        is_public=made.public_from is not None,
    )


def _lines(tx: Tx, congress_id: int, query: Select[Suggestion]) -> tuple[Line, ...]:
    terms, today = terms_of(tx, congress_id), this_day()
    newest = query.order_by(Suggestion.year.desc(), Suggestion.number.desc()).limit(MOST)
    return by_urgency(line_of(made, terms, today) for made in tx.scalars(newest))


def by_urgency(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Put the overdue ones first, then what is due soonest, then the newest."""

    def place(line: Line) -> tuple[bool, date, int, int]:
        return (not line.is_overdue, line.due_on or _FAR, -line.year, -line.number)

    return tuple(sorted(lines, key=place))


def _chosen(tx: Tx, congress_id: int, choice: Choice) -> Select[Suggestion]:
    query = _whole(congress_id)
    if choice.state in set(SuggestionState):
        query = query.where(Suggestion.state == SuggestionState(choice.state))
    elif choice.state != "all":
        query = query.where(Suggestion.state.not_in(_DONE))
    if choice.query.strip():
        found = search.matching(tx, congress_id, KIND, choice.query)
        query = query.where(Suggestion.id.in_(found))
    if choice.year is not None:
        query = query.where(Suggestion.year == choice.year)
    if choice.unit_id is not None:
        there = select(UnitTask.suggestion_id).where(
            UnitTask.unit_id == choice.unit_id, UnitTask.returned_on.is_(None)
        )
        query = query.where(Suggestion.id.in_(there))
    return query


def with_course(congress_id: int) -> Select[Suggestion]:
    """Ask for suggestions with what became of them, in few questions."""
    return (
        select(Suggestion)
        .where(Suggestion.congress_id == congress_id)
        .options(
            selectinload(Suggestion.tasks).joinedload(UnitTask.unit),
            selectinload(Suggestion.replies).selectinload(Reply.ratings),
            selectinload(Suggestion.meetings),
        )
    )


def _whole(congress_id: int) -> Select[Suggestion]:
    return with_course(congress_id).options(selectinload(Suggestion.cosigners))

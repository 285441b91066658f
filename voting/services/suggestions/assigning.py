"""The office looks at suggestions, assigns them to units, closes and publishes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.suggestions import Suggestion, SuggestionState, UnitTask
from voting.rules.access import Action, Actor, check
from voting.rules.suggestions import DECLINE_REASONS
from voting.services import journal, units
from voting.services.suggestions.access import check_state, for_office

_BEFORE_REPLY = (SuggestionState.SUBMITTED, SuggestionState.ASSIGNED, SuggestionState.HANDLING)


@dataclass(frozen=True, slots=True)
class SuggestionDeclined(Event):
    words = msg("The suggestion {number} of {year} was not accepted.")
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionAssigned(Event):
    words = msg("The suggestion {number} of {year} was assigned to {unit}.")
    year: int
    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class SuggestionClosed(Event):
    words = msg("The office closed the suggestion {number} of {year}.")
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionPublished(Event):
    words = msg("The suggestion {number} of {year} and its replies were published.")
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionWithdrawn(Event):
    words = msg("The suggestion {number} of {year} was taken off the public pages.")
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which unit leads, which ones cooperate, and whether six months are given instead of three."""

    lead_id: int
    others: tuple[int, ...] = ()
    is_broad: bool = False


def decline(tx: Tx, actor: Actor, suggestion_id: int, *, reason: str, note: str) -> None:
    """Not accept a suggestion, for one of the reasons there are, with words to the deputy."""
    made = for_office(tx, actor, suggestion_id)
    check_state(made, SuggestionState.SUBMITTED)
    if reason not in DECLINE_REASONS:
        problem = FieldProblem("reason", msg("Choose one of the list."))
        raise NotValid("The deputy needs to know why.").at(problem)
    if not note.strip():
        problem = FieldProblem("note", msg("Please fill this in."))
        raise NotValid("The deputy needs to know why.").at(problem)
    made.declined_for, made.declined_note = reason, note
    made.state = SuggestionState.DECLINED
    tx.flush()
    event = SuggestionDeclined(made.year, made.number)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def assign(tx: Tx, actor: Actor, suggestion_id: int, plan: Assignment) -> None:
    """Assign a suggestion; assigning it anew takes it from units that had it."""
    made = for_office(tx, actor, suggestion_id)
    check_state(made, *_BEFORE_REPLY)
    lead = units.find_unit(tx, made.congress_id, plan.lead_id)
    others = [number for number in dict.fromkeys(plan.others) if number != lead.id]
    for number in others:
        units.find_unit(tx, made.congress_id, number)
    today = this_day()
    had = next((task for task in made.tasks if task.is_lead and task.returned_on is None), None)
    if had is None or had.unit_id != lead.id:
        if had is not None:
            made.tasks.remove(had)
            tx.flush()
        made.tasks.append(UnitTask(unit_id=lead.id, is_lead=True, assigned_on=today))
        made.state, made.assigned_on = SuggestionState.ASSIGNED, today
    made.is_broad = plan.is_broad
    _share(made, others)
    tx.flush()
    event = SuggestionAssigned(made.year, made.number, lead.name)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def close(tx: Tx, actor: Actor, suggestion_id: int, *, note: str) -> None:
    """Close a suggestion that was answered, though not everybody rated it or is satisfied."""
    made = for_office(tx, actor, suggestion_id)
    check_state(made, SuggestionState.ANSWERED, SuggestionState.AGAIN)
    if not note.strip():
        problem = FieldProblem("note", msg("Please fill this in."))
        raise NotValid("Say why it is closed.").at(problem)
    made.state, made.closed_note = SuggestionState.CLOSED, note
    made.closed_on = this_day()
    tx.flush()
    event = SuggestionClosed(made.year, made.number)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def publish(tx: Tx, actor: Actor, suggestion_id: int) -> None:
    """Let everybody read an answered suggestion and its replies."""
    made = for_office(tx, actor, suggestion_id)
    check(actor, Action.PUBLISH, made.congress_id)
    if not made.replies:
        raise NotNow("This suggestion is not answered yet.").now("Publish it after the reply.")
    made.public_from = made.public_from or clock.now()
    tx.flush()
    event = SuggestionPublished(made.year, made.number)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def withdraw(tx: Tx, actor: Actor, suggestion_id: int) -> None:
    """Take a suggestion off the public pages."""
    made = for_office(tx, actor, suggestion_id)
    check(actor, Action.PUBLISH, made.congress_id)
    made.public_from = None
    tx.flush()
    event = SuggestionWithdrawn(made.year, made.number)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def _share(made: Suggestion, others: Sequence[int]) -> None:
    """Name the cooperating units; one that has given its opinion keeps its place."""
    today = this_day()
    for task in list(made.tasks):
        is_gone = task.unit_id not in others and task.opinion_on is None
        if not task.is_lead and task.returned_on is None and is_gone:
            made.tasks.remove(task)
    there = {task.unit_id for task in made.tasks if not task.is_lead and task.returned_on is None}
    for number in others:
        if number not in there:
            made.tasks.append(UnitTask(unit_id=number, is_lead=False, assigned_on=today))

"""Units take suggestions or return them, plan, meet the deputies, give opinions, and reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voting.db import Tx
from voting.errors import FieldProblem, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.suggestions import Meeting, Reply, Suggestion, SuggestionState, UnitTask
from voting.rules.access import Actor
from voting.rules.suggestions import PROMISES, classes_of
from voting.services import journal
from voting.services.people import congresses
from voting.services.suggestions.access import (
    check_state,
    for_unit,
    terms_of,
)


@dataclass(frozen=True, slots=True)
class SuggestionAccepted(Event):
    words = msg("{unit} took the suggestion {number} of {year}.")
    unit: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionReturned(Event):
    words = msg("{unit} returned the suggestion {number} of {year}.")
    unit: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionPlanned(Event):
    words = msg("{unit} wrote how it will handle the suggestion {number} of {year}.")
    unit: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class DeputiesMet(Event):
    words = msg("{unit} met the deputies of the suggestion {number} of {year}.")
    unit: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class OpinionGiven(Event):
    words = msg("{unit} gave its opinion on the suggestion {number} of {year}.")
    unit: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionReplied(Event):
    words = msg("{unit} replied to the suggestion {number} of {year}, class {letter}.")
    unit: str
    year: int
    number: int
    letter: str


@dataclass(frozen=True, slots=True)
class MeetingEntry:
    """What is noted of a meeting with the deputies."""

    met_on: date
    place: str = ""
    people: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ReplyEntry:
    """A written reply: its class, and for class B until when it will be done."""

    result_class: str
    content: str
    promised_on: date | None = None


def accept(tx: Tx, actor: Actor, task_id: int) -> None:
    """Take a suggestion as the leading unit."""
    task = for_unit(tx, actor, task_id)
    _check_lead(task)
    check_state(task.suggestion, SuggestionState.ASSIGNED)
    task.accepted_on = this_day()
    task.suggestion.state = SuggestionState.HANDLING
    tx.flush()
    _tell(tx, actor, task, SuggestionAccepted)


def return_back(tx: Tx, actor: Actor, task_id: int, *, reason: str) -> None:
    """Return what is not the unit's business, within the days there are for it."""
    task = for_unit(tx, actor, task_id)
    made = task.suggestion
    if task.accepted_on is not None or task.opinion_on is not None:
        raise NotNow("Your unit has taken this suggestion.").now("Speak with the office.")
    by = terms_of(tx, made.congress_id).accept_by(task.assigned_on)
    if this_day() > by:
        raise NotNow("The days for returning it are over.").now(
            "Speak with the office, which can assign it anew."
        )
    if not reason.strip():
        problem = FieldProblem("reason", msg("Please fill this in."))
        raise NotValid("Say whose business it is.").at(problem)
    task.returned_on, task.return_reason = this_day(), reason
    if task.is_lead:
        made.state = SuggestionState.SUBMITTED
    tx.flush()
    _tell(tx, actor, task, SuggestionReturned)


def plan(tx: Tx, actor: Actor, task_id: int, *, text: str) -> None:
    """Say how the suggestion will be handled."""
    task = _handled(tx, actor, task_id)
    task.plan = text
    tx.flush()
    _tell(tx, actor, task, SuggestionPlanned)


def meet(tx: Tx, actor: Actor, task_id: int, entry: MeetingEntry) -> None:
    """Note a meeting with the deputies."""
    task = _handled(tx, actor, task_id)
    if entry.met_on > this_day():
        problem = FieldProblem("met_on", msg("Not later than today."))
        raise NotValid("A meeting is noted after it was held.").at(problem)
    task.suggestion.meetings.append(
        Meeting(
            unit_id=task.unit_id,
            met_on=entry.met_on,
            place=entry.place,
            people=entry.people,
            summary=entry.summary,
        )
    )
    tx.flush()
    _tell(tx, actor, task, DeputiesMet)


def give_opinion(tx: Tx, actor: Actor, task_id: int, *, text: str) -> None:
    """Give a cooperating unit's opinion to the leading one."""
    task = for_unit(tx, actor, task_id)
    if task.is_lead:
        raise NotNow("Your unit leads on this suggestion.").now("Reply to it instead.")
    check_state(task.suggestion, SuggestionState.ASSIGNED, SuggestionState.HANDLING)
    task.opinion, task.opinion_on = text, this_day()
    tx.flush()
    _tell(tx, actor, task, OpinionGiven)


def reply(tx: Tx, actor: Actor, task_id: int, entry: ReplyEntry) -> Reply:
    """Reply in writing: for the first time, anew to the dissatisfied, or when class B is done."""
    task = for_unit(tx, actor, task_id)
    _check_lead(task)
    made = task.suggestion
    if not owes_reply(made):
        raise NotNow("This suggestion is not waiting for a reply.").now("Look at it again.")
    _check_entry(tx, made, entry)
    done = Reply(
        unit_id=task.unit_id,
        round=len(made.replies) + 1,
        result_class=entry.result_class,
        content=entry.content,
        replied_on=this_day(),
        promised_on=entry.promised_on,
    )
    made.replies.append(done)
    made.state, made.closed_on = SuggestionState.ANSWERED, None
    tx.flush()
    event = SuggestionReplied(task.unit.name, made.year, made.number, entry.result_class)
    journal.record(tx, actor, event, congress_id=made.congress_id)
    return done


def owes_reply(made: Suggestion) -> bool:
    """Tell whether a reply can be given now."""
    if made.state in {SuggestionState.HANDLING, SuggestionState.AGAIN}:
        return True
    return made.state is SuggestionState.CLOSED and is_promised(made)


def is_promised(made: Suggestion) -> bool:
    """Tell whether the last reply was a promise that is still to be kept."""
    return bool(made.replies) and made.replies[-1].result_class in PROMISES


def _check_entry(tx: Tx, made: Suggestion, entry: ReplyEntry) -> None:
    known = classes_of(congresses.preferences_of(tx, made.congress_id))
    if entry.result_class not in known:
        problem = FieldProblem("result_class", msg("Choose one of the list."))
        raise NotValid("The reply needs a class.").at(problem)
    if entry.result_class in PROMISES and entry.promised_on is None:
        problem = FieldProblem("promised_on", msg("Say until when it will be done."))
        raise NotValid("Class B is a promise with a date.").at(problem)
    if entry.result_class not in PROMISES and entry.promised_on is not None:
        problem = FieldProblem("promised_on", msg("Leave this empty."))
        raise NotValid("Only class B has a date.").at(problem)


def _handled(tx: Tx, actor: Actor, task_id: int) -> UnitTask:
    task = for_unit(tx, actor, task_id)
    states = (SuggestionState.HANDLING, SuggestionState.ANSWERED, SuggestionState.AGAIN)
    check_state(task.suggestion, *states)
    return task


def _check_lead(task: UnitTask) -> None:
    if not task.is_lead:
        raise NotNow("Your unit cooperates on this suggestion.").now("Give your opinion instead.")


def _tell(
    tx: Tx,
    actor: Actor,
    task: UnitTask,
    kind: type[
        SuggestionAccepted | SuggestionReturned | SuggestionPlanned | DeputiesMet | OpinionGiven
    ],
) -> None:
    made = task.suggestion
    event = kind(task.unit.name, made.year, made.number)
    journal.record(tx, actor, event, congress_id=made.congress_id)

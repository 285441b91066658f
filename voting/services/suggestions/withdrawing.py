"""Deputies withdraw 撤回 suggestions: alone until they are assigned, then if the office agrees."""

from __future__ import annotations

from dataclasses import dataclass

from voting.db import Tx
from voting.errors import FieldProblem, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.suggestions import Suggestion, SuggestionState
from voting.rules.access import Actor
from voting.services import journal
from voting.services.suggestions.access import check_state, for_office, for_signer

_BEFORE_REPLY = (SuggestionState.SUBMITTED, SuggestionState.ASSIGNED, SuggestionState.HANDLING)


@dataclass(frozen=True, slots=True)
class SuggestionTakenBack(Event):
    words = msg("{deputy} withdrew the suggestion {number} of {year}: {reason}")
    deputy: str
    year: int
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawalAgreed(Event):
    words = msg("The office agreed that the suggestion {number} of {year} is withdrawn: {reason}")
    year: int
    number: int
    reason: str


def may_take_back(made: Suggestion) -> bool:
    """Tell whether its deputy needs nobody's consent: no unit has had it yet."""
    return made.state is SuggestionState.SUBMITTED and not made.tasks


def may_agree(made: Suggestion) -> bool:
    """Tell whether the office can still agree: a unit has had it, and nothing was replied."""
    return made.state in _BEFORE_REPLY and bool(made.tasks)


def take_back(tx: Tx, actor: Actor, suggestion_id: int, *, reason: str) -> None:
    """Withdraw one's own suggestion before it is assigned; those who signed it read why."""
    made, deputy = for_signer(tx, actor, suggestion_id)
    if made.deputy_id != deputy.id:
        raise NotNow("Only who wrote a suggestion withdraws it.")
    if not may_take_back(made):
        raise NotNow("This suggestion is with the office or a unit already.").now(
            "It is withdrawn with the office's consent: ask the committee's office."
        )
    _end(made, reason)
    tx.flush()
    event = SuggestionTakenBack(deputy.name, made.year, made.number, reason)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def agree(tx: Tx, actor: Actor, suggestion_id: int, *, reason: str) -> None:
    """Agree, at the request of its deputy, that a suggestion that was assigned is withdrawn."""
    made = for_office(tx, actor, suggestion_id)
    check_state(made, *_BEFORE_REPLY)
    if not may_agree(made):
        raise NotNow("Its deputy can still withdraw this suggestion alone.")
    _end(made, reason)
    tx.flush()
    event = WithdrawalAgreed(made.year, made.number, reason)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def _end(made: Suggestion, reason: str) -> None:
    if not reason.strip():
        problem = FieldProblem("reason", msg("Please fill this in."))
        raise NotValid("Say why it is withdrawn.").at(problem)
    made.state, made.closed_note = SuggestionState.WITHDRAWN, reason
    made.closed_on, made.public_from = this_day(), None

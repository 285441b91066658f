"""Looks at what came in: makes it public, declines it with a reason, moves it along the loop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from sqlalchemy import delete, select, update

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, Message, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.proposals import Proposal, ProposalContact, ProposalState, ProposalStep
from voting.rules import access
from voting.rules.access import NOBODY, Action, Actor
from voting.services import journal, pictures
from voting.services.people import congresses, sealing
from voting.services.proposals.writing import KIND, owner_of

PUBLIC: Final = (ProposalState.ACCEPTED, ProposalState.MERGED)
"""Where a proposal stands for everybody to read."""

# What a proposal can become from where it stands; nothing is ever deleted.
_NEXT: Final[dict[ProposalState, frozenset[ProposalState]]] = {
    ProposalState.RECEIVED: frozenset(
        {ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.MERGED}
    ),
    ProposalState.ACCEPTED: frozenset({ProposalState.DECLINED, ProposalState.MERGED}),
    ProposalState.DECLINED: frozenset({ProposalState.ACCEPTED, ProposalState.RECEIVED}),
    ProposalState.MERGED: frozenset(
        {ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.MERGED}
    ),
}
_STATES: Final[dict[ProposalState, Message]] = {
    ProposalState.RECEIVED: msg("in the queue"),
    ProposalState.ACCEPTED: msg("public"),
    ProposalState.DECLINED: msg("not taken up"),
    ProposalState.MERGED: msg("part of a project"),
}
_LONGEST_REASON: Final = 500
_DEVICE_DAYS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ProposalMoved(Event):
    words = msg("Proposal No. {number} is now {state}.")
    voices: ClassVar = {"state": _STATES}
    number: int
    state: str


@dataclass(frozen=True, slots=True)
class ProposalsMoved(Event):
    words = msg("{count} proposals are now {state}: No. {numbers}.")
    voices: ClassVar = {"state": _STATES}
    count: int
    state: str
    numbers: str


@dataclass(frozen=True, slots=True)
class ContactRead(Event):
    words = msg("It was read who sent proposal No. {number}.")
    number: int


@dataclass(frozen=True, slots=True)
class PhotoRemoved(Event):
    words = msg("A photo of proposal No. {number} was destroyed.")
    number: int


@dataclass(frozen=True, slots=True)
class SendersForgotten(Event):
    words = msg("It was erased who had sent {count} proposals: their time was over.")
    count: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Who sent a proposal, as far as they said."""

    name: str
    phone: str


def set_state(
    tx: Tx,
    actor: Actor,
    proposal_id: int,
    state: ProposalState,
    *,
    project_id: int | None = None,
    reason: str = "",
) -> Proposal:
    """Move one proposal along; its proposer reads the reason. Raises NotNow, NotValid."""
    proposal = tx.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound("There is no such proposal.")
    access.check(actor, Action.MANAGE_COLLECTION, proposal.congress_id)
    _check_reason(state, reason)
    _move(tx, actor, proposal, ProposalStep(state=state, project_id=project_id, reason=reason))
    event = ProposalMoved(proposal.number, state)
    journal.record(tx, actor, event, congress_id=proposal.congress_id)
    return proposal


def set_states(
    tx: Tx,
    actor: Actor,
    congress_id: int,
    numbers: Sequence[int],
    *,
    state: ProposalState,
    reason: str = "",
) -> int:
    """Move several proposals of a list at once; those that stand there already are left alone."""
    access.check(actor, Action.MANAGE_COLLECTION, congress_id)
    if not numbers:
        raise NotValid("No proposal is chosen.").now("Tick the proposals that you mean.")
    _check_reason(state, reason)
    query = select(Proposal).where(
        Proposal.congress_id == congress_id, Proposal.number.in_(set(numbers))
    )
    moved = [row for row in tx.scalars(query.order_by(Proposal.number)) if row.state is not state]
    for proposal in moved:
        _move(tx, actor, proposal, ProposalStep(state=state, reason=reason))
    if moved:
        named = ", ".join(str(proposal.number) for proposal in moved)
        event = ProposalsMoved(len(moved), state, named)
        journal.record(tx, actor, event, congress_id=congress_id)
    return len(moved)


def read_contact(tx: Tx, actor: Actor, congress_id: int, number: int) -> Contact | None:
    """Open who sent a proposal, for an office that wants to ask; the journal keeps that it did."""
    access.check(actor, Action.MANAGE_COLLECTION, congress_id)
    proposal = find_proposal(tx, congress_id, number)
    kept = tx.get(ProposalContact, proposal.id)
    if kept is None or kept.sealed is None:
        return None
    journal.record(tx, actor, ContactRead(number), congress_id=congress_id)
    content = sealing.unseal(tx.settings, f"{KIND}:{proposal.id}", kept.sealed)
    return Contact(**json.loads(content))


def remove_photo(tx: Tx, actor: Actor, congress_id: int, number: int, *, photo: int) -> None:
    """Destroy a photo that must not be shown, such as one of somebody's face."""
    access.check(actor, Action.MANAGE_COLLECTION, congress_id)
    proposal = find_proposal(tx, congress_id, number)
    pictures.remove(tx, congress_id, owner_of(proposal), photo)
    journal.record(tx, actor, PhotoRemoved(number), congress_id=congress_id)


def find_proposal(tx: Tx, congress_id: int, number: int) -> Proposal:
    """Give a proposal by its number, public or not."""
    query = select(Proposal).where(Proposal.congress_id == congress_id, Proposal.number == number)
    proposal = tx.scalar(query)
    if proposal is None:
        raise NotFound("There is no such proposal.")
    return proposal


def forget_senders(tx: Tx, congress_id: int) -> int:
    """Erase who sent proposals when the time set for that is over; marks of browsers after days."""
    days = congresses.preferences_of(tx, congress_id).number("proposals.contact_days")
    now = clock.now()
    ours = select(Proposal.id).where(Proposal.congress_id == congress_id)
    mine = ProposalContact.proposal_id.in_(ours)
    tx.execute(
        update(ProposalContact)
        .where(mine, ProposalContact.device != "", ProposalContact.created_at < now - _DEVICE_DAYS)
        .values(device="")
    )
    old = ProposalContact.created_at < now - timedelta(days=days)
    erased = delete(ProposalContact).where(mine, old).returning(ProposalContact.proposal_id)
    count = len(tx.scalars(erased).all())
    if count:
        journal.record(tx, NOBODY, SendersForgotten(count), congress_id=congress_id)
    return count


def _move(tx: Tx, actor: Actor, proposal: Proposal, step: ProposalStep) -> None:
    if step.state not in _NEXT[proposal.state]:
        raise NotNow(
            "Proposal No. {number} is {state} and can't become {next}.",
            number=proposal.number,
            state=_STATES[proposal.state],
            next=_STATES[step.state],
        )
    if step.state is ProposalState.MERGED and step.project_id is None:
        raise NotValid("It is not said which project it becomes part of.").now(
            "Merge proposals on the pages of the screening."
        )
    proposal.project_id = step.project_id
    proposal.state = step.state
    step.proposal_id, step.at, step.by_id = proposal.id, clock.now(), actor.user_id
    tx.add(step)
    tx.flush()
    is_public = step.state in PUBLIC
    pictures.publish(tx, proposal.congress_id, owner_of(proposal), public=is_public)


def _check_reason(state: ProposalState, reason: str) -> None:
    if state is ProposalState.DECLINED and not reason.strip():
        problem = FieldProblem("reason", msg("Say why, in words for the proposer."))
        raise NotValid("A proposal is declined with a reason.").at(problem)
    if len(reason) > _LONGEST_REASON:
        problem = FieldProblem("reason", msg("At most {n} characters.", n=_LONGEST_REASON))
        raise NotValid("The reason is too long.").at(problem)

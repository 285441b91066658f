"""Corrects spelling and category of a proposal; what its proposer sent is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass

from voting import clock
from voting.db import Tx
from voting.errors import NotNow, NotValid, msg
from voting.events import Event
from voting.models.proposals import Proposal, ProposalState, SentText
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.categories import Category
from voting.services import journal, search
from voting.services.proposals.looking import find_proposal
from voting.services.proposals.writing import KIND, entry_of


@dataclass(frozen=True, slots=True)
class ProposalCorrected(Event):
    words = msg("The office corrected the wording or the category of proposal No. {number}.")
    number: int


@dataclass(frozen=True, slots=True)
class Wording:
    """What of a proposal the office may put right."""

    title: str
    category: Category
    content: str
    reason: str


def may_correct(proposal: Proposal) -> bool:
    """Tell whether a proposal can still be corrected: before it is part of a project."""
    return proposal.state in {ProposalState.RECEIVED, ProposalState.ACCEPTED}


def correct(tx: Tx, actor: Actor, congress_id: int, number: int, *, wording: Wording) -> None:
    """Put wording and category right; the first time, what was sent is laid aside."""
    access.check(actor, Action.MANAGE_COLLECTION, congress_id)
    proposal = find_proposal(tx, congress_id, number)
    if not may_correct(proposal):
        raise NotNow("This proposal has been dealt with; its words stay as they are.")
    if wording == _wording_of(proposal):
        raise NotValid("Nothing was changed.").now("Change what is spelt wrongly, then save it.")
    if proposal.sent is None:
        sent = _wording_of(proposal)
        proposal.sent = SentText(
            title=sent.title, category=sent.category, content=sent.content, reason=sent.reason
        )
    proposal.title, proposal.category = wording.title, wording.category
    proposal.content, proposal.reason = wording.content, wording.reason
    proposal.sent.corrected_at = clock.now()
    tx.flush()
    search.index_all(tx, congress_id, KIND, [entry_of(proposal)])
    journal.record(tx, actor, ProposalCorrected(number), congress_id=congress_id)


def _wording_of(proposal: Proposal) -> Wording:
    category = Category(proposal.category)
    return Wording(proposal.title, category, proposal.content, proposal.reason)

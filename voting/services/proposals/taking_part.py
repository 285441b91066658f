"""What residents do with proposals that are there: find like ones, support one, follow theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from voting.db import Tx
from voting.errors import FieldProblem, Message, NotFound, NotNow, NotValid, msg
from voting.models.projects import ProjectState
from voting.models.proposals import Proposal, ProposalSupport
from voting.services import search
from voting.services.people import sealing
from voting.services.proposals.looking import PUBLIC, find_proposal
from voting.services.proposals.windows import open_windows
from voting.services.proposals.writing import KIND

_SHOWN: Final = 5
# Those in the queue and those declined are alike too, and are left out after they were found.
_LOOKED_AT: Final = 30
_BEFORE_VOTE: Final = (ProjectState.SCREENING, ProjectState.LISTED)


@dataclass(frozen=True, slots=True)
class Support:
    """How many need it, and whether this browser has just been counted."""

    supports: int
    is_new: bool


def similar(
    tx: Tx, congress_id: int, title: str, *, but: int | None = None, with_hidden: bool = False
) -> tuple[Proposal, ...]:
    """Give proposals whose titles are most alike; only public ones, but for the desk."""
    keys = search.similar(tx, congress_id, KIND, title, limit=_LOOKED_AT)
    query = select(Proposal).where(Proposal.id.in_(keys))
    if not with_hidden:
        query = query.where(Proposal.state.in_(PUBLIC))
    found = {row.id: row for row in tx.scalars(query)}
    return tuple(found[key] for key in keys if key in found and key != but)[:_SHOWN]


def support(tx: Tx, congress_id: int, number: int, device: str) -> Support:
    """Count that somebody needs a public proposal too, once for each browser."""
    proposal = find_public(tx, congress_id, number)
    ended = support_ended(tx, proposal)
    if ended is not None:
        raise NotNow(ended)
    mark = _mark(tx, proposal, device)
    maker: Any = sqlite.insert if tx.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"proposal_id": proposal.id, "mark": mark}
    kept = maker(ProposalSupport).values(row).on_conflict_do_nothing()
    if tx.scalar(kept.returning(ProposalSupport.proposal_id)) is None:
        return Support(proposal.supports, is_new=False)
    tx.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id)
        .values(supports=Proposal.supports + 1)
        .execution_options(synchronize_session=False)
    )
    tx.refresh(proposal, ["supports"])
    return Support(proposal.supports, is_new=True)


def support_ended(tx: Tx, proposal: Proposal) -> Message | None:
    """Say why a proposal can't be supported now; nothing where it can.

    What was voted on needs no more support, and what is supported between two collections would
    count for neither.
    """
    project = proposal.project
    if project is not None and project.state not in _BEFORE_VOTE:
        return msg("The project that it became part of has been dealt with; support has ended.")
    if not open_windows(tx, proposal.congress_id, for_members=True):
        return msg("The collection is over, and support has ended with it.")
    return None


def has_supported(tx: Tx, proposal: Proposal, device: str) -> bool:
    """Tell whether a browser has been counted for a proposal."""
    return tx.get(ProposalSupport, (proposal.id, _mark(tx, proposal, device))) is not None


def find_public(tx: Tx, congress_id: int, number: int) -> Proposal:
    """Give a proposal that everyone may read."""
    proposal = find_proposal(tx, congress_id, number)
    if proposal.state not in PUBLIC:
        raise NotFound("There is no public proposal with this number.").now(
            "If it is yours, follow it with your code."
        )
    return proposal


def find_by_code(tx: Tx, congress_id: int, code: str) -> Proposal:
    """Give the proposal that a code follows."""
    mark = sealing.digest(tx.settings, "proposal code", sealing.tidy_code(code))
    query = select(Proposal).where(Proposal.congress_id == congress_id, Proposal.code_hash == mark)
    proposal = tx.scalar(query)
    if proposal is None:
        problem = FieldProblem("code", msg("Compare it with your note, letter by letter."))
        raise NotValid("No proposal has this code.").at(problem)
    return proposal


def list_followed(tx: Tx, congress_id: int, numbers: Collection[int]) -> Sequence[Proposal]:
    """Give the proposals that a browser has opened by their codes, the latest first."""
    query = select(Proposal).where(
        Proposal.congress_id == congress_id, Proposal.number.in_(numbers)
    )
    return tx.scalars(query.order_by(Proposal.number.desc())).all()


def _mark(tx: Tx, proposal: Proposal, device: str) -> str:
    return sealing.digest(tx.settings, "proposal support", f"{proposal.id}:{device}")

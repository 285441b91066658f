"""What proposals tell other stages: a project's first steps, and what the office owes."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from voting.db import Tx
from voting.errors import msg
from voting.i18n import local
from voting.models.people import Congress
from voting.models.projects import Project
from voting.models.proposals import Proposal, ProposalState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.due import Due
from voting.rules.journey import Step
from voting.rules.preferences import Preferences


def steps_of(tx: Tx, project: Project) -> tuple[Step, ...]:
    """Tell how a project began: its first proposal, and how many became part of it."""
    query = (
        select(Proposal.number, Proposal.title, Proposal.created_at)
        .where(Proposal.project_id == project.id, Proposal.state == ProposalState.MERGED)
        .order_by(Proposal.created_at, Proposal.number)
    )
    first = tx.execute(query.limit(1)).first()
    if first is None:
        return ()
    slug = tx.get_one(Congress, project.congress_id).slug
    counted = select(func.count(), func.coalesce(func.sum(Proposal.supports), 0)).where(
        Proposal.project_id == project.id, Proposal.state == ProposalState.MERGED
    )
    number, supports = tx.execute(counted).one()
    return (
        Step(
            at=first.created_at,
            words=msg("It was proposed: {title}", title=first.title),
            detail=msg(
                "{proposals} proposals became part of it, supported {supports} times.",
                proposals=number,
                supports=supports,
            ),
            endpoint="taking_part.proposal_page",
            values={"slug": slug, "number": first.number},
        ),
    )


def dues(tx: Tx, actor: Actor, congress_id: int, today: date) -> tuple[Due, ...]:
    """Tell the office that proposals wait, and until when the oldest is to be looked at."""
    del today
    if not access.is_allowed(actor, Action.MANAGE_COLLECTION, congress_id):
        return ()
    query = select(func.count(), func.min(Proposal.created_at)).where(
        Proposal.congress_id == congress_id, Proposal.state == ProposalState.RECEIVED
    )
    waiting, oldest = tx.execute(query).one()
    if not waiting:
        return ()
    congress = tx.get_one(Congress, congress_id)
    days = Preferences(congress.preferences).number("proposals.look_days")
    due_on = local(oldest).date() + timedelta(days=days)
    return (
        Due(
            key="proposals:waiting",
            words=msg("{n} proposals wait to be looked at.", n=waiting),
            endpoint="proposals.list_page",
            values={"slug": congress.slug, "state": ProposalState.RECEIVED.value},
            due_on=due_on,
        ),
    )

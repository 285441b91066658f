"""Keeps who sits on the standing committee 常委会组成人员, for its own sittings and reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from voting.db import Tx
from voting.errors import NotValid, msg
from voting.events import Event
from voting.models.sittings import CommitteeMember, Deputy
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal


@dataclass(frozen=True, slots=True)
class CommitteeNamed(Event):
    """The members of the standing committee were entered."""

    words = msg("The standing committee now has {number} members.")
    number: int


def name_members(tx: Tx, actor: Actor, congress_id: int, deputies: Sequence[int]) -> int:
    """Let these deputies, and no others, be the standing committee; gives their number."""
    access.check(actor, Action.EDIT_ROSTER, congress_id)
    wanted = set(deputies)
    query = select(Deputy.id).where(
        Deputy.congress_id == congress_id, Deputy.is_active, Deputy.id.in_(wanted)
    )
    if set(tx.scalars(query)) != wanted:
        raise NotValid("Some of those chosen are not on the roster.").now("Look at it again.")
    for row in _rows(tx, congress_id):
        if row.deputy_id not in wanted:
            tx.delete(row)
    known = {row.deputy_id for row in _rows(tx, congress_id)}
    tx.add_all(CommitteeMember(deputy_id=deputy_id) for deputy_id in sorted(wanted - known))
    tx.flush()
    journal.record(tx, actor, CommitteeNamed(len(wanted)), congress_id=congress_id)
    return len(wanted)


def member_ids(tx: Tx, congress_id: int) -> frozenset[int]:
    """Give the deputies who sit on the standing committee."""
    return frozenset(row.deputy_id for row in _rows(tx, congress_id))


def _rows(tx: Tx, congress_id: int) -> Sequence[CommitteeMember]:
    query = (
        select(CommitteeMember)
        .join(Deputy, Deputy.id == CommitteeMember.deputy_id)
        .where(Deputy.congress_id == congress_id)
    )
    return tx.scalars(query).all()

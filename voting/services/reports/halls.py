"""What the hall's screen shows: one vote at a time, and never a count before it is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from voting.db import Tx
from voting.models.elections import Election, ElectionState
from voting.models.sittings import Sitting
from voting.services import tallying
from voting.services.people import congresses
from voting.services.reports.votes import VotePage, read_vote
from voting.services.sittings import attendance
from voting.services.sittings.attendance import Figures


@dataclass(frozen=True, slots=True)
class HallPage:
    """The sitting, who is there, and the vote at hand."""

    congress: str
    slug: str
    sitting: str = ""
    is_rehearsal: bool = False
    attendance: Figures | None = None
    vote: VotePage | None = None
    opened_at: datetime | None = None
    shares: tuple[int, int] = (0, 0)
    """Given and needed, while the scrutineers decrypt."""


def read_hall(tx: Tx, slug: str) -> HallPage:
    """Give the scene of the hall: the open vote, or else the latest that was prepared."""
    congress = congresses.find_congress(tx, slug)
    standing = tallying.standing(tx, slug).sitting
    if standing is None:
        return HallPage(congress.name, slug)
    sitting = tx.get_one(Sitting, standing.id)
    query = select(Election).where(Election.sitting_id == sitting.id)
    votes = tx.scalars(query.order_by(Election.id.desc())).all()
    shown = next((v for v in votes if v.state is ElectionState.OPEN), votes[0] if votes else None)
    return HallPage(
        congress=congress.name,
        slug=slug,
        sitting=sitting.name,
        is_rehearsal=sitting.is_rehearsal,
        attendance=attendance.count_attendance(tx, sitting.id),
        vote=read_vote(tx, slug, shown.object_id) if shown else None,
        opened_at=shown.opened_at if shown else None,
        shares=tallying.count_shares(tx, shown) if shown else (0, 0),
    )

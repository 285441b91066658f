"""What the hall's screen shows: one vote at a time, and never a count before it is known."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from voting.db import Tx
from voting.i18n import local
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount
from voting.models.sittings import Sitting
from voting.services import tallying
from voting.services.people import congresses
from voting.services.reports.conduct import in_order
from voting.services.reports.hands import read_hand_vote
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

    @property
    def opened_clock(self) -> str:
        """The time on the wall at which the vote was opened."""
        return f"{local(self.opened_at):%H:%M}" if self.opened_at else ""

    @property
    def mark(self) -> str:
        """Name what is shown; another mark, another picture."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def read_hall(tx: Tx, slug: str) -> HallPage:
    """Give the scene of the hall: the open vote, or else the latest that was prepared."""
    congress = congresses.find_congress(tx, slug)
    standing = tallying.standing(tx, slug).sitting
    if standing is None:
        return HallPage(congress.name, slug)
    sitting = tx.get_one(Sitting, standing.id)
    shown = _shown(list(in_order(tx, sitting.id)))
    return HallPage(
        congress=congress.name,
        slug=slug,
        sitting=sitting.name,
        is_rehearsal=sitting.is_rehearsal,
        attendance=attendance.count_attendance(tx, sitting.id),
        vote=_vote(tx, slug, shown) if shown else None,
        opened_at=shown.opened_at if isinstance(shown, Election) else None,
        shares=tallying.count_shares(tx, shown) if isinstance(shown, Election) else (0, 0),
    )


def _shown(votes: Sequence[Election | HandCount]) -> Election | HandCount | None:
    running = (
        vote for vote in votes if isinstance(vote, Election) and vote.state is ElectionState.OPEN
    )
    return next(running, votes[0] if votes else None)


def _vote(tx: Tx, slug: str, shown: Election | HandCount) -> VotePage:
    if isinstance(shown, HandCount):
        return read_hand_vote(tx, slug, shown)
    return read_vote(tx, slug, shown.object_id)

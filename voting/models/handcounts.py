"""Votes on paper, counted by hand: what was asked, and what each of two tellers counted.

A count by hand stands in no log: it follows an annulled election, or one that could not be made,
and is marked as counted by hand wherever it is shown.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, Str64, Str200
from voting.models.elections import Election
from voting.models.people import User
from voting.models.sittings import BallotKind, Sitting


class HandStage(StrEnum):
    """How far a count by hand has come."""

    COUNTING = "counting"
    SIGNED = "signed"
    DROPPED = "dropped"


class HandCount(Base):
    """A vote on paper. `manifest` is what is asked; the signature fixes who was present."""

    __tablename__ = "hand_counts"
    __table_args__ = (
        CheckConstraint(
            "(stage = 'signed') = (digest IS NOT NULL)"
            " AND (digest IS NULL) = (signed_at IS NULL)"
            " AND (digest IS NULL) = (signed_by_id IS NULL)"
            " AND (digest IS NULL) = (present IS NULL)",
            name="signature",
        ),
        CheckConstraint("declared_at IS NULL OR stage = 'signed'", name="declared"),
    )

    id: Mapped[Key]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), index=True)
    election_id: Mapped[int | None] = mapped_column(ForeignKey("elections.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("hand_counts.id"), unique=True)
    kind: Mapped[BallotKind]
    round: Mapped[int]
    title: Mapped[Str200]
    manifest: Mapped[dict[str, Any]]
    stage: Mapped[HandStage] = mapped_column(default=HandStage.COUNTING)
    present: Mapped[int | None]
    digest: Mapped[Str64 | None]
    begun_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    declared_at: Mapped[datetime | None]

    sitting: Mapped[Sitting] = relationship()
    election: Mapped[Election | None] = relationship()
    signed_by: Mapped[User | None] = relationship()
    entries: Mapped[list[HandEntry]] = relationship(
        back_populates="hand_count", order_by="HandEntry.place"
    )


class HandEntry(Base):
    """What one of the two tellers counted; `counts` has a number for each option on the paper."""

    __tablename__ = "hand_entries"
    __table_args__ = (
        UniqueConstraint("hand_count_id", "teller_id"),
        CheckConstraint("place BETWEEN 1 AND 2", name="place"),
        CheckConstraint("issued >= 0 AND returned >= 0", name="papers"),
        CheckConstraint("void BETWEEN 0 AND returned", name="void"),
    )

    hand_count_id: Mapped[int] = mapped_column(ForeignKey("hand_counts.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    teller_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    issued: Mapped[int]
    returned: Mapped[int]
    void: Mapped[int]
    counts: Mapped[list[Any]]
    entered_at: Mapped[datetime]

    hand_count: Mapped[HandCount] = relationship(back_populates="entries")
    teller: Mapped[User] = relationship()

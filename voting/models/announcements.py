"""Announcements 公告: numbered, dated, and seen by everyone from a set moment on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key
from voting.models.elections import Election
from voting.models.handcounts import HandCount


class Announcement(Base):
    """What the presidium makes known of one declared vote. `public_from` may lie ahead."""

    __tablename__ = "announcements"
    __table_args__ = (
        UniqueConstraint("congress_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(election_id IS NULL) <> (hand_count_id IS NULL)", name="one_vote"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    election_id: Mapped[int | None] = mapped_column(ForeignKey("elections.id"), unique=True)
    hand_count_id: Mapped[int | None] = mapped_column(ForeignKey("hand_counts.id"), unique=True)
    number: Mapped[int]
    dated: Mapped[date]
    public_from: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]

    election: Mapped[Election | None] = relationship()
    hand_count: Mapped[HandCount | None] = relationship()

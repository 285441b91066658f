"""Ratings 满意度测评 of a year's projects, what is put right after them, and what residents say.

The official count stands in the log as an election of its own; here is what was taken over from
it. What residents say is kept apart, as sums alone: nothing ties a code to an answer.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str32, Str64, Str200, named
from voting.models.elections import Election
from voting.models.handcounts import HandCount
from voting.models.projects import Project
from voting.models.sittings import Sitting
from voting.models.units import Unit


class RatingState(StrEnum):
    """How far a rating has come: on a sitting's list, its result taken over, or given up."""

    PREPARED = "prepared"
    SETTLED = "settled"
    DROPPED = "dropped"


class RectificationState(StrEnum):
    """How far it has come to put something right 整改.

    Rated again it is done, or the next rating asks for it again.
    """

    DEMANDED = "demanded"
    PLANNED = "planned"
    REPORTED = "reported"
    DONE = "done"
    AGAIN = "again"


class Rating(Base):
    """A year's projects as one sitting rates them, and the result once it is taken over."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="settled"),
        CheckConstraint("election_id IS NULL OR hand_count_id IS NULL", name="one_vote"),
        Index(
            "uq_ratings_one_a_sitting",
            "sitting_id",
            unique=True,
            sqlite_where=text("state <> 'dropped'"),
            postgresql_where=text("state <> 'dropped'"),
        ),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"), index=True)
    year: Mapped[int]
    title: Mapped[Str200]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"))
    is_second: Mapped[bool] = mapped_column(default=False)
    state: Mapped[RatingState] = mapped_column(named(RatingState), default=RatingState.PREPARED)
    election_id: Mapped[int | None] = mapped_column(ForeignKey("elections.id"))
    hand_count_id: Mapped[int | None] = mapped_column(ForeignKey("hand_counts.id"))
    base: Mapped[Str32] = mapped_column(default="")
    strict: Mapped[bool] = mapped_column(default=False)
    is_valid: Mapped[bool] = mapped_column(default=False)
    deputies: Mapped[int] = mapped_column(default=0)
    present: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(default=0)
    ballots: Mapped[int] = mapped_column(default=0)
    office: Mapped[Str200] = mapped_column(default="")
    rated_on: Mapped[date | None]
    dated: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    sitting: Mapped[Sitting] = relationship()
    election: Mapped[Election | None] = relationship()
    hand_count: Mapped[HandCount | None] = relationship()
    items: Mapped[list[RatingItem]] = relationship(
        back_populates="rating", order_by="RatingItem.position", cascade="all, delete-orphan"
    )


class RatingItem(Base):
    """A project, or a part of one, on the paper. `follows_id` is the item that it rates again."""

    __tablename__ = "rating_items"
    __table_args__ = (
        UniqueConstraint("rating_id", "code"),
        UniqueConstraint("rating_id", "position"),
        CheckConstraint(
            "satisfied >= 0 AND basic >= 0 AND dissatisfied >= 0 AND abstain >= 0", name="counts"
        ),
    )

    id: Mapped[Key]
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"))
    position: Mapped[int]
    code: Mapped[Str32]
    title: Mapped[Str200]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    sub_item_id: Mapped[int | None] = mapped_column(ForeignKey("sub_items.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("rating_items.id"), index=True)
    satisfied: Mapped[int] = mapped_column(default=0)
    basic: Mapped[int] = mapped_column(default=0)
    dissatisfied: Mapped[int] = mapped_column(default=0)
    abstain: Mapped[int | None]
    grade: Mapped[Str32 | None]

    rating: Mapped[Rating] = relationship(back_populates="items")
    project: Mapped[Project] = relationship()
    unit: Mapped[Unit | None] = relationship()
    follows: Mapped[RatingItem | None] = relationship(remote_side="RatingItem.id")
    rectification: Mapped[Rectification | None] = relationship(
        back_populates="item", cascade="all, delete-orphan"
    )


class Rectification(Base):
    """What is asked of a unit after a poor grade, by when, and what it has done about it."""

    __tablename__ = "rectifications"
    __table_args__ = (
        CheckConstraint("(state IN ('done', 'again')) = (closed_at IS NOT NULL)", name="closed"),
    )

    id: Mapped[Key]
    item_id: Mapped[int] = mapped_column(ForeignKey("rating_items.id"), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    state: Mapped[RectificationState] = mapped_column(
        named(RectificationState), default=RectificationState.DEMANDED
    )
    demand: Mapped[LongText] = mapped_column(default="")
    due_on: Mapped[date]
    measures: Mapped[LongText] = mapped_column(default="")
    planned_at: Mapped[datetime | None]
    report: Mapped[LongText] = mapped_column(default="")
    reported_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    item: Mapped[RatingItem] = relationship(back_populates="rectification")
    unit: Mapped[Unit | None] = relationship()


class ResidentPoll(Base):
    """What residents are asked about a year's projects, from when to when."""

    __tablename__ = "resident_polls"
    __table_args__ = (
        UniqueConstraint("congress_id", "title"),
        CheckConstraint("closes_at > opens_at", name="times"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    year: Mapped[int]
    title: Mapped[Str200]
    notice: Mapped[LongText] = mapped_column(default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    created_at: Mapped[datetime]

    items: Mapped[list[ResidentItem]] = relationship(
        order_by="ResidentItem.position", cascade="all, delete-orphan"
    )


class ResidentItem(Base):
    """A project as residents rate it: sums, and nothing of who gave what."""

    __tablename__ = "resident_items"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)

    id: Mapped[Key]
    poll_id: Mapped[int] = mapped_column(ForeignKey("resident_polls.id"))
    position: Mapped[int]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    title: Mapped[Str200]
    satisfied: Mapped[int] = mapped_column(default=0)
    basic: Mapped[int] = mapped_column(default=0)
    dissatisfied: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)


class ResidentCode(Base):
    """The hash of a code that was handed out, and whether it was used: no time, no order."""

    __tablename__ = "resident_codes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    poll_id: Mapped[int] = mapped_column(ForeignKey("resident_polls.id"), primary_key=True)
    code_hash: Mapped[Str64] = mapped_column(primary_key=True)
    source: Mapped[Str200] = mapped_column(default="")
    is_used: Mapped[bool] = mapped_column(default=False)


class ResidentPhone(Base):
    """That a telephone was sent a code, under a keyed hash; the number itself is never kept."""

    __tablename__ = "resident_phones"
    __table_args__ = ({"sqlite_with_rowid": False},)

    poll_id: Mapped[int] = mapped_column(ForeignKey("resident_polls.id"), primary_key=True)
    phone_hash: Mapped[Str64] = mapped_column(primary_key=True)

"""Reviews 评议 of departments, leaders and court hearings: grades or scores on sheets, no ballots.

A review copies its template when it begins, so that a later change of the template leaves it as it
is. An anonymous sheet has no member; that a member has handed one in stands in another table.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, Str32, Str64, Str200, named
from voting.models.sittings import Body


class ReviewKind(StrEnum):
    """What a sheet asks for: a grade of each item, or points."""

    GRADES = "grades"
    SCORES = "scores"


class ReviewState(StrEnum):
    """How far a review has come."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class ReviewTemplate(Base):
    """A sheet to begin with. `content` holds aspects with items, and the grades to choose from."""

    __tablename__ = "review_templates"
    __table_args__ = (UniqueConstraint("congress_id", "name"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    name: Mapped[Str200]
    kind: Mapped[ReviewKind] = mapped_column(named(ReviewKind))
    content: Mapped[dict[str, Any]]


class Review(Base):
    """One review: who is reviewed, by whom, on which sheet."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("congress_id", "title"),
        CheckConstraint("decimals BETWEEN 0 AND 3", name="decimals"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    title: Mapped[Str200]
    held_on: Mapped[date]
    kind: Mapped[ReviewKind] = mapped_column(named(ReviewKind))
    content: Mapped[dict[str, Any]]
    body: Mapped[Body]
    is_named: Mapped[bool] = mapped_column(default=False)
    decimals: Mapped[int] = mapped_column(default=2)
    state: Mapped[ReviewState] = mapped_column(named(ReviewState), default=ReviewState.DRAFT)
    office: Mapped[Str200] = mapped_column(default="")
    published_on: Mapped[date | None]
    created_at: Mapped[datetime]

    subjects: Mapped[list[ReviewSubject]] = relationship(
        order_by="ReviewSubject.position", cascade="all, delete-orphan"
    )


class ReviewSubject(Base):
    """Who or what is reviewed: a department, a leader, a hearing."""

    __tablename__ = "review_subjects"
    __table_args__ = (UniqueConstraint("review_id", "position"),)

    id: Mapped[Key]
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    position: Mapped[int]
    name: Mapped[Str200]
    about: Mapped[Str200] = mapped_column(default="")


class ReviewTaker(Base):
    """That a member has handed in a sheet of a review: no time, no order."""

    __tablename__ = "review_takers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"), primary_key=True)


class ReviewSheet(Base):
    """A sheet under a random number. `marks` has a list for each subject, a mark for each item."""

    __tablename__ = "review_sheets"
    __table_args__ = (
        Index(
            "uq_review_sheets_one_a_member",
            "review_id",
            "deputy_id",
            unique=True,
            sqlite_where=text("deputy_id IS NOT NULL"),
            postgresql_where=text("deputy_id IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[Str32] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"))
    source: Mapped[Str64] = mapped_column(default="")
    marks: Mapped[dict[str, Any]]

"""Suggestions 代表建议 of deputies: signed, handled by units, replied to, rated."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str32, Str64, Str200, named
from voting.models.sittings import Deputy
from voting.models.units import Unit


class SuggestionState(StrEnum):
    """Where a suggestion is: with the office, with a unit, with its deputies, done or withdrawn."""

    SUBMITTED = "submitted"
    DECLINED = "declined"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    ANSWERED = "answered"
    AGAIN = "again"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Satisfaction(StrEnum):
    """How a deputy finds the manner of handling, and how its result."""

    SATISFIED = "satisfied"
    BASIC = "basic"
    DISSATISFIED = "dissatisfied"


class Suggestion(Base):
    """One matter that a deputy puts to the government. `number` counts within the year."""

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("congress_id", "year", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(state = 'declined') = (declined_for <> '')", name="declined"),
        CheckConstraint("deputy_id IS NOT NULL OR deputy_name <> ''", name="deputy"),
        Index("ix_suggestions_congress_id_state", "congress_id", "state"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    year: Mapped[int]
    number: Mapped[int]
    title: Mapped[Str200]
    category: Mapped[Str32] = mapped_column(default="")
    reason: Mapped[LongText] = mapped_column(default="")
    content: Mapped[LongText] = mapped_column(default="")
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"), index=True)
    deputy_name: Mapped[Str64] = mapped_column(default="")
    source: Mapped[Str32] = mapped_column(default="")
    state: Mapped[SuggestionState] = mapped_column(
        named(SuggestionState), default=SuggestionState.SUBMITTED
    )
    is_broad: Mapped[bool] = mapped_column(default=False)
    declined_for: Mapped[Str32] = mapped_column(default="")
    declined_note: Mapped[LongText] = mapped_column(default="")
    closed_note: Mapped[Str200] = mapped_column(default="")
    submitted_on: Mapped[date]
    assigned_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    public_from: Mapped[datetime | None]

    deputy: Mapped[Deputy | None] = relationship()
    cosigners: Mapped[list[Cosigner]] = relationship(
        order_by="Cosigner.deputy_id", cascade="all, delete-orphan"
    )
    tasks: Mapped[list[UnitTask]] = relationship(
        order_by="UnitTask.id", cascade="all, delete-orphan"
    )
    meetings: Mapped[list[Meeting]] = relationship(
        order_by="Meeting.met_on, Meeting.id", cascade="all, delete-orphan"
    )
    replies: Mapped[list[Reply]] = relationship(
        order_by="Reply.round", cascade="all, delete-orphan"
    )


class Cosigner(Base):
    """A deputy who is asked to sign a suggestion too, and has or has not yet."""

    __tablename__ = "suggestion_cosigners"

    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"), primary_key=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"), primary_key=True, index=True)
    signed_at: Mapped[datetime | None]

    deputy: Mapped[Deputy] = relationship()


class UnitTask(Base):
    """What a unit has to do with a suggestion: to lead 主办, or to give its opinion 协办."""

    __tablename__ = "suggestion_tasks"
    __table_args__ = (
        CheckConstraint("accepted_on IS NULL OR returned_on IS NULL", name="answer"),
        Index(
            "uq_suggestion_tasks_one_lead",
            "suggestion_id",
            unique=True,
            sqlite_where=text("is_lead AND returned_on IS NULL"),
            postgresql_where=text("is_lead AND returned_on IS NULL"),
        ),
    )

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    is_lead: Mapped[bool]
    assigned_on: Mapped[date]
    accepted_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    return_reason: Mapped[LongText] = mapped_column(default="")
    plan: Mapped[LongText] = mapped_column(default="")
    opinion: Mapped[LongText] = mapped_column(default="")
    opinion_on: Mapped[date | None]

    suggestion: Mapped[Suggestion] = relationship(back_populates="tasks")
    unit: Mapped[Unit] = relationship()


class Meeting(Base):
    """A unit spoke with the deputies 面商 about their suggestion."""

    __tablename__ = "suggestion_meetings"

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    met_on: Mapped[date]
    place: Mapped[Str200] = mapped_column(default="")
    people: Mapped[Str200] = mapped_column(default="")
    summary: Mapped[LongText] = mapped_column(default="")

    unit: Mapped[Unit] = relationship()


class Reply(Base):
    """A written reply 答复 with its class; each further one is another round."""

    __tablename__ = "suggestion_replies"
    __table_args__ = (
        UniqueConstraint("suggestion_id", "round"),
        CheckConstraint("round >= 1", name="round"),
    )

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    round: Mapped[int]
    result_class: Mapped[Str32]
    content: Mapped[LongText] = mapped_column(default="")
    replied_on: Mapped[date]
    promised_on: Mapped[date | None]

    suggestion: Mapped[Suggestion] = relationship(back_populates="replies")
    unit: Mapped[Unit] = relationship()
    ratings: Mapped[list[ReplyRating]] = relationship(
        order_by="ReplyRating.id", cascade="all, delete-orphan"
    )


class ReplyRating(Base):
    """What one deputy holds of a reply: the manner 办理态度 and the result 办理结果 apart."""

    __tablename__ = "suggestion_ratings"
    __table_args__ = (UniqueConstraint("reply_id", "deputy_id"),)

    id: Mapped[Key]
    reply_id: Mapped[int] = mapped_column(ForeignKey("suggestion_replies.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"), index=True)
    attitude: Mapped[Satisfaction]
    result: Mapped[Satisfaction] = mapped_column(named(Satisfaction))
    note: Mapped[LongText] = mapped_column(default="")
    rated_on: Mapped[date]

    deputy: Mapped[Deputy | None] = relationship()

"""Screening 筛选: who is asked about a project, what they say, and the lists that are adopted."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str64, Str200, named
from voting.models.projects import Project
from voting.models.sittings import Deputy
from voting.models.units import Unit


class Verdict(StrEnum):
    """How a project meets a criterion."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"


class Legality(StrEnum):
    """What the legality review 合法性审查 has come to."""

    OPEN = "open"
    LAWFUL = "lawful"
    CONDITIONS = "conditions"
    UNLAWFUL = "unlawful"


class Stance(StrEnum):
    """What a deputy thinks of a project before the list is adopted."""

    SUPPORT = "support"
    RESERVED = "reserved"
    AGAINST = "against"


class LegalReview(Base):
    """The legality review of a project, with its note."""

    __tablename__ = "legal_reviews"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects.id"), primary_key=True, autoincrement=False
    )
    finding: Mapped[Legality] = mapped_column(named(Legality))
    note: Mapped[LongText] = mapped_column(default="")
    reviewed_by: Mapped[Str64]
    reviewed_at: Mapped[datetime]


class Enquiry(Base):
    """A unit asked to judge a project; without a unit it is the committee's office itself."""

    __tablename__ = "enquiries"
    __table_args__ = (
        UniqueConstraint("project_id", "unit_id"),
        Index(
            "uq_enquiries_own_office",
            "project_id",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
    )

    id: Mapped[Key]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    asked_at: Mapped[datetime]
    due_on: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[Str64] = mapped_column(default="")
    remark: Mapped[LongText] = mapped_column(default="")

    project: Mapped[Project] = relationship()
    unit: Mapped[Unit | None] = relationship()
    judgements: Mapped[list[Judgement]] = relationship(
        order_by="Judgement.id", cascade="all, delete-orphan"
    )


class Judgement(Base):
    """How one of those asked finds a project by one criterion; `criterion` is its key or words."""

    __tablename__ = "judgements"
    __table_args__ = (UniqueConstraint("enquiry_id", "criterion"),)

    id: Mapped[Key]
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    criterion: Mapped[Str64]
    verdict: Mapped[Verdict] = mapped_column(named(Verdict))
    note: Mapped[LongText] = mapped_column(default="")


class Opinion(Base):
    """What a deputy says of a project before adoption; it is no vote and binds nobody."""

    __tablename__ = "opinions"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects.id"), primary_key=True, autoincrement=False
    )
    deputy_id: Mapped[int] = mapped_column(
        ForeignKey("deputies.id"), primary_key=True, autoincrement=False, index=True
    )
    stance: Mapped[Stance] = mapped_column(named(Stance))
    words: Mapped[LongText] = mapped_column(default="")
    given_at: Mapped[datetime]

    deputy: Mapped[Deputy] = relationship()


class ProjectList(Base):
    """One version of a year's list of candidates; the standing committee's adoption locks it."""

    __tablename__ = "project_lists"
    __table_args__ = (
        UniqueConstraint("congress_id", "year", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("seats >= 1", name="seats"),
        CheckConstraint(
            "(digest IS NULL) = (locked_at IS NULL) AND (digest IS NULL) = (locked_by_id IS NULL)"
            " AND (digest IS NULL) = (adopted_on IS NULL)",
            name="lock",
        ),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    year: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    seats: Mapped[int]
    adopted_on: Mapped[date | None]
    resolution: Mapped[Str200] = mapped_column(default="")
    digest: Mapped[Str64 | None]
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    places: Mapped[list[ListPlace]] = relationship(
        order_by="ListPlace.position", cascade="all, delete-orphan"
    )


class ListPlace(Base):
    """A project's place on a list."""

    __tablename__ = "list_places"

    list_id: Mapped[int] = mapped_column(ForeignKey("project_lists.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects.id"), primary_key=True, autoincrement=False, index=True
    )
    position: Mapped[int]

    project: Mapped[Project] = relationship()

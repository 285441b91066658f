"""Collection 征集: windows in which people propose, what they proposed, and who needs it too."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str32, Str64, Str200, named
from voting.models.projects import Project
from voting.models.sittings import Deputy
from voting.models.stations import Station
from voting.models.units import Unit


class Audience(StrEnum):
    """Whom a window asks: everybody, or deputies, stations, units and offices alone."""

    EVERYONE = "everyone"
    MEMBERS = "members"


class Source(StrEnum):
    """Where a proposal comes from."""

    RESIDENT = "resident"
    DEPUTY = "deputy"
    STATION = "station"
    UNIT = "unit"
    OFFICE = "office"


class ProposalState(StrEnum):
    """Where a proposal stands: in the queue, public, not taken up, or part of a project."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MERGED = "merged"


class CollectionWindow(Base):
    """A time in which a congress asks for proposals for a year; `notice` says what for and how."""

    __tablename__ = "collection_windows"
    __table_args__ = (CheckConstraint("opens_at < closes_at", name="order"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"), index=True)
    year: Mapped[int]
    title: Mapped[Str200]
    notice: Mapped[LongText] = mapped_column(default="")
    audience: Mapped[Audience] = mapped_column(named(Audience))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    created_at: Mapped[datetime]


class Proposal(Base):
    """A proposal as form 1 of the trade has it. Who sent it is in a table of its own.

    `number` names it on pages; `area` is the part of `place` that charts count by; `ticket` is the
    mark of one filled-in form, so that a form sent twice is one proposal.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("congress_id", "number"),
        CheckConstraint("estimate_yuan >= 0", name="money"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point"),
        CheckConstraint("(source = 'deputy') = (deputy_id IS NOT NULL)", name="deputy"),
        CheckConstraint("state <> 'merged' OR project_id IS NOT NULL", name="project"),
        CheckConstraint("supports >= 0", name="supports"),
        Index(None, "congress_id", "state", "number"),
        Index(None, "congress_id", "state", "supports"),
        Index(None, "congress_id", "state", "category"),
        Index(None, "congress_id", "state", "area"),
        Index(None, "congress_id", "source"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("collection_windows.id"), index=True)
    number: Mapped[int]
    state: Mapped[ProposalState] = mapped_column(
        named(ProposalState), default=ProposalState.RECEIVED
    )
    title: Mapped[Str200]
    category: Mapped[Str32]
    place: Mapped[Str200] = mapped_column(default="")
    area: Mapped[Str64] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    reason: Mapped[LongText] = mapped_column(default="")
    content: Mapped[LongText] = mapped_column(default="")
    beneficiaries: Mapped[Str200] = mapped_column(default="")
    implementer: Mapped[Str200] = mapped_column(default="")
    estimate_yuan: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[Source] = mapped_column(named(Source))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"), index=True)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    supports: Mapped[int] = mapped_column(default=0)
    ticket: Mapped[Str64 | None] = mapped_column(unique=True)
    code_hash: Mapped[Str64 | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]

    deputy: Mapped[Deputy | None] = relationship()
    station: Mapped[Station | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    project: Mapped[Project | None] = relationship()
    steps: Mapped[list[ProposalStep]] = relationship(order_by="ProposalStep.id")
    sent: Mapped[SentText | None] = relationship(cascade="all, delete-orphan")


class SentText(Base):
    """What a proposer sent, kept when the office has corrected its spelling or category."""

    __tablename__ = "proposal_sent_texts"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    title: Mapped[Str200]
    category: Mapped[Str32]
    content: Mapped[LongText]
    reason: Mapped[LongText]
    corrected_at: Mapped[datetime]


class ProposalContact(Base):
    """How to reach who sent a proposal, sealed, and erased when its time is over.

    `device` is the keyed mark of the browser that sent it, by which floods are bounded.
    """

    __tablename__ = "proposal_contacts"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    sealed: Mapped[bytes | None]
    device: Mapped[Str64] = mapped_column(default="", index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)


class ProposalStep(Base):
    """Something that happened to a proposal, with the reason that its proposer reads."""

    __tablename__ = "proposal_steps"

    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    state: Mapped[ProposalState] = mapped_column(named(ProposalState))
    reason: Mapped[LongText] = mapped_column(default="")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class ProposalSupport(Base):
    """Somebody needs it too; `mark` is made of browser and proposal, so no two can be tied."""

    __tablename__ = "proposal_supports"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    mark: Mapped[Str64] = mapped_column(primary_key=True)

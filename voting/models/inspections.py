"""Activities and who came, what they found and what became of it, papers, calendars."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str32, Str64, Str200, named
from voting.models.projects import Project
from voting.models.sittings import Deputy
from voting.models.units import Unit


class ActivityKind(StrEnum):
    """Kinds of supervision 监督方式, as practice and law name them."""

    VISIT = "visit"
    TARGETED = "targeted"
    UNANNOUNCED = "unannounced"
    INQUIRY = "inquiry"
    RESEARCH = "research"
    HEARING = "hearing"
    STATION = "station"


class ActivityState(StrEnum):
    """Whether an activity is still to come."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class FindingKind(StrEnum):
    """What somebody found: something wrong, or something that could be better."""

    PROBLEM = "problem"
    ADVICE = "advice"


class FindingState(StrEnum):
    """How far a finding is: waits for the unit, answered, mended as a re-check has shown."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class FindingAct(StrEnum):
    """What was done about a finding."""

    RAISED = "raised"
    ANSWERED = "answered"
    RETURNED = "returned"
    CLOSED = "closed"


class PaperKind(StrEnum):
    """What the office writes about all projects."""

    BULLETIN = "bulletin"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Activity(Base):
    """An inspection, inquiry or the like; `code` stands in the QR code that people sign in by."""

    __tablename__ = "activities"

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"), index=True)
    year: Mapped[int]
    kind: Mapped[ActivityKind] = mapped_column(named(ActivityKind))
    title: Mapped[Str200]
    place: Mapped[Str200] = mapped_column(default="")
    starts_at: Mapped[datetime]
    state: Mapped[ActivityState] = mapped_column(
        named(ActivityState), default=ActivityState.PLANNED
    )
    findings: Mapped[LongText] = mapped_column(default="")
    code: Mapped[Str32] = mapped_column(unique=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    projects: Mapped[list[Project]] = relationship(
        secondary="activity_projects", order_by="Project.code"
    )
    guests: Mapped[list[Guest]] = relationship(cascade="all, delete-orphan", order_by="Guest.id")


class ActivityProject(Base):
    """A project that an activity looks at."""

    __tablename__ = "activity_projects"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True, index=True)


class Guest(Base):
    """Somebody asked to an activity, or who came: a deputy, or another person by name."""

    __tablename__ = "activity_guests"
    __table_args__ = (
        UniqueConstraint("activity_id", "deputy_id"),
        CheckConstraint("(deputy_id IS NULL) = (name <> '')", name="who"),
    )

    id: Mapped[Key]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"), index=True)
    name: Mapped[Str64] = mapped_column(default="")
    signed_at: Mapped[datetime | None]
    by_office: Mapped[bool] = mapped_column(default=False)

    deputy: Mapped[Deputy | None] = relationship()


class Finding(Base):
    """A problem 问题 or an advice 建议 about a project, numbered in its year."""

    __tablename__ = "findings"
    __table_args__ = (UniqueConstraint("congress_id", "year", "number"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[FindingKind] = mapped_column(named(FindingKind))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    words: Mapped[LongText]
    state: Mapped[FindingState] = mapped_column(named(FindingState), default=FindingState.OPEN)
    due_on: Mapped[date]
    found_on: Mapped[date]
    closed_on: Mapped[date | None]

    project: Mapped[Project] = relationship()
    activity: Mapped[Activity | None] = relationship()
    unit: Mapped[Unit] = relationship()
    steps: Mapped[list[FindingStep]] = relationship(
        order_by="FindingStep.id", cascade="all, delete-orphan"
    )


class FindingStep(Base):
    """One act on a finding: who did it, what they say, and until when it is due then."""

    __tablename__ = "finding_steps"

    id: Mapped[Key]
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"), index=True)
    act: Mapped[FindingAct] = mapped_column(named(FindingAct))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[Str64]
    words: Mapped[LongText]
    due_on: Mapped[date | None]


class Paper(Base):
    """A bulletin 通报 or report of a period; public once it has a moment of publication."""

    __tablename__ = "supervision_papers"
    __table_args__ = (UniqueConstraint("congress_id", "kind", "year", "period"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    kind: Mapped[PaperKind] = mapped_column(named(PaperKind))
    year: Mapped[int]
    period: Mapped[int]
    title: Mapped[Str200]
    text: Mapped[LongText]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class CalendarKey(Base):
    """The secret in the address of somebody's calendar; only its hash is kept."""

    __tablename__ = "calendar_keys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    digest: Mapped[Str64] = mapped_column(unique=True)
    created_at: Mapped[datetime]

"""Supervision of decided projects: what is due, groups, targets, reports, lights, adjustments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str64, Str200, named
from voting.models.projects import Project, SubItem
from voting.models.sittings import Deputy
from voting.models.units import Unit
from voting.rules.cadence import Cadence, Record
from voting.rules.lights import Light, Reason
from voting.rules.roles import Role


class SupervisionYear(Base):
    """A year of supervision that has begun; its items say what is due."""

    __tablename__ = "supervision_years"
    __table_args__ = (UniqueConstraint("congress_id", "year"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    year: Mapped[int]
    starts_on: Mapped[date]
    created_at: Mapped[datetime]

    items: Mapped[list[CadenceItem]] = relationship(
        order_by="CadenceItem.position", cascade="all, delete-orphan"
    )


class CadenceItem(Base):
    """A row of the 五个一 of a year."""

    __tablename__ = "cadence_items"
    __table_args__ = (
        UniqueConstraint("year_id", "position"),
        CheckConstraint("due_days BETWEEN -90 AND 366", name="due_days"),
    )

    id: Mapped[Key]
    year_id: Mapped[int] = mapped_column(ForeignKey("supervision_years.id"))
    position: Mapped[int]
    name: Mapped[Str64]
    cadence: Mapped[Cadence] = mapped_column(named(Cadence))
    owner: Mapped[Role] = mapped_column(named(Role))
    record: Mapped[Record] = mapped_column(named(Record))
    each_project: Mapped[bool]
    due_days: Mapped[int]


class Supervision(Base):
    """How one project is supervised: its group's office, its plan, how many visits are planned."""

    __tablename__ = "supervisions"
    __table_args__ = (CheckConstraint("visits >= 0", name="visits"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    starts_on: Mapped[date]
    office: Mapped[Str200] = mapped_column(default="")
    lead: Mapped[Str64] = mapped_column(default="")
    contact: Mapped[Str200] = mapped_column(default="")
    visits: Mapped[int] = mapped_column(default=4)
    plan: Mapped[LongText] = mapped_column(default="")
    accepted_on: Mapped[date | None]
    accepted_note: Mapped[LongText] = mapped_column(default="")

    project: Mapped[Project] = relationship()
    members: Mapped[list[GroupMember]] = relationship(cascade="all, delete-orphan")
    targets: Mapped[list[Target]] = relationship(
        order_by="Target.month, Target.id", cascade="all, delete-orphan"
    )


class GroupMember(Base):
    """A deputy of a project's group 监督小组."""

    __tablename__ = "group_members"

    project_id: Mapped[int] = mapped_column(ForeignKey("supervisions.project_id"), primary_key=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"), primary_key=True, index=True)

    deputy: Mapped[Deputy] = relationship()


class Target(Base):
    """What is to be reached by the end of a month: a percentage, and a step in words if any."""

    __tablename__ = "targets"
    __table_args__ = (
        UniqueConstraint("project_id", "month"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    )

    id: Mapped[Key]
    project_id: Mapped[int] = mapped_column(ForeignKey("supervisions.project_id"))
    month: Mapped[int]
    percent: Mapped[int]
    words: Mapped[Str200] = mapped_column(default="")
    reached_on: Mapped[date | None]


class ProgressReport(Base):
    """A unit's report of a month 月报; a correction is another version, and the old one stays.

    `paid_yuan` is all that was paid since the beginning.
    """

    __tablename__ = "progress_reports"
    __table_args__ = (
        UniqueConstraint("project_id", "month", "version"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("paid_yuan >= 0", name="paid"),
    )

    id: Mapped[Key]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    month: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    done: Mapped[LongText]
    trouble: Mapped[LongText] = mapped_column(default="")
    next_steps: Mapped[LongText] = mapped_column(default="")
    percent: Mapped[int]
    paid_yuan: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date]
    is_late: Mapped[bool]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    unit: Mapped[Unit] = relationship()
    parts: Mapped[list[PartProgress]] = relationship(cascade="all, delete-orphan")


class PartProgress(Base):
    """How far a sub-item is, as a report says."""

    __tablename__ = "part_progress"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("progress_reports.id"), primary_key=True)
    sub_item_id: Mapped[int] = mapped_column(ForeignKey("sub_items.id"), primary_key=True)
    percent: Mapped[int]
    words: Mapped[Str200] = mapped_column(default="")

    sub_item: Mapped[SubItem] = relationship()


class PartReport(Base):
    """How far a sub-item is in a month, as its own unit says where another one leads."""

    __tablename__ = "part_reports"
    __table_args__ = (
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    )

    sub_item_id: Mapped[int] = mapped_column(ForeignKey("sub_items.id"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    percent: Mapped[int]
    words: Mapped[Str200] = mapped_column(default="")
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    sub_item: Mapped[SubItem] = relationship()
    unit: Mapped[Unit] = relationship()


class LightEntry(Base):
    """A light that a project had from a moment on: with the figures it was worked out from."""

    __tablename__ = "light_entries"

    id: Mapped[Key]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    at: Mapped[datetime]
    month: Mapped[int]
    light: Mapped[Light] = mapped_column(named(Light))
    reason: Mapped[Reason] = mapped_column(named(Reason))
    planned: Mapped[int]
    actual: Mapped[int]


class Adjustment(Base):
    """A change 调整 of a decided project, by which body, why, and what it was before."""

    __tablename__ = "adjustments"

    id: Mapped[Key]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    decided_on: Mapped[date]
    body: Mapped[Str200]
    reason: Mapped[LongText]
    changes: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

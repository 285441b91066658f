"""Projects 项目 from screening to the archive: one row goes the whole way, and keeps its code."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str32, Str64, Str200, named
from voting.models.units import Unit


class ProjectState(StrEnum):
    """Where a project is: screened, on an adopted list, decided or not, accepted at the end.

    One that was declined, or merged into another, goes no further.
    """

    SCREENING = "screening"
    LISTED = "listed"
    DECIDED = "decided"
    NOT_CHOSEN = "not_chosen"
    DECLINED = "declined"
    MERGED = "merged"
    ACCEPTED = "accepted"


class Project(Base):
    """A livelihood project of a year. `code` names it on ballots, in milestones and addresses."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("congress_id", "code"),
        CheckConstraint("total_yuan >= 0", name="money"),
        CheckConstraint("demand BETWEEN 0 AND 5", name="demand"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    year: Mapped[int]
    code: Mapped[Str32]
    title: Mapped[Str200]
    category: Mapped[Str32] = mapped_column(default="")
    reason: Mapped[LongText] = mapped_column(default="")
    content: Mapped[LongText] = mapped_column(default="")
    place: Mapped[Str200] = mapped_column(default="")
    goal: Mapped[Str200] = mapped_column(default="")
    due_on: Mapped[date | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    co_units: Mapped[list[str]] = mapped_column(default=list)
    leader: Mapped[Str64] = mapped_column(default="")
    total_yuan: Mapped[int | None] = mapped_column(BigInteger)
    demand: Mapped[int] = mapped_column(default=0)
    note: Mapped[Str200] = mapped_column(default="")
    state: Mapped[ProjectState] = mapped_column(named(ProjectState), default=ProjectState.SCREENING)
    declined_reason: Mapped[LongText] = mapped_column(default="")
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    created_at: Mapped[datetime]

    unit: Mapped[Unit | None] = relationship()
    sub_items: Mapped[list[SubItem]] = relationship(
        order_by="SubItem.position", cascade="all, delete-orphan"
    )
    money: Mapped[list[MoneyLine]] = relationship(
        order_by="MoneyLine.year, MoneyLine.id", cascade="all, delete-orphan"
    )


class SubItem(Base):
    """A part 子项 of a project with a unit and a target of its own."""

    __tablename__ = "sub_items"
    __table_args__ = (UniqueConstraint("project_id", "position"),)

    id: Mapped[Key]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    position: Mapped[int]
    title: Mapped[Str200]
    goal: Mapped[Str200] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)

    unit: Mapped[Unit | None] = relationship()


class MoneyLine(Base):
    """Money planned for a project, or for one of its parts, in a year from one source; yuan."""

    __tablename__ = "money_lines"
    __table_args__ = (CheckConstraint("planned_yuan >= 0", name="planned"),)

    id: Mapped[Key]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    sub_item_id: Mapped[int | None] = mapped_column(ForeignKey("sub_items.id"))
    year: Mapped[int]
    source: Mapped[Str64]
    planned_yuan: Mapped[int] = mapped_column(BigInteger)

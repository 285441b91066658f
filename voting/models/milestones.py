"""Milestones of projects: which entry of the log each is, and the content it stands for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, Str32, Str64, named


class Stage(StrEnum):
    """How far a milestone says that its project has come."""

    ADOPTED = "adopted"
    DECIDED = "decided"
    PLANNED = "planned"
    REPORTED = "reported"
    VISITED = "visited"
    PROBLEM = "problem"
    ANSWERED = "answered"
    CLOSED = "closed"
    ADJUSTED = "adjusted"
    ACCEPTED = "accepted"
    RATED = "rated"
    RECTIFIED = "rectified"
    ARCHIVED = "archived"


class Milestone(Base):
    """One step on a project's way; `content` is the canonical JSON whose hash the log holds."""

    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("congress_id", "project", "number"),
        UniqueConstraint("congress_id", "object_id"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    project: Mapped[Str32]
    number: Mapped[int]
    stage: Mapped[Stage] = mapped_column(named(Stage))
    object_id: Mapped[Str64]
    position: Mapped[int]
    content: Mapped[bytes]
    is_public: Mapped[bool]
    at: Mapped[datetime]

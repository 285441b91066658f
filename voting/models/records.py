"""What deputies do that no other table knows: study, receiving residents, visits of their own."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, LongText, Str200, named


class Deed(StrEnum):
    """A kind of entry in a deputy's record."""

    VISIT = "visit"
    STUDY = "study"
    RECEPTION = "reception"
    SURVEY = "survey"
    MEETING = "meeting"
    OTHER = "other"


class RecordEntry(Base):
    """One thing that a deputy did, entered by the deputy or by the office."""

    __tablename__ = "record_entries"
    __table_args__ = (Index("ix_record_entries_deputy_id_done_on", "deputy_id", "done_on"),)

    id: Mapped[Key]
    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"))
    kind: Mapped[Deed] = mapped_column(named(Deed))
    done_on: Mapped[date]
    title: Mapped[Str200]
    place: Mapped[Str200] = mapped_column(default="")
    note: Mapped[LongText] = mapped_column(default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]

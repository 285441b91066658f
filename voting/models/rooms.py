"""Discussion rooms 讨论群: a deputy opens one on a matter, residents write, a summary closes it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str32, Str64, Str200, named
from voting.models.sittings import Deputy


class RoomState(StrEnum):
    """Whether residents can still write."""

    OPEN = "open"
    CLOSED = "closed"


class Showing(StrEnum):
    """Whether everybody may read what somebody wrote; nobody does before it was looked at."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class Room(Base):
    """A discussion of one matter; `became` names what was made of it, as "suggestion:5"."""

    __tablename__ = "rooms"
    __table_args__ = (
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_rooms_congress_id_state", "congress_id", "state"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"), index=True)
    code: Mapped[Str32] = mapped_column(unique=True)
    topic: Mapped[Str200]
    intro: Mapped[LongText] = mapped_column(default="")
    state: Mapped[RoomState] = mapped_column(named(RoomState), default=RoomState.OPEN)
    summary: Mapped[LongText] = mapped_column(default="")
    became: Mapped[Str32] = mapped_column(default="")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    deputy: Mapped[Deputy] = relationship()


class RoomVoice(Base):
    """What a resident wrote in a room. `device` is a hash, to bound what one device writes."""

    __tablename__ = "room_voices"
    __table_args__ = (
        CheckConstraint("(showing = 'hidden') = (hidden_for <> '')", name="hidden"),
        Index("ix_room_voices_room_id_device", "room_id", "device"),
    )

    id: Mapped[Key]
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), index=True)
    name: Mapped[Str32] = mapped_column(default="")
    content: Mapped[LongText]
    device: Mapped[Str64]
    showing: Mapped[Showing] = mapped_column(named(Showing), default=Showing.WAITING)
    hidden_for: Mapped[Str200] = mapped_column(default="")
    is_quoted: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]

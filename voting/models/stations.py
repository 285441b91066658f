"""Liaison stations 联络站 where residents meet deputies, with their keepers, deputies and days."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str32, Str64, Str200, named
from voting.models.sittings import Deputy


class Station(Base):
    """A station, real or online; `code` stands in its address and QR code."""

    __tablename__ = "stations"
    __table_args__ = (
        UniqueConstraint("congress_id", "name"),
        UniqueConstraint("congress_id", "code"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    code: Mapped[Str32]
    name: Mapped[Str200]
    address: Mapped[Str200] = mapped_column(default="")
    phone: Mapped[Str32] = mapped_column(default="")
    about: Mapped[LongText] = mapped_column(default="")
    is_online: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class StationKeeper(Base):
    """An account that keeps a station; it also needs the role of a station in that congress."""

    __tablename__ = "station_keepers"

    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)


class StationDeputy(Base):
    """A deputy who receives residents at a station."""

    __tablename__ = "station_deputies"

    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"), primary_key=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"), primary_key=True, index=True)


class DutyDay(Base):
    """When a deputy receives: a weekday (0 Monday) of every week, or of one week in a month."""

    __tablename__ = "duty_days"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("week_of_month BETWEEN 1 AND 5", name="week"),
    )

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"))
    weekday: Mapped[int]
    week_of_month: Mapped[int | None]
    starts_at: Mapped[time]
    ends_at: Mapped[time]


class VoiceState(StrEnum):
    """What became of a resident's words."""

    WAITING = "waiting"
    ANSWERED = "answered"
    FORWARDED = "forwarded"
    DECLINED = "declined"


class Voice(Base):
    """What a resident told a deputy or a station; with a code the writer follows it."""

    __tablename__ = "voices"
    __table_args__ = (
        CheckConstraint("station_id IS NOT NULL OR deputy_id IS NOT NULL", name="addressed"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"), index=True)
    code_hash: Mapped[Str64] = mapped_column(unique=True)
    content: Mapped[LongText]
    contact_sealed: Mapped[bytes | None]
    state: Mapped[VoiceState] = mapped_column(named(VoiceState), default=VoiceState.WAITING)
    forwarded_to: Mapped[Str200] = mapped_column(default="")
    answer: Mapped[LongText] = mapped_column(default="")
    answered_by: Mapped[Str64] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    stars: Mapped[int | None]
    stars_note: Mapped[Str200] = mapped_column(default="")
    created_at: Mapped[datetime]

    station: Mapped[Station | None] = relationship()
    deputy: Mapped[Deputy | None] = relationship()

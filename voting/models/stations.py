"""Liaison stations 联络站 where residents meet deputies, with their keepers, deputies and days."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, LongText, Str32, Str200


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

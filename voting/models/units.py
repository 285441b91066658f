"""Units 责任单位 of a government, which carry projects and answer suggestions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, Str64, Str200


class Unit(Base):
    """A unit as lists name it; one that is no longer asked stays for what it did."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("congress_id", "name"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    name: Mapped[Str200]
    contact: Mapped[Str64] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class UnitMember(Base):
    """An account that acts for a unit; it also needs the role of a unit in that congress."""

    __tablename__ = "unit_members"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)

"""How often something was done lately, counted for all workers and machines together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Str64


class LimitCount(Base):
    """A count, until its time is over; the keyed mark tells neither device nor address."""

    __tablename__ = "limit_counts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    mark: Mapped[Str64] = mapped_column(primary_key=True)
    times: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)

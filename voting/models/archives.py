"""Archives of years: which files were made, when and by whom, and the hash of their manifest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, Str64, Str200


class Archive(Base):
    """A zip in the folder of archives. `closes` tells that the year's projects end with it."""

    __tablename__ = "archives"
    __table_args__ = (UniqueConstraint("congress_id", "name"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    year: Mapped[int]
    name: Mapped[Str200]
    digest: Mapped[Str64]
    size: Mapped[int] = mapped_column(BigInteger)
    closes: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    made_by: Mapped[Str64]

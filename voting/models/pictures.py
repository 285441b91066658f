"""Photos as they were drawn anew by us: nothing of the file that was sent is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, Str64


class Picture(Base):
    """A photo of a thing such as "proposal:12"; its pixels are read only when they are asked for.

    `large` is JPEG, which documents of offices take as well; `small` is WebP, for lists on phones.
    """

    __tablename__ = "pictures"
    __table_args__ = (
        Index(None, "congress_id", "owner"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    owner: Mapped[Str64]
    is_public: Mapped[bool] = mapped_column(default=False)
    width: Mapped[int]
    height: Mapped[int]
    digest: Mapped[Str64]
    large: Mapped[bytes] = mapped_column(deferred=True)
    small: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime]

"""News 新闻动态 that an office writes for everyone, seen from a set moment on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, LongText, Str200, named


class NewsKind(StrEnum):
    """What an item is: news, a notice to act on, or a bulletin of supervision."""

    NEWS = "news"
    NOTICE = "notice"
    BULLETIN = "bulletin"


class NewsItem(Base):
    """One item. Without `public_from` it is a draft; withdrawn, its title and the reason stay."""

    __tablename__ = "news"
    __table_args__ = (
        Index("ix_news_congress_id_public_from", "congress_id", "public_from"),
        CheckConstraint("withdrawn_reason = '' OR public_from IS NOT NULL", name="withdrawn"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    kind: Mapped[NewsKind] = mapped_column(named(NewsKind), default=NewsKind.NEWS)
    title: Mapped[Str200]
    body: Mapped[LongText]
    public_from: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[Str200] = mapped_column(default="")
    written_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime]

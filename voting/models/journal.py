"""What officials did, as a chain: each row holds the hash of the one before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, Str64, Str200, named
from voting.rules.access import Action
from voting.rules.roles import Role


class JournalEntry(Base):
    """One act. `position` counts from 0 without gaps; `digest` covers the row and the last digest.

    The name is kept beside the account, as it was then. There is no address and no device here.
    """

    __tablename__ = "journal"
    __table_args__ = (CheckConstraint("position >= 0", name="position"),)

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[Str64] = mapped_column(index=True)
    details: Mapped[dict[str, Any]]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    user_name: Mapped[Str64]
    congress_id: Mapped[int | None] = mapped_column(ForeignKey("congresses.id"), index=True)
    digest: Mapped[Str64] = mapped_column(unique=True)


class JournalHead(Base):
    """The end of the chain; locked by whoever adds to it, so that the chain can't fork."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[Key]
    length: Mapped[int] = mapped_column(default=0)
    digest: Mapped[Str64] = mapped_column(default="")


class Approval(Base):
    """A consent to an act that needs several people, until it is used or withdrawn."""

    __tablename__ = "approvals"
    __table_args__ = (
        # One open consent a role and thing, and one a person: two roles in one hand don't count.
        Index(
            "uq_approvals_open_role",
            "congress_id",
            "action",
            "subject",
            "role",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "uq_approvals_open_user",
            "congress_id",
            "action",
            "subject",
            "user_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"), index=True)
    # The list of acts grows with every stage: no constraint that would need a migration each time.
    action: Mapped[Action] = mapped_column(named(Action))
    subject: Mapped[Str200]
    role: Mapped[Role]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    given_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

"""Congresses, the people who serve them, what they may do and how they prove who they are.

Nothing here is a ballot's business: a deputy at a tablet is known by a card alone, never by an
account.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, Str32, Str64, Str200
from voting.rules.roles import Role


class UserState(StrEnum):
    """Where an account is in its life."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class Congress(Base):
    """One term of one congress: its name, its address on this host and the name of its log."""

    __tablename__ = "congresses"

    id: Mapped[Key]
    slug: Mapped[Str32] = mapped_column(unique=True)
    name: Mapped[Str200]
    origin: Mapped[Str200] = mapped_column(unique=True)
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class User(Base):
    """A person with an account."""

    __tablename__ = "users"

    id: Mapped[Key]
    login: Mapped[Str64] = mapped_column(unique=True)
    name: Mapped[Str64]
    state: Mapped[UserState] = mapped_column(default=UserState.INVITED)
    password_hash: Mapped[Str200 | None]
    password_set_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id", cascade="all, delete-orphan"
    )


class RoleGrant(Base):
    """A role that somebody holds: in one congress, or, for administrators, in the installation."""

    __tablename__ = "role_grants"
    __table_args__ = (
        UniqueConstraint("user_id", "congress_id", "role"),
        CheckConstraint(
            "(congress_id IS NULL) = (role IN ('system_admin', 'security_admin', 'audit_admin'))",
            name="scope",
        ),
        # The three administrators are three people (三员分立).
        Index(
            "uq_role_grants_one_administration",
            "user_id",
            unique=True,
            sqlite_where=text("congress_id IS NULL"),
            postgresql_where=text("congress_id IS NULL"),
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    congress_id: Mapped[int | None] = mapped_column(ForeignKey("congresses.id"), index=True)
    role: Mapped[Role]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])
    congress: Mapped[Congress | None] = relationship()


class Invitation(Base):
    """A one-time code with which somebody enrols, or enrols again after a reset."""

    __tablename__ = "invitations"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[Str64] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Totp(Base):
    """The shared secret of somebody's authenticator, encrypted, with the last step it was used."""

    __tablename__ = "totp_secrets"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sealed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime]


class Passkey(Base):
    """A public key that somebody's device proves to hold."""

    __tablename__ = "passkeys"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    credential: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(default=0)
    label: Mapped[Str64]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes kept on paper for the day the second factor is lost."""

    __tablename__ = "recovery_codes"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[Str64] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class StepPurpose(StrEnum):
    """What somebody halfway through the door is about to do."""

    ENROL = "enrol"
    SIGN_IN = "sign_in"
    ADD_FACTOR = "add_factor"


class SignInStep(Base):
    """Somebody between the first proof and the second, for a few minutes and one attempt each."""

    __tablename__ = "sign_in_steps"

    id: Mapped[Key]
    token_hash: Mapped[Str64] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[StepPurpose]
    challenge: Mapped[bytes]
    failures: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class LoginSession(Base):
    """A browser in which somebody is signed in; ended by them, by an administrator or by time."""

    __tablename__ = "login_sessions"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[Str64] = mapped_column(unique=True)
    device: Mapped[Str64]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

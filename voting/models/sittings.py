"""Sittings of a congress: the roster, who is there, the cards, the rules and the candidates.

In a sealed sitting nothing ties a deputy to a card: attendance is a status without time or order,
a card has no holder, and both are written in the order of their keys when a batch is issued.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str32, Str64, Str200
from voting.models.people import Congress


class Stage(StrEnum):
    """How far a sitting has come; its elections have states of their own."""

    PREPARING = "preparing"
    MEETING = "meeting"
    ENDED = "ended"


class Presence(StrEnum):
    """What is known of a deputy at a sitting. Late is present, having come late."""

    EXPECTED = "expected"
    PRESENT = "present"
    LATE = "late"
    LEAVE = "leave"
    LEFT = "left"
    ABSENT = "absent"


class CardState(StrEnum):
    """A card's life: on the roll, drawn for the next batch, good for voting, no longer good."""

    PRINTED = "printed"
    DRAWN = "drawn"
    ISSUED = "issued"
    REVOKED = "revoked"


class Body(StrEnum):
    """Who meets at a sitting: all deputies, or the standing committee."""

    PLENARY = "plenary"
    COMMITTEE = "committee"


class BallotKind(StrEnum):
    """What a list of candidates and a set of rules are for, as manifests say it."""

    DECISION = "decision"
    RATING = "rating"
    ADVISORY = "advisory"


class Delegation(Base):
    """A delegation 代表团; `position` is its fixed place in every list."""

    __tablename__ = "delegations"
    __table_args__ = (UniqueConstraint("congress_id", "name"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    name: Mapped[Str64]
    position: Mapped[int]


class Deputy(Base):
    """A deputy of one congress; `position` is the place in lists, by strokes of the surname."""

    __tablename__ = "deputies"
    __table_args__ = (UniqueConstraint("congress_id", "number"),)

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    number: Mapped[Str32]
    name: Mapped[Str64]
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"), index=True)
    unit: Mapped[Str200] = mapped_column(default="")
    seat: Mapped[Str32] = mapped_column(default="")
    phone: Mapped[Str32] = mapped_column(default="")
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)

    delegation: Mapped[Delegation] = relationship()


class CommitteeMember(Base):
    """A deputy who sits on the standing committee 常委会组成人员."""

    __tablename__ = "committee_members"

    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"), primary_key=True)
    office: Mapped[Str32] = mapped_column(default="")

    deputy: Mapped[Deputy] = relationship()


class Sitting(Base):
    """A plenary 大会, or a sitting of the standing committee 常委会会议; `deputies` is N of it."""

    __tablename__ = "sittings"
    __table_args__ = (
        UniqueConstraint("congress_id", "name"),
        # Cards refer to both, so that the database itself keeps holders out of sealed sittings.
        UniqueConstraint("id", "is_named"),
        CheckConstraint("deputies >= 1", name="deputies"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("roll_object IS NULL OR session_object IS NOT NULL", name="roll"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    name: Mapped[Str200]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    deputies: Mapped[int]
    body: Mapped[Body] = mapped_column(default=Body.PLENARY)
    is_named: Mapped[bool] = mapped_column(default=False)
    is_rehearsal: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[Stage] = mapped_column(default=Stage.PREPARING)
    session_object: Mapped[Str64 | None] = mapped_column(unique=True)
    roll_object: Mapped[Str64 | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]

    congress: Mapped[Congress] = relationship()


class SittingRules(Base):
    """One version of the rules of the vote 票决办法; locked by adoption, hash, who and when."""

    __tablename__ = "sitting_rules"
    __table_args__ = (
        UniqueConstraint("sitting_id", "kind", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(
            "(digest IS NULL) = (locked_at IS NULL) AND (digest IS NULL) = (locked_by_id IS NULL)"
            " AND (digest IS NULL) = (adopted_on IS NULL)",
            name="lock",
        ),
    )

    id: Mapped[Key]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"))
    kind: Mapped[BallotKind]
    version: Mapped[int] = mapped_column(default=1)
    settings: Mapped[dict[str, Any]]
    adopted_on: Mapped[date | None]
    digest: Mapped[Str64 | None]
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    sitting: Mapped[Sitting] = relationship()


class Attendance(Base):
    """A deputy's status at a sitting and nothing else: all rows are made at once, as expected."""

    __tablename__ = "attendance"
    # Without SQLite's hidden row number, so that the file keeps no order of arrival.
    __table_args__ = ({"sqlite_with_rowid": False},)

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), primary_key=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"), primary_key=True)
    status: Mapped[Presence] = mapped_column(default=Presence.EXPECTED)

    deputy: Mapped[Deputy] = relationship()


class Card(Base):
    """A printed card: serial and public credential. Only a named sitting knows a card's holder."""

    __tablename__ = "cards"
    __table_args__ = (
        ForeignKeyConstraint(
            ["sitting_id", "is_named"],
            ["sittings.id", "sittings.is_named"],
            name="fk_cards_sitting",
        ),
        CheckConstraint("is_named OR holder_id IS NULL", name="sealed"),
        Index(
            "uq_cards_one_holder",
            "sitting_id",
            "holder_id",
            unique=True,
            sqlite_where=text("state <> 'revoked'"),
            postgresql_where=text("state <> 'revoked'"),
        ),
        Index("ix_cards_sitting_id_state", "sitting_id", "state"),
        {"sqlite_with_rowid": False},
    )

    sitting_id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[Str32] = mapped_column(primary_key=True)
    is_named: Mapped[bool] = mapped_column(default=False)
    credential: Mapped[Str64] = mapped_column(unique=True)
    state: Mapped[CardState] = mapped_column(default=CardState.PRINTED)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"))

    sitting: Mapped[Sitting] = relationship()
    holder: Mapped[Deputy | None] = relationship()


class Scrutineer(Base):
    """A deputy elected to watch the vote 监票人; one of them is the chief 总监票人."""

    __tablename__ = "scrutineers"
    __table_args__ = (
        Index(
            "uq_scrutineers_one_chief",
            "sitting_id",
            unique=True,
            sqlite_where=text("is_chief"),
            postgresql_where=text("is_chief"),
        ),
    )

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), primary_key=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("deputies.id"), primary_key=True)
    position: Mapped[int]
    is_chief: Mapped[bool] = mapped_column(default=False)

    deputy: Mapped[Deputy] = relationship()


class CandidateList(Base):
    """One version of what is put to a vote; locked by adoption, with hash, who and when."""

    __tablename__ = "candidate_lists"
    __table_args__ = (
        UniqueConstraint("sitting_id", "kind", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(
            "(digest IS NULL) = (locked_at IS NULL) AND (digest IS NULL) = (locked_by_id IS NULL)",
            name="lock",
        ),
    )

    id: Mapped[Key]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"))
    kind: Mapped[BallotKind]
    version: Mapped[int] = mapped_column(default=1)
    adopted_on: Mapped[date | None]
    resolution: Mapped[Str200] = mapped_column(default="")
    digest: Mapped[Str64 | None]
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    sitting: Mapped[Sitting] = relationship()
    candidates: Mapped[list[Candidate]] = relationship(
        back_populates="candidate_list",
        order_by="Candidate.position",
        cascade="all, delete-orphan",
    )


class Candidate(Base):
    """A candidate project 候选项目. `code` is its id on ballots; money is in whole yuan."""

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("list_id", "code"),
        UniqueConstraint("list_id", "title"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("demand BETWEEN 0 AND 5", name="demand"),
        CheckConstraint("total_yuan >= 0 AND yearly_yuan >= 0", name="money"),
    )

    id: Mapped[Key]
    list_id: Mapped[int] = mapped_column(ForeignKey("candidate_lists.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    position: Mapped[int]
    code: Mapped[Str32]
    title: Mapped[Str200]
    category: Mapped[Str32] = mapped_column(default="")
    content: Mapped[LongText] = mapped_column(default="")
    place: Mapped[Str200] = mapped_column(default="")
    total_yuan: Mapped[int | None] = mapped_column(BigInteger)
    yearly_yuan: Mapped[int | None] = mapped_column(BigInteger)
    sources: Mapped[Str200] = mapped_column(default="")
    unit: Mapped[Str200] = mapped_column(default="")
    co_units: Mapped[list[str]] = mapped_column(default=list)
    leader: Mapped[Str64] = mapped_column(default="")
    due_on: Mapped[date | None]
    goal: Mapped[Str200] = mapped_column(default="")
    demand: Mapped[int] = mapped_column(default=0)
    note: Mapped[Str200] = mapped_column(default="")

    candidate_list: Mapped[CandidateList] = relationship(back_populates="candidates")

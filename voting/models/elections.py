"""Key ceremonies, the state of cards in the log, elections, and what makes ballots unique.

The objects themselves stand in the log; here is what has to be found quickly or must be unique.
Rows about ballots hold no time, no address and no order but the log's own.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, Key, LongText, Str64, Str200
from voting.models.sittings import BallotKind, Sitting


class CeremonyStage(StrEnum):
    """How far a key ceremony has come."""

    REGISTER = "register"
    COMMIT = "commit"
    CONFIRM = "confirm"
    DONE = "done"
    ABANDONED = "abandoned"


class ElectionState(StrEnum):
    """How far an election has come."""

    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"
    TALLIED = "tallied"
    DECIDED = "decided"
    ANNULLED = "annulled"


class RollCardState(StrEnum):
    """What the log says of a card."""

    LISTED = "listed"
    ISSUED = "issued"
    REVOKED = "revoked"


class KeyCeremony(Base):
    """One ceremony; one of a sitting is not abandoned. `blamed` sent a share that failed."""

    __tablename__ = "key_ceremonies"
    __table_args__ = (
        UniqueConstraint("congress_id", "object_id"),
        CheckConstraint("threshold BETWEEN 1 AND trustees AND trustees <= 9", name="shape"),
        CheckConstraint("(stage = 'done') = (keys_object IS NOT NULL)", name="keys"),
        Index(
            "uq_key_ceremonies_one_living",
            "sitting_id",
            unique=True,
            sqlite_where=text("stage <> 'abandoned'"),
            postgresql_where=text("stage <> 'abandoned'"),
        ),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"))
    object_id: Mapped[Str64]
    trustees: Mapped[int]
    threshold: Mapped[int]
    stage: Mapped[CeremonyStage] = mapped_column(default=CeremonyStage.REGISTER)
    keys_object: Mapped[Str64 | None]
    blamed: Mapped[int | None]

    sitting: Mapped[Sitting] = relationship()
    holders: Mapped[list[KeyHolder]] = relationship(
        back_populates="ceremony", order_by="KeyHolder.index"
    )


class KeyHolder(Base):
    """A trustee of a ceremony: who it is, how they prove it, and what they have published."""

    __tablename__ = "key_holders"

    ceremony_id: Mapped[int] = mapped_column(ForeignKey("key_ceremonies.id"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[Str64]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    invitation_hash: Mapped[Str64 | None] = mapped_column(unique=True)
    trustee_object: Mapped[Str64 | None]
    commitment_object: Mapped[Str64 | None]
    confirmation_object: Mapped[Str64 | None]

    ceremony: Mapped[KeyCeremony] = relationship(back_populates="holders")


class RollCard(Base):
    """A credential of a roll in the log, and whether a ballot of it may be taken."""

    __tablename__ = "roll_cards"
    __table_args__ = (
        Index("ix_roll_cards_roll_object_state", "roll_object", "state"),
        {"sqlite_with_rowid": False},
    )

    roll_object: Mapped[Str64] = mapped_column(primary_key=True)
    credential: Mapped[Str64] = mapped_column(primary_key=True)
    state: Mapped[RollCardState] = mapped_column(default=RollCardState.LISTED)


class Election(Base):
    """One vote. `present`, `issued` and `ballots` are those of its close."""

    __tablename__ = "elections"
    __table_args__ = (
        UniqueConstraint("congress_id", "object_id"),
        Index(
            "uq_elections_one_open",
            "sitting_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), index=True)
    ceremony_id: Mapped[int] = mapped_column(ForeignKey("key_ceremonies.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("elections.id"), unique=True)
    object_id: Mapped[Str64]
    keys_object: Mapped[Str64]
    roll_object: Mapped[Str64]
    title: Mapped[Str200]
    kind: Mapped[BallotKind]
    round: Mapped[int]
    state: Mapped[ElectionState] = mapped_column(default=ElectionState.PREPARED)
    present: Mapped[int | None]
    issued: Mapped[int | None]
    ballots: Mapped[int | None]
    tally_object: Mapped[Str64 | None]
    result_object: Mapped[Str64 | None]
    outcome_object: Mapped[Str64 | None]
    annul_reason: Mapped[LongText | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    declared_at: Mapped[datetime | None]

    sitting: Mapped[Sitting] = relationship()
    ceremony: Mapped[KeyCeremony] = relationship()


class AcceptedBallot(Base):
    """The one ballot of a card in an election: where it stands in the log."""

    __tablename__ = "accepted_ballots"
    __table_args__ = (
        UniqueConstraint("election_id", "position"),
        {"sqlite_with_rowid": False},
    )

    election_id: Mapped[int] = mapped_column(ForeignKey("elections.id"), primary_key=True)
    credential: Mapped[Str64] = mapped_column(primary_key=True)
    ciphertext_hash: Mapped[Str64]
    position: Mapped[int]


class BallotHead(Base):
    """A `C0` of an accepted ballot; it stands in no other ballot of the election."""

    __tablename__ = "ballot_heads"
    __table_args__ = ({"sqlite_with_rowid": False},)

    election_id: Mapped[int] = mapped_column(ForeignKey("elections.id"), primary_key=True)
    head: Mapped[bytes] = mapped_column(primary_key=True)


class ChallengedBallot(Base):
    """A ciphertext of a card that was opened to the public, so that it is never accepted."""

    __tablename__ = "challenged_ballots"
    __table_args__ = ({"sqlite_with_rowid": False},)

    election_id: Mapped[int] = mapped_column(ForeignKey("elections.id"), primary_key=True)
    credential: Mapped[Str64] = mapped_column(primary_key=True)
    ciphertext_hash: Mapped[Str64] = mapped_column(primary_key=True)


class DecryptionShare(Base):
    """A trustee's share of an election's tally, in the log."""

    __tablename__ = "decryption_shares"

    election_id: Mapped[int] = mapped_column(ForeignKey("elections.id"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    object_id: Mapped[Str64]

"""The log of each congress: its head, its objects in order, its tree and who cosigned it.

Only `voting.ledger` reads and writes these tables. An entry and its object are one row, because an
object stands in a log once; an entry carries no time and no address.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voting.models.base import Base, LongText, Str32, Str64
from voting.models.people import Congress


class LogHead(Base):
    """The end of a log, locked by whoever appends; `checkpoint` is the signed note as served."""

    __tablename__ = "log_heads"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    congress_id: Mapped[int] = mapped_column(
        ForeignKey("congresses.id"), primary_key=True, autoincrement=False
    )
    vkey: Mapped[str] = mapped_column(String(300))
    size: Mapped[int]
    root: Mapped[Str64]
    checkpoint: Mapped[LongText]

    congress: Mapped[Congress] = relationship()


class LogEntry(Base):
    """One object at its place."""

    __tablename__ = "log_entries"
    # The object's id comes first, so that one index serves whole ids and their first characters.
    __table_args__ = (
        UniqueConstraint("object_id", "congress_id"),
        CheckConstraint("position >= 0", name="position"),
    )

    congress_id: Mapped[int] = mapped_column(
        ForeignKey("log_heads.congress_id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    object_id: Mapped[Str64]
    kind: Mapped[Str32]
    raw: Mapped[bytes]


class LogNode(Base):
    """The hash of a complete subtree of `2^level` entries; level 0 holds the leaves."""

    __tablename__ = "log_nodes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    congress_id: Mapped[int] = mapped_column(
        ForeignKey("log_heads.congress_id"), primary_key=True, autoincrement=False
    )
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class LogWitness(Base):
    """A witness whose cosignatures a congress takes, by its verifier key."""

    __tablename__ = "log_witnesses"

    congress_id: Mapped[int] = mapped_column(
        ForeignKey("log_heads.congress_id"), primary_key=True, autoincrement=False
    )
    vkey: Mapped[str] = mapped_column(String(300), primary_key=True)


class LogCosignature(Base):
    """A witness's line under the checkpoint of one size."""

    __tablename__ = "log_cosignatures"

    congress_id: Mapped[int] = mapped_column(
        ForeignKey("log_heads.congress_id"), primary_key=True, autoincrement=False
    )
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vkey: Mapped[str] = mapped_column(String(300), primary_key=True)
    line: Mapped[LongText]

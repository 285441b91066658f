"""What all tables share: the typed base class, names of constraints, UTC-only times, keys.

Conventions: `class Sitting(Base)` with `__tablename__ = "sittings"`, `Mapped[...]` columns,
`Key` for the primary key, `Mapped[datetime]` is always UTC, enums are stored by value, every
invariant that SQL can state is a constraint, and a text column has a length.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A moment with its zone; a time without one is a fault of the program."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite has no zones, so it is left off there."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "times are stored with their zone"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back, with its zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _by_value(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


# SQLite counts up by itself only for INTEGER, PostgreSQL wants the wide type.
_WIDE = BigInteger().with_variant(Integer, "sqlite")

Key = Annotated[int, mapped_column(_WIDE, primary_key=True)]
Str32 = Annotated[str, mapped_column(String(32))]
Str64 = Annotated[str, mapped_column(String(64))]
Str200 = Annotated[str, mapped_column(String(200))]
LongText = Annotated[str, mapped_column(Text)]


def named(kind: type[enum.Enum]) -> Enum:
    """Store an enum by value without a constraint, for lists that grow."""
    return Enum(
        kind, native_enum=False, length=32, values_callable=_by_value, create_constraint=False
    )


class Base(DeclarativeBase):
    """Mother of all tables."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcTime,
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                length=32,
                values_callable=_by_value,
                create_constraint=True,
            ),
            bytes: LargeBinary,
            dict[str, Any]: JSON,
            list[Any]: JSON,
            list[str]: JSON,
        },
    )

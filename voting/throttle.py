"""Counts attempts in the database, so that a limit holds over all workers and machines.

Flask-Limiter asks a storage of the scheme `database:`, which is this one. Marks are keyed hashes:
neither a device nor an address can be read from them.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any, Final, cast

from flask import current_app
from limits.storage import Storage
from sqlalchemy import Engine, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from voting import clock
from voting.db import db, writing_engine
from voting.models.limits import LimitCount

ADDRESS: Final = "database://"


class Counts(Storage):
    """A storage of counts that end by themselves."""

    STORAGE_SCHEME: Final = ["database"]  # type: ignore[misc]  # the class names its scheme once

    @property
    def base_exceptions(self) -> type[Exception]:
        """Name what can go wrong here."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count up, beginning anew where the last count has ended."""
        now = clock.now()
        insert = _dialect(db.engine).insert(LimitCount)
        fresh = LimitCount.expires_at > now
        until = now + timedelta(seconds=expiry)
        counted = insert.values(mark=_mark(key), times=amount, expires_at=until)
        counted = counted.on_conflict_do_update(
            index_elements=[LimitCount.mark],
            set_={
                "times": case((fresh, LimitCount.times + amount), else_=amount),
                "expires_at": case((fresh, LimitCount.expires_at), else_=until),
            },
        )
        with writing_engine().begin() as connection:
            connection.execute(delete(LimitCount).where(LimitCount.expires_at <= now))
            return int(connection.execute(counted.returning(LimitCount.times)).scalar_one())

    def get(self, key: str) -> int:
        """Give a count that has not ended."""
        found = self._find(key)
        return found[0] if found else 0

    def get_expiry(self, key: str) -> float:
        """Give the moment at which a count ends."""
        found = self._find(key)
        return (found[1] if found else clock.now()).timestamp()

    def check(self) -> bool:
        """Tell whether counting works."""
        self._find("")
        return True

    def reset(self) -> int:
        """Forget all counts."""
        with writing_engine().begin() as connection:
            return connection.execute(delete(LimitCount)).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with writing_engine().begin() as connection:
            connection.execute(delete(LimitCount).where(LimitCount.mark == _mark(key)))

    def _find(self, key: str) -> tuple[int, datetime] | None:
        query = select(LimitCount.times, LimitCount.expires_at)
        query = query.where(LimitCount.mark == _mark(key), LimitCount.expires_at > clock.now())
        with db.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return (row.times, row.expires_at) if row else None


def _mark(key: str) -> str:
    secret = cast("bytes", current_app.config["SECRET_KEY"])
    return hmac.digest(secret, b"limit:" + key.encode(), "sha256").hex()


def _dialect(engine: Engine) -> Any:
    return postgresql if engine.dialect.name == "postgresql" else sqlite

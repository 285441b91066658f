"""The one place that knows what time it is; tests stop and move it here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class StoppedClock:
    """A clock that stands until it is told to move."""

    at: datetime

    def advance(self, seconds: float) -> datetime:
        """Move forward and return the new time."""
        self.at += timedelta(seconds=seconds)
        return self.at


@dataclass(slots=True)
class _Source:
    stopped: StoppedClock | None = None


_source = _Source()


def now() -> datetime:
    """Give the present moment in UTC, with its zone."""
    stopped = _source.stopped
    return stopped.at if stopped else datetime.now(UTC)


@contextmanager
def stopped(at: datetime) -> Iterator[StoppedClock]:
    """Hold the clock of the whole process at a moment; for tests and rehearsals of a schedule."""
    if at.tzinfo is None:
        message = "the clock needs a time with a zone"
        raise ValueError(message)
    before = _source.stopped
    _source.stopped = StoppedClock(at.astimezone(UTC))
    try:
        yield _source.stopped
    finally:
        _source.stopped = before

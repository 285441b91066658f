"""What is due: a line of work that somebody owes, as home pages and calendars show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from voting.errors import Message


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: in words, until when, and the page where it is done.

    `endpoint` and `values` make the address of that page; `key` stays the same while the thing is
    due ("report:12:2026-05"), so that calendars know it again.
    """

    key: str
    words: Message
    endpoint: str
    values: dict[str, str | int] = field(default_factory=dict)
    due_on: date | None = None

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.due_on is not None and self.due_on < today

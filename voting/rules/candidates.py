"""What stands on a list of candidates, and its hash: the same from adoption to the ballot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Protocol

import rfc8785

FIELDS: Final = (
    *("code", "title", "category", "content", "place", "total_yuan", "yearly_yuan", "sources"),
    *("unit", "leader", "due_on", "goal", "demand", "note"),
)
"""All of form 2 but the cooperating units, which are several."""


class Listed(Protocol):
    """A candidate as a table, a list or a file has it; the other fields are those named above."""

    @property
    def due_on(self) -> date | None:
        """The day by which it is to be done."""

    @property
    def co_units(self) -> Iterable[str]:
        """The cooperating units."""


def content_of(candidate: Listed) -> dict[str, Any]:
    """Give what is known of a candidate as plain values, as it stands on a list."""
    values = {field: getattr(candidate, field) for field in FIELDS}
    values["due_on"] = candidate.due_on.isoformat() if candidate.due_on else ""
    known = {name: value for name, value in values.items() if value is not None}
    return {**known, "co_units": list(candidate.co_units)}


def digest_of(kind: str, version: int, candidates: Iterable[Listed]) -> str:
    """Hash a list in canonical JSON."""
    content: dict[str, Any] = {
        "type": "candidates",
        "kind": kind,
        "version": version,
        "candidates": [content_of(candidate) for candidate in candidates],
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()

"""A step of a project's way, as each stage tells it for the page that shows them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from voting.errors import Message


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a project: when, in words, and where more of it stands.

    `milestone` is the index of its entry in the log of the congress, where it has one; `endpoint`
    and `values` make the address of a public page.
    """

    at: datetime
    words: Message
    detail: Message | None = None
    milestone: int | None = None
    endpoint: str | None = None
    values: dict[str, str | int] = field(default_factory=dict)


def in_order(*parts: Iterable[Step]) -> tuple[Step, ...]:
    """Put the steps of all stages in the order of time; in one second the earlier stage first."""
    told = (step for part in parts for step in part)
    # The log tells whole seconds, so nothing finer is compared.
    return tuple(sorted(told, key=lambda step: step.at.replace(microsecond=0)))

"""What happened, as values: told during a transaction, handed to subscribers after its commit.

An event is a frozen dataclass of plain values, named by the fact in the past tense, with `words`
for people. `journal.record(tx, actor, event)` also writes it to the journal; `tx.tell(event)` only
hands it on. An event never holds a ballot, a tracker, a credential or who voted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from voting.errors import Message, Param, msg

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events; subclasses give `words` with places named like their fields."""

    words: ClassVar[Message] = msg("Something happened.")
    voices: ClassVar[Mapping[str, Mapping[Any, Message]]] = {}
    """How values of a field are called, such as the roles behind `{role}`."""
    kinds: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls) -> None:
        """Remember the kind, so that a journal row can be put into words again."""
        Event.kinds[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The name under which the journal keeps it."""
        return type(self).__name__

    @property
    def details(self) -> dict[str, Param]:
        """Its fields as plain values."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def told(kind: str, details: dict[str, Param]) -> Message:
    """Put a kept event into words; a kind that no longer exists is named as it was kept."""
    known = Event.kinds.get(kind)
    if known is None:
        return Message(kind, {})
    named = {
        name: known.voices.get(name, {}).get(str(value), value) for name, value in details.items()
    }
    return Message(known.words.id, named)


Subscriber = Callable[[Event], None]


class Bus:
    """Those who want to hear of committed events: the live hub, milestones, reminders."""

    def __init__(self) -> None:
        """Start with nobody listening."""
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Hear every event from now on, in the thread of the request that committed it."""
        self._subscribers.append(subscriber)

    def publish(self, events: Iterable[Event]) -> None:
        """Hand events on; what is committed stays so even when a listener fails."""
        for event in events:
            for subscriber in self._subscribers:
                try:
                    subscriber(event)
                except Exception:  # noqa: BLE001 - a listener may fail as it likes
                    _log.exception("a listener failed on %s", event.kind)

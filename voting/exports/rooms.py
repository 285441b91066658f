"""Puts a discussion into words: how many wrote, and what they said, for what is made of it."""

from __future__ import annotations

from voting.i18n import t, tn
from voting.services.rooms import RoomView


def room_text(view: RoomView) -> str:
    """Write what a suggestion or proposal says of its discussion: the count, then quotes."""
    count = tn(
        "{n} voice of residents from the discussion “{topic}”.",
        "{n} voices of residents from the discussion “{topic}”.",
        view.shown,
        topic=view.room.topic,
    )
    quotes = [t("“{words}”", words=" ".join(voice.content.split())) for voice in view.quotes]
    head = [view.room.intro] if view.room.intro else []
    return "\n".join([*head, count, *quotes])

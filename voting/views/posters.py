"""The sheet to hang up with a code that leads to a page: of a station, or of one deputy."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from voting.errors import Message
from voting.exports.qr import qr_svg
from voting.services.people.congresses import CongressCard


@dataclass(frozen=True, slots=True)
class PosterPage:
    congress: CongressCard
    title: str
    words: Message
    lines: tuple[str, ...]
    address: str
    back: str

    @property
    def picture(self) -> Markup:
        """Draw the address as a code for cameras."""
        return Markup(qr_svg(self.address))  # noqa: S704 - our own drawing, no text in it

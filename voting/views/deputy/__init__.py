"""What deputies use: the tablet in the hall, and their own pages the rest of the year."""

from typing import Final

from voting.views.deputy import (
    home,
    opinions,
    proposals,
    rooms,
    sheet,
    suggestions,
    supervision,
    vote,
)

BLUEPRINTS: Final = (
    vote.blueprint,
    proposals.blueprint,
    opinions.blueprint,
    sheet.blueprint,
    suggestions.blueprint,
    supervision.blueprint,
    rooms.blueprint,
    home.blueprint,
)

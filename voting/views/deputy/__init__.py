"""What deputies use: the tablet in the hall, and their own pages the rest of the year."""

from typing import Final

from voting.views.deputy import opinions, sheet, vote

BLUEPRINTS: Final = (vote.blueprint, opinions.blueprint, sheet.blueprint)

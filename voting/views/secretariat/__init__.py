"""The desk of the secretariat, and what chair and chief scrutineer confirm."""

from typing import Final

from voting.views.secretariat import (
    candidates,
    cards,
    chair,
    checkin,
    election,
    forms,
    hand,
    roster,
    rules,
    sitting,
)

BLUEPRINTS: Final = (
    sitting.blueprint,
    roster.blueprint,
    candidates.blueprint,
    rules.blueprint,
    cards.blueprint,
    checkin.blueprint,
    election.blueprint,
    hand.blueprint,
    forms.blueprint,
    chair.blueprint,
)

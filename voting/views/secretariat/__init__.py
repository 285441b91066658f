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
    proposals,
    proposals_import,
    proposals_windows,
    roster,
    rules,
    sitting,
)

BLUEPRINTS: Final = (
    proposals.blueprint,
    proposals_windows.blueprint,
    proposals_import.blueprint,
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

"""The ballot box over HTTP, for tablets, trustees' devices, witnesses and screens."""

from typing import Final

from voting.views.api import ballots, cards, state, trustees, witness

BLUEPRINTS: Final = (
    ballots.blueprint,
    cards.blueprint,
    state.blueprint,
    trustees.blueprint,
    witness.blueprint,
)

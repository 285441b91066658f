"""The screen of the hall."""

from typing import Final

from voting.views.hall import screen

BLUEPRINTS: Final = (screen.blueprint,)

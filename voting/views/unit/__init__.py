"""The desks of responsible units."""

from typing import Final

from voting.views.unit import (
    enquiries,
    home,
    progress,
    suggestions,
)

BLUEPRINTS: Final = (
    enquiries.blueprint,
    suggestions.blueprint,
    progress.blueprint,
    home.blueprint,
)

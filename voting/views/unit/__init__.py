"""The desks of responsible units."""

from typing import Final

from voting.views.unit import enquiries, progress, suggestions

BLUEPRINTS: Final = (enquiries.blueprint, suggestions.blueprint, progress.blueprint)

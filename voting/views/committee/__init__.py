"""The desks of the committee offices, between sittings."""

from typing import Final

from voting.views.committee import units

BLUEPRINTS: Final = (units.blueprint,)

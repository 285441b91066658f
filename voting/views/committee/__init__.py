"""The desks of the committee offices, between sittings."""

from typing import Final

from voting.views.committee import news, units

BLUEPRINTS: Final = (units.blueprint, news.blueprint)

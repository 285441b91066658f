"""The desks of the committee offices, between sittings."""

from typing import Final

from voting.views.committee import (
    composing,
    lists,
    news,
    ratings,
    rectifications,
    residents,
    reviews,
    screening,
    units,
)

BLUEPRINTS: Final = (
    units.blueprint,
    screening.blueprint,
    composing.blueprint,
    lists.blueprint,
    news.blueprint,
    ratings.blueprint,
    rectifications.blueprint,
    residents.blueprint,
    reviews.blueprint,
)

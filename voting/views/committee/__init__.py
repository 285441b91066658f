"""The desks of the committee offices, between sittings."""

from typing import Final

from voting.views.committee import (
    archives,
    composing,
    lists,
    members,
    news,
    ratings,
    rectifications,
    residents,
    reviews,
    screening,
    stations,
    suggestion_counts,
    suggestions,
    supervision,
    supervision_activities,
    supervision_papers,
    supervision_problems,
    supervision_project,
    units,
    voices,
)

BLUEPRINTS: Final = (
    units.blueprint,
    screening.blueprint,
    composing.blueprint,
    lists.blueprint,
    news.blueprint,
    members.blueprint,
    ratings.blueprint,
    rectifications.blueprint,
    residents.blueprint,
    reviews.blueprint,
    archives.blueprint,
    suggestion_counts.blueprint,
    suggestions.blueprint,
    supervision.blueprint,
    supervision_activities.blueprint,
    supervision_papers.blueprint,
    supervision_problems.blueprint,
    supervision_project.blueprint,
    stations.blueprint,
    voices.blueprint,
)

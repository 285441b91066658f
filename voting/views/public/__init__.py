"""What anyone may read."""

from typing import Final

from voting.views.public import (
    about,
    announcement,
    data,
    grades,
    home,
    log,
    news,
    opinion,
    pictures,
    projects,
    receipt,
    record,
    result,
    rooms,
    stations,
    suggestions,
    supervision,
    taking_part,
    taking_part_follow,
    verify,
)

BLUEPRINTS: Final = (
    home.blueprint,
    taking_part.blueprint,
    taking_part_follow.blueprint,
    pictures.blueprint,
    result.blueprint,
    announcement.blueprint,
    receipt.blueprint,
    verify.blueprint,
    log.blueprint,
    news.blueprint,
    data.blueprint,
    grades.blueprint,
    opinion.blueprint,
    projects.blueprint,
    about.blueprint,
    record.blueprint,
    suggestions.blueprint,
    supervision.blueprint,
    stations.blueprint,
    rooms.blueprint,
)

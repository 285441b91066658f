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
    projects,
    receipt,
    record,
    result,
    verify,
)

BLUEPRINTS: Final = (
    home.blueprint,
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
)

"""Enters what supervision brings about in the log, for projects whose decision stands there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from voting.db import Tx
from voting.models.milestones import Milestone, Stage
from voting.models.projects import Project
from voting.services import milestones


def note(
    tx: Tx, project: Project, stage: Stage, content: dict[str, Any], *, public: bool = True
) -> None:
    """Enter a milestone.

    A project that was decided before there was a log, or on paper, has no decision there that
    anything could follow on; it is supervised all the same.
    """
    query = select(Milestone.id).where(
        Milestone.congress_id == project.congress_id,
        Milestone.project == project.code,
        Milestone.stage == Stage.DECIDED,
    )
    if tx.scalar(query.limit(1)) is not None:
        milestones.record(
            tx, project.congress_id, project.code, stage, content=content, public=public
        )

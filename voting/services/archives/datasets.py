"""The tables of an archive: every column is named here, so that nothing gets in by chance.

No contact and no telephone has a column; `gathering` also takes numbers out of texts.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import extract, or_, select

from voting.models.announcements import Announcement
from voting.models.elections import Election
from voting.models.milestones import Milestone
from voting.models.projects import MoneyLine, Project, SubItem
from voting.models.proposals import Proposal, SentText
from voting.models.ratings import Rating, RatingItem, Rectification, ResidentItem, ResidentPoll
from voting.models.screening import ProjectList
from voting.models.sittings import Sitting
from voting.models.suggestions import Suggestion
from voting.models.units import Unit
from voting.services.archives.scope import Dataset, Scope, Statement, of
from voting.services.archives.supervision import SUPERVISION


def _projects(scope: Scope) -> Statement:
    return (
        select(
            *(Project.code, Project.title, Project.category, Project.state, Project.reason),
            *(Project.content, Project.place, Project.goal, Project.due_on),
            Unit.name.label("unit"),
            *(Project.co_units, Project.leader, Project.total_yuan, Project.demand, Project.note),
        )
        .outerjoin(Unit, Unit.id == Project.unit_id)
        .where(*of(scope))
        .order_by(Project.code)
    )


def _parts(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            SubItem.position,
            SubItem.title,
            SubItem.goal,
            Unit.name.label("unit"),
        )
        .join(Project, Project.id == SubItem.project_id)
        .outerjoin(Unit, Unit.id == SubItem.unit_id)
        .where(*of(scope))
        .order_by(Project.code, SubItem.position)
    )


def _money(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            MoneyLine.year,
            MoneyLine.source,
            MoneyLine.planned_yuan,
        )
        .join(Project, Project.id == MoneyLine.project_id)
        .where(*of(scope))
        .order_by(Project.code, MoneyLine.year, MoneyLine.id)
    )


def _proposals(scope: Scope) -> Statement:
    return (
        select(
            *(Proposal.number, Proposal.state, Proposal.title, Proposal.category),
            *(Proposal.place, Proposal.reason, Proposal.content, Proposal.source),
            Proposal.supports,
            Project.code.label("project"),
        )
        .outerjoin(Project, Project.id == Proposal.project_id)
        .where(*_proposed(scope))
        .order_by(Proposal.number)
    )


def _sent(scope: Scope) -> Statement:
    """Give what was sent of proposals whose words the office has corrected."""
    return (
        select(
            *(Proposal.number, SentText.title, SentText.category, SentText.reason),
            *(SentText.content, SentText.corrected_at),
        )
        .join(Proposal, Proposal.id == SentText.proposal_id)
        .outerjoin(Project, Project.id == Proposal.project_id)
        .where(*_proposed(scope))
        .order_by(Proposal.number)
    )


def _proposed(scope: Scope) -> tuple[Any, ...]:
    """Choose the proposals of the archive."""
    # What is proposed in a year is for the projects of the next.
    before = extract("year", Proposal.created_at) == scope.year - 1
    return (
        Proposal.congress_id == scope.congress_id,
        or_(Project.year == scope.year, before),
    )


def _lists(scope: Scope) -> Statement:
    return (
        select(
            *(ProjectList.version, ProjectList.seats, ProjectList.adopted_on),
            *(ProjectList.resolution, ProjectList.digest, ProjectList.locked_at),
        )
        .where(ProjectList.congress_id == scope.congress_id, ProjectList.year == scope.year)
        .order_by(ProjectList.version)
    )


def _votes(scope: Scope) -> Statement:
    rated = select(Rating.sitting_id).where(
        Rating.congress_id == scope.congress_id, Rating.year == scope.year
    )
    return (
        select(
            Sitting.name.label("sitting"),
            *(Election.title, Election.kind, Election.round, Election.state, Election.present),
            *(Election.issued, Election.ballots, Election.object_id.label("election")),
            Election.outcome_object.label("outcome"),
            *(Election.opened_at, Election.closed_at, Election.declared_at),
        )
        .join(Sitting, Sitting.id == Election.sitting_id)
        .where(Election.congress_id == scope.congress_id, Sitting.is_rehearsal.is_(False))
        .where(or_(extract("year", Sitting.starts_on) == scope.year, Sitting.id.in_(rated)))
        .order_by(Election.id)
    )


def _announcements(scope: Scope) -> Statement:
    return (
        select(Announcement.number, Announcement.dated, Announcement.public_from)
        .where(Announcement.congress_id == scope.congress_id)
        .where(extract("year", Announcement.dated).in_((scope.year, scope.year + 1)))
        .order_by(Announcement.number)
    )


def _ratings(scope: Scope) -> Statement:
    return (
        select(
            Rating.title.label("rating"),
            Sitting.name.label("sitting"),
            *(Rating.is_second, Rating.rated_on, Rating.deputies, Rating.present, Rating.issued),
            *(Rating.ballots, Rating.base, Rating.strict, RatingItem.code),
            RatingItem.title,
            *(RatingItem.satisfied, RatingItem.basic, RatingItem.dissatisfied),
            *(RatingItem.abstain, RatingItem.grade),
        )
        .join(Rating, Rating.id == RatingItem.rating_id)
        .join(Sitting, Sitting.id == Rating.sitting_id)
        .where(Rating.congress_id == scope.congress_id, Rating.year == scope.year)
        .where(Rating.settled_at.is_not(None))
        .order_by(Rating.id, RatingItem.position)
    )


def _rectifications(scope: Scope) -> Statement:
    return (
        select(
            *(RatingItem.code, RatingItem.title, Unit.name.label("unit")),
            *(Rectification.state, Rectification.demand, Rectification.due_on),
            *(Rectification.measures, Rectification.planned_at, Rectification.report),
            *(Rectification.reported_at, Rectification.closed_at),
        )
        .join(RatingItem, RatingItem.id == Rectification.item_id)
        .join(Rating, Rating.id == RatingItem.rating_id)
        .outerjoin(Unit, Unit.id == Rectification.unit_id)
        .where(Rating.congress_id == scope.congress_id, Rating.year == scope.year)
        .order_by(Rectification.id)
    )


def _residents(scope: Scope) -> Statement:
    return (
        select(
            ResidentPoll.title.label("poll"),
            Project.code.label("project"),
            *(ResidentItem.title, ResidentItem.satisfied, ResidentItem.basic),
            *(ResidentItem.dissatisfied, ResidentItem.unknown),
        )
        .join(ResidentPoll, ResidentPoll.id == ResidentItem.poll_id)
        .join(Project, Project.id == ResidentItem.project_id)
        .where(ResidentPoll.congress_id == scope.congress_id, ResidentPoll.year == scope.year)
        .order_by(ResidentPoll.id, ResidentItem.position)
    )


def _suggestions(scope: Scope) -> Statement:
    return (
        select(
            *(Suggestion.number, Suggestion.title, Suggestion.category, Suggestion.content),
            *(Suggestion.state, Suggestion.submitted_on, Suggestion.assigned_on),
            Suggestion.closed_on,
        )
        .where(Suggestion.congress_id == scope.congress_id, Suggestion.year == scope.year)
        .order_by(Suggestion.number)
    )


def _milestones(scope: Scope) -> Statement:
    return (
        select(
            *(Milestone.project, Milestone.number, Milestone.stage, Milestone.at),
            Milestone.object_id.label("object"),
            Milestone.position.label("place_in_log"),
        )
        .join(Project, Project.code == Milestone.project)
        .where(Milestone.congress_id == scope.congress_id, *of(scope))
        .order_by(Milestone.project, Milestone.number)
    )


DATASETS: Final = (
    Dataset("projects", _projects),
    Dataset("parts", _parts),
    Dataset("money", _money),
    Dataset("proposals", _proposals),
    Dataset("proposals-as-sent", _sent),
    Dataset("adopted-lists", _lists),
    Dataset("votes", _votes),
    Dataset("announcements", _announcements),
    *SUPERVISION,
    Dataset("suggestions", _suggestions),
    Dataset("ratings", _ratings),
    Dataset("rectifications", _rectifications),
    Dataset("residents", _residents),
    Dataset("milestones", _milestones),
)
"""In the order of the year."""

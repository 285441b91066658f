"""All values that the printed forms of one vote need, gathered once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from ballots.manifest import DecisionRules, Style, check_manifest
from voting import clock
from voting.db import Tx
from voting.errors import NotFound
from voting.models.elections import Election
from voting.models.sittings import BallotKind, Candidate, CandidateList
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.vote import DecisionSettings, Settings
from voting.services import candidates, elections
from voting.services.reports.votes import VotePage, read_vote
from voting.services.sittings import attendance, rulebook, scrutineers
from voting.services.sittings.attendance import AttendanceReport
from voting.services.sittings.rulebook import RulesView


@dataclass(frozen=True, slots=True)
class Papers:
    """A vote with its rules, candidates and people. `year` is that of the projects voted on.

    `settings` and `candidates` are those of this very round; `result_object` is empty before the
    count.
    """

    vote: VotePage
    year: int
    voted_at: datetime
    rules: RulesView
    settings: Settings
    candidates: tuple[Candidate, ...]
    candidates_digest: str
    attendance: AttendanceReport
    chief: str
    scrutineers: tuple[str, ...]
    result_object: str
    outcome_object: str


def read_papers(tx: Tx, actor: Actor, slug: str, object_id: str) -> Papers:
    """Gather a vote's values for printing. Raises `NotFound` and `NotAllowed`."""
    vote = read_vote(tx, slug, object_id)
    election = tx.scalars(select(Election).where(Election.object_id == object_id)).first()
    if election is None:
        raise NotFound("There is no such vote.")
    access.check(actor, Action.PRINT_FORMS, election.congress_id)
    sitting = election.sitting
    rules = rulebook.adopted_rules(tx, sitting.id, election.kind)
    listed = candidates.locked_list(tx, sitting.id, election.kind)
    if rules is None or listed is None:
        raise NotFound("This vote has no adopted rules and no locked list of candidates.")
    style = check_manifest(elections.manifest_of(tx, election))
    people = scrutineers.list_scrutineers(tx, sitting.id)
    is_rating = election.kind is BallotKind.RATING
    return Papers(
        vote=vote,
        # A rating looks back at the projects of the year before.
        year=sitting.starts_on.year - is_rating,
        voted_at=election.opened_at or clock.now(),
        rules=rules,
        settings=_settings(rules.settings, style),
        candidates=_candidates(listed, style),
        candidates_digest=listed.digest or "",
        attendance=attendance.report_attendance(tx, actor, sitting.id),
        chief=next((row.deputy.name for row in people if row.is_chief), ""),
        scrutineers=tuple(row.deputy.name for row in people if not row.is_chief),
        result_object=election.result_object or "",
        outcome_object=election.outcome_object or "",
    )


def _settings(adopted: Settings, style: Style) -> Settings:
    """Give the adopted settings with the seats of this round."""
    if isinstance(adopted, DecisionSettings) and isinstance(style.rules, DecisionRules):
        return replace(adopted, seats=style.rules.seats)
    return adopted


def _candidates(listed: CandidateList, style: Style) -> tuple[Candidate, ...]:
    """Give those on the paper of this round, in its order."""
    known = {candidate.code: candidate for candidate in listed.candidates}
    names = [question.id for question in style.manifest.questions]
    names += [option.id for question in style.manifest.questions for option in question.options]
    return tuple(known[name] for name in dict.fromkeys(names) if name in known)

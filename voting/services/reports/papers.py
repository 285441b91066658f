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
from voting.models.handcounts import HandCount
from voting.models.sittings import Candidate, CandidateList
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.vote import DecisionSettings, Order, Settings
from voting.services import announcements, candidates, elections, handcounts, projects
from voting.services.announcements import Notice
from voting.services.reports.hands import read_hand_vote
from voting.services.reports.rounds import all_chosen
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
    chosen: tuple[str, ...]
    """All that were chosen, in this round and those before it, in the order to publish."""
    notice: Notice | None


def read_papers(tx: Tx, actor: Actor, slug: str, object_id: str) -> Papers:
    """Gather a vote's values for printing. Raises `NotFound` and `NotAllowed`."""
    vote = read_vote(tx, slug, object_id)
    election = tx.scalars(select(Election).where(Election.object_id == object_id)).first()
    if election is None:
        raise NotFound("There is no such vote.")
    style = check_manifest(elections.manifest_of(tx, election))
    papers = _gather(tx, actor, election, vote=vote, style=style)
    return replace(
        papers,
        result_object=election.result_object or "",
        outcome_object=election.outcome_object or "",
    )


def read_papers_of(tx: Tx, actor: Actor, slug: str, sitting_id: int, *, key: str) -> Papers:
    """Gather the values of a vote that the desk knows by a key, on tablets or on paper."""
    voted = find_vote(tx, slug, sitting_id, key=key)
    if isinstance(voted, Election):
        return read_papers(tx, actor, slug, voted.object_id)
    vote, style = read_hand_vote(tx, slug, voted), handcounts.style_of(voted)
    return _gather(tx, actor, voted, vote=vote, style=style)


def find_vote(tx: Tx, slug: str, sitting_id: int, *, key: str) -> Election | HandCount:
    """Find the vote of a sitting that a page names "vote-3", or by hand "hand-2"."""
    kind, _, number = key.partition("-")
    found: Election | HandCount | None = None
    if kind == "vote" and number.isdecimal():
        found = tx.get(Election, int(number))
    elif kind == "hand" and number.isdecimal():
        found = tx.get(HandCount, int(number))
    is_here = found is not None and found.sitting_id == sitting_id
    if found is None or not is_here or found.sitting.congress.slug != slug:
        raise NotFound("There is no such vote.")
    return found


def _gather(
    tx: Tx, actor: Actor, voted: Election | HandCount, *, vote: VotePage, style: Style
) -> Papers:
    sitting = voted.sitting
    access.check(actor, Action.PRINT_FORMS, sitting.congress_id)
    rules = rulebook.adopted_rules(tx, sitting.id, voted.kind)
    listed = candidates.locked_list(tx, sitting.id, voted.kind)
    if rules is None or listed is None:
        raise NotFound("This vote has no adopted rules and no locked list of candidates.")
    people = scrutineers.list_scrutineers(tx, sitting.id)
    return Papers(
        vote=vote,
        year=projects.year_of(tx, listed),
        voted_at=vote.opened_at or clock.now(),
        rules=rules,
        settings=_settings(rules.settings, style),
        candidates=_candidates(listed, style),
        candidates_digest=listed.digest or "",
        attendance=attendance.report_attendance(tx, actor, sitting.id),
        chief=next((row.deputy.name for row in people if row.is_chief), ""),
        scrutineers=tuple(row.deputy.name for row in people if not row.is_chief),
        result_object="",
        outcome_object="",
        chosen=_chosen(tx, vote, rules.settings, listed),
        notice=_notice(tx, voted),
    )


def _chosen(tx: Tx, vote: VotePage, settings: Settings, listed: CandidateList) -> tuple[str, ...]:
    order = settings.order if isinstance(settings, DecisionSettings) else Order.BALLOT
    codes = [candidate.code for candidate in listed.candidates]
    return all_chosen(tx, vote.congress.slug, vote, order=order, listed=codes)


def _notice(tx: Tx, voted: Election | HandCount) -> Notice | None:
    row = announcements.announcement_of(tx, voted)
    return None if row is None else Notice(row.number, row.dated, row.public_from)


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

"""What the secretariat's pages show: a sitting's checklist, lists, rules, cards, the check-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from voting.db import Tx
from voting.errors import Message, NotFound
from voting.models.elections import Election, ElectionState, KeyCeremony
from voting.models.people import RoleGrant, User
from voting.models.sittings import (
    BallotKind,
    Candidate,
    CandidateList,
    Deputy,
    Scrutineer,
    Sitting,
    Stage,
)
from voting.rules import access, vote
from voting.rules.access import Action, Actor
from voting.rules.roles import Role
from voting.rules.vote import DecisionSettings
from voting.services import candidates, ceremony, roster
from voting.services.ceremony import HolderPlan, Status
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.reports.conduct import VoteAtHand, read_conduct
from voting.services.sittings import attendance, cards, plenary, rulebook, scrutineers
from voting.services.sittings.attendance import AttendanceReport, Figures, Line
from voting.services.sittings.cards import CardCounts
from voting.services.sittings.rulebook import RulesView


class Step(StrEnum):
    """What has to be done for a sitting, in the order in which it is usual."""

    ROSTER = "roster"
    CANDIDATES = "candidates"
    RULES = "rules"
    SCRUTINEERS = "scrutineers"
    KEYS = "keys"
    CARDS = "cards"
    CHECK_IN = "check_in"
    VOTE = "vote"


@dataclass(frozen=True, slots=True)
class DeskBar:
    """The sitting that a page of the desk is about."""

    congress: CongressCard
    sitting: Sitting


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A sitting's home: which steps are done, which is next, and its votes."""

    bar: DeskBar
    done: frozenset[Step]
    figures: Figures
    cards: CardCounts
    votes: tuple[VoteAtHand, ...]
    roster_warnings: tuple[Message, ...]

    @property
    def next(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in Step if step not in self.done), None)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps."""
        return tuple(Step)


@dataclass(frozen=True, slots=True)
class CandidatesPage:
    """A list as it stands, and what speaks against putting it to the vote like this."""

    bar: DeskBar
    kind: BallotKind
    listed: CandidateList | None
    candidates: tuple[Candidate, ...]
    advice: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The rules of one kind of vote, with the presets to start from."""

    bar: DeskBar
    kind: BallotKind
    rules: RulesView | None
    adopted: RulesView | None
    candidates: int


@dataclass(frozen=True, slots=True)
class CardsPage:
    """How many cards there are, and how many are to be printed."""

    bar: DeskBar
    counts: CardCounts
    to_print: int


@dataclass(frozen=True, slots=True)
class CheckInPage:
    """The check-in desk: figures, cards that wait for a batch, and who was searched for."""

    bar: DeskBar
    figures: Figures
    cards: CardCounts
    wanted: str
    found: Sequence[Line]
    smallest_batch: int


@dataclass(frozen=True, slots=True)
class AttendancePage:
    """The attendance sheet."""

    bar: DeskBar
    report: AttendanceReport


@dataclass(frozen=True, slots=True)
class ScrutineersPage:
    """The elected list, the accounts that can hold keys, and the ceremony."""

    bar: DeskBar
    scrutineers: Sequence[Scrutineer]
    deputies: Sequence[Deputy]
    accounts: Sequence[User]
    ceremony: KeyCeremony | None
    status: Status | None
    warnings: tuple[Message, ...]


def kind_of(name: str) -> BallotKind:
    """Take a kind of vote from an address."""
    if name not in set(BallotKind):
        raise NotFound("There is no such kind of vote.")
    return BallotKind(name)


def count_deputies(tx: Tx, congress_id: int) -> int:
    """Count the roster."""
    query = select(func.count()).where(Deputy.congress_id == congress_id, Deputy.is_active)
    return tx.scalars(query).one()


def read_bar(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> DeskBar:
    """Find a sitting of a congress for those who run it."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.READ_SITTING, congress.id)
    sitting = plenary.find_sitting(tx, sitting_id)
    if sitting.congress_id != congress.id:
        raise NotFound("There is no such sitting.")
    return DeskBar(congress, sitting)


def read_desk(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> DeskPage:
    """Give a sitting's home."""
    bar = read_bar(tx, actor, slug, sitting_id)
    votes = tuple(
        at for at in read_conduct(tx, actor, slug).votes if _sitting_of(tx, at.id) == bar.sitting.id
    )
    return DeskPage(
        bar=bar,
        done=frozenset(_done(tx, bar.sitting, votes)),
        figures=attendance.count_attendance(tx, sitting_id),
        cards=cards.count_cards(tx, sitting_id),
        votes=votes,
        roster_warnings=tuple(plenary.warn_of_roster(tx, bar.sitting)),
    )


def _sitting_of(tx: Tx, election_id: int) -> int:
    return tx.get_one(Election, election_id).sitting_id


def _done(tx: Tx, sitting: Sitting, votes: Sequence[VoteAtHand]) -> list[Step]:
    keys = ceremony.current(tx, sitting.id)
    kinds = (BallotKind.DECISION, BallotKind.RATING, BallotKind.ADVISORY)
    has = {
        Step.ROSTER: count_deputies(tx, sitting.congress_id) > 0,
        Step.CANDIDATES: any(candidates.locked_list(tx, sitting.id, kind) for kind in kinds),
        Step.RULES: any(rulebook.adopted_rules(tx, sitting.id, kind) for kind in kinds),
        Step.SCRUTINEERS: bool(scrutineers.list_scrutineers(tx, sitting.id)),
        Step.KEYS: keys is not None and keys.keys_object is not None,
        Step.CARDS: sitting.roll_object is not None,
        Step.CHECK_IN: sitting.stage is not Stage.PREPARING
        and attendance.count_attendance(tx, sitting.id).has_quorum,
        Step.VOTE: any(at.vote.state is ElectionState.DECIDED for at in votes),
    }
    return [step for step, is_done in has.items() if is_done]


def read_candidates(
    tx: Tx, actor: Actor, slug: str, sitting_id: int, *, kind: str
) -> CandidatesPage:
    """Give the newest version of a list."""
    bar, listed = read_bar(tx, actor, slug, sitting_id), kind_of(kind)
    latest = candidates.latest_list(tx, sitting_id, listed)
    rows = tuple(latest.candidates) if latest else ()
    rules = rulebook.latest_rules(tx, sitting_id, listed)
    settings = rules.settings if rules else None
    advice = vote.advise(settings, len(rows)) if isinstance(settings, DecisionSettings) else []
    return CandidatesPage(bar, listed, latest, rows, tuple(advice))


def read_candidate(
    tx: Tx, sitting_id: int, kind: BallotKind, candidate_id: int | None
) -> Candidate | None:
    """Find a candidate of the newest list, or none for a new one."""
    if candidate_id is None:
        return None
    latest = candidates.latest_list(tx, sitting_id, kind)
    if latest is None:
        raise NotFound("There is no such candidate.")
    return candidates.find_candidate(latest, candidate_id)


def read_rules(tx: Tx, actor: Actor, slug: str, sitting_id: int, *, kind: str) -> RulesPage:
    """Give the rules of one kind of vote."""
    bar, listed = read_bar(tx, actor, slug, sitting_id), kind_of(kind)
    latest = candidates.latest_list(tx, sitting_id, listed)
    return RulesPage(
        bar=bar,
        kind=listed,
        rules=rulebook.latest_rules(tx, sitting_id, listed),
        adopted=rulebook.adopted_rules(tx, sitting_id, listed),
        candidates=len(latest.candidates) if latest else 0,
    )


def read_cards(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> CardsPage:
    """Give how cards stand; a tenth is printed to spare."""
    bar = read_bar(tx, actor, slug, sitting_id)
    to_print = bar.sitting.deputies + -(-bar.sitting.deputies // 10)
    return CardsPage(bar, cards.count_cards(tx, sitting_id), to_print)


def read_checkin(tx: Tx, actor: Actor, slug: str, sitting_id: int, *, wanted: str) -> CheckInPage:
    """Give the check-in desk."""
    return CheckInPage(
        bar=read_bar(tx, actor, slug, sitting_id),
        figures=attendance.count_attendance(tx, sitting_id),
        cards=cards.count_cards(tx, sitting_id),
        wanted=wanted,
        found=attendance.find_deputies(tx, actor, sitting_id, wanted),
        smallest_batch=cards.SMALLEST_BATCH,
    )


def read_attendance(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> AttendancePage:
    """Give the attendance sheet."""
    bar = read_bar(tx, actor, slug, sitting_id)
    return AttendancePage(bar, attendance.report_attendance(tx, actor, sitting_id))


def read_scrutineers(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> ScrutineersPage:
    """Give the scrutineers and how far their keys have come."""
    bar = read_bar(tx, actor, slug, sitting_id)
    row = ceremony.current(tx, sitting_id)
    return ScrutineersPage(
        bar=bar,
        scrutineers=scrutineers.list_scrutineers(tx, sitting_id),
        deputies=roster.list_deputies(tx, bar.congress.id),
        accounts=_watchers(tx, bar.congress.id),
        ceremony=row,
        status=ceremony.status(tx, slug, row.object_id) if row else None,
        warnings=tuple(scrutineers.warn_of_scrutineers(tx, sitting_id)),
    )


def plan_holders(tx: Tx, slug: str, user_ids: Sequence[int]) -> list[HolderPlan]:
    """Give the places of a ceremony to accounts of scrutineers, in the order given."""
    known = {user.id: user for user in _watchers(tx, congresses.find_congress(tx, slug).id)}
    if any(user_id not in known for user_id in user_ids) or not user_ids:
        raise NotFound("Choose the scrutineers who hold the keys.")
    return [HolderPlan(known[user_id].name, user_id) for user_id in dict.fromkeys(user_ids)]


def _watchers(tx: Tx, congress_id: int) -> Sequence[User]:
    query = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.congress_id == congress_id)
        .where(RoleGrant.role.in_((Role.CHIEF_SCRUTINEER, Role.SCRUTINEER)))
        .distinct()
        .order_by(User.id)
    )
    return tx.scalars(query).all()

"""A sitting's home at the desk: what is done, what comes next, and who may do what there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select

from voting import clock
from voting.db import Tx
from voting.errors import Message
from voting.i18n import local
from voting.models.elections import ElectionState
from voting.models.sittings import BallotKind, Deputy, Sitting, Stage
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import announcements, candidates, ceremony, elections, handcounts, projects
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.reports.bars import DeskBar, acts_of, read_bar
from voting.services.reports.conduct import VoteAtHand, read_votes
from voting.services.sittings import attendance, cards, plenary, rulebook, scrutineers
from voting.services.sittings.attendance import Figures
from voting.services.sittings.cards import CardCounts


class Step(StrEnum):
    """What has to be done for a sitting, in the order in which it is usual."""

    ROSTER = "roster"
    CANDIDATES = "candidates"
    RULES = "rules"
    SCRUTINEERS = "scrutineers"
    CARDS = "cards"
    KEYS = "keys"
    BEGIN = "begin"
    CHECK_IN = "check_in"
    VOTE = "vote"
    ANNOUNCE = "announce"


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
        if self.bar.sitting.stage is Stage.ENDED:
            return None
        return next((step for step in Step if step not in self.done), None)


@dataclass(frozen=True, slots=True)
class SittingsPage:
    """A congress's sittings, and how long its roster is."""

    congress: CongressCard
    sittings: Sequence[Sitting]
    listed: int
    acts: frozenset[Action]

    def may(self, act: str) -> bool:
        """Tell whether to offer an act."""
        return act in self.acts


@dataclass(frozen=True, slots=True)
class KindPlan:
    """A kind of vote: whether its list is locked and its rules adopted, and what can be done."""

    kind: BallotKind
    title: str
    has_list: bool
    has_rules: bool
    may_prepare: bool
    may_count_by_hand: bool

    @property
    def is_ready(self) -> bool:
        """Whether list and rules are there."""
        return self.has_list and self.has_rules


@dataclass(frozen=True, slots=True)
class VotesPage:
    """The votes of a sitting, and those that can be prepared."""

    bar: DeskBar
    votes: tuple[VoteAtHand, ...]
    plans: tuple[KindPlan, ...]
    has_keys: bool
    next_number: int
    now: datetime

    @property
    def offered(self) -> tuple[KindPlan, ...]:
        """What can be prepared now; without list and rules only the decision is spoken of."""
        return tuple(
            plan
            for plan in self.plans
            if plan.may_prepare and (plan.is_ready or plan.kind is BallotKind.DECISION)
        )

    @property
    def today(self) -> date:
        """The day on the wall."""
        return local(self.now).date()

    @property
    def clock(self) -> str:
        """The time on the wall."""
        return f"{local(self.now):%H:%M}"


def count_deputies(tx: Tx, congress_id: int) -> int:
    """Count the roster."""
    query = select(func.count()).where(Deputy.congress_id == congress_id, Deputy.is_active)
    return tx.scalars(query).one()


def read_sittings(tx: Tx, actor: Actor, slug: str) -> SittingsPage:
    """Give the list of a congress's sittings."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.READ_SITTING, congress.id)
    sittings = plenary.list_sittings(tx, congress.id)
    listed = count_deputies(tx, congress.id)
    return SittingsPage(congress, sittings, listed, acts_of(actor, congress.id))


def read_desk(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> DeskPage:
    """Give a sitting's home."""
    bar = read_bar(tx, actor, slug, sitting_id)
    votes = read_votes(tx, actor, slug, bar.sitting.id)
    return DeskPage(
        bar=bar,
        done=frozenset(_done(tx, bar.sitting, votes)),
        figures=attendance.count_attendance(tx, sitting_id),
        cards=cards.count_cards(tx, sitting_id),
        votes=votes,
        roster_warnings=tuple(plenary.warn_of_roster(tx, bar.sitting)),
    )


def read_votes_page(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> VotesPage:
    """Give the votes of a sitting to those who prepare and announce them."""
    bar = read_bar(tx, actor, slug, sitting_id)
    keys = ceremony.current(tx, bar.sitting.id)
    return VotesPage(
        bar=bar,
        votes=read_votes(tx, actor, slug, bar.sitting.id),
        plans=tuple(_plan(tx, bar.sitting, kind) for kind in BallotKind),
        has_keys=keys is not None and keys.keys_object is not None,
        next_number=announcements.next_number(tx, bar.congress.id),
        now=clock.now(),
    )


def _plan(tx: Tx, sitting: Sitting, kind: BallotKind) -> KindPlan:
    listed = candidates.locked_list(tx, sitting.id, kind)
    year = sitting.starts_on.year
    if listed is not None:
        # The title of a rating is reckoned back from the year in which it is held.
        year = projects.year_of(tx, listed) + (kind is BallotKind.RATING)
    return KindPlan(
        kind=kind,
        title=elections.suggested_title(kind, year),
        has_list=listed is not None,
        has_rules=rulebook.adopted_rules(tx, sitting.id, kind) is not None,
        may_prepare=elections.may_prepare(tx, sitting.id, kind),
        may_count_by_hand=handcounts.can_begin(tx, sitting, kind),
    )


def _done(tx: Tx, sitting: Sitting, votes: Sequence[VoteAtHand]) -> list[Step]:
    keys = ceremony.current(tx, sitting.id)
    is_counted = any(at.vote.state is ElectionState.DECIDED for at in votes)
    has = {
        Step.ROSTER: count_deputies(tx, sitting.congress_id) > 0,
        Step.CANDIDATES: any(candidates.locked_list(tx, sitting.id, kind) for kind in BallotKind),
        Step.RULES: any(rulebook.adopted_rules(tx, sitting.id, kind) for kind in BallotKind),
        Step.SCRUTINEERS: bool(scrutineers.list_scrutineers(tx, sitting.id)),
        Step.CARDS: sitting.roll_object is not None,
        Step.KEYS: keys is not None and keys.keys_object is not None,
        Step.BEGIN: sitting.stage is not Stage.PREPARING,
        Step.CHECK_IN: sitting.stage is not Stage.PREPARING
        and attendance.count_attendance(tx, sitting.id).has_quorum,
        Step.VOTE: is_counted and all(at.is_over for at in votes),
        Step.ANNOUNCE: any(at.announcement for at in votes)
        and not any(at.can_announce for at in votes),
    }
    return [step for step, is_done in has.items() if is_done]

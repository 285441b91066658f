"""What the secretariat prepares: candidates, rules, cards, scrutineers and their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from voting import ledger
from voting.db import Tx
from voting.errors import Message, NotFound
from voting.models.elections import KeyCeremony
from voting.models.people import RoleGrant, User
from voting.models.sittings import BallotKind, Candidate, CandidateList, Deputy, Scrutineer
from voting.rules import vote
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.rules.vote import DecisionSettings
from voting.services import candidates, ceremony, roster
from voting.services.ceremony import HolderPlan, Status
from voting.services.people import congresses
from voting.services.reports.bars import DeskBar, kind_of, read_bar
from voting.services.reports.receipts import known_log
from voting.services.screening.lists import adopted_years
from voting.services.sittings import cards, rulebook, scrutineers
from voting.services.sittings.cards import CardCounts
from voting.services.sittings.rulebook import RulesView

FINGERPRINT: Final = 24


@dataclass(frozen=True, slots=True)
class CandidatesPage:
    """A list as it stands, and what speaks against putting it to the vote like this."""

    bar: DeskBar
    kind: BallotKind
    listed: CandidateList | None
    candidates: tuple[Candidate, ...]
    advice: tuple[Message, ...]
    adopted_years: tuple[int, ...]
    is_voted: bool


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
class ScrutineersPage:
    """The elected list, the accounts that can hold keys, and the ceremony."""

    bar: DeskBar
    scrutineers: Sequence[Scrutineer]
    deputies: Sequence[Deputy]
    accounts: Sequence[User]
    ceremony: KeyCeremony | None
    status: Status | None
    warnings: tuple[Message, ...]
    witnesses: tuple[str, ...]
    blamed: str = ""
    """Whose share did not hold, where the newest ceremony failed for that."""

    @property
    def threshold(self) -> int:
        """How many of the accounts to suggest: more than half."""
        return len(self.accounts) // 2 + 1

    @property
    def fingerprint(self) -> str:
        """The start of the keys' id, in groups, as the devices show it."""
        shown = (self.status.keys or "")[:FINGERPRINT].upper() if self.status else ""
        return "-".join(shown[at : at + 4] for at in range(0, len(shown), 4))


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
    is_decision = listed is BallotKind.DECISION
    years = adopted_years(tx, bar.congress.id) if is_decision else ()
    voted = candidates.is_voted(tx, sitting_id, listed)
    return CandidatesPage(bar, listed, latest, rows, tuple(advice), years, voted)


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


def read_scrutineers(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> ScrutineersPage:
    """Give the scrutineers and how far their keys have come."""
    bar = read_bar(tx, actor, slug, sitting_id)
    row, newest = ceremony.current(tx, sitting_id), ceremony.latest(tx, sitting_id)
    log = known_log(tx, bar.congress, ledger.find_log(tx, slug))
    return ScrutineersPage(
        bar=bar,
        scrutineers=scrutineers.list_scrutineers(tx, sitting_id),
        deputies=roster.list_deputies(tx, bar.congress.id),
        accounts=_watchers(tx, bar.congress.id),
        ceremony=row,
        status=ceremony.status(tx, slug, row.object_id) if row else None,
        warnings=tuple(scrutineers.warn_of_scrutineers(tx, sitting_id)),
        witnesses=log.witnesses,
        blamed=newest.holders[newest.blamed - 1].name if newest and newest.blamed else "",
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

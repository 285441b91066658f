"""Keeps the rules of the vote: drafted from a preset, shown as clauses, adopted and then locked."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import msgspec
import rfc8785
from sqlalchemy import Select, func, select

from voting import clock
from voting.db import Tx
from voting.errors import Message, NotAllowed, NotNow, NotValid, msg
from voting.events import Event
from voting.models.sittings import (
    BallotKind,
    Candidate,
    CandidateList,
    Sitting,
    SittingRules,
    Stage,
)
from voting.rules import access, vote
from voting.rules.access import Action, Actor
from voting.rules.clauses import Occasion, clauses
from voting.rules.vote import DecisionSettings, RatingSettings, Settings
from voting.services import journal
from voting.services.sittings.plenary import find_sitting


@dataclass(frozen=True, slots=True)
class RulesDrafted(Event):
    """Rules were entered or changed."""

    words = msg("Version {version} of the rules ({kind_of_vote}) was drafted.")
    sitting_id: int
    kind_of_vote: str
    version: int


@dataclass(frozen=True, slots=True)
class RulesAdopted(Event):
    """Rules hold from now on."""

    words = msg("Version {version} of the rules ({kind_of_vote}) was adopted; digest {digest}.")
    sitting_id: int
    kind_of_vote: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class RulesView:
    """One version of the rules as a page or a printed sheet shows it."""

    kind: BallotKind
    version: int
    settings: Settings
    clauses: tuple[Message, ...]
    advice: tuple[Message, ...]
    digest: str | None
    adopted_on: date | None

    @property
    def is_locked(self) -> bool:
        """Whether these rules have been adopted."""
        return self.digest is not None


def draft_rules(
    tx: Tx, actor: Actor, sitting_id: int, *, kind: BallotKind, settings: Settings
) -> RulesView:
    """Enter rules; after an adoption this begins a new version, and the adopted one holds on."""
    sitting = find_sitting(tx, sitting_id)
    is_rating = kind is BallotKind.RATING
    act = Action.MANAGE_RATINGS if is_rating else Action.EDIT_SITTING
    access.check(actor, act, sitting.congress_id)
    _check_open(sitting)
    _check_kind(kind, settings)
    if isinstance(settings, DecisionSettings):
        problems = vote.check_settings(settings, _count_candidates(tx, sitting.id, kind))
        if problems:
            raise NotValid("These rules don't fit the candidates.").at(*problems)
    row = _latest(tx, sitting.id, kind)
    if row is None or row.digest is not None:
        row = SittingRules(
            sitting_id=sitting.id, kind=kind, version=row.version + 1 if row else 1, settings={}
        )
        tx.add(row)
    row.settings = _plain(settings)
    tx.flush()
    event = RulesDrafted(sitting.id, str(kind), row.version)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    return _view(tx, sitting, row)


def adopt_rules(
    tx: Tx, actor: Actor, sitting_id: int, *, kind: BallotKind, adopted_on: date
) -> RulesView:
    """Lock the latest draft: version, hash, who and when are kept."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.ADOPT_RULES, sitting.congress_id)
    _check_open(sitting)
    if actor.user_id is None:
        raise NotAllowed("Rules are adopted by a person with an account.")
    row = _latest(tx, sitting.id, kind)
    if row is None or row.digest is not None:
        raise NotNow("There is no draft of these rules.").now("Enter the rules first.")
    settings = read_settings(kind, row.settings)
    count = _count_candidates(tx, sitting.id, kind)
    if isinstance(settings, DecisionSettings) and vote.check_settings(settings, count):
        raise NotValid("These rules don't fit the candidates.").at(
            *vote.check_settings(settings, count)
        )
    row.digest = rules_digest(kind, row.version, row.settings)
    row.adopted_on, row.locked_at, row.locked_by_id = adopted_on, clock.now(), actor.user_id
    tx.flush()
    event = RulesAdopted(sitting.id, str(kind), row.version, row.digest)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    return _view(tx, sitting, row)


def latest_rules(tx: Tx, sitting_id: int, kind: BallotKind) -> RulesView | None:
    """Give the newest version, adopted or not."""
    row = _latest(tx, sitting_id, kind)
    return _view(tx, find_sitting(tx, sitting_id), row) if row else None


def adopted_rules(tx: Tx, sitting_id: int, kind: BallotKind) -> RulesView | None:
    """Give the newest version that holds."""
    query = _versions(sitting_id, kind).where(SittingRules.digest.is_not(None))
    row = tx.scalar(query.limit(1))
    return _view(tx, find_sitting(tx, sitting_id), row) if row else None


def read_settings(kind: BallotKind, stored: dict[str, Any]) -> Settings:
    """Read settings as they are kept."""
    if kind is BallotKind.RATING:
        return msgspec.convert(stored, RatingSettings)
    return msgspec.convert(stored, DecisionSettings)


def rules_digest(kind: BallotKind, version: int, stored: dict[str, Any]) -> str:
    """Give the hash that is printed on count sheets: of the settings, in canonical JSON."""
    content: dict[str, Any] = {
        "type": "rules",
        "kind": str(kind),
        "version": version,
        "settings": stored,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _check_open(sitting: Sitting) -> None:
    if sitting.stage is Stage.ENDED:
        raise NotNow("This sitting has ended.")


def _check_kind(kind: BallotKind, settings: Settings) -> None:
    if (kind is BallotKind.RATING) != isinstance(settings, RatingSettings):
        message = "a rating has rating settings, a decision its own"
        raise TypeError(message)


def _plain(settings: Settings) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(asdict(settings))
    return plain


def _versions(sitting_id: int, kind: BallotKind) -> Select[SittingRules]:
    return (
        select(SittingRules)
        .where(SittingRules.sitting_id == sitting_id, SittingRules.kind == kind)
        .order_by(SittingRules.version.desc())
    )


def _latest(tx: Tx, sitting_id: int, kind: BallotKind) -> SittingRules | None:
    return tx.scalar(_versions(sitting_id, kind).limit(1))


def _count_candidates(tx: Tx, sitting_id: int, kind: BallotKind) -> int:
    newest = (
        select(CandidateList.id)
        .where(CandidateList.sitting_id == sitting_id, CandidateList.kind == kind)
        .order_by(CandidateList.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    return tx.scalars(select(func.count()).where(Candidate.list_id == newest)).one()


def _view(tx: Tx, sitting: Sitting, row: SittingRules) -> RulesView:
    settings = read_settings(row.kind, row.settings)
    count = _count_candidates(tx, sitting.id, row.kind)
    occasion = Occasion(sitting.name, sitting.deputies, count, sitting.is_named)
    advice = vote.advise(settings, count) if isinstance(settings, DecisionSettings) else []
    return RulesView(
        kind=row.kind,
        version=row.version,
        settings=settings,
        clauses=tuple(clauses(settings, occasion)),
        advice=tuple(advice),
        digest=row.digest,
        adopted_on=row.adopted_on,
    )

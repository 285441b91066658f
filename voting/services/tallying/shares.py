"""Takes what trustees publish; with the last share that is needed, counts and outcome follow."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ballots.errors import Invalid
from ballots.objects import (
    Decryption,
    Keys,
    Result,
    Session,
    Tally,
    parse_object,
    store,
)
from ballots.objects import Election as ElectionObject
from ballots.outcome import Turnout, decide
from ballots.tally import Count, ValidShare, check_share, check_tally, combine
from ballots.trustees import Registered
from voting import clock, ledger
from voting.db import Tx
from voting.errors import msg
from voting.events import Event
from voting.models.elections import DecryptionShare, Election, ElectionState
from voting.rules.access import Actor
from voting.services import casting, ceremony, journal
from voting.services.verdicts import judged


@dataclass(frozen=True, slots=True)
class ShareReceived(Event):
    """A trustee gave its share of the count."""

    words = msg("A scrutineer gave a share of the count: {given} of {needed}.")
    election_id: int
    given: int
    needed: int


@dataclass(frozen=True, slots=True)
class OutcomeKnown(Event):
    """Counts and outcome stand in the log."""

    words = msg("The vote “{title}” was counted.")
    election_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Published:
    """What a trustee published: the id of the object and its place in the log."""

    object_id: str
    position: int


@dataclass(frozen=True, slots=True)
class _Tallied:
    """A tally and what its shares are checked with."""

    count: Count
    keys: Keys
    trustees: dict[int, Registered]


@judged
def receive(
    tx: Tx, actor: Actor, slug: str, raw: bytes, *, invitation: str | None = None
) -> Published:
    """Take any object of a trustee. Raises `BallotError`, `NotFound`, `NotAllowed`, `NotNow`."""
    congress_id = ledger.find_log(tx, slug).congress_id
    stored = parse_object(raw)
    ledger.lock(tx, congress_id)
    place = ledger.place_of(tx, congress_id, stored.id)
    if place is not None:
        return Published(stored.id, place.position)
    if isinstance(stored.value, Decryption):
        election = _election(tx, congress_id, stored.value.tally)
        position = _receive_share(tx, actor, election, stored.value)
        return Published(stored.id, position)
    position = ceremony.receive(tx, actor, congress_id, stored, invitation=invitation)
    return Published(stored.id, position)


def count_shares(tx: Tx, election: Election) -> tuple[int, int]:
    """Give how many shares of a tally were given, and how many it takes."""
    return len(_given(tx, election)), election.ceremony.threshold


def _receive_share(tx: Tx, actor: Actor, election: Election, share: Decryption) -> int:
    given = _given(tx, election)
    if share.index in given:
        raise Invalid("decryption.index")
    tallied = _tallied(tx, election)
    valid = _check(tallied, share)
    stored = store(share)
    position = ledger.append(tx, election.congress_id, stored)
    tx.add(DecryptionShare(election_id=election.id, index=share.index, object_id=stored.id))
    tx.flush()
    needed = election.ceremony.threshold
    tx.tell(ShareReceived(election.id, len(given) + 1, needed))
    if len(given) + 1 >= needed:
        earlier = [_load_share(tx, election, name) for name in given.values()]
        shares = [*(_check(tallied, value) for value in earlier), valid]
        _decide(tx, actor, election, count=tallied.count, shares=shares)
    return position


def _decide(
    tx: Tx, actor: Actor, election: Election, *, count: Count, shares: list[ValidShare]
) -> None:
    used, counts = combine(count, election.ceremony.threshold, shares)
    result = store(Result(tally=count.id, trustees=used, counts=counts))
    _, value = ledger.load(tx, election.congress_id, election.object_id, ElectionObject)
    _, session = ledger.load(tx, election.congress_id, value.session, Session)
    turnout = Turnout(
        session.deputies, election.present or 0, election.issued or 0, election.ballots or 0
    )
    outcome = store(decide(count.paper.style, counts, turnout, result.id))
    ledger.append(tx, election.congress_id, result, outcome)
    election.result_object, election.outcome_object = result.id, outcome.id
    election.state, election.decided_at = ElectionState.DECIDED, clock.now()
    tx.flush()
    told = OutcomeKnown(election.id, election.title)
    journal.record(tx, actor, told, congress_id=election.congress_id)


def _check(tallied: _Tallied, share: Decryption) -> ValidShare:
    return check_share(tallied.count, tallied.keys, tallied.trustees, share)


def _tallied(tx: Tx, election: Election) -> _Tallied:
    """Give what shares are checked against; the sum in the log was added up at the close."""
    stored, tally = ledger.load(tx, election.congress_id, str(election.tally_object), Tally)
    _, keys = ledger.load(tx, election.congress_id, election.keys_object, Keys)
    trustees = ceremony.registered(tx, election.ceremony)
    return _Tallied(
        check_tally(casting.paper_of(tx, election), stored, tally),
        keys,
        {trustee.value.index: trustee for trustee in trustees},
    )


def _election(tx: Tx, congress_id: int, tally_object: str) -> Election:
    query = select(Election).where(
        Election.congress_id == congress_id, Election.tally_object == tally_object
    )
    election = tx.scalar(query.execution_options(populate_existing=True))
    if election is None:
        raise Invalid("order.reference")
    if election.state is ElectionState.ANNULLED:
        raise Invalid("order.annulled")
    if election.state is not ElectionState.TALLIED:
        raise Invalid("order.state")
    return election


def _given(tx: Tx, election: Election) -> dict[int, str]:
    query = select(DecryptionShare).where(DecryptionShare.election_id == election.id)
    rows = tx.scalars(query.order_by(DecryptionShare.index))
    return {row.index: row.object_id for row in rows}


def _load_share(tx: Tx, election: Election, object_id: str) -> Decryption:
    _, value = ledger.load(tx, election.congress_id, object_id, Decryption)
    return value

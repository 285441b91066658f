"""What the box holds of cards and ciphertexts, and the rules of §6 about a ballot's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import and_, bindparam, select

from ballots.encoding import sha256
from ballots.errors import Invalid
from ballots.objects import Ballot
from voting.db import Tx
from voting.models.elections import (
    AcceptedBallot,
    ChallengedBallot,
    Election,
    ElectionState,
    RollCard,
    RollCardState,
)

# Asked for every ballot, so they are put into words only once.
_ELECTION: Final = select(Election).where(
    Election.congress_id == bindparam("congress"), Election.object_id == bindparam("object_id")
)
_PLACES: Final = (
    select(
        Election.state,
        RollCard.credential,
        RollCard.state.label("card"),
        AcceptedBallot.ciphertext_hash.label("accepted"),
        ChallengedBallot.ciphertext_hash.label("opened"),
    )
    .select_from(Election)
    .outerjoin(
        RollCard,
        and_(
            RollCard.roll_object == Election.roll_object,
            RollCard.credential.in_(bindparam("credentials", expanding=True)),
        ),
    )
    .outerjoin(
        AcceptedBallot,
        and_(
            AcceptedBallot.election_id == Election.id,
            AcceptedBallot.credential == RollCard.credential,
        ),
    )
    .outerjoin(
        ChallengedBallot,
        and_(
            ChallengedBallot.election_id == Election.id,
            ChallengedBallot.credential == RollCard.credential,
            ChallengedBallot.ciphertext_hash.in_(bindparam("ciphertexts", expanding=True)),
        ),
    )
    .where(Election.id == bindparam("election"))
)


@dataclass(slots=True)
class Places:
    """An election and what it holds of some cards and ciphertexts, all read at one moment."""

    state: ElectionState
    cards: dict[str, RollCardState] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)
    """The ciphertext, as a hash, of the ballot that a card has cast."""
    opened: set[tuple[str, str]] = field(default_factory=set)

    def check(self, ballot: Ballot) -> None:
        """Check the rules about a ballot's place but for its `C0`, in a replay's order."""
        self._check_admission(ballot)
        if self.has_voted(ballot):
            raise Invalid("ballot.second")
        if self.is_opened(ballot):
            raise Invalid("ballot.challenged")

    def check_challenge(self, ballot: Ballot) -> None:
        """Check the rules about the place of a challenge by the ballot that it opens."""
        self._check_admission(ballot)
        if self.accepted.get(ballot.credential) == ciphertext_hash(ballot):
            raise Invalid("challenge.accepted")

    def has_voted(self, ballot: Ballot) -> bool:
        """Tell whether a ballot of this card was accepted."""
        return ballot.credential in self.accepted

    def is_opened(self, ballot: Ballot) -> bool:
        """Tell whether this very ciphertext was opened to the public."""
        return (ballot.credential, ciphertext_hash(ballot)) in self.opened

    def _check_admission(self, ballot: Ballot) -> None:
        check_living(self.state)
        if self.state is not ElectionState.OPEN:
            raise Invalid("ballot.closed")
        if self.cards.get(ballot.credential) is not RollCardState.ISSUED:
            raise Invalid("ballot.credential")


def look(tx: Tx, election_id: int, ballots: Sequence[Ballot]) -> Places:
    """Read what the box holds of the cards and ciphertexts of some ballots, in one question."""
    named = {
        "election": election_id,
        "credentials": [ballot.credential for ballot in ballots],
        "ciphertexts": [ciphertext_hash(ballot) for ballot in ballots],
    }
    rows = tx.execute(_PLACES, named).all()
    places = Places(rows[0].state)
    for row in rows:
        if row.credential is not None:
            places.cards[row.credential] = row.card
        if row.accepted is not None:
            places.accepted[row.credential] = row.accepted
        if row.opened is not None:
            places.opened.add((row.credential, row.opened))
    return places


def find_election(tx: Tx, congress_id: int, object_name: str) -> Election:
    """Give the election with that object in a congress's log. Raises `Invalid`."""
    named = {"congress": congress_id, "object_id": object_name}
    election: Election | None = tx.scalar(_ELECTION, named)
    if election is None:
        raise Invalid("order.reference")
    return election


def check_living(state: ElectionState) -> None:
    """Refuse whatever comes for an annulled election."""
    if state is ElectionState.ANNULLED:
        raise Invalid("order.annulled")


def ciphertext_hash(ballot: Ballot) -> str:
    """Name a ballot's ciphertext in 64 hexadecimal digits."""
    return sha256(ballot.ciphertext.encode("ascii")).hex()

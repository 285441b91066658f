"""A whole congress in memory: trustees, cards, elections and a log, all of the protocol's pieces.

Every object is taken by a replay when it is added, so a congress that is built is a sound one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ballots.ballot import Paper, Seed, make_ballot, make_challenge
from ballots.cards import CardSecret, TrusteeSeed, card_credential, roll_credentials
from ballots.encoding import to_b64u
from ballots.manifest import Manifest, Selection
from ballots.milestones import Way
from ballots.objects import (
    Annul,
    Base,
    Ceremony,
    Close,
    Decryption,
    Election,
    Issue,
    Keys,
    Milestone,
    ObjectId,
    Open,
    Result,
    Revoke,
    Roll,
    Session,
    Stage,
    Stored,
    store,
)
from ballots.outcome import decide
from ballots.replay import Replay
from ballots.states import CeremonyState, ElectionState
from ballots.tally import add_ballots, combine, make_share
from ballots.trustees import (
    Circle,
    Committed,
    Registered,
    commit,
    confirm,
    make_keys,
    register,
    trustee_secrets,
)

TIME = "2026-02-01T09:00:00Z"


def secret(*names: object) -> bytes:
    """Give 32 bytes that hang on nothing but their name."""
    return hashlib.sha256("/".join(map(str, names)).encode()).digest()


def card(number: int) -> CardSecret:
    """Give the secret of a card."""
    return CardSecret(secret("card", number)[:16])


def credential(number: int) -> str:
    """Give the credential of a card."""
    return to_b64u(card_credential(card(number)))


def trustee_seed(index: int) -> TrusteeSeed:
    """Give the seed of a trustee."""
    return TrusteeSeed(secret("trustee", index))


def ballot_seed(*names: object) -> Seed:
    """Give the seed of a ballot."""
    return Seed(secret("ballot", *names))


@dataclass
class Congress:
    """One session with trustees' keys and issued cards, and the log of all that happened."""

    trustees: int = 2
    threshold: int = 2
    cards: int = 4
    deputies: int = 4
    log: list[Stored] = field(default_factory=list)
    replay: Replay = field(default_factory=Replay)

    def __post_init__(self) -> None:
        """Meet, hold the ceremony, print and issue the cards."""
        self.session = self.add(Session("Congress", "First session", self.deputies))
        self.ceremony = self.add(Ceremony(self.session.id, self.trustees, self.threshold, 32))
        self.keys = self.hold(self.ceremony)
        numbers = range(1, self.cards + 1)
        credentials = roll_credentials(card_credential(card(number)) for number in numbers)
        self.roll = self.add(Roll(self.session.id, credentials))
        self.add(Issue(self.roll.id, credentials))

    def add(self, value: Base) -> Stored:
        """Add an object to the log, which must take it."""
        stored = store(value)
        self.replay.take(stored)
        self.log.append(stored)
        return stored

    def state(self, ceremony: Stored) -> CeremonyState:
        """Give how far a ceremony has come."""
        return self.replay.ceremonies[ceremony.id]

    def circle(self) -> Circle:
        """Give the congress's own ceremony."""
        return self.state(self.ceremony).circle

    def registered(self) -> list[Registered]:
        """Give the trustees of the congress's own ceremony."""
        return list(self.state(self.ceremony).registered.values())

    def committed(self) -> list[Committed]:
        """Give the commitments of the congress's own ceremony."""
        return list(self.state(self.ceremony).committed.values())

    def hold(self, ceremony: Stored) -> Stored:
        """Hold a whole key ceremony and publish its keys."""
        state = self.state(ceremony)
        indexes = range(1, state.circle.trustees + 1)
        for index in indexes:
            self.add(register(state.circle, trustee_seed(index), index, f"Trustee {index}"))
        registered = list(state.registered.values())
        for index in indexes:
            self.add(commit(state.circle, trustee_seed(index), index, registered))
        committed = list(state.committed.values())
        for index in indexes:
            self.add(
                confirm(
                    state.circle,
                    trustee_seed(index),
                    index,
                    registered=registered,
                    commitments=committed,
                )
            )
        return self.add(make_keys(state.circle, committed))

    def elect(self, manifest: Manifest) -> Stored:
        """Put something to the vote."""
        return self.add(Election(self.session.id, self.keys.id, self.roll.id, manifest))

    def election(self, election: Stored) -> ElectionState:
        """Give how far an election has come."""
        return self.replay.elections[election.id]

    def paper(self, election: Stored) -> Paper:
        """Give the paper of an election."""
        return self.replay.paper(election.id)

    def open(self, election: Stored, present: int | None = None) -> Stored:
        """Open an election."""
        return self.add(Open(election.id, self.deputies if present is None else present, TIME))

    def ballot(self, election: Stored, number: int, selections: Sequence[Selection]) -> Stored:
        """Make a card's ballot without casting it."""
        seed = ballot_seed(election.id, number)
        return make_ballot(self.paper(election), card(number), selections, seed)

    def cast(self, election: Stored, number: int, selections: Sequence[Selection]) -> Stored:
        """Cast a card's ballot."""
        return self.add(self.ballot(election, number, selections).value)

    def challenge(self, election: Stored, number: int, selections: Sequence[Selection]) -> Stored:
        """Make a ballot and open it to the public instead of casting it."""
        seed = ballot_seed("challenged", election.id, number)
        paper = self.paper(election)
        ballot = make_ballot(paper, card(number), selections, seed)
        return self.add(make_challenge(paper, ballot, selections, seed).value)

    def revoke(self, *numbers: int, reason: str = "lost") -> Stored:
        """Revoke cards."""
        names = [credential(number) for number in numbers]
        return self.add(Revoke(self.roll.id, names, reason))

    def close(self, election: Stored, present: int | None = None) -> Stored:
        """Close an election with the numbers that are true."""
        state = self.election(election)
        return self.add(
            Close(
                election.id,
                self.deputies if present is None else present,
                state.roll.good,
                len(state.ballots),
                TIME,
            )
        )

    def tally(self, election: Stored) -> Stored:
        """Publish the sum of the ballots."""
        state = self.election(election)
        return self.add(add_ballots(state.paper, state.ballots.values()))

    def secrets(self, index: int) -> tuple[int, ...]:
        """Give a trustee's secret of every key slot."""
        return trustee_secrets(
            self.circle(),
            trustee_seed(index),
            index,
            registered=self.registered(),
            commitments=self.committed(),
        )

    def share(self, election: Stored, index: int) -> Decryption:
        """Give a trustee's share of the election's tally without publishing it."""
        count, keys = self.election(election).count, self.keys.value
        assert count is not None
        assert isinstance(keys, Keys)
        return make_share(
            count,
            keys,
            circle=self.circle(),
            seed=trustee_seed(index),
            index=index,
            secrets=self.secrets(index),
        )

    def decrypt(self, election: Stored, indexes: Iterable[int] = ()) -> list[Stored]:
        """Publish the shares of some trustees, or of the first that are needed."""
        given = list(indexes) or range(1, self.threshold + 1)
        return [self.add(self.share(election, index)) for index in given]

    def result(self, election: Stored) -> Stored:
        """Publish the counts."""
        state = self.election(election)
        assert state.count is not None
        used, counts = combine(state.count, self.threshold, state.shares.values())
        return self.add(Result(state.count.id, used, counts))

    def decide(self, election: Stored, result: ObjectId) -> Stored:
        """Publish what the rules make of the counts."""
        state = self.election(election)
        assert state.result is not None
        counts, turnout = state.result.counts, state.turnout
        return self.add(decide(state.paper.style, counts, turnout, result))

    def annul(self, election: Stored) -> Stored:
        """End an election without a result."""
        return self.add(Annul(election.id, "for a test", TIME))

    def milestone(self, project: str, stage: Stage, outcome: str = "") -> Stored:
        """Say that a project has come to a stage."""
        way = self.replay.ways.get(project, Way())
        content = secret(project, way.number + 1).hex()
        number = way.number + 1
        return self.add(Milestone(project, number, way.last, stage, content, outcome, TIME))

    def finish(self, election: Stored) -> Stored:
        """Go from the last ballot to the outcome."""
        self.close(election)
        self.tally(election)
        self.decrypt(election)
        return self.decide(election, self.result(election).id)

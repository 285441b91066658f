"""Protocol §11. How far ceremonies, rolls of cards and elections have come in a log."""

from dataclasses import dataclass, field

from ballots.ballot import Paper, ValidBallot
from ballots.group import Point
from ballots.objects import Close, DecisionOutcome, Election, Keys, Open, RatingOutcome, Result
from ballots.outcome import Turnout
from ballots.tally import Count, ValidShare
from ballots.trustees import Circle, Committed, Registered


@dataclass(slots=True)
class CeremonyState:
    """How far a ceremony has come."""

    circle: Circle
    session: str
    registered: dict[int, Registered] = field(default_factory=dict)
    committed: dict[int, Committed] = field(default_factory=dict)
    confirmed: set[int] = field(default_factory=set)
    keys: Keys | None = None


@dataclass(slots=True)
class RollState:
    """The cards of a roll: all, those issued, those revoked."""

    session: str
    credentials: frozenset[str]
    issued: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)

    @property
    def good(self) -> int:
        """Give the number of cards that are issued and not revoked."""
        return len(self.issued) - len(self.revoked)

    def is_good(self, credential: str) -> bool:
        """Tell whether a card is issued and not revoked."""
        return credential in self.issued and credential not in self.revoked


@dataclass(slots=True)
class ElectionState:
    """How far an election has come."""

    paper: Paper
    value: Election
    ceremony: CeremonyState
    keys: Keys
    roll: RollState
    deputies: int
    opening: Open | None = None
    ballots: dict[str, ValidBallot] = field(default_factory=dict)
    heads: set[Point] = field(default_factory=set)
    challenged: set[tuple[str, str]] = field(default_factory=set)
    accepted: set[tuple[str, str]] = field(default_factory=set)
    closing: Close | None = None
    count: Count | None = None
    shares: dict[int, ValidShare] = field(default_factory=dict)
    result: Result | None = None
    outcome: DecisionOutcome | RatingOutcome | None = None
    is_annulled: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether ballots may come."""
        return self.opening is not None and self.closing is None and not self.is_annulled

    @property
    def turnout(self) -> Turnout:
        """Give the numbers of a closed election."""
        if self.closing is None:
            raise ValueError("the election was not closed")
        close = self.closing
        return Turnout(self.deputies, close.present, close.issued, close.ballots)

"""Protocol §11. The state machine that takes the log's objects in their order, or refuses them."""

from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from ballots.ballot import Paper, ValidBallot, check_ballot, check_challenge, make_paper
from ballots.errors import Invalid, Malformed
from ballots.milestones import Decision, Way, follow, undo
from ballots.objects import (
    Annul,
    Ballot,
    Base,
    Ceremony,
    Challenge,
    Close,
    DecisionOutcome,
    Decryption,
    Election,
    Issue,
    Keys,
    Milestone,
    ObjectId,
    Open,
    RatingOutcome,
    Result,
    Revoke,
    Roll,
    Session,
    Stored,
    Tally,
    Trustee,
    TrusteeCommitment,
    TrusteeConfirmation,
)
from ballots.outcome import decide
from ballots.states import CeremonyState, ElectionState, RollState
from ballots.tally import Count, add_ballots, check_share, check_tally, combine
from ballots.trustees import (
    Committed,
    Registered,
    check_ceremony,
    check_commitment,
    check_confirmation,
    check_keys,
    check_registration,
)

Verdict: TypeAlias = ValidBallot | Malformed | Invalid
S = TypeVar("S")


def judge_ballot(paper: Paper, ballot: Stored) -> Verdict:
    """Check a ballot apart from its place in the log, here or in another process."""
    try:
        return check_ballot(paper, ballot)
    except (Malformed, Invalid) as error:
        return error


class Replay:
    """The state after the entries taken so far; `take` changes nothing where it raises."""

    def __init__(self) -> None:
        """Begin before the first entry."""
        self.seen: set[ObjectId] = set()
        self.sessions: dict[str, Session] = {}
        self.ceremonies: dict[str, CeremonyState] = {}
        self.keys: dict[str, tuple[CeremonyState, Keys]] = {}
        self.rolls: dict[str, RollState] = {}
        self.elections: dict[str, ElectionState] = {}
        self.tallies: dict[str, tuple[ElectionState, Count]] = {}
        self.results: dict[str, tuple[ElectionState, Result]] = {}
        self.outcomes: dict[str, Decision] = {}
        self.ways: dict[str, Way] = {}

    def take(self, stored: Stored, verdict: Verdict | None = None) -> None:
        """Take the next object. Raises `BallotError` where it breaks a rule.

        `verdict` is what checking a ballot gave, where that was done elsewhere.
        """
        if stored.id in self.seen:
            raise Invalid("order.repeated")
        value = stored.value
        if isinstance(value, Ballot):
            self._ballot(stored, value, verdict)
        else:
            _TAKERS[type(value)](self, stored, value)
        self.seen.add(stored.id)

    def paper(self, election: str) -> Paper:
        """Give the paper of an election taken before. Raises `Invalid("order.reference")`."""
        return _known(self.elections, election).paper

    def _session(self, stored: Stored, value: Session) -> None:
        self.sessions[stored.id] = value

    def _ceremony(self, stored: Stored, value: Ceremony) -> None:
        circle = check_ceremony(stored)
        _known(self.sessions, value.session)
        self.ceremonies[stored.id] = CeremonyState(circle, value.session)

    def _trustee(self, _stored: Stored, value: Trustee) -> None:
        state = _known(self.ceremonies, value.ceremony)
        if state.committed:
            raise Invalid("order.state")
        registered = check_registration(state.circle, value, state.registered.values())
        state.registered[value.index] = registered

    def _commitment(self, stored: Stored, value: TrusteeCommitment) -> None:
        state = _known(self.ceremonies, value.ceremony)
        if len(state.registered) < state.circle.trustees or state.confirmed:
            raise Invalid("order.state")
        trustee = _speaker(state.registered, value.index, state.committed)
        state.committed[value.index] = check_commitment(state.circle, trustee, stored)

    def _confirmation(self, _stored: Stored, value: TrusteeConfirmation) -> None:
        state = _known(self.ceremonies, value.ceremony)
        if len(state.committed) < state.circle.trustees or state.keys is not None:
            raise Invalid("order.state")
        trustee = _speaker(state.registered, value.index, state.confirmed)
        check_confirmation(value, trustee, list(state.committed.values()))
        state.confirmed.add(value.index)

    def _keys(self, stored: Stored, value: Keys) -> None:
        state = _known(self.ceremonies, value.ceremony)
        if state.keys is not None:
            raise Invalid("order.repeated")
        if len(state.confirmed) < state.circle.trustees:
            raise Invalid("order.state")
        check_keys(state.circle, value, list(state.committed.values()))
        state.keys = value
        self.keys[stored.id] = state, value

    def _roll(self, stored: Stored, value: Roll) -> None:
        _known(self.sessions, value.session)
        names = value.credentials
        if not names or names != sorted(set(names)):
            raise Invalid("roll.credentials")
        self.rolls[stored.id] = RollState(value.session, frozenset(names))

    def _issue(self, _stored: Stored, value: Issue) -> None:
        roll = _known(self.rolls, value.roll)
        names = set(value.credentials)
        known = all(name in roll.credentials and name not in roll.issued for name in names)
        if not known or len(names) < len(value.credentials):
            raise Invalid("issue.credential")
        roll.issued |= names

    def _revoke(self, _stored: Stored, value: Revoke) -> None:
        roll = _known(self.rolls, value.roll)
        names = set(value.credentials)
        if not all(map(roll.is_good, names)) or len(names) < len(value.credentials):
            raise Invalid("revoke.credential")
        for election in self.elections.values():
            if (
                election.is_open
                and election.roll is roll
                and not names.isdisjoint(election.ballots)
            ):
                raise Invalid("revoke.voted")
        roll.revoked |= names

    def _election(self, stored: Stored, value: Election) -> None:
        session = _known(self.sessions, value.session)
        ceremony, keys = _known(self.keys, value.keys)
        roll = _known(self.rolls, value.roll)
        if not ceremony.session == roll.session == value.session:
            raise Invalid("order.reference")
        if isinstance(value.manifest.previous, str):
            _known(self.elections, value.manifest.previous)
        self.elections[stored.id] = ElectionState(
            paper=make_paper(stored, keys),
            value=value,
            ceremony=ceremony,
            keys=keys,
            roll=roll,
            deputies=session.deputies,
        )

    def _living(self, election: str) -> ElectionState:
        state = _known(self.elections, election)
        if state.is_annulled:
            raise Invalid("order.annulled")
        return state

    def _open(self, _stored: Stored, value: Open) -> None:
        state = self._living(value.election)
        if state.opening is not None:
            raise Invalid("order.repeated")
        state.opening = value

    def _ballot(self, stored: Stored, value: Ballot, verdict: Verdict | None) -> None:
        state = self._living(value.election)
        if verdict is None:
            verdict = judge_ballot(state.paper, stored)
        if isinstance(verdict, Malformed):
            raise verdict
        _check_admission(state, value)
        if value.credential in state.ballots:
            raise Invalid("ballot.second")
        if (value.credential, value.ciphertext) in state.challenged:
            raise Invalid("ballot.challenged")
        if isinstance(verdict, Invalid):
            raise verdict
        if not state.heads.isdisjoint(verdict.ciphertext.heads):
            raise Invalid("ballot.reused")
        state.ballots[value.credential] = verdict
        state.heads.update(verdict.ciphertext.heads)
        state.accepted.add((value.credential, value.ciphertext))

    def _challenge(self, _stored: Stored, value: Challenge) -> None:
        state = self._living(value.election)
        _check_admission(state, value.ballot)
        name = (value.ballot.credential, value.ballot.ciphertext)
        if name in state.accepted:
            raise Invalid("challenge.accepted")
        check_challenge(state.paper, value)
        state.challenged.add(name)

    def _close(self, _stored: Stored, value: Close) -> None:
        state = self._living(value.election)
        if state.closing is not None:
            raise Invalid("order.repeated")
        if state.opening is None:
            raise Invalid("order.state")
        if value.issued != state.roll.good:
            raise Invalid("close.issued")
        if value.ballots != len(state.ballots):
            raise Invalid("close.ballots")
        state.closing = value

    def _tally(self, stored: Stored, value: Tally) -> None:
        state = self._living(value.election)
        if state.count is not None:
            raise Invalid("order.repeated")
        if state.closing is None:
            raise Invalid("order.state")
        expected = add_ballots(state.paper, state.ballots.values())
        state.count = check_tally(state.paper, stored, expected)
        self.tallies[stored.id] = state, state.count

    def _decryption(self, _stored: Stored, value: Decryption) -> None:
        state, count = _known(self.tallies, value.tally)
        self._living(state.paper.election)
        if state.result is not None:
            raise Invalid("order.state")
        if value.index in state.shares:
            raise Invalid("decryption.index")
        trustees = state.ceremony.registered
        state.shares[value.index] = check_share(count, state.keys, trustees, value)

    def _result(self, stored: Stored, value: Result) -> None:
        state, count = _known(self.tallies, value.tally)
        self._living(state.paper.election)
        threshold = state.ceremony.circle.threshold
        if state.result is not None:
            raise Invalid("order.repeated")
        if len(state.shares) < threshold:
            raise Invalid("order.state")
        used, counts = combine(count, threshold, state.shares.values())
        if value.trustees != used:
            raise Invalid("result.trustees")
        if value.counts != counts:
            raise Invalid("result.counts")
        state.result = value
        self.results[stored.id] = state, value

    def _outcome(self, stored: Stored, value: DecisionOutcome | RatingOutcome) -> None:
        state, result = _known(self.results, value.result)
        self._living(state.paper.election)
        if state.outcome is not None:
            raise Invalid("order.repeated")
        if value != decide(state.paper.style, result.counts, state.turnout, value.result):
            raise Invalid("outcome.value")
        state.outcome = value
        kind = state.value.manifest.kind
        self.outcomes[stored.id] = Decision(state.paper.election, kind, value)

    def _annul(self, _stored: Stored, value: Annul) -> None:
        self._living(value.election).is_annulled = True
        for project, way in self.ways.items():
            if way.election == value.election:
                self.ways[project] = undo(way)

    def _milestone(self, stored: Stored, value: Milestone) -> None:
        decision = _known(self.outcomes, value.outcome) if value.outcome else None
        if decision is not None:
            self._living(decision.election)
        way = self.ways.get(value.project, Way())
        self.ways[value.project] = follow(way, stored.id, value, decision)


def _known(states: Mapping[str, S], name: str) -> S:
    if name not in states:
        raise Invalid("order.reference")
    return states[name]


def _speaker(
    registered: Mapping[int, Registered], index: int, spoken: set[int] | dict[int, Committed]
) -> Registered:
    if index not in registered or index in spoken:
        raise Invalid("ceremony.index")
    return registered[index]


def _check_admission(state: ElectionState, ballot: Ballot) -> None:
    if not state.is_open:
        raise Invalid("ballot.closed")
    if not state.roll.is_good(ballot.credential):
        raise Invalid("ballot.credential")


_TAKERS: Mapping[type[Base], Callable[..., None]] = {
    Session: Replay._session,  # noqa: SLF001  # the table of its own methods
    Ceremony: Replay._ceremony,  # noqa: SLF001
    Trustee: Replay._trustee,  # noqa: SLF001
    TrusteeCommitment: Replay._commitment,  # noqa: SLF001
    TrusteeConfirmation: Replay._confirmation,  # noqa: SLF001
    Keys: Replay._keys,  # noqa: SLF001
    Roll: Replay._roll,  # noqa: SLF001
    Issue: Replay._issue,  # noqa: SLF001
    Revoke: Replay._revoke,  # noqa: SLF001
    Election: Replay._election,  # noqa: SLF001
    Open: Replay._open,  # noqa: SLF001
    Challenge: Replay._challenge,  # noqa: SLF001
    Close: Replay._close,  # noqa: SLF001
    Tally: Replay._tally,  # noqa: SLF001
    Decryption: Replay._decryption,  # noqa: SLF001
    Result: Replay._result,  # noqa: SLF001
    DecisionOutcome: Replay._outcome,  # noqa: SLF001
    RatingOutcome: Replay._outcome,  # noqa: SLF001
    Annul: Replay._annul,  # noqa: SLF001
    Milestone: Replay._milestone,  # noqa: SLF001
}

"""Whatever is sent to the ballot box in whatever order, it decides as a replay of its log does."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ballots.cards import card_seed
from ballots.encoding import parse_b64u, to_b64u
from ballots.errors import BallotError
from ballots.objects import (
    Ballot,
    Base,
    Challenge,
    Issue,
    Revoke,
    Stored,
    object_bytes,
    parse_object,
    sign_object,
    store,
)
from ballots.replay import Replay
from tests.hall import Hall, sheet
from voting import ledger
from voting.app import create_app
from voting.config import Settings
from voting.db import db, reading, transaction
from voting.errors import Refused
from voting.models.elections import ElectionState
from voting.rules.verdicts import RuleBroken
from voting.services import casting, rolls, tallying
from voting.services.casting import CheckedBallot

CARDS = 6


@dataclass
class Mirror:
    """A box, the replay of its log, and the votes that were put."""

    hall: Hall
    replay: Replay = field(default_factory=Replay)
    taken: int = 0
    votes: list[int] = field(default_factory=list)

    def follow(self) -> None:
        """Take what the box has added; a sound box adds nothing that a replay refuses."""
        with reading() as tx:
            log = ledger.find_log(tx, self.hall.slug)
            added = ledger.objects_between(tx, log, self.taken, log.size)
        for object_id, raw in added:
            if object_id not in self.replay.seen:
                self.replay.take(parse_object(raw))
        self.taken = log.size

    def verdict(self, stored: Stored) -> str | None:
        """Tell which rule an object breaks in the replay; what breaks none is taken there."""
        if stored.id not in self.replay.seen:
            try:
                self.replay.take(stored)
            except BallotError as error:
                return error.rule
        return None

    def send(self, raw: bytes, act: Callable[[bytes], object]) -> None:
        """Send an object to the box, which must say what the replay says."""
        expected = self.verdict(parse_object(raw))
        assert told(lambda: act(raw)) == expected
        self.follow()

    def enter(self, value: Base, act: Callable[[], object]) -> None:
        """Have an official enter something, which must be taken if it is new and holds."""
        stored = store(value)
        is_new = stored.id not in self.replay.seen
        expected = self.verdict(stored)
        assert (told(act) is None) is (is_new and expected is None)
        self.follow()

    def attempt(self, act: Callable[[], object]) -> None:
        """Let officials try something; whatever comes of it, the replay can follow."""
        with contextlib.suppress(Refused):
            act()
        self.follow()


def told(act: Callable[[], object]) -> str | None:
    """Give the rule under which the box refuses, if it does."""
    try:
        act()
    except RuleBroken as refused:
        return refused.rule
    return None


@contextmanager
def installation() -> Iterator[Mirror]:
    """A box of its own with cards printed and keys made."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        app = create_app(
            Settings(
                data_dir=path,
                database=f"sqlite:///{path / 'voting.db'}",
                secret=b"0" * 64,
                base_url="http://localhost",
                testing=True,
            )
        )
        with app.app_context():
            db.create_all()
            hall = Hall.gather(app, trustees=2, threshold=1)
            hall.publish_roll()
            hall.hold_ceremony()
            hall.issue([1, 2, 3])
            mirror = Mirror(hall)
            mirror.follow()
            yield mirror
            db.engine.dispose()


Step: TypeAlias = tuple[str, int, int, int]
"""What is tried, by which card (or trustee), with which choice and salt, spoilt in which way."""


def spoil(mirror: Mirror, raw: bytes, card: int, way: int) -> bytes:
    """Leave a ballot as it is, or spoil one thing in it."""
    ballot = parse_object(raw).value
    assert isinstance(ballot, Ballot)
    hall, other = mirror.hall, card % CARDS + 1
    proof = bytearray(parse_b64u(ballot.proof))
    proof[-32] ^= 1
    ways: dict[int, tuple[int, dict[str, str]]] = {
        1: (other, {}),
        2: (card, {"election": hall.row(mirror.votes[0]).object_id}),
        3: (card, {"commitment": to_b64u(parse_b64u(ballot.commitment)[:-32])}),
        4: (card, {"proof": to_b64u(bytes(proof))}),
        5: (card, {"credential": hall.credential(other)}),
        6: (other, {"credential": hall.credential(other)}),
    }
    if way not in ways:
        return raw
    signer, changes = ways[way]
    changed = replace(ballot, **changes)
    return object_bytes(sign_object(changed, card_seed(hall.cards[signer - 1])))


def play(mirror: Mirror, step: Step) -> None:
    """Try one thing."""
    what, card, choice, way = step
    hall = mirror.hall
    if what == "prepare":
        title = f"第{len(mirror.votes)}次"
        mirror.votes.append(hall.prepare(sheet(3, threshold="none", title=title)))
        mirror.follow()
    elif what == "issue":
        names = sorted({hall.credential(card), hall.credential(choice)})
        mirror.enter(Issue(roll_of(hall), names), lambda: hall.issue([*{card, choice}]))
    elif what == "revoke":
        value = Revoke(roll_of(hall), [hall.credential(card)], f"{choice}")
        mirror.enter(value, lambda: hall.revoke(card, reason=f"{choice}"))
    else:
        play_vote(mirror, mirror.votes[-1], (what, card, choice, way))


def play_vote(mirror: Mirror, vote: int, step: Step) -> None:
    """Try one thing with the latest vote."""
    what, card, choice, way = step
    hall, chosen = mirror.hall, [f"p0{choice % 3 + 1}"]
    match what:
        case "open":
            mirror.attempt(lambda: hall.open(vote))
        case "cast":
            raw = hall.ballot(vote, card, chosen, choice % 2).raw
            mirror.send(spoil(mirror, raw, card, way), hall.send)
        case "together":
            salts = ((card, 0), (choice, 1), (card, choice % 2))
            raws = [hall.ballot(vote, one, chosen, salt).raw for one, salt in salts]
            expected = [mirror.verdict(parse_object(raw)) for raw in raws]
            assert told_together(hall, raws) == expected
            mirror.follow()
        case "challenge":
            stored = hall.challenge_of(vote, card, chosen, choice % 2)
            mirror.send(lie(stored) if way == 1 else stored.raw, hall.send_challenge)
        case "close":
            mirror.attempt(lambda: hall.close(vote))
        case "share":
            if hall.row(vote).tally_object is not None:
                mirror.send(hall.share(vote, card % 2 + 1), hall.publish)
        case "annul":
            mirror.attempt(lambda: annul(hall, vote))


def told_together(hall: Hall, raws: list[bytes]) -> list[str | None]:
    """Send ballots that are all checked before the first is taken; gives the rule of each."""
    told: dict[int, str | None] = {}
    checked: dict[int, CheckedBallot] = {}
    for number, raw in enumerate(raws):
        try:
            with reading() as tx:
                checked[number] = casting.check(tx, hall.slug, raw)
        except RuleBroken as refused:
            told[number] = refused.rule
    if checked:
        with transaction() as tx:
            outcomes = casting.accept_together(tx, list(checked.values()))
        for number, outcome in zip(checked, outcomes, strict=True):
            told[number] = outcome.rule if isinstance(outcome, RuleBroken) else None
    return [told[number] for number in range(len(raws))]


def roll_of(hall: Hall) -> str:
    with reading() as tx:
        return str(rolls.find_sitting(tx, hall.sitting_id).roll_object)


def lie(stored: Stored) -> bytes:
    value = stored.value
    assert isinstance(value, Challenge)
    return object_bytes(replace(value, selections=[("projects", "abstain")]))


def annul(hall: Hall, vote: int) -> None:
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, vote, reason="重来")


ACTS = (
    *("prepare", "open", "open", "close", "share", "share", "annul", "issue", "revoke"),
    *["cast"] * 9,
    *["together"] * 3,
    *["challenge"] * 3,
)
STEPS = st.tuples(
    st.sampled_from(ACTS),
    st.integers(1, CARDS),
    st.integers(1, CARDS),
    st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]),
)


# Each history opens a box of its own: looking for a shorter one would take minutes.
@settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.lists(STEPS, min_size=10, max_size=40))
def test_the_box_decides_as_a_replay_of_its_log(steps: list[Step]) -> None:
    with installation() as mirror:
        play(mirror, ("prepare", 1, 1, 0))
        play(mirror, ("open", 1, 1, 0))

        for step in steps:
            play(mirror, step)

        report = mirror.hall.report()
        assert report.findings == []
        for vote in mirror.votes:
            known = mirror.replay.elections[mirror.hall.row(vote).object_id]
            assert known.is_open is (mirror.hall.row(vote).state is ElectionState.OPEN)
            assert len(known.ballots) == accepted(vote)


def accepted(vote: int) -> int:
    with reading() as tx:
        return casting.count_ballots(tx, vote)

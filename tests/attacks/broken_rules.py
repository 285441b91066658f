"""One way to break each rule of the page's table, for an open election of a fresh congress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from io import BytesIO
from typing import Any

import msgspec

from ballots.ballot import check_ballot, make_ballot
from ballots.cards import parse_card_code, parse_trustee_code
from ballots.encoding import parse_b64u, parse_hex, parse_json
from ballots.errors import Invalid
from ballots.group import ORDER, parse_point, parse_scalar, scalar_bytes
from ballots.keys import parse_key
from ballots.log import check_checkpoint, parse_checkpoint, parse_entry, parse_verifier_key
from ballots.manifest import Limit, Manifest, Option, Question, check_manifest
from ballots.merkle import check_consistency, check_inclusion
from ballots.milestones import check_content
from ballots.objects import (
    Base,
    Ceremony,
    Close,
    Decryption,
    Milestone,
    Stored,
    Tally,
    Trustee,
    TrusteeCommitment,
    TrusteeConfirmation,
    check_id,
    parse_object,
    sign_object,
    store,
)
from ballots.receipt import check_receipt, parse_receipt
from ballots.record import FilesReader, ZipReader
from ballots.replay import Replay
from ballots.trustees import Circle, commit, confirm, register, signing_seed
from ballots.verify import check_record
from tests.attacks.changes import CHANGES, OWN, with_member
from tests.cheats import Prover, joined, number, pieces, plus_scalar, signed_ballot
from tests.congress import TIME, Congress, ballot_seed, card, trustee_seed
from tests.forge import LOG_KEY, Leaf, forge, leaves
from tests.manifests import choice
from tests.vector_files import log_key, vector
from tests.votes import Vote, decide_everything

Case = Callable[[Vote], object]
CASES: dict[str, Case] = {}


def breaks(rule: str) -> Callable[[Case], Case]:
    """Enter a case under its rule, where there is no other."""

    def enter(case: Case) -> Case:
        assert rule not in CASES
        CASES[rule] = case
        return case

    return enter


def enter_call(rule: str, call: Callable[[], object]) -> None:
    """Enter a call that needs no election."""
    breaks(rule)(lambda _vote: call())


def take(vote: Vote, value: Base) -> None:
    """Let the log take an object."""
    vote.congress.replay.take(store(value))


def rest_of_the_log(rule: str) -> None:
    """Enter a change of a log's object as a case."""
    kind, name, value, _, _ = next(row for row in CHANGES if row[3] == rule and row[4] == OWN)

    @breaks(rule)
    def _changed(_vote: Vote) -> None:
        replay = Replay()
        for item in with_member(whole_log(), kind, name, value):
            replay.take(parse_object(item.raw))


@cache
def whole_log() -> list[Leaf]:
    """Give a log that holds every type."""
    return leaves(decide_everything(Congress()).congress.log)


# Section 1 and 2: forms and objects.
SIMPLE: dict[str, Callable[[], object]] = {
    "encoding.base64": lambda: parse_b64u("AB"),
    "encoding.hex": lambda: parse_hex("AA" * 32),
    "encoding.json": lambda: parse_json(b'{"a":1.0}'),
    "encoding.canonical": lambda: parse_json(b'{"b":1,"a":1}'),
    "group.scalar": lambda: parse_scalar(ORDER.to_bytes(32, "little")),
    "group.point": lambda: parse_point(b"\x01" + bytes(31)),
    "object.type": lambda: parse_object(b'{"type":"vote"}'),
    "object.schema": lambda: parse_object(b'{"type":"session"}'),
    "object.key": lambda: parse_key(b"\x01" + bytes(31)),
    "object.id": lambda: check_id(b"{}", "0" * 64),
    "milestone.content": lambda: check_content(
        Milestone("p1", 1, "", "adopted", "0" * 64, "", TIME), b"{}"
    ),
    "card.code": lambda: parse_card_code("0000-0000-0000-0000-0000-0000-0000"),
    "trustee.code": lambda: parse_trustee_code(""),
    "log.vkey": lambda: parse_verifier_key("a+b+c"),
    "log.checkpoint": lambda: parse_checkpoint(""),
    "log.entry": lambda: parse_entry(b"{}"),
    "log.size": lambda: ZipReader(BytesIO()),
    "log.inclusion": lambda: check_inclusion(b"", 1, 1, path=[], expected=b""),
    "log.consistency": lambda: check_consistency((2, b""), (1, b""), []),
    "receipt.form": lambda: parse_receipt(""),
}
for _rule, _call in SIMPLE.items():
    enter_call(_rule, _call)
for _rule in (
    *("encoding.time", "object.signature", "order.reference", "manifest.shape", "manifest.empty"),
    *("selections", "ballot.length", "ballot.credential", "challenge.ballot", "ceremony.shape"),
    *("ceremony.index", "ceremony.length", "ceremony.keys", "roll.credentials"),
    *("issue.credential", "revoke.credential", "revoke.voted", "close.issued", "close.ballots"),
    *("tally.ballots", "tally.ciphertext", "decryption.index", "result.trustees"),
    *("result.counts", "outcome.value"),
    *("milestone.previous", "milestone.number", "milestone.stage"),
):
    rest_of_the_log(_rule)


# Section 5: manifests.
def question(name: str, options: list[str], least: int, most: int) -> Question:
    """Ask a question."""
    choices = [Option(option, option) for option in options]
    return Question(name, name, choices, least, most, abstain=False)


def asked(*questions: Question, limits: list[Limit] | None = None) -> Manifest:
    """Ask some questions."""
    return choice(2, questions=list(questions), limits=limits or [])


MANIFESTS = {
    "manifest.reserved": asked(question("q", ["abstain", "b"], 1, 1)),
    "manifest.repeated": asked(question("q", ["a", "a"], 1, 1)),
    "manifest.unknown": asked(question("q", ["a"], 1, 1), limits=[Limit([("q", "b")], 0, 1)]),
    "manifest.bounds": asked(question("q", ["a", "b"], 2, 1)),
    "manifest.pivot": asked(question("q", ["a"], 1, 1), limits=[Limit([("q", "a")], 1, 1)]),
}
for _rule, _manifest in MANIFESTS.items():
    enter_call(_rule, partial(check_manifest, _manifest))


# Section 6 and 7: ballots.
GOOD = [1, 0, 0, 0, 1]


@breaks("ballot.identity")
def _identity(vote: Vote) -> object:
    return check_ballot(vote.paper, Prover(vote.paper, GOOD, r=[0]).ballot(card(1)))


@breaks("ballot.constraint")
def _constraint(vote: Vote) -> object:
    return check_ballot(vote.paper, Prover(vote.paper, [1, 1, 1, 0, 1]).ballot(card(1)))


@breaks("ballot.bits")
def _bits(vote: Vote) -> object:
    return check_ballot(vote.paper, Prover(vote.paper, [2, 0, 0, 0, 0]).ballot(card(1)))


@breaks("ballot.randomness")
def _randomness(vote: Vote) -> object:
    parts = pieces(vote.ballot().proof)
    parts[-2] = plus_scalar(parts[-2])
    return check_ballot(vote.paper, signed_ballot(vote.ballot(), card(1), proof=joined(parts)))


@breaks("ballot.slot")
def _slot(vote: Vote) -> object:
    prover = Prover(vote.paper, GOOD, encrypts=[0, 1, 0, 0, 1])
    return check_ballot(vote.paper, prover.ballot(card(1)))


@breaks("ballot.closed")
def _closed(vote: Vote) -> None:
    vote.congress.close(vote.election)
    take(vote, vote.ballot())


@breaks("ballot.second")
def _second(vote: Vote) -> None:
    take(vote, vote.ballot(1, "p1"))
    other = make_ballot(vote.paper, card(1), [("projects", "p2")], ballot_seed("other"))
    vote.congress.replay.take(other)


@breaks("ballot.reused")
def _reused(vote: Vote) -> None:
    for holder in (1, 2):
        prover = Prover(vote.paper, GOOD, label=str(holder), r=[number("shared")])
        vote.congress.replay.take(prover.ballot(card(holder)))


def challenged(vote: Vote) -> tuple[Stored, Stored]:
    """Make a challenge in another copy of the log; give its ballot and it."""
    selections = [("projects", "p1")]
    seed = ballot_seed("challenged", vote.election.id, 1)
    ballot = make_ballot(vote.paper, card(1), selections, seed)
    made = Congress()
    same = made.elect(vote.paper.style.manifest)
    made.open(same)
    return ballot, made.challenge(same, 1, selections)


@breaks("ballot.challenged")
def _challenged(vote: Vote) -> None:
    for stored in reversed(challenged(vote)):
        vote.congress.replay.take(stored)


@breaks("challenge.accepted")
def _accepted(vote: Vote) -> None:
    for stored in challenged(vote):
        vote.congress.replay.take(stored)


# Section 3: the ceremony.
class Ceremonial:
    """A second ceremony of the congress, whose first trustee may change what it publishes."""

    def __init__(self, vote: Vote) -> None:
        """Begin it."""
        self.congress = vote.congress
        begun = self.congress.add(Ceremony(self.congress.session.id, 2, 1, 32))
        self.state = self.congress.state(begun)
        self.circle: Circle = self.state.circle

    def say(self, value: Any, index: int, **members: Any) -> None:
        """Publish what a trustee changed and signed."""
        changed = msgspec.structs.replace(value, **members)
        self.congress.add(sign_object(changed, signing_seed(self.circle, trustee_seed(index))))

    def registration(self, index: int) -> Trustee:
        """Give a trustee's registration."""
        return register(self.circle, trustee_seed(index), index, "")

    def commitment(self, index: int) -> TrusteeCommitment:
        """Give a trustee's commitment."""
        registered = list(self.state.registered.values())
        return commit(self.circle, trustee_seed(index), index, registered)

    def confirmation(self, index: int) -> TrusteeConfirmation:
        """Give a trustee's confirmation."""
        return confirm(
            self.circle,
            trustee_seed(index),
            index,
            registered=list(self.state.registered.values()),
            commitments=list(self.state.committed.values()),
        )

    def register_both(self) -> None:
        """Let both trustees register."""
        for index in (1, 2):
            self.say(self.registration(index), index)


@breaks("ceremony.key")
def _same_key(vote: Vote) -> None:
    ceremony = Ceremonial(vote)
    ceremony.say(ceremony.registration(1), 1)
    ceremony.say(ceremony.registration(2), 2, dh=ceremony.registration(1).dh)


@breaks("ceremony.identity")
def _no_key(vote: Vote) -> None:
    ceremony = Ceremonial(vote)
    ceremony.say(ceremony.registration(1), 1, dh=joined([bytes(32)]))


@breaks("ceremony.commit")
def _other_coefficients(vote: Vote) -> None:
    ceremony = Ceremonial(vote)
    ceremony.register_both()
    second = ceremony.commitment(2)
    ceremony.say(ceremony.commitment(1), 1, coefficients=second.coefficients)


@breaks("ceremony.proof")
def _other_proof(vote: Vote) -> None:
    ceremony = Ceremonial(vote)
    ceremony.register_both()
    ceremony.say(ceremony.commitment(1), 1, proof=ceremony.commitment(2).proof)


@breaks("ceremony.share")
def _other_share(vote: Vote) -> None:
    ceremony = Ceremonial(vote)
    ceremony.register_both()
    ceremony.say(ceremony.commitment(1), 1)
    ceremony.say(ceremony.commitment(2), 2, shares=[ceremony.commitment(1).shares[1], ""])
    ceremony.confirmation(1)


@breaks("ceremony.transcript")
def _other_transcript(vote: Vote) -> None:
    ceremony = Ceremonial(vote)
    ceremony.register_both()
    for index in (1, 2):
        ceremony.say(ceremony.commitment(index), index)
    ceremony.say(ceremony.confirmation(1), 1, transcript="0" * 64)


# Section 8: tallies.
def share_of(vote: Vote) -> Decryption:
    """Close and tally, and give the first trustee's share."""
    vote.congress.close(vote.election)
    vote.congress.tally(vote.election)
    return vote.congress.share(vote.election, 1)


def give(vote: Vote, share: Decryption, **members: Any) -> None:
    """Publish a changed share under the first trustee's signature."""
    changed = msgspec.structs.replace(share, **members)
    take(vote, sign_object(changed, signing_seed(vote.congress.circle(), trustee_seed(1))))


@breaks("decryption.length")
def _short_share(vote: Vote) -> None:
    share = share_of(vote)
    give(vote, share, shares=joined(pieces(share.shares)[1:]))


@breaks("decryption.proof")
def _false_share(vote: Vote) -> None:
    share = share_of(vote)
    give(vote, share, proof=joined([scalar_bytes(1), *pieces(share.proof)[1:]]))


# Section 11: order.
@breaks("order.repeated")
def _repeated(vote: Vote) -> None:
    vote.congress.replay.take(vote.election)


@breaks("order.state")
def _too_early(vote: Vote) -> None:
    take(vote, Tally(vote.election.id, 0, ""))


@breaks("order.annulled")
def _annulled(vote: Vote) -> None:
    vote.congress.annul(vote.election)
    take(vote, Close(vote.election.id, 0, 0, 0, TIME))


@breaks("milestone.outcome")
def _not_elected(vote: Vote) -> None:
    vote.congress.cast(vote.election, 1, [("projects", "p1")])
    outcome = vote.congress.finish(vote.election)
    vote.congress.milestone("p2", "adopted")
    vote.congress.milestone("p2", "decided", outcome.id)


def whole(vote: Vote, change: Callable[[dict[str, bytes]], object]) -> None:
    """Raise the first finding in a record that was changed, as an error of its kind."""
    files = forge(leaves(vote.congress.log))
    change(files)
    finding = check_record(FilesReader(files), LOG_KEY).findings[0]
    raise Invalid(finding.rule, where=finding.where)


@breaks("log.root")
def _root(vote: Vote) -> None:
    def change(files: dict[str, bytes]) -> None:
        bundle = next(name for name in files if "tile/entries" in name)
        files[bundle] = files[bundle].replace(b'"election"', b'"electiom"')

    whole(vote, change)


@breaks("log.tile")
def _tile(vote: Vote) -> None:
    whole(vote, lambda files: files.pop(next(name for name in files if "tile/0" in name)))


@breaks("log.object")
def _no_object(vote: Vote) -> None:
    whole(vote, lambda files: files.pop(f"object/{vote.election.id}"))


@breaks("log.file")
def _more_files(vote: Vote) -> None:
    whole(vote, lambda files: files.update(more=b""))


@breaks("log.signature")
def _unsigned(_vote: Vote) -> None:
    check_checkpoint(parse_checkpoint(vector("log.json")["checkpoint"]), LOG_KEY)


@breaks("receipt.entry")
def _no_ballot(_vote: Vote) -> None:
    receipt = parse_receipt(vector("log.json")["receipts"][0]["text"])
    other = receipt.entry.replace(b'"ballot"', b'"open"')
    check_receipt(replace(receipt, entry=other), log_key())

"""Attacks A23, A24, A26, A28 and A39: tallies of some ballots, shares replayed, forked logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from ballots.elgamal import ciphertext_bytes
from ballots.encoding import parse_b64u
from ballots.errors import BallotError, Invalid
from ballots.group import Point
from ballots.log import (
    Checkpoint,
    check_cosignature,
    cosign,
    entry_bytes,
    make_checkpoint,
    make_verifier_key,
)
from ballots.merkle import (
    Nodes,
    check_consistency,
    consistency_path,
    leaf_hash,
    nodes_of,
    root,
)
from ballots.objects import Close, Decryption, Result, Stored, Tally, parse_as, sign_object, store
from ballots.receipt import check_receipt, make_receipt
from ballots.tally import add_ballots, check_share, check_tally, combine
from ballots.trustees import signing_seed
from tests.cheats import each_piece_changed, joined, pieces, plus_point
from tests.congress import TIME, secret, trustee_seed
from tests.forge import LOG_KEY, LOG_NAME, LOG_SEED
from tests.votes import Vote

FOR = {name: [("projects", name)] for name in ("p1", "p2", "p3")}


def refusal(vote: Vote, value: Any) -> str:
    """Give the rule by which the log refuses an object."""
    with pytest.raises(BallotError) as refused:
        vote.congress.replay.take(store(value))
    return refused.value.rule


@pytest.fixture
def closed(vote: Vote) -> Vote:
    """An election of three ballots that was closed."""
    vote.congress.cast(vote.election, 1, FOR["p1"])
    vote.congress.cast(vote.election, 2, FOR["p1"])
    vote.congress.cast(vote.election, 3, FOR["p2"])
    vote.congress.close(vote.election)
    return vote


@pytest.fixture
def tallied(closed: Vote) -> Vote:
    """That election tallied."""
    closed.congress.tally(closed.election)
    return closed


def tally_of(vote: Vote, ballots: int, /, **members: Any) -> Tally:
    """Add up the first ballots alone, and change what is said of them."""
    accepted = list(vote.congress.election(vote.election).ballots.values())
    tally = add_ballots(vote.paper, accepted[:ballots])
    return msgspec.structs.replace(tally, **members)


def test_a23_tally_of_some_ballots_is_refused(closed: Vote) -> None:
    assert refusal(closed, tally_of(closed, 2)) == "tally.ballots"
    assert refusal(closed, tally_of(closed, 2, ballots=3)) == "tally.ciphertext"
    assert refusal(closed, tally_of(closed, 1)) == "tally.ballots"


def test_a23_every_change_of_a_tally_is_refused(closed: Vote) -> None:
    """A request to decrypt anything but the sum comes as another tally."""
    text = tally_of(closed, 3).ciphertext
    changes = each_piece_changed(text, len(pieces(text)))

    found = {refusal(closed, tally_of(closed, 3, ciphertext=other)) for other in changes}

    assert found == {"tally.ciphertext"}


def test_a23_tally_of_an_open_election_is_refused(vote: Vote) -> None:
    vote.congress.cast(vote.election, 1, FOR["p1"])

    assert refusal(vote, tally_of(vote, 1)) == "order.state"


def test_a23_second_tally_and_second_close_are_refused(tallied: Vote) -> None:
    assert refusal(tallied, tally_of(tallied, 2)) == "order.repeated"
    close = Close(tallied.election.id, 4, 4, 2, TIME)
    assert refusal(tallied, close) == "order.repeated"


def test_a23_trustee_gives_no_share_without_its_own_tally(closed: Vote) -> None:
    """A share is made of a `Count`, which comes of a tally that was added up here alone."""
    asked = store(tally_of(closed, 1))
    own = tally_of(closed, 3)

    with pytest.raises(Invalid, match=r"^tally\.ballots$"):
        check_tally(closed.paper, asked, own)


def test_a23_share_of_another_elections_tally_is_refused(tallied: Vote, other_vote: Vote) -> None:
    other_vote.congress.close(other_vote.election)
    other_vote.congress.tally(other_vote.election)
    _, first = parse_as(Decryption, store(tallied.congress.share(tallied.election, 1)).raw)
    count = other_vote.congress.election(other_vote.election).count
    assert count is not None
    congress = tallied.congress
    trustees = {trustee.value.index: trustee for trustee in congress.registered()}
    keys = congress.state(congress.ceremony).keys
    assert keys is not None

    with pytest.raises(Invalid, match=r"^order\.reference$"):
        check_share(count, keys, trustees, first)


def signed(vote: Vote, share: Decryption, index: int = 1, /, **members: Any) -> Decryption:
    """Change a share and sign it as a trustee."""
    changed = msgspec.structs.replace(share, **members)
    seed = signing_seed(vote.congress.circle(), trustee_seed(index))
    value: Decryption = sign_object(changed, seed)
    return value


def test_a24_share_replayed_from_another_tally_is_refused(tallied: Vote, other_vote: Vote) -> None:
    """A rehearsal of the same ballots gives shares whose proofs hold for its tally alone."""
    congress = tallied.congress
    for number in (1, 2, 3):
        congress.cast(other_vote.election, number, FOR["p2"])
    congress.close(other_vote.election)
    real = congress.tally(other_vote.election)
    rehearsed = congress.share(tallied.election, 1)

    moved = signed(tallied, rehearsed, tally=real.id)

    assert refusal(tallied, moved) == "decryption.proof"


def test_a24_share_under_another_index_is_refused(tallied: Vote) -> None:
    share = tallied.congress.share(tallied.election, 1)

    assert refusal(tallied, msgspec.structs.replace(share, index=2)) == "object.signature"
    assert refusal(tallied, signed(tallied, share, 2, index=2)) == "decryption.proof"
    for index in (0, 3):
        assert refusal(tallied, signed(tallied, share, 1, index=index)) == "decryption.index"
    tallied.congress.add(share)
    again = signed(tallied, share, 1, shares=share.shares[::-1])
    assert refusal(tallied, again) == "decryption.index"


def test_a15_every_change_of_a_share_is_refused(tallied: Vote) -> None:
    share = tallied.congress.share(tallied.election, 1)
    factors = each_piece_changed(share.shares, len(pieces(share.shares)))
    answers = each_piece_changed(share.proof, 0)

    found = {refusal(tallied, signed(tallied, share, shares=text)) for text in factors}
    found |= {refusal(tallied, signed(tallied, share, proof=text)) for text in answers}

    assert found == {"decryption.proof"}


@pytest.mark.parametrize("member", ["shares", "proof"])
@pytest.mark.parametrize("change", [lambda parts: parts[:-1], lambda parts: [*parts, parts[0]]])
def test_share_of_another_length_is_refused(
    tallied: Vote, member: str, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    share = tallied.congress.share(tallied.election, 1)

    text = joined(change(pieces(getattr(share, member))))

    assert refusal(tallied, signed(tallied, share, **{member: text})) == "decryption.length"


def test_a24_results_other_than_the_shares_give_are_refused(tallied: Vote) -> None:
    congress = tallied.congress
    congress.decrypt(tallied.election)
    count = congress.election(tallied.election).count
    assert count is not None
    used, counts = combine(count, 2, congress.election(tallied.election).shares.values())

    assert (used, counts) == ([1, 2], [2, 1, 0, 0])
    for other in ([2, 1, 0, 1], [1, 2, 0, 0], [2, 1, 0], [2, 1, 0, 0, 0]):
        assert refusal(tallied, Result(count.id, used, other)) == "result.counts"
    for indexes in ([2, 1], [1], [1, 1], [0, 1], [1, 2, 3], []):
        assert refusal(tallied, Result(count.id, indexes, counts)) == "result.trustees"


def test_a39_more_votes_than_ballots_are_no_count(tallied: Vote) -> None:
    """The search for a count ends at the number of ballots, whatever the tally holds."""
    congress = tallied.congress
    shares = [store(item.value) for item in congress.decrypt(tallied.election)]
    state = congress.election(tallied.election)
    assert state.count is not None
    assert len(shares) == 2
    fewer = replace(state.count, ballots=1)

    with pytest.raises(Invalid) as refused:
        combine(fewer, 2, state.shares.values())
    assert (refused.value.rule, refused.value.where) == ("result.counts", 0)


def test_a39_count_below_zero_is_none(tallied: Vote) -> None:
    congress = tallied.congress
    congress.decrypt(tallied.election)
    state = congress.election(tallied.election)
    assert state.count is not None
    raw = parse_b64u(tally_of(tallied, 3).ciphertext)
    slots = list(state.count.ciphertext.slots)
    slots[3] = Point(plus_point(slots[3], -1))
    below = replace(state.count, ciphertext=replace(state.count.ciphertext, slots=tuple(slots)))

    assert ciphertext_bytes(tallied.paper.style, state.count.ciphertext) == raw
    with pytest.raises(Invalid) as refused:
        combine(below, 2, state.shares.values())
    assert (refused.value.rule, refused.value.where) == ("result.counts", 3)


def tree_of(entries: list[bytes]) -> tuple[int, bytes, Nodes]:
    """Give size, root and nodes of a log."""
    nodes = nodes_of([leaf_hash(entry) for entry in entries])
    return len(entries), root(len(entries), nodes), nodes


def entries_of(log: list[Stored]) -> list[bytes]:
    """Give a log's entries."""
    return [entry_bytes(stored.id, stored.type) for stored in log]


def checkpoint_of(entries: list[bytes]) -> Checkpoint:
    """Sign the log of these entries."""
    size, top, _ = tree_of(entries)
    return make_checkpoint(LOG_NAME, size, top, seed=LOG_SEED)


def test_a26_two_logs_of_one_size_are_shown_by_their_receipts(closed: Vote) -> None:
    """The server shows a deputy one log and the public another; both are signed: that is proof."""
    log = entries_of(closed.congress.log)
    ballots = [i for i, item in enumerate(closed.congress.log) if item.type == "ballot"]
    other = list(log)
    other[ballots[0]], other[ballots[1]] = other[ballots[1]], other[ballots[0]]
    signed_logs = [(entries, checkpoint_of(entries)) for entries in (log, other)]

    for entries, checkpoint in signed_logs:
        place = ballots[0]
        receipt = make_receipt(place, entries[place], checkpoint, tree_of(entries)[2])
        check_receipt(receipt, LOG_KEY)
    (_, one), (_, two) = signed_logs
    assert one.size == two.size
    assert one.root != two.root
    with pytest.raises(Invalid, match=r"^log\.consistency$"):
        check_consistency((one.size, one.root), (two.size, two.root), [])


def test_a26_witness_refuses_a_log_that_does_not_go_on_from_the_last(closed: Vote) -> None:
    log = entries_of(closed.congress.log)
    seen = tree_of(log[:-2])
    forked = [*log[:5], log[6], log[5], *log[7:]]

    size, top, nodes = tree_of(log)
    path = consistency_path(seen[0], size, nodes)
    check_consistency(seen[:2], (size, top), path)
    _, other, other_nodes = tree_of(forked)
    for shown in (path, consistency_path(seen[0], size, other_nodes)):
        with pytest.raises(Invalid, match=r"^log\.consistency$"):
            check_consistency(seen[:2], (size, other), shown)


def test_a26_cosignature_of_another_log_is_refused(closed: Vote) -> None:
    log = entries_of(closed.congress.log)
    witness, seed = "witness.example/w", secret("witness")
    key = make_verifier_key(witness, seed, is_witness=True)
    line = cosign(checkpoint_of(log[:-1]), witness, seed, time=1_770_000_000)
    honest, moved = checkpoint_of(log[:-1]), checkpoint_of(log)

    assert check_cosignature(replace(honest, signatures=(line,)), key) == 1_770_000_000
    with pytest.raises(Invalid, match=r"^log\.signature$"):
        check_cosignature(replace(moved, signatures=(line,)), key)


def test_a28_receipt_of_a_ballot_that_was_never_logged_is_refused(closed: Vote) -> None:
    log = entries_of(closed.congress.log)
    place = next(i for i, item in enumerate(closed.congress.log) if item.type == "ballot")
    honest = make_receipt(place, log[place], checkpoint_of(log), tree_of(log)[2])
    dropped = replace(honest, entry=entry_bytes("0" * 64, "ballot"))
    elsewhere = replace(honest, index=place + 1)

    check_receipt(honest, LOG_KEY)
    for receipt in (dropped, elsewhere, replace(honest, path=honest.path[:-1])):
        with pytest.raises(Invalid, match=r"^log\.inclusion$"):
            check_receipt(receipt, LOG_KEY)


def test_a28_receipt_without_a_signed_checkpoint_is_refused(closed: Vote) -> None:
    log = entries_of(closed.congress.log)
    place = next(i for i, item in enumerate(closed.congress.log) if item.type == "ballot")
    secretly = [*log[:place], entry_bytes("0" * 64, "ballot"), *log[place + 1 :]]
    _, top, nodes = tree_of(secretly)
    unsigned = replace(checkpoint_of(log), root=top)

    with pytest.raises(Invalid, match=r"^log\.signature$"):
        check_receipt(make_receipt(place, secretly[place], unsigned, nodes), LOG_KEY)
    other = make_checkpoint(LOG_NAME, len(log), top, seed=secret("not the log's key"))
    with pytest.raises(Invalid, match=r"^log\.signature$"):
        check_receipt(make_receipt(place, secretly[place], other, nodes), LOG_KEY)

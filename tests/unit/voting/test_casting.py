"""Ballots and challenges: what is taken, what is refused and under which rule, and who may know."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import inspect, select

from ballots.ballot import check_ballot, make_ballot, short_tracker
from ballots.cards import card_seed
from ballots.encoding import canonical, parse_b64u, parse_json, to_b64u
from ballots.keys import GROUP_ORDER, public_key
from ballots.objects import (
    Ballot,
    ObjectId,
    Stored,
    object_bytes,
    sign_object,
    signed_bytes,
    store,
)
from ballots.receipt import check_receipt, parse_receipt
from tests.congress import ballot_seed, card
from tests.hall import Hall, sheet
from voting import ledger
from voting.db import Tx, db, reading, transaction
from voting.errors import NotFound, NotNow
from voting.ledger import Place
from voting.models.elections import AcceptedBallot, BallotHead, ChallengedBallot
from voting.rules.verdicts import RuleBroken
from voting.services import casting
from voting.services.casting import CheckedBallot, challenges, papers


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of four with one trustee, which is enough here."""
    return Hall.build(app, trustees=1, threshold=1)


@pytest.fixture
def election(hall: Hall) -> int:
    """A vote that is open."""
    return hall.open_election()


def rule_of(act: Callable[[], object]) -> str:
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.rule


def value_of(stored: Stored) -> Ballot:
    assert isinstance(stored.value, Ballot)
    return stored.value


def signed(hall: Hall, number: int, ballot: Ballot) -> Stored:
    """Sign a ballot with a card, whatever it says."""
    return store(sign_object(ballot, card_seed(hall.cards[number - 1])))


def signing_scalar(seed: bytes) -> int:
    """Give the scalar behind an Ed25519 seed's public key."""
    low = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return low & ((1 << 254) - 8) | 1 << 254


def other_signature(hall: Hall, ballot: Ballot) -> str:
    """Sign a card's ballot with a nonce of one's own choice; it holds as well as any."""
    nonce_seed = bytes(range(32))
    R, A = public_key(nonce_seed), parse_b64u(ballot.credential)
    k = int.from_bytes(
        hashlib.sha512(R + A + signed_bytes(object_bytes(ballot), ballot.signature)).digest(),
        "little",
    )
    S = (signing_scalar(nonce_seed) + k * signing_scalar(card_seed(hall.cards[0]))) % GROUP_ORDER
    return to_b64u(R + S.to_bytes(32, "little"))


def accept_and_fail(tx: Tx, checked: CheckedBallot) -> Place:
    """Take a ballot, and have the transaction fail before its end."""
    casting.accept(tx, checked)
    raise ZeroDivisionError


def accepted(hall: Hall) -> int:
    with reading() as tx:
        return len(tx.scalars(select(AcceptedBallot)).all())


def test_the_first_ballot_of_a_card_wins(hall: Hall, election: int) -> None:
    first = hall.cast(election, 1, ["p01"])

    rule = rule_of(lambda: hall.cast(election, 1, ["p02"], "second"))

    assert rule == "ballot.second"
    assert accepted(hall) == 1
    assert hall.cast(election, 1, ["p01"]) == first


def test_before_the_opening_no_ballot_is_taken(hall: Hall) -> None:
    election = hall.prepare()

    assert rule_of(lambda: hall.cast(election, 1, ["p01"])) == "ballot.closed"


def test_after_the_closing_only_a_known_ballot_is_answered(hall: Hall, election: int) -> None:
    place = hall.cast(election, 1, ["p01"])
    hall.close(election)

    assert hall.cast(election, 1, ["p01"]) == place
    assert rule_of(lambda: hall.cast(election, 2, ["p01"])) == "ballot.closed"


def test_a_card_that_is_not_issued_is_refused(hall: Hall, election: int) -> None:
    assert rule_of(lambda: hall.cast(election, 5, ["p01"])) == "ballot.credential"


def test_a_card_that_is_not_on_the_roll_is_refused(hall: Hall, election: int) -> None:
    choice = [("projects", "p01")]
    forged = make_ballot(hall.paper(election), card(99), choice, ballot_seed("forged"))

    assert rule_of(lambda: hall.send(forged.raw)) == "ballot.credential"


def test_a_revoked_card_is_refused_and_the_log_says_why(hall: Hall, election: int) -> None:
    hall.revoke(1, reason="遗失")

    rule = rule_of(lambda: hall.cast(election, 1, ["p01"]))

    assert rule == "ballot.credential"
    objects = [raw for path, raw in hall.record().items() if path.startswith("object/")]
    said = next(parse_json(raw) for raw in objects if b'"type":"revoke"' in raw)
    assert (said["credentials"], said["reason"]) == ([hall.credential(1)], "遗失")


def test_a_ballot_of_another_round_is_refused(hall: Hall) -> None:
    first = hall.open_election(sheet(2, threshold="none"))
    hall.cast(first, 1, ["p01"])
    hall.count(first)
    second = hall.open_election(sheet(2, threshold="none", title="第二轮"))
    old = value_of(hall.ballot(first, 1, ["p01"]))

    moved = signed(hall, 1, replace(old, election=hall.row(second).object_id))

    assert rule_of(lambda: hall.send(moved.raw)).startswith("ballot.")


def test_a_ballot_for_an_unknown_vote_is_refused(hall: Hall, election: int) -> None:
    stray = signed(hall, 1, replace(value_of(hall.ballot(election, 1, ["p01"])), election="0" * 64))

    assert rule_of(lambda: hall.send(stray.raw)) == "order.reference"


def test_a_ballot_copied_from_another_deputy_is_refused(hall: Hall, election: int) -> None:
    seen = value_of(hall.ballot(election, 1, ["p01"]))

    copied = signed(hall, 2, replace(seen, credential=hall.credential(2)))

    assert rule_of(lambda: hall.send(copied.raw)).startswith("ballot.")
    assert accepted(hall) == 0


def test_a_ballot_that_another_card_signed_is_refused(hall: Hall, election: int) -> None:
    foreign = signed(hall, 2, value_of(hall.ballot(election, 1, ["p01"])))

    assert rule_of(lambda: hall.send(foreign.raw)) == "object.signature"


@pytest.mark.parametrize("member", ["ciphertext", "commitment", "proof"])
def test_garbage_signed_by_a_good_card_never_enters_the_log(
    hall: Hall, election: int, member: str
) -> None:
    ballot = value_of(hall.ballot(election, 1, ["p01"]))
    length = len(parse_b64u(getattr(ballot, member)))
    garbage = signed(hall, 1, replace(ballot, **{member: to_b64u(b"\7" * length)}))

    rule = rule_of(lambda: hall.send(garbage.raw))

    assert rule in {"group.point", "ballot.slot", "ballot.bits", "ballot.randomness"}
    hall.cast(election, 1, ["p01"])
    hall.count(election)
    assert hall.report().findings == []


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "encoding.json"),
        (b"[]", "encoding.json"),
        (b"\xff", "encoding.json"),
        (b'{"type":"ballot"} ', "encoding.canonical"),
        (b'{"type":"riddle"}', "object.type"),
        (b'{"type":"ballot"}', "object.schema"),
        (b'{"type":"close"}', "object.schema"),
        (canonical({"type": "roll", "session": "0" * 64, "credentials": []}), "object.type"),
    ],
)
def test_what_is_no_ballot_is_named_as_such(
    hall: Hall, election: int, raw: bytes, rule: str
) -> None:
    assert rule_of(lambda: hall.send(raw)) == rule


def test_a_ballot_of_another_length_is_malformed_even_when_the_vote_is_closed(
    hall: Hall, election: int
) -> None:
    short = replace(value_of(hall.ballot(election, 1, ["p01"])), commitment=to_b64u(bytes(32)))
    hall.close(election)

    assert rule_of(lambda: hall.send(signed(hall, 1, short).raw)) == "ballot.length"


def test_random_numbers_used_twice_are_refused(
    hall: Hall, election: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.cast(election, 1, ["p01"])
    with transaction() as tx:
        heads = tx.scalars(select(BallotHead)).all()
    second = hall.ballot(election, 2, ["p01"])
    with reading() as tx:
        checked = casting.check(tx, hall.slug, second.raw)
    assert checked.valid is not None
    with transaction() as tx:
        tx.add(BallotHead(election_id=election, head=bytes(checked.valid.ciphertext.heads[0])))

    assert len(heads) == 1
    assert rule_of(lambda: hall.send(second.raw)) == "ballot.reused"


def test_the_same_bytes_from_two_tablets_get_one_place(hall: Hall, election: int) -> None:
    ballot = hall.ballot(election, 1, ["p01"])
    with reading() as tx:
        first, second = (casting.check(tx, hall.slug, ballot.raw) for _ in range(2))

    with transaction() as tx:
        one = casting.accept(tx, first)
    with transaction() as tx:
        two = casting.accept(tx, second)

    assert (one.is_new, two.is_new) == (True, False)
    assert one.place == two.place


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do things in threads that start in one instant; gives what each gave or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = acts[number]()
        except RuleBroken as refused:
            results[number] = refused.rule

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_double_tap_is_one_ballot(hall: Hall, election: int) -> None:
    raw = hall.ballot(election, 1, ["p01"]).raw

    def send() -> Place:
        with hall.app.app_context():
            return hall.send(raw)

    places = at_once(*[send] * 4)

    assert len(set(map(repr, places))) == 1
    assert accepted(hall) == 1


def test_two_tablets_with_one_card_are_told_the_truth(hall: Hall, election: int) -> None:
    raws = [hall.ballot(election, 1, [f"p0{i}"], i).raw for i in (1, 2, 3)]

    def sender(raw: bytes) -> Callable[[], Place]:
        def send() -> Place:
            with hall.app.app_context():
                return hall.send(raw)

        return send

    answers = at_once(*map(sender, raws))

    assert sorted(isinstance(answer, Place) for answer in answers) == [False, False, True]
    assert [answer for answer in answers if not isinstance(answer, Place)] == ["ballot.second"] * 2
    hall.count(election)
    assert hall.report().findings == []


def test_many_cards_at_once_lose_nothing(app: Flask) -> None:
    hall = Hall.build(app, trustees=1, threshold=1, deputies=24)
    election = hall.open_election()
    raws = [hall.ballot(election, number, ["p01"]).raw for number in range(1, 25)]

    def sender(raw: bytes) -> Callable[[], Place]:
        def send() -> Place:
            with hall.app.app_context():
                return hall.send(raw)

        return send

    places = at_once(*map(sender, raws))

    assert len({place.position for place in places if isinstance(place, Place)}) == 24
    hall.count(election)
    assert hall.report().elections[0].ballots == 24


# Challenges


def test_a_challenged_ballot_is_never_accepted(hall: Hall, election: int) -> None:
    hall.challenge(election, 1, ["p01"])

    assert rule_of(lambda: hall.cast(election, 1, ["p01"])) == "ballot.challenged"
    hall.cast(election, 1, ["p01"], "afresh")


def test_a_challenged_ballot_signed_anew_is_not_accepted_either(hall: Hall, election: int) -> None:
    ballot = value_of(hall.ballot(election, 1, ["p01"]))
    hall.challenge(election, 1, ["p01"])
    twin = store(replace(ballot, signature=other_signature(hall, ballot)))

    rule = rule_of(lambda: hall.send(twin.raw))

    assert check_ballot(hall.paper(election), twin).id == twin.id
    assert rule == "ballot.challenged"


def test_a_cast_ballot_is_never_opened(hall: Hall, election: int) -> None:
    hall.cast(election, 1, ["p01"])

    assert rule_of(lambda: hall.challenge(election, 1, ["p01"])) == "challenge.accepted"


def test_who_has_voted_may_still_test_a_tablet(hall: Hall, election: int) -> None:
    hall.cast(election, 1, ["p01"])

    hall.challenge(election, 1, ["p02"], "another")

    hall.count(election)
    assert hall.report().findings == []


def test_a_challenge_sent_twice_stands_once(hall: Hall, election: int) -> None:
    first = hall.challenge(election, 1, ["p01"])
    hall.close(election)

    assert hall.challenge(election, 1, ["p01"]) == first


def test_a_challenge_sent_from_two_tablets_at_once_stands_once(hall: Hall, election: int) -> None:
    raw = hall.challenge_of(election, 1, ["p01"]).raw
    with reading() as tx:
        first, second = (casting.check_opened(tx, hall.slug, raw) for _ in range(2))

    with transaction() as tx:
        one, two = casting.challenge(tx, first), casting.challenge(tx, second)

    assert one == two


def test_a_challenge_that_does_not_make_the_ballot_is_refused(hall: Hall, election: int) -> None:
    opened = hall.challenge_of(election, 1, ["p01"]).value
    lie = replace(opened, selections=[("projects", "p02")])

    assert rule_of(lambda: hall.send_challenge(object_bytes(lie))) == "challenge.ballot"


def test_a_challenge_needs_an_open_vote_and_a_good_card(hall: Hall, election: int) -> None:
    assert rule_of(lambda: hall.challenge(election, 5, ["p01"])) == "ballot.credential"
    hall.close(election)
    assert rule_of(lambda: hall.challenge(election, 1, ["p01"])) == "ballot.closed"


def test_one_card_can_not_fill_the_log_with_challenges(
    hall: Hall, election: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(challenges, "MOST_CHALLENGES", 2)
    for number in range(2):
        hall.challenge(election, 1, ["p01"], number)

    with pytest.raises(NotNow):
        hall.challenge(election, 1, ["p01"], "third")

    hall.challenge(election, 2, ["p01"])


def test_a_ciphertext_opened_in_two_orders_is_one_challenged_ballot(
    hall: Hall,
) -> None:
    election = hall.open_election(sheet(3, seats=2, threshold="none"))
    opened = hall.challenge_of(election, 1, ["p01", "p02"]).value
    other = replace(opened, selections=[("projects", "p02"), ("projects", "p01")])

    hall.send_challenge(object_bytes(opened))
    hall.send_challenge(object_bytes(other))

    with reading() as tx:
        assert len(tx.scalars(select(ChallengedBallot)).all()) == 1
    hall.count(election)
    assert hall.report().findings == []


# Receipts: attacks A28 and A29


def test_no_receipt_exists_of_what_is_not_in_the_log(hall: Hall, election: int) -> None:
    ballot = hall.ballot(election, 1, ["p01"])
    with reading() as tx:
        checked = casting.check(tx, hall.slug, ballot.raw)

    with pytest.raises(ZeroDivisionError), transaction() as tx:
        accept_and_fail(tx, checked)

    with reading() as tx:
        size = ledger.find_log(tx, hall.slug).size
        with pytest.raises(NotFound):
            casting.find_ballot(tx, hall.slug, short_tracker(ballot.id))
    assert hall.cast(election, 1, ["p01"]).position == size


def test_a_receipt_is_of_the_very_ballot_that_was_sent(hall: Hall, election: int) -> None:
    ballot = hall.ballot(election, 1, ["p01"])
    hall.cast(election, 2, ["p01"])

    place = hall.send(ballot.raw)

    with reading() as tx:
        receipt = casting.receipt(tx, place)
    assert check_receipt(parse_receipt(receipt.text), hall.key()) == ballot.id
    assert receipt.tracker == short_tracker(ballot.id)


def test_a_tracker_is_found_in_whichever_log(hall: Hall, election: int) -> None:
    place = hall.cast(election, 1, ["p01"])

    with reading() as tx:
        assert ledger.find_ballot(tx, short_tracker(ObjectId(place.object_id))) == place


def test_only_a_checked_ballot_is_taken(hall: Hall, election: int) -> None:
    with reading() as tx:
        checked = casting.check(tx, hall.slug, hall.ballot(election, 1, ["p01"]).raw)

    with pytest.raises(TypeError), transaction() as tx:
        casting.accept(tx, dataclasses.replace(checked, valid=None))


def test_trackers_of_another_congress_are_not_found(hall: Hall, election: int, app: Flask) -> None:
    place = hall.cast(election, 1, ["p01"])
    Hall.gather(app, slug="other")

    with reading() as tx, pytest.raises(NotFound):
        casting.find_ballot(tx, "other", short_tracker(ObjectId(place.object_id)))


# Who may know


def test_rows_about_ballots_hold_no_time_no_address_and_no_order_but_the_log(
    hall: Hall,
) -> None:
    columns = {
        table: {column["name"] for column in inspect(db.engine).get_columns(table)}
        for table in ("accepted_ballots", "ballot_heads", "challenged_ballots", "log_entries")
    }

    assert columns == {
        "accepted_ballots": {"election_id", "credential", "ciphertext_hash", "position"},
        "ballot_heads": {"election_id", "head"},
        "challenged_ballots": {"election_id", "credential", "ciphertext_hash"},
        "log_entries": {"congress_id", "position", "object_id", "kind", "raw"},
    }


def test_refusals_and_log_lines_name_no_ballot_card_or_tracker(
    hall: Hall, election: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ballot = hall.ballot(election, 1, ["p01"])
    secrets = [ballot.id, ballot.id[:20], hall.credential(1), value_of(ballot).proof[:40]]
    hall.send(ballot.raw)

    with pytest.raises(RuleBroken) as refused:
        hall.cast(election, 1, ["p02"], "second")

    said = [repr(refused.value), str(refused.value.what), str(refused.value.__dict__), caplog.text]
    assert not [secret for secret in secrets for line in said if secret in line]


def test_an_event_about_a_ballot_names_the_vote_alone() -> None:
    taken, opened = casting.BallotAccepted(1), casting.BallotChallenged(1)

    assert taken.details == opened.details == {"election_id": 1}


def test_the_box_keeps_no_more_papers_than_a_few(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "_PAPERS", 1)
    kept = papers._Papers()
    elections = [hall.prepare(sheet(title=f"第{i}次")) for i in range(2)]

    with reading() as tx:
        for election in elections:
            kept.get(tx, hall.row(election))

    assert len(kept._papers) == 1

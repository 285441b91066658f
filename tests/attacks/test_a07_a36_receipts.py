"""A7, A8, A27, A29, A30, A32, A36: receipts, witnesses and papers that are not what they seem."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import structs

from ballots.ballot import Paper, make_ballot, make_paper, short_tracker
from ballots.errors import Invalid
from ballots.log import cosign, make_verifier_key, parse_checkpoint
from ballots.objects import Ballot, Election, Keys, Stored, parse_object, store
from ballots.receipt import check_receipt, parse_receipt
from tests.application import app, client, settings
from tests.congress import ballot_seed, secret
from tests.hall import Hall, sheet
from voting import ledger
from voting.db import reading, transaction
from voting.errors import Conflict
from voting.rules.verdicts import RuleBroken
from voting.rules.vote import DecisionSettings
from voting.services import casting
from voting.services.elections import Project, make_manifest

__all__ = ["app", "client", "settings"]

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"
WITNESS_SEED = secret("a27")
WITNESS = make_verifier_key("witness.example/a27", WITNESS_SEED, is_witness=True)


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of four."""
    return Hall.build(app, trustees=1, threshold=1)


@pytest.fixture
def election(hall: Hall) -> int:
    """An open vote on three projects."""
    return hall.open_election()


def value_of(stored: Stored) -> Ballot:
    """Give a ballot's value."""
    assert isinstance(stored.value, Ballot)
    return stored.value


def test_a07_equal_random_numbers_give_two_cards_two_trackers(hall: Hall, election: int) -> None:
    paper, seed = hall.paper(election), ballot_seed("one and the same")
    ballots = [make_ballot(paper, card, [("projects", "p01")], seed) for card in (hall.cards[0:2])]

    places = [hall.send(ballot.raw) for ballot in ballots]

    assert len({ballot.id for ballot in ballots}) == 2
    assert len({short_tracker(place.object_id) for place in places}) == 2
    hall.count(election)
    assert hall.report().findings == []


def test_a07_a_ballot_can_not_be_entered_for_a_second_card(hall: Hall, election: int) -> None:
    first = hall.ballot(election, 1, ["p01"])
    hall.send(first.raw)
    copied = structs.replace(value_of(first), credential=hall.credential(2))

    with pytest.raises(RuleBroken) as caught:
        hall.send(store(copied).raw)

    assert caught.value.rule == "object.signature"


def test_a08_a_ballot_that_was_cast_is_never_opened(hall: Hall, election: int) -> None:
    hall.cast(election, 1, ["p01"])

    with pytest.raises(RuleBroken) as caught:
        hall.challenge(election, 1, ["p01"])

    assert caught.value.rule == "challenge.accepted"


def witnessed(hall: Hall) -> tuple[str, str]:
    """Give a witness's lines under an older and under a newer checkpoint of a growing log."""
    with transaction() as tx:
        ledger.add_witness(tx, hall.congress_id, str(WITNESS))
    lines = []
    for _ in range(2):
        with reading() as tx:
            note = parse_checkpoint(ledger.find_log(tx, hall.slug).checkpoint)
        lines.append(str(cosign(note, WITNESS.name, WITNESS_SEED, time=1_770_000_000)))
        hall.issue([5 + len(lines) - 1])
    return lines[0], lines[1]


def test_a27_an_older_cosignature_never_takes_the_place_of_a_newer_one(hall: Hall) -> None:
    with reading() as tx:
        log = ledger.find_log(tx, hall.slug)
        [(first, _)] = ledger.objects_between(tx, log, 0, 1)
        place = ledger.place_of(tx, hall.congress_id, first)
    assert place is not None
    older, newer = witnessed(hall)

    for line, size in ((newer, log.size + 1), (older, log.size)):
        with transaction() as tx:
            assert ledger.cosign(tx, hall.congress_id, line, size) == size

    assert parse_receipt(hall.receipt(place).text).checkpoint.size == log.size + 1
    for line, size in ((older, log.size), (newer, log.size + 1)):
        with transaction() as tx, pytest.raises(Conflict):
            ledger.cosign(tx, hall.congress_id, line, size)


def test_a29_a_receipt_of_another_ballot_is_no_receipt_of_mine(hall: Hall, election: int) -> None:
    mine = hall.ballot(election, 1, ["p01"])
    hall.send(mine.raw)
    other = hall.cast(election, 2, ["p02"])
    receipt = parse_receipt(hall.receipt(other).text)

    assert check_receipt(receipt, hall.key()) == other.object_id != mine.id
    swapped = make_swapped(hall, mine.id, other.position)
    with pytest.raises(Invalid, match=r"log\.inclusion"):
        check_receipt(parse_receipt(swapped), hall.key())


def make_swapped(hall: Hall, tracker: str, position: int) -> str:
    """Write my tracker into the proof of another ballot's place."""
    with reading() as tx:
        place = ledger.place_of(tx, hall.congress_id, tracker)
    assert place is not None
    mine = hall.receipt(place).text
    other = parse_receipt(hall.receipt(replace(place, position=position)).text)
    return str(replace(other, entry=parse_receipt(mine).entry))


def test_a30_a_ballot_on_another_question_is_refused(hall: Hall, election: int) -> None:
    row = hall.row(election)
    with reading() as tx:
        stored, value = ledger.load(tx, hall.congress_id, row.object_id, Election)
        _, keys = ledger.load(tx, hall.congress_id, row.keys_object, Keys)
    lie = parse_object(store(structs.replace(value, manifest=sheet(3, title="另一个问题"))).raw)
    assert lie.id != stored.id
    paper: Paper = make_paper(lie, keys)
    ballot = make_ballot(paper, hall.cards[0], [("projects", "p01")], ballot_seed("a30"))

    with pytest.raises(RuleBroken) as unknown:
        hall.send(ballot.raw)
    renamed = store(structs.replace(value_of(ballot), election=stored.id))
    with pytest.raises(RuleBroken) as renamed_too:
        hall.send(renamed.raw)

    assert unknown.value.rule == "order.reference"
    assert renamed_too.value.rule == "object.signature"


def test_a32_every_ballot_of_a_paper_has_one_size_and_the_log_no_time(hall: Hall) -> None:
    election = hall.open_election(sheet(12, seats=5, threshold="none"))
    chosen = (["p01"], ["p02", "p04", "p06", "p08", "p10"], ["abstain"])

    for number, marks in enumerate(chosen, start=1):
        hall.cast(election, number, marks)

    record = hall.record()
    raws = [raw for name, raw in record.items() if name.startswith("object/")]
    ballots = [raw for raw in raws if isinstance(parse_object(raw).value, Ballot)]
    assert len(ballots) == len(chosen)
    assert len({len(raw) for raw in ballots}) == 1
    assert not [raw for raw in ballots if b'"time"' in raw]


def test_a36_markup_in_names_is_text_on_every_page(hall: Hall, client: FlaskClient) -> None:
    plan = [Project("p01", f"甲 {EVIL}"), Project("p02", "乙")]
    election = hall.open_election(make_manifest(EVIL, plan, DecisionSettings(1)))
    name = hall.row(election).object_id
    hall.cast(election, 1, ["p01"])
    hall.count(election)

    for path in (
        "/",
        "/c/binjiang",
        f"/c/binjiang/votes/{name}",
        "/c/binjiang/log",
        "/hall/binjiang",
    ):
        answer = client.get(path, follow_redirects=True)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, path
        assert "<img src=x" not in page, path
        assert "<script>alert" not in page, path
        assert "甲 49" not in page, path
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"], path


def test_a29_without_its_entry_in_the_log_a_ballot_has_no_receipt(
    hall: Hall, election: int
) -> None:
    ballot = hall.ballot(election, 1, ["p01"])
    with reading() as tx:
        casting.check(tx, hall.slug, ballot.raw)
        assert ledger.place_of(tx, hall.congress_id, ballot.id) is None
        assert ledger.find_ballot(tx, short_tracker(ballot.id)) is None

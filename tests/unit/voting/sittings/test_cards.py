"""Cards go from the roll to the hall in batches, and lost ones out of use."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ballots.objects import Issue, Revoke, parse_object
from tests.congress import card
from tests.unit.voting.sitting_made import Desk, a_roll, credential, serial
from voting import ledger
from voting.db import Tx
from voting.errors import Conflict, NotFound, NotNow, NotValid, Refused
from voting.imports.rolls import RollLine
from voting.models.sittings import Card, CardState
from voting.rules.verdicts import RuleBroken
from voting.services import rolls
from voting.services.sittings import cards


def in_the_log(tx: Tx, kind: str) -> list[object]:
    """Give the objects of one type in the order of the log."""
    log = ledger.find_log(tx, "a")
    found = ledger.objects_between(tx, log, 0, log.size)
    values = [parse_object(raw).value for _, raw in found]
    return [value for value in values if type(value).__name__ == kind]


def test_the_roll_is_published_with_all_cards_sorted(tx: Tx) -> None:
    desk = Desk.open(tx)

    cards.publish_roll(tx, desk.actor, desk.sitting.id, a_roll(15)[::-1])

    kept = tx.scalars(select(Card).order_by(Card.serial)).all()
    assert [one.serial for one in kept] == [serial(n) for n in range(1, 16)]
    assert desk.sitting.roll_object
    with pytest.raises(Conflict):
        cards.publish_roll(tx, desk.actor, desk.sitting.id, a_roll(15))


@pytest.mark.parametrize(
    "lines",
    [
        a_roll(11),
        [*a_roll(14), RollLine(serial(1), credential(card(15)))],
        [*a_roll(14), RollLine(serial(15), credential(card(1)))],
        [*a_roll(14), RollLine(serial(15), "A" * 43)],
    ],
    ids=["too few", "serial twice", "credential twice", "no key"],
)
def test_a_roll_that_is_not_right_is_refused(tx: Tx, lines: list[RollLine]) -> None:
    desk = Desk.open(tx)

    with pytest.raises(Refused), tx.begin_nested():
        cards.publish_roll(tx, desk.actor, desk.sitting.id, lines)

    assert tx.scalars(select(Card)).all() == []


def test_a_batch_is_issued_in_sorted_order(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in_all()

    assert cards.issue_batch(tx, desk.actor, desk.sitting.id) == 12
    assert cards.issue_batch(tx, desk.actor, desk.sitting.id) == 0

    (issue,) = in_the_log(tx, "Issue")
    assert isinstance(issue, Issue)
    assert issue.credentials == sorted(credential(card(n)) for n in range(1, 13))
    assert cards.count_cards(tx, desk.sitting.id) == cards.CardCounts(3, 0, 12, 0)


def test_a_small_batch_waits_or_is_issued_by_choice(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in(0, card=1)

    with pytest.raises(NotNow):
        cards.issue_batch(tx, desk.actor, desk.sitting.id)

    assert cards.issue_batch(tx, desk.actor, desk.sitting.id, even_if_few=True) == 1


def test_a_named_sitting_has_nothing_to_hide_in_batches(tx: Tx) -> None:
    desk = Desk.open(tx, named=True)
    desk.begin()
    desk.check_in(0, card=1)

    assert cards.issue_batch(tx, desk.actor, desk.sitting.id) == 1


def test_an_issued_card_is_revoked_by_an_entry_in_the_log(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in_all()
    cards.issue_batch(tx, desk.actor, desk.sitting.id)

    cards.revoke_card(tx, desk.actor, desk.sitting.id, serial=" a0001 ", reason="遗失")

    (revoke,) = in_the_log(tx, "Revoke")
    assert isinstance(revoke, Revoke)
    assert (revoke.credentials, revoke.reason) == ([credential(card(1))], "遗失")
    with pytest.raises(Conflict):
        cards.revoke_card(tx, desk.actor, desk.sitting.id, serial=serial(1), reason="遗失")


def test_a_card_that_was_never_issued_is_taken_out_without_the_log(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()

    cards.revoke_card(tx, desk.actor, desk.sitting.id, serial=serial(1), reason="破损")

    assert in_the_log(tx, "Revoke") == []
    with pytest.raises(Conflict):
        desk.check_in(0, card=1)


@pytest.mark.parametrize(("rule", "kind"), [("revoke.voted", NotNow), ("issue.x", RuleBroken)])
def test_a_card_that_has_voted_in_an_open_vote_stays(
    tx: Tx, monkeypatch: pytest.MonkeyPatch, rule: str, kind: type[Refused]
) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in_all()
    cards.issue_batch(tx, desk.actor, desk.sitting.id)

    def refuse(*_: object, **__: object) -> None:
        raise RuleBroken(rule, None, is_malformed=False)

    monkeypatch.setattr(rolls, "revoke", refuse)

    with pytest.raises(kind):
        cards.revoke_card(tx, desk.actor, desk.sitting.id, serial=serial(1), reason="遗失")

    assert cards.count_cards(tx, desk.sitting.id).issued == 12


def test_a_revocation_says_why(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()

    with pytest.raises(NotValid):
        cards.revoke_card(tx, desk.actor, desk.sitting.id, serial=serial(1), reason=" ")


@pytest.mark.parametrize("named", [False, True])
def test_a_lost_card_is_replaced_by_another(tx: Tx, *, named: bool) -> None:
    desk = Desk.open(tx, named=named)
    desk.begin()
    desk.check_in_all()
    cards.issue_batch(tx, desk.actor, desk.sitting.id)
    holder = tx.get_one(Card, (desk.sitting.id, serial(1))).holder_id

    cards.replace_card(
        tx, desk.actor, desk.sitting.id, serial=serial(1), other=serial(13), reason="遗失"
    )
    cards.issue_batch(tx, desk.actor, desk.sitting.id, even_if_few=True)

    new = tx.get_one(Card, (desk.sitting.id, serial(13)))
    assert new.state is CardState.ISSUED
    assert new.holder_id == holder
    assert cards.count_cards(tx, desk.sitting.id).issued == 12


def test_a_card_in_nobodys_hands_is_not_replaced(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()

    with pytest.raises(NotNow):
        cards.replace_card(
            tx, desk.actor, desk.sitting.id, serial=serial(1), other=serial(2), reason="遗失"
        )
    with pytest.raises(NotFound):
        cards.find_card(tx, desk.sitting.id, "Z9")


def test_cards_of_another_sitting_are_refused(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.sitting = type(desk.sitting)(
        congress_id=desk.congress_id,
        name="第二次会议",
        starts_on=desk.sitting.starts_on,
        ends_on=desk.sitting.ends_on,
        deputies=12,
        created_at=desk.sitting.created_at,
    )
    tx.add(desk.sitting)
    tx.flush()

    with pytest.raises(Conflict):
        cards.publish_roll(tx, desk.actor, desk.sitting.id, a_roll(15))

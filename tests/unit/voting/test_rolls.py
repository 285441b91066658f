"""Roll, issue and revoke: which cards are good, in sorted order, and never whose they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from ballots.encoding import parse_json
from tests.hall import Hall
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.rules.verdicts import RuleBroken
from voting.services import rolls


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting before its cards."""
    return Hall.gather(app, trustees=1, threshold=1)


def rule_of(act: Callable[[], object]) -> str:
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.rule


def said(hall: Hall, kind: str) -> list[dict[str, object]]:
    objects = [raw for path, raw in hall.record().items() if path.startswith("object/")]
    return [value for value in map(parse_json, objects) if value["type"] == kind]


def publish(hall: Hall, names: list[str]) -> None:
    with transaction() as tx:
        rolls.publish_roll(tx, hall.secretary, hall.sitting_id, names)


def good(hall: Hall) -> int:
    with reading() as tx:
        roll = rolls.find_sitting(tx, hall.sitting_id).roll_object
        return rolls.count_good(tx, str(roll))


def test_a_roll_lists_all_cards_in_sorted_order(hall: Hall) -> None:
    names = [hall.credential(number) for number in (3, 1, 2)]

    publish(hall, names)

    [roll] = said(hall, "roll")
    assert roll["credentials"] == sorted(names)
    assert len(said(hall, "session")) == 1


def test_a_batch_is_issued_in_sorted_order_whatever_the_order_at_the_desk(hall: Hall) -> None:
    hall.publish_roll()

    hall.issue([4, 1, 3])

    [issue] = said(hall, "issue")
    assert issue["credentials"] == sorted(hall.credential(number) for number in (1, 3, 4))
    assert good(hall) == 3


@pytest.mark.parametrize("names", [[], ["same", "same"]])
def test_a_roll_is_not_empty_and_repeats_no_card(hall: Hall, names: list[str]) -> None:
    assert rule_of(lambda: publish(hall, names)) == "roll.credentials"


@pytest.mark.parametrize("name", ["nonsense", "AAAA", "AA" * 21 + "A"])
def test_a_roll_lists_keys_alone(hall: Hall, name: str) -> None:
    rule = rule_of(lambda: publish(hall, [name]))

    assert rule in {"encoding.base64", "object.key"}


def test_a_sitting_has_one_roll(hall: Hall) -> None:
    hall.publish_roll()

    with pytest.raises(Conflict):
        hall.publish_roll()


def test_before_the_roll_no_card_is_issued(hall: Hall) -> None:
    with pytest.raises(NotNow):
        hall.issue([1])


@pytest.mark.parametrize("numbers", [[], [1, 1], [1]])
def test_a_card_is_issued_once(hall: Hall, numbers: list[int]) -> None:
    hall.publish_roll()
    hall.issue([1, 2])

    assert rule_of(lambda: hall.issue(numbers)) == "issue.credential"


def test_a_stranger_card_is_not_issued(hall: Hall) -> None:
    hall.publish_roll()
    stranger = Hall.credential(hall, 1)[::-1]

    def issue() -> None:
        with transaction() as tx:
            rolls.issue(tx, hall.secretary, hall.sitting_id, [stranger])

    assert rule_of(issue) == "issue.credential"


def test_a_revoked_card_is_never_good_again(hall: Hall) -> None:
    hall.publish_roll()
    hall.issue([1, 2])

    hall.revoke(1)

    assert good(hall) == 1
    assert rule_of(lambda: hall.revoke(1)) == "revoke.credential"
    assert rule_of(lambda: hall.issue([1])) == "issue.credential"


def test_only_an_issued_card_is_revoked(hall: Hall) -> None:
    hall.publish_roll()

    assert rule_of(lambda: hall.revoke(1)) == "revoke.credential"


def test_a_card_that_has_voted_is_revoked_only_after_the_closing(app: Flask) -> None:
    hall = Hall.build(app, trustees=1, threshold=1)
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])

    assert rule_of(lambda: hall.revoke(1)) == "revoke.voted"
    assert rule_of(lambda: hall.revoke(1, 2)) == "revoke.voted"

    hall.close(election)
    hall.revoke(1)
    assert hall.report().findings == []


def test_revoking_asks_for_a_reason(hall: Hall) -> None:
    hall.publish_roll()
    hall.issue([1])

    with pytest.raises(NotValid):
        hall.revoke(1, reason="  ")


def test_cards_are_the_business_of_the_secretariat(hall: Hall) -> None:
    names = [hall.credential(1)]

    with pytest.raises(NotAllowed), transaction() as tx:
        rolls.publish_roll(tx, hall.chair, hall.sitting_id, names)
    hall.publish_roll()
    with pytest.raises(NotAllowed), transaction() as tx:
        rolls.issue(tx, hall.chief, hall.sitting_id, names)
    with pytest.raises(NotAllowed), transaction() as tx:
        rolls.revoke(tx, hall.chair, hall.sitting_id, credentials=names, reason="x")


def test_an_unknown_sitting_has_no_cards(hall: Hall) -> None:
    with pytest.raises(NotFound), transaction() as tx:
        rolls.publish_roll(tx, hall.secretary, 99, [hall.credential(1)])


def test_a_rehearsal_is_named_so_in_the_log(hall: Hall) -> None:
    with transaction() as tx:
        rolls.find_sitting(tx, hall.sitting_id).is_rehearsal = True

    hall.publish_roll()

    [session] = said(hall, "session")
    assert "演练" in str(session["name"])

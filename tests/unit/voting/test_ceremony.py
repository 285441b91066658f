"""The key ceremony: who may speak, in which order, and what happens after a failed share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import select

from ballots.objects import (
    Trustee,
    TrusteeCommitment,
    TrusteeConfirmation,
    object_bytes,
    parse_object,
    sign_object,
)
from ballots.trustees import check_ceremony, signing_seed
from tests.congress import trustee_seed
from tests.hall import Hall
from voting import ledger
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotFound, NotNow
from voting.models.elections import CeremonyStage, KeyCeremony, KeyHolder
from voting.rules.access import NOBODY, Actor
from voting.rules.roles import Role
from voting.rules.verdicts import RuleBroken
from voting.services import ceremony, elections, rolls, tallying
from voting.services.ceremony import HolderPlan, Status


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting before its ceremony."""
    return Hall.gather(app)


def rule_of(act: Callable[[], object]) -> str:
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.rule


def resigned(hall: Hall, raw: bytes, by: int, **changes: Any) -> bytes:
    """Change what a trustee made, and have the trustee sign it."""
    with reading() as tx:
        circle = ceremony.circle_of(tx, tx.get_one(KeyCeremony, hall.ceremony_id))
    value = parse_object(raw).value
    assert isinstance(value, Trustee | TrusteeCommitment | TrusteeConfirmation)
    changed = replace(value, **changes)
    return object_bytes(sign_object(changed, signing_seed(circle, trustee_seed(by))))


def status(hall: Hall, name: str) -> Status:
    with reading() as tx:
        return ceremony.status(tx, hall.slug, name)


def publish_all(hall: Hall, step: Callable[[int], bytes]) -> None:
    for index in range(1, hall.trustees + 1):
        hall.publish(step(index), hall.invitations[index - 1])


def fail(hall: Hall, name: str, index: int, sender: int, *, by: int | None = None) -> None:
    raw = json.encode({"ceremony": name, "index": index, "sender": sender})
    with transaction() as tx:
        ceremony.report_failure(
            tx, NOBODY, hall.slug, raw, invitation=hall.invitations[(by or index) - 1]
        )


def test_a_ceremony_goes_from_stage_to_stage(hall: Hall) -> None:
    name = hall.begin_ceremony()
    stages = [status(hall, name).stage]
    for step in (hall.register, hall.commit, hall.confirm):
        publish_all(hall, step)
        stages.append(status(hall, name).stage)

    done = status(hall, name)

    assert stages == ["register", "commit", "confirm", "done"]
    assert done.keys is not None
    assert done.names == ("监票人1", "监票人2", "监票人3")
    assert hall.report().findings == []


def test_only_the_secretariat_begins_a_ceremony(hall: Hall) -> None:
    with pytest.raises(NotAllowed), transaction() as tx:
        ceremony.begin(tx, hall.chair, hall.sitting_id, threshold=1, holders=[HolderPlan("a")])


def test_a_sitting_has_one_living_ceremony(hall: Hall) -> None:
    hall.begin_ceremony()

    with pytest.raises(Conflict):
        hall.begin_ceremony()


@pytest.mark.parametrize(("threshold", "holders"), [(0, 3), (4, 3), (1, 0), (1, 10)])
def test_a_ceremony_of_other_numbers_is_none(hall: Hall, threshold: int, holders: int) -> None:
    plans = [HolderPlan(str(i)) for i in range(holders)]

    def begin() -> object:
        with transaction() as tx:
            return ceremony.begin(
                tx, hall.secretary, hall.sitting_id, threshold=threshold, holders=plans
            )

    assert rule_of(begin) == "ceremony.shape"


def test_a_ceremony_of_an_unknown_sitting_is_not_found(hall: Hall) -> None:
    with pytest.raises(NotFound), transaction() as tx:
        ceremony.begin(tx, hall.secretary, 99, threshold=1, holders=[HolderPlan("a")])


def test_of_an_invitation_only_the_hash_is_kept(hall: Hall) -> None:
    hall.begin_ceremony()

    with reading() as tx:
        kept = tx.scalars(select(KeyHolder.invitation_hash)).all()

    assert not set(kept) & set(hall.invitations)
    assert all(value is not None and len(value) == 64 for value in kept)


def test_a_registration_asks_for_its_own_invitation(hall: Hall) -> None:
    hall.begin_ceremony()
    raw = hall.register(1)

    for invitation in (None, "guess", hall.invitations[1]):
        with pytest.raises(NotAllowed):
            hall.publish(raw, invitation)

    hall.publish(raw, hall.invitations[0])


def test_a_scrutineer_with_an_account_registers_without_a_code(hall: Hall) -> None:
    scrutineer = Actor(
        hall.chief.user_id, "s", frozenset({(hall.congress_id, Role.CHIEF_SCRUTINEER)})
    )
    with transaction() as tx:
        begun = ceremony.begin(
            tx,
            hall.secretary,
            hall.sitting_id,
            threshold=1,
            holders=[HolderPlan("总监票人", scrutineer.user_id)],
        )
    hall.ceremony_id = begun.ceremony_id
    raw = hall.register(1)

    with pytest.raises(NotAllowed), transaction() as tx:
        tallying.receive(tx, hall.chair, hall.slug, raw)
    with transaction() as tx:
        published = tallying.receive(tx, scrutineer, hall.slug, raw)

    assert status(hall, begun.object_id).trustees == (published.object_id,)


def test_another_scrutineer_can_not_take_a_place(hall: Hall) -> None:
    other = Actor(999, "o", frozenset({(hall.congress_id, Role.SCRUTINEER)}))
    hall.begin_ceremony()

    with pytest.raises(NotAllowed), transaction() as tx:
        tallying.receive(tx, other, hall.slug, hall.register(1))


def test_nobody_commits_before_all_have_registered(hall: Hall) -> None:
    hall.begin_ceremony()
    hall.publish(hall.register(1), hall.invitations[0])
    hall.publish(hall.register(2), hall.invitations[1])

    assert rule_of(lambda: hall.publish(hall.commit(1))) == "order.state"


def test_nobody_registers_after_that(hall: Hall) -> None:
    hall.begin_ceremony()
    publish_all(hall, hall.register)
    name = status(hall, hall_ceremony(hall)).object_id
    renamed = resigned(hall, hall.register(1), 1, name="别人")

    rule = rule_of(lambda: hall.publish(renamed, hall.invitations[0]))

    assert rule == "order.state"
    assert status(hall, name).stage is CeremonyStage.COMMIT


def hall_ceremony(hall: Hall) -> str:
    with reading() as tx:
        return tx.get_one(KeyCeremony, hall.ceremony_id).object_id


def test_one_place_is_taken_once(hall: Hall) -> None:
    hall.begin_ceremony()
    hall.publish(hall.register(1), hall.invitations[0])
    renamed = resigned(hall, hall.register(1), 1, name="别人")

    rule = rule_of(lambda: hall.publish(renamed, hall.invitations[0]))

    assert rule == "ceremony.index"


def test_a_place_that_is_none_is_refused(hall: Hall) -> None:
    hall.begin_ceremony()
    moved = resigned(hall, hall.register(1), 1, index=4)

    rule = rule_of(lambda: hall.publish(moved, hall.invitations[0]))

    assert rule == "ceremony.index"


def test_the_same_object_again_is_no_error(hall: Hall) -> None:
    hall.begin_ceremony()
    raw = hall.register(1)

    first = hall.publish(raw, hall.invitations[0])

    assert hall.publish(raw, hall.invitations[0]) == first


def test_coefficients_that_were_not_promised_are_refused(hall: Hall) -> None:
    hall.begin_ceremony()
    publish_all(hall, hall.register)
    other = parse_object(hall.commit(2)).value
    assert isinstance(other, TrusteeCommitment)

    forged = resigned(hall, hall.commit(1), 1, coefficients=other.coefficients)

    assert rule_of(lambda: hall.publish(forged)) == "ceremony.commit"


def test_a_trustee_commits_and_confirms_once(hall: Hall) -> None:
    hall.begin_ceremony()
    publish_all(hall, hall.register)
    hall.publish(hall.commit(1))
    value = parse_object(hall.commit(1)).value
    assert isinstance(value, TrusteeCommitment)

    again = resigned(
        hall, hall.commit(1), 1, shares=[value.shares[0], value.shares[2], value.shares[1]]
    )

    assert rule_of(lambda: hall.publish(again)) == "ceremony.index"


def test_a_confirmation_of_other_commitments_is_refused(hall: Hall) -> None:
    hall.begin_ceremony()
    publish_all(hall, hall.register)
    publish_all(hall, hall.commit)

    split = resigned(hall, hall.confirm(1), 1, transcript="0" * 64)

    assert rule_of(lambda: hall.publish(split)) == "ceremony.transcript"


def test_a_trustee_confirms_once(hall: Hall) -> None:
    hall.begin_ceremony()
    publish_all(hall, hall.register)
    publish_all(hall, hall.commit)
    hall.publish(hall.confirm(1))

    again = resigned(hall, hall.confirm(1), 1, transcript="0" * 64)

    assert rule_of(lambda: hall.publish(again)) == "ceremony.index"


def test_what_no_trustee_makes_is_refused(hall: Hall) -> None:
    name = hall.begin_ceremony()
    with reading() as tx:
        raw = ledger.raw_object(tx, hall.congress_id, name)

    other = raw.replace(b'"threshold":2', b'"threshold":1')

    assert rule_of(lambda: hall.publish(other)) == "object.type"


def test_a_failed_share_abandons_the_ceremony_and_names_the_sender(hall: Hall) -> None:
    name = hall.begin_ceremony()
    publish_all(hall, hall.register)
    publish_all(hall, hall.commit)

    fail(hall, name, 2, 3)

    ended = status(hall, name)
    assert (ended.stage, ended.blamed) == (CeremonyStage.ABANDONED, 3)
    with pytest.raises(NotNow):
        hall.publish(hall.confirm(1))


def test_a_failure_is_told_by_who_met_it(hall: Hall) -> None:
    name = hall.begin_ceremony()
    publish_all(hall, hall.register)
    publish_all(hall, hall.commit)

    with pytest.raises(NotAllowed):
        fail(hall, name, 2, 3, by=1)
    with pytest.raises(NotNow):
        fail(hall, name, 2, 2)
    assert rule_of(lambda: fail(hall, name, 2, 9)) == "ceremony.index"
    assert rule_of(lambda: raw_failure(hall, b"{}")) == "encoding.json"


def raw_failure(hall: Hall, raw: bytes) -> None:
    with transaction() as tx:
        ceremony.report_failure(tx, NOBODY, hall.slug, raw)


def test_before_shares_were_sent_none_can_have_failed(hall: Hall) -> None:
    name = hall.begin_ceremony()

    with pytest.raises(NotNow):
        fail(hall, name, 1, 2)


def test_after_a_failed_share_another_ceremony_makes_the_keys(hall: Hall) -> None:
    hall.publish_roll()
    hall.issue([1, 2, 3, 4])
    hall.revoke(4)
    hall.issue([5])
    first = hall.begin_ceremony()
    publish_all(hall, hall.register)
    publish_all(hall, hall.commit)
    fail(hall, first, 1, 2)

    hall.hold_ceremony()

    assert hall_ceremony(hall) != first
    with reading() as tx:
        sitting = rolls.find_sitting(tx, hall.sitting_id)
        assert rolls.count_good(tx, str(sitting.roll_object)) == 4
    election = hall.open_election()
    for number in (1, 2, 5):
        hall.cast(election, number, ["p01"])
    assert rule_of(lambda: hall.cast(election, 4, ["p01"])) == "ballot.credential"
    hall.count(election)
    assert hall.report().findings == []


def give_up(hall: Hall, actor: Actor | None = None) -> None:
    with transaction() as tx:
        ceremony.give_up(tx, actor or hall.secretary, hall.ceremony_id)


def test_the_desk_gives_a_ceremony_up_while_it_is_under_way(hall: Hall) -> None:
    hall.begin_ceremony()
    with pytest.raises(NotAllowed):
        give_up(hall, hall.chair)

    give_up(hall)

    with pytest.raises(NotNow):
        give_up(hall)
    hall.hold_ceremony()
    with pytest.raises(NotFound), transaction() as tx:
        ceremony.give_up(tx, hall.secretary, 99)


def test_keys_that_too_few_can_use_are_replaced_once_their_votes_are_at_an_end(
    hall: Hall,
) -> None:
    hall.publish_roll()
    hall.hold_ceremony()
    hall.issue([1, 2, 3, 4])
    lost = hall.open_election()
    hall.cast(lost, 1, ["p01"])
    with pytest.raises(NotNow):
        give_up(hall)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, lost, reason="解密份额不足")

    give_up(hall)
    hall.hold_ceremony()
    with transaction() as tx:
        again = elections.repeat(tx, hall.secretary, lost).id
    hall.open(again)
    hall.cast(again, 1, ["p01"])
    hall.count(again)

    assert hall.row(again).keys_object != hall.row(lost).keys_object
    assert hall.report().findings == []


def test_a_ceremony_that_is_not_there_is_not_found(hall: Hall) -> None:
    with pytest.raises(NotFound):
        status(hall, "0" * 64)


def test_the_circle_is_that_of_the_log(hall: Hall) -> None:
    name = hall.begin_ceremony()
    with reading() as tx:
        row = tx.get_one(KeyCeremony, hall.ceremony_id)
        stored = parse_object(ledger.raw_object(tx, hall.congress_id, name))
        assert ceremony.circle_of(tx, row) == check_ceremony(stored)

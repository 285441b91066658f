"""From the close to the outcome: two consents, a sum that is checked, shares, annulment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import delete, select, update

from ballots.objects import Decryption, object_bytes, parse_object, sign_object
from ballots.trustees import signing_seed
from tests.congress import trustee_seed
from tests.hall import Hall, sheet
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotNow, NotValid
from voting.models.elections import AcceptedBallot, ElectionState, KeyCeremony
from voting.models.ledger import LogEntry
from voting.models.sittings import Attendance, Presence, Sitting, Stage
from voting.rules.access import NOBODY
from voting.rules.roles import Role
from voting.rules.verdicts import RuleBroken
from voting.services import ceremony, elections, tallying
from voting.services.tallying import Turnout


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of four with three trustees, two of whom are needed."""
    return Hall.build(app)


@pytest.fixture
def election(hall: Hall) -> int:
    """A vote that is open."""
    return hall.open_election()


def rule_of(act: Callable[[], object]) -> str:
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.rule


def turnout(hall: Hall, election: int) -> Turnout:
    with reading() as tx:
        return tallying.turnout(tx, elections.find_election(tx, election))


def close_only(hall: Hall, election: int) -> None:
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.close(tx, actor, election)


def state(hall: Hall, election: int) -> ElectionState:
    return hall.row(election).state


# Closing


def test_closing_needs_chair_and_chief_scrutineer(hall: Hall, election: int) -> None:
    with transaction() as tx:
        first = tallying.close(tx, hall.chief, election)
    hall.cast(election, 1, ["p01"])
    with transaction() as tx:
        second = tallying.close(tx, hall.chair, election)

    assert first.missing == (Role.CHAIR,)
    assert second.is_complete
    assert state(hall, election) is ElectionState.CLOSED


def test_the_secretariat_closes_nothing(hall: Hall, election: int) -> None:
    with pytest.raises(NotAllowed), transaction() as tx:
        tallying.close(tx, hall.secretary, election)


def test_only_an_open_vote_is_closed(hall: Hall) -> None:
    election = hall.prepare()

    with pytest.raises(NotNow):
        close_only(hall, election)


def test_the_turnout_of_a_closed_vote_stands(hall: Hall, election: int) -> None:
    hall.cast(election, 1, ["p01"])
    before = turnout(hall, election)
    close_only(hall, election)
    hall.revoke(2)

    after = turnout(hall, election)

    assert before == after == Turnout(4, 4, 4, 1)
    assert after.outstanding == 3


def test_a_vote_that_would_be_void_for_its_cards_is_not_closed(hall: Hall, election: int) -> None:
    with transaction() as tx:
        row = tx.scalars(select(Attendance)).first()
        assert row is not None
        row.status = Presence.LEFT

    with pytest.raises(NotNow):
        close_only(hall, election)

    hall.revoke(4)
    close_only(hall, election)


# The sum


def test_ballots_are_added_up_once_the_vote_is_closed(hall: Hall, election: int) -> None:
    hall.cast(election, 1, ["p01"])

    with reading() as tx, pytest.raises(NotNow):
        tallying.add_up(tx, election)

    hall.close(election)
    assert state(hall, election) is ElectionState.TALLIED


def test_ballots_may_be_checked_by_any_executor(hall: Hall, election: int) -> None:
    for card in (1, 2, 3):
        hall.cast(election, card, ["p01"])
    close_only(hall, election)

    with reading() as tx, ThreadPoolExecutor(2) as executor:
        spread = tallying.add_up(tx, election, mapper=executor.map)
        alone = tallying.add_up(tx, election)

    assert spread == alone


def test_adding_up_again_changes_nothing(hall: Hall, election: int) -> None:
    close_only(hall, election)
    with reading() as tx:
        tally = tallying.add_up(tx, election)

    for _ in range(2):
        with transaction() as tx:
            tallying.publish_tally(tx, hall.secretary, election, tally)

    assert hall.report().findings == []


def test_a_ballot_that_went_missing_stops_the_count(hall: Hall, election: int) -> None:
    hall.cast(election, 1, ["p01"])
    hall.cast(election, 2, ["p01"])
    close_only(hall, election)
    with transaction() as tx:
        tx.execute(delete(AcceptedBallot).where(AcceptedBallot.credential == hall.credential(1)))
    with reading() as tx:
        tally = tallying.add_up(tx, election)

    with pytest.raises(Conflict), transaction() as tx:
        tallying.publish_tally(tx, hall.secretary, election, tally)


def test_a_ballot_that_was_changed_in_the_database_stops_the_count(
    hall: Hall, election: int
) -> None:
    place = hall.cast(election, 1, ["p01"])
    forged = hall.ballot(election, 1, ["p02"], "forged").raw.replace(b'"proof":"', b'"proof":"A', 1)
    close_only(hall, election)
    with transaction() as tx:
        tx.execute(update(LogEntry).where(LogEntry.position == place.position).values(raw=forged))

    def add_up() -> None:
        with reading() as tx:
            tallying.add_up(tx, election)

    assert rule_of(add_up) in {"encoding.base64", "ballot.length"}


def test_a_stranger_publishes_no_sum(hall: Hall, election: int) -> None:
    close_only(hall, election)
    with reading() as tx:
        tally = tallying.add_up(tx, election)

    with pytest.raises(NotAllowed), transaction() as tx:
        tallying.publish_tally(tx, NOBODY, election, tally)


# Shares


def resigned(hall: Hall, raw: bytes, by: int, **changes: object) -> bytes:
    with reading() as tx:
        circle = ceremony.circle_of(tx, tx.get_one(KeyCeremony, hall.ceremony_id))
    value = parse_object(raw).value
    assert isinstance(value, Decryption)
    changed = replace(value, **changes)
    return object_bytes(sign_object(changed, signing_seed(circle, trustee_seed(by))))


def test_with_the_last_share_that_is_needed_the_outcome_stands(hall: Hall, election: int) -> None:
    for card in (1, 2, 3):
        hall.cast(election, card, ["p02"])
    hall.close(election)

    hall.publish(hall.share(election, 3))
    before = state(hall, election)
    hall.publish(hall.share(election, 1))

    assert (before, state(hall, election)) == (ElectionState.TALLIED, ElectionState.DECIDED)
    summary = hall.report().elections[0]
    assert summary.outcome is not None
    assert summary.outcome["elected"] == ["p02"]


def test_with_a_device_lost_the_others_count(hall: Hall, election: int) -> None:
    hall.cast(election, 1, ["p01"])

    hall.count(election, [2, 3])

    assert hall.report().elections[0].counts[0][2] == 1


def test_the_same_share_again_is_no_error(hall: Hall, election: int) -> None:
    hall.close(election)
    raw = hall.share(election, 1)

    assert hall.publish(raw) == hall.publish(raw)


def test_a_trustee_gives_one_share(hall: Hall, election: int) -> None:
    hall.close(election)
    raw = hall.share(election, 1)
    hall.publish(raw)

    other = resigned(hall, raw, 1, proof=parse_share(raw).proof[::-1])

    assert rule_of(lambda: hall.publish(other)) in {"decryption.index", "encoding.base64"}


def parse_share(raw: bytes) -> Decryption:
    value = parse_object(raw).value
    assert isinstance(value, Decryption)
    return value


def test_a_share_of_another_index_is_refused(hall: Hall, election: int) -> None:
    hall.close(election)

    moved = resigned(hall, hall.share(election, 1), 1, index=2)
    nobody = resigned(hall, hall.share(election, 1), 1, index=4)

    assert rule_of(lambda: hall.publish(moved)) == "object.signature"
    assert rule_of(lambda: hall.publish(nobody)) == "decryption.index"


def test_a_share_of_another_tally_is_refused(hall: Hall) -> None:
    first = hall.open_election(sheet(title="第一"))
    hall.cast(first, 1, ["p01"])
    hall.close(first)
    second = hall.open_election(sheet(title="第二"))
    hall.cast(second, 1, ["p01"])
    hall.close(second)

    moved = resigned(hall, hall.share(first, 1), 1, tally=str(hall.row(second).tally_object))

    assert rule_of(lambda: hall.publish(moved)) == "decryption.proof"


def test_a_share_of_an_unknown_tally_is_refused(hall: Hall, election: int) -> None:
    hall.close(election)

    stray = resigned(hall, hall.share(election, 1), 1, tally="0" * 64)

    assert rule_of(lambda: hall.publish(stray)) == "order.reference"


def test_after_the_outcome_no_share_is_taken(hall: Hall, election: int) -> None:
    hall.close(election)
    late = hall.share(election, 3)
    for index in (1, 2):
        hall.publish(hall.share(election, index))

    assert rule_of(lambda: hall.publish(late)) == "order.state"


# Annulling and declaring


def annul(hall: Hall, election: int, reason: str = "题目有误") -> None:
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, election, reason=reason)


@pytest.mark.parametrize("stage", ["prepared", "open", "closed", "tallied", "decided"])
def test_a_vote_can_be_annulled_at_any_stage_until_it_is_declared(hall: Hall, stage: str) -> None:
    election = hall.prepare()
    if stage != "prepared":
        hall.open(election)
        hall.cast(election, 1, ["p01"])
    if stage == "closed":
        close_only(hall, election)
    if stage == "tallied":
        hall.close(election)
    if stage == "decided":
        hall.count(election)

    annul(hall, election)

    assert state(hall, election) is ElectionState.ANNULLED
    assert hall.report().findings == []


def test_of_an_annulled_vote_nothing_more_is_taken(hall: Hall, election: int) -> None:
    hall.cast(election, 1, ["p01"])
    hall.close(election)
    raw = hall.share(election, 1)
    annul(hall, election)

    assert rule_of(lambda: hall.publish(raw)) == "order.annulled"
    assert rule_of(lambda: hall.cast(election, 2, ["p01"])) == "order.annulled"
    assert rule_of(lambda: hall.challenge(election, 2, ["p01"])) == "order.annulled"
    with pytest.raises(NotNow):
        annul(hall, election)


def test_annulling_needs_one_reason_of_two_people(hall: Hall, election: int) -> None:
    with pytest.raises(NotValid), transaction() as tx:
        tallying.annul(tx, hall.chair, election, reason=" ")
    with transaction() as tx:
        tallying.annul(tx, hall.chair, election, reason="甲")
    with pytest.raises(Conflict), transaction() as tx:
        tallying.annul(tx, hall.chief, election, reason="乙")

    assert state(hall, election) is ElectionState.OPEN


def test_a_vote_with_a_run_off_is_annulled_after_its_run_off(hall: Hall) -> None:
    election = hall.open_election(sheet(2, threshold="none"))
    hall.cast(election, 1, ["p01"])
    hall.cast(election, 2, ["p02"])
    hall.count(election)
    with transaction() as tx:
        second = elections.run_off(tx, hall.secretary, election).id

    with pytest.raises(NotNow):
        annul(hall, election)

    annul(hall, second)
    annul(hall, election)
    assert hall.report().findings == []


def test_an_outcome_is_declared_by_chair_and_chief_scrutineer(hall: Hall, election: int) -> None:
    with pytest.raises(NotNow), transaction() as tx:
        tallying.declare(tx, hall.chair, election)
    hall.count(election)

    with transaction() as tx:
        first = tallying.declare(tx, hall.chair, election)
    with transaction() as tx:
        second = tallying.declare(tx, hall.chief, election)

    assert not first.is_complete
    assert second.is_complete
    assert hall.row(election).declared_at is not None
    with pytest.raises(NotNow):
        annul(hall, election)


def test_the_outcome_of_a_rehearsal_is_not_declared(hall: Hall, election: int) -> None:
    with transaction() as tx:
        tx.get_one(Sitting, hall.sitting_id).is_rehearsal = True
    hall.count(election)

    with pytest.raises(NotNow), transaction() as tx:
        tallying.declare(tx, hall.chair, election)


# The state that everybody sees


def standing(hall: Hall) -> tallying.Standing:
    with reading() as tx:
        return tallying.standing(tx, hall.slug)


def test_the_state_names_the_sitting_that_meets(hall: Hall, election: int) -> None:
    with transaction() as tx:
        meeting = tx.get_one(Sitting, hall.sitting_id)
        later = Sitting(
            congress_id=hall.congress_id,
            name="第二次会议",
            starts_on=meeting.starts_on,
            ends_on=meeting.ends_on,
            deputies=4,
            created_at=meeting.created_at,
        )
        tx.add(later)

    first = standing(hall)
    with transaction() as tx:
        tx.get_one(Sitting, hall.sitting_id).stage = Stage.ENDED
    second = standing(hall)

    assert first.sitting is not None
    assert first.sitting.name == "第一次会议"
    assert [vote.state for vote in first.elections] == ["open"]
    assert second.sitting is not None
    assert second.sitting.name == "第二次会议"
    assert second.elections == ()


def test_without_a_sitting_the_state_is_empty(hall: Hall) -> None:
    with transaction() as tx:
        tx.get_one(Sitting, hall.sitting_id).stage = Stage.ENDED

    assert standing(hall).sitting is None

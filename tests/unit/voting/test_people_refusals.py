"""What the front door and the desks of administrators refuse."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from tests.application import PASSWORD, Authenticator, Member, enrol
from voting.clock import StoppedClock
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.models.people import StepPurpose, Totp
from voting.rules.access import NOBODY, Action
from voting.rules.roles import Role
from voting.services import journal
from voting.services.people import (
    accounts,
    congresses,
    enrolment,
    passwords,
    sessions,
    setup,
    signin,
    steps,
)

Transaction = Callable[[], AbstractContextManager[Tx]]


@pytest.fixture
def member(transaction: Transaction, clock: StoppedClock) -> Member:
    """The system administrator, enrolled a while ago."""
    with transaction() as tx:
        made = enrol(tx, "wang", (None, Role.SYSTEM_ADMIN), name="王伟")
    clock.advance(60)
    return made


@pytest.fixture
def security(transaction: Transaction, clock: StoppedClock) -> Member:
    """The security administrator."""
    with transaction() as tx:
        return enrol(tx, "anquan", (None, Role.SECURITY_ADMIN))


def adding(transaction: Transaction, member: Member) -> str:
    """Begin to add a second proof."""
    with transaction() as tx:
        return signin.begin_adding_factor(tx, member.actor, password=PASSWORD)


def test_a_role_is_taken_away_once(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with pytest.raises(NotFound), transaction() as tx:
        accounts.withdraw_role(tx, security.actor, member.actor.user_id or 0, 999)
    with pytest.raises(NotFound), transaction() as tx:
        accounts.disable_person(tx, security.actor, 999)


def test_a_disabled_account_is_not_reset(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with transaction() as tx:
        invited = accounts.invite_person(tx, member.actor, login="li", name="李")
        accounts.disable_person(tx, security.actor, invited.user_id)

    with pytest.raises(Conflict), transaction() as tx:
        accounts.reset_person(tx, security.actor, invited.user_id)


def test_enrolment_ends_with_a_right_proof_only(
    transaction: Transaction, clock: StoppedClock
) -> None:
    with transaction() as tx:
        invited = accounts.add_invited(tx, NOBODY, login="li", name="李")
        step = enrolment.begin_enrolment(tx, login="li", code=invited.code, password=PASSWORD)

    with pytest.raises(NotValid), transaction() as tx:
        enrolment.enrol_with_totp(tx, step, "000000", device="")
    with pytest.raises(NotValid), transaction() as tx:
        enrolment.enrol_with_passkey(tx, step, '{"id": "x"}', device="")


def test_a_device_made_for_another_site_is_no_passkey(
    transaction: Transaction, member: Member
) -> None:
    step = adding(transaction, member)
    with transaction() as tx:
        asked = enrolment.read_offer(tx, step, StepPurpose.ADD_FACTOR).passkey
    elsewhere = Authenticator(origin="http://evil.example", host="evil.example")

    with pytest.raises(NotValid), transaction() as tx:
        signin.add_passkey(tx, member.actor, step, elsewhere.register(asked), device="")


def test_one_device_is_one_persons_passkey(
    transaction: Transaction, member: Member, security: Member
) -> None:
    device = Authenticator()
    for person, right in ((member, True), (security, False)):
        step = adding(transaction, person)
        with transaction() as tx:
            asked = enrolment.read_offer(tx, step, StepPurpose.ADD_FACTOR).passkey
            answer = device.register(asked)
        if right:
            with transaction() as tx:
                signin.add_passkey(tx, person.actor, step, answer, device="")
        else:
            with pytest.raises(NotValid), transaction() as tx:
                signin.add_passkey(tx, person.actor, step, answer, device="")


def test_one_cannot_finish_what_another_began(
    transaction: Transaction, member: Member, security: Member
) -> None:
    step = adding(transaction, member)

    with pytest.raises(NotAllowed), transaction() as tx:
        signin.add_totp(tx, security.actor, step, "000000")


def test_wrong_digits_do_not_replace_an_authenticator(
    transaction: Transaction, member: Member
) -> None:
    step = adding(transaction, member)
    with transaction() as tx:
        before = tx.get_one(Totp, member.actor.user_id).sealed

    with pytest.raises(NotValid), transaction() as tx:
        signin.add_totp(tx, member.actor, step, "000000")

    with transaction() as tx:
        assert tx.get_one(Totp, member.actor.user_id).sealed == before


def test_one_removes_ones_own_passkeys_only(
    transaction: Transaction, member: Member, security: Member
) -> None:
    device = Authenticator()
    step = adding(transaction, member)
    with transaction() as tx:
        asked = enrolment.read_offer(tx, step, StepPurpose.ADD_FACTOR).passkey
        signin.add_passkey(tx, member.actor, step, device.register(asked), device="")
        ((number, _),) = signin.read_own_factors(tx, member.actor).passkeys

    with pytest.raises(NotFound), transaction() as tx:
        signin.remove_passkey(tx, security.actor, number)
    with transaction() as tx:
        signin.remove_passkey(tx, member.actor, number)
        assert signin.read_own_factors(tx, member.actor).passkeys == ()


def test_the_new_password_is_a_new_one(transaction: Transaction, member: Member) -> None:
    with pytest.raises(NotValid) as refusal, transaction() as tx:
        signin.change_password(tx, member.actor, old=PASSWORD, new=PASSWORD)

    assert [problem.field for problem in refusal.value.problems] == ["password"]


def test_guessing_the_password_from_inside_locks_too(
    transaction: Transaction, member: Member
) -> None:
    for _ in range(steps.MOST_FAILURES):
        with pytest.raises(NotValid), transaction() as tx:
            signin.renew_recovery_codes(tx, member.actor, password="guess")

    with pytest.raises(NotAllowed), transaction() as tx:
        signin.renew_recovery_codes(tx, member.actor, password=PASSWORD)


def test_failures_while_locked_do_not_lengthen_the_lock(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    with transaction() as tx:
        wrong = signin.compare_password(tx, login="wang", password="guess")
        right = signin.compare_password(tx, login="wang", password=PASSWORD)
    for _ in range(2 * steps.MOST_FAILURES):
        with pytest.raises(NotValid), transaction() as tx:
            signin.begin_sign_in(tx, wrong)
        clock.advance(60)

    clock.advance(60 * (steps.LOCK_MINUTES - steps.MOST_FAILURES))
    with transaction() as tx:
        assert signin.begin_sign_in(tx, right)


def test_a_step_ends_when_the_account_is_disabled(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with transaction() as tx:
        enrol(tx, "second", (None, Role.SYSTEM_ADMIN))
        step = signin.begin_sign_in(
            tx, signin.compare_password(tx, login="wang", password=PASSWORD)
        )
        accounts.disable_person(tx, security.actor, member.actor.user_id or 0)

    with pytest.raises(NotValid), transaction() as tx:
        signin.sign_in_with_totp(tx, step, member.digits(), device="")


def test_an_ended_sign_in_is_not_ended_again(transaction: Transaction, member: Member) -> None:
    with transaction() as tx:
        (running,) = sessions.list_sessions(tx, member.actor)
        sessions.end_session(tx, member.actor, running.id)

    with pytest.raises(NotFound), transaction() as tx:
        sessions.end_session(tx, member.actor, running.id)
    with pytest.raises(NotFound), transaction() as tx:
        sessions.find_actor(tx, 999)


def test_passwords_need_not_be_changed_where_nobody_wants_it(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    clock.advance(20 * 60)
    with transaction() as tx:
        tx.settings = replace(tx.settings, password_days=0)
        visit = sessions.find_visit(tx, member.token)

    assert visit is not None
    assert not visit.must_change_password


def test_a_hash_of_other_make_is_no_match(tx: Tx) -> None:
    assert not passwords.is_right(tx.settings, PASSWORD, "md5:1234")


def test_the_three_administrators_have_three_offices(
    transaction: Transaction, clock: StoppedClock
) -> None:
    twice = (Role.SYSTEM_ADMIN, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)
    founders = tuple(setup.Founder(role, f"a{n}", "管") for n, role in enumerate(twice))

    with pytest.raises(NotValid), transaction() as tx:
        setup.set_up(tx, code=setup.setup_code(tx.settings), founders=founders)


def test_there_is_no_congress_at_an_unknown_address(tx: Tx) -> None:
    with pytest.raises(NotFound):
        congresses.find_congress(tx, "nowhere")


def test_visitors_without_an_account_have_nothing_of_their_own(tx: Tx) -> None:
    with pytest.raises(NotAllowed):
        signin.read_own_factors(tx, NOBODY)
    chair = replace(NOBODY, grants=frozenset({(1, Role.CHAIR)}))
    with pytest.raises(NotAllowed):
        journal.approve(tx, chair, journal.Matter(Action.OPEN_ELECTION, 1, "election:1"))


def test_a_finished_step_is_gone(transaction: Transaction, member: Member) -> None:
    step = adding(transaction, member)
    with transaction() as tx:
        offer = enrolment.read_offer(tx, step, StepPurpose.ADD_FACTOR)
        digits = replace_digits(member, offer.totp.secret)
        signin.add_totp(tx, member.actor, step, digits)

    with pytest.raises(NotNow), transaction() as tx:
        signin.add_totp(tx, member.actor, step, digits)


def replace_digits(member: Member, secret: str) -> str:
    """Read another secret's digits now."""
    return replace(member, totp=type(member.totp)(secret)).digits()

"""Enrolment, the two proofs, locks, sessions and rights of people."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask

from tests.application import PASSWORD, Authenticator, Member, enrol
from voting.clock import StoppedClock
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.models.people import LoginSession, StepPurpose, Totp, User, UserState
from voting.rules.access import NOBODY
from voting.rules.roles import ADMINISTRATORS, Role
from voting.services.people import (
    accounts,
    congresses,
    directory,
    enrolment,
    factors,
    passwords,
    sessions,
    setup,
    signin,
    steps,
)

Transaction = Callable[[], AbstractContextManager[Tx]]


@pytest.fixture
def member(transaction: Transaction, clock: StoppedClock) -> Member:
    """Somebody who has enrolled with an authenticator a while ago."""
    with transaction() as tx:
        made = enrol(tx, "wang", (None, Role.SYSTEM_ADMIN), name="王伟")
    clock.advance(60)
    return made


@pytest.fixture
def security(transaction: Transaction, clock: StoppedClock) -> Member:
    """The security administrator."""
    with transaction() as tx:
        return enrol(tx, "anquan", (None, Role.SECURITY_ADMIN))


def first_step(transaction: Transaction, login: str, password: str = PASSWORD) -> str:
    """Give the password."""
    with transaction() as tx:
        proof = signin.compare_password(tx, login=login, password=password)
        return signin.begin_sign_in(tx, proof)


def test_two_proofs_give_a_sign_in_with_the_roles(transaction: Transaction, member: Member) -> None:
    step = first_step(transaction, "WANG ")

    with transaction() as tx:
        token = signin.sign_in_with_totp(tx, step, member.digits(), device="phone")
        visit = sessions.find_visit(tx, token)

    assert visit is not None
    assert visit.actor == member.actor
    assert visit.actor.roles == {Role.SYSTEM_ADMIN}


def test_a_password_alone_opens_nothing(transaction: Transaction, member: Member) -> None:
    step = first_step(transaction, member.login)

    with transaction() as tx:
        assert sessions.find_visit(tx, step) is None


def test_digits_serve_once(transaction: Transaction, member: Member) -> None:
    digits = member.digits()
    step = first_step(transaction, member.login)
    with transaction() as tx:
        signin.sign_in_with_totp(tx, step, digits, device="")
    step = first_step(transaction, member.login)

    with pytest.raises(NotValid), transaction() as tx:
        signin.sign_in_with_totp(tx, step, digits, device="")


def test_a_step_serves_once_and_not_too_late(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    used = first_step(transaction, member.login)
    with transaction() as tx:
        signin.sign_in_with_totp(tx, used, member.digits(), device="")
    late = first_step(transaction, member.login)
    clock.advance(60 * steps.STEP_MINUTES)

    for step in (used, late):
        with pytest.raises(NotNow), transaction() as tx:
            signin.sign_in_with_totp(tx, step, member.digits(), device="")


def test_an_enrolment_step_does_not_sign_in(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    with transaction() as tx:
        step = steps.begin_step(tx, member.actor.user_id or 0, StepPurpose.ADD_FACTOR)

    with pytest.raises(NotNow), transaction() as tx:
        signin.sign_in_with_totp(tx, step, member.digits(), device="")


def test_wrong_passwords_lock_the_account_for_a_while(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    for _ in range(steps.MOST_FAILURES):
        with pytest.raises(NotValid):
            first_step(transaction, member.login, "wrong")

    with pytest.raises(NotValid):
        first_step(transaction, member.login)
    clock.advance(60 * steps.LOCK_MINUTES)
    assert first_step(transaction, member.login)


def test_wrong_digits_lock_the_account_too(transaction: Transaction, member: Member) -> None:
    step = first_step(transaction, member.login)
    for _ in range(steps.MOST_FAILURES):
        with pytest.raises(NotValid), transaction() as tx:
            signin.sign_in_with_totp(tx, step, "000000", device="")

    with pytest.raises(NotNow), transaction() as tx:
        signin.sign_in_with_totp(tx, step, member.digits(), device="")
    with pytest.raises(NotValid):
        first_step(transaction, member.login)


def test_nobody_learns_whether_a_name_exists(transaction: Transaction, member: Member) -> None:
    said = []
    for login in (member.login, "nobody"):
        with pytest.raises(NotValid) as refusal:
            first_step(transaction, login, "wrong")
        said.append((refusal.value.what, refusal.value.advice, refusal.value.problems))

    assert said[0] == said[1]


def test_nobody_learns_at_enrolment_whether_a_name_exists(
    transaction: Transaction, clock: StoppedClock
) -> None:
    with transaction() as tx:
        accounts.add_invited(tx, NOBODY, login="li", name="李")
    said = []
    for login in ("li", "nobody"):
        with pytest.raises(NotValid) as refusal, transaction() as tx:
            enrolment.begin_enrolment(tx, login=login, code="AAAA", password=PASSWORD)
        said.append((refusal.value.what, refusal.value.advice, refusal.value.problems))

    assert said[0] == said[1]


def test_an_unknown_name_costs_as_much_work_as_a_known_one(
    tx: Tx, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked = []
    hasher = passwords._hasher

    class Counting:
        def __init__(self) -> None:
            self.real = hasher(tx.settings)

        def hash(self, password: str) -> str:
            worked.append("hash")
            return self.real.hash(password)

    monkeypatch.setattr(passwords, "_hasher", lambda _settings: Counting())

    signin.compare_password(tx, login="nobody", password="x")

    assert worked == ["hash"]


def test_a_code_from_paper_replaces_the_second_proof_once(
    transaction: Transaction, member: Member
) -> None:
    code = member.recovery_codes[3].lower().replace("-", " ")
    step = first_step(transaction, member.login)
    with transaction() as tx:
        assert signin.sign_in_with_recovery_code(tx, step, code, device="")
    step = first_step(transaction, member.login)

    with pytest.raises(NotValid), transaction() as tx:
        signin.sign_in_with_recovery_code(tx, step, code, device="")


def test_a_passkey_signs_in(transaction: Transaction, clock: StoppedClock) -> None:
    device = Authenticator()
    with transaction() as tx:
        invited = accounts.add_invited(tx, NOBODY, login="li", name="李")
        step = enrolment.begin_enrolment(tx, login="li", code=invited.code, password=PASSWORD)
        offer = enrolment.read_offer(tx, step, StepPurpose.ENROL)
        enrolment.enrol_with_passkey(tx, step, device.register(offer.passkey), device="key")
    step = first_step(transaction, "li")

    with transaction() as tx:
        asked = signin.read_second_step(tx, step).passkey or ""
        token = signin.sign_in_with_passkey(tx, step, device.prove(asked), device="key")
        visit = sessions.find_visit(tx, token)

    assert visit is not None
    assert visit.actor.name == "李"


@pytest.mark.parametrize("spoil", ["origin", "key", "challenge", "garbage", "credential"])
def test_a_passkey_that_does_not_fit_is_refused(
    transaction: Transaction, clock: StoppedClock, spoil: str
) -> None:
    device = Authenticator()
    with transaction() as tx:
        invited = accounts.add_invited(tx, NOBODY, login="li", name="李")
        step = enrolment.begin_enrolment(tx, login="li", code=invited.code, password=PASSWORD)
        offer = enrolment.read_offer(tx, step, StepPurpose.ENROL)
        enrolment.enrol_with_passkey(tx, step, device.register(offer.passkey), device="key")
    old = first_step(transaction, "li")
    with transaction() as tx:
        old_question = signin.read_second_step(tx, old).passkey or ""
    step = first_step(transaction, "li")
    with transaction() as tx:
        question = signin.read_second_step(tx, step).passkey or ""
    other = Authenticator()
    answers = {
        "origin": lambda: Authenticator("http://evil", "localhost", device.key, device.credential),
        "key": lambda: Authenticator(credential=device.credential),
        "credential": lambda: other,
        "challenge": lambda: device,
        "garbage": lambda: device,
    }
    asked = old_question if spoil == "challenge" else question
    answer = "{}" if spoil == "garbage" else answers[spoil]().prove(asked)

    with pytest.raises(NotValid), transaction() as tx:
        signin.sign_in_with_passkey(tx, step, answer, device="")


def test_the_authenticator_secret_is_not_readable_in_the_table(tx: Tx, clock: StoppedClock) -> None:
    member = enrol(tx, "wang", (None, Role.SYSTEM_ADMIN))

    row = tx.get(Totp, member.actor.user_id)

    assert row is not None
    assert member.totp.byte_secret() not in row.sealed


def test_an_invitation_serves_once_and_a_week(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    with transaction() as tx:
        invited = accounts.add_invited(tx, NOBODY, login="li", name="李")
    clock.advance(timedelta(days=accounts.INVITATION_DAYS).total_seconds())

    with pytest.raises(NotValid), transaction() as tx:
        enrolment.begin_enrolment(tx, login="li", code=invited.code, password=PASSWORD)


def test_a_wrong_invitation_is_counted_and_locks(
    transaction: Transaction, clock: StoppedClock
) -> None:
    with transaction() as tx:
        invited = accounts.add_invited(tx, NOBODY, login="li", name="李")
    for _ in range(steps.MOST_FAILURES):
        with pytest.raises(NotValid), transaction() as tx:
            enrolment.begin_enrolment(tx, login="li", code="AAAA-AAAA-AAAA", password=PASSWORD)

    with pytest.raises(NotValid), transaction() as tx:
        enrolment.begin_enrolment(tx, login="li", code=invited.code, password=PASSWORD)


def test_an_account_without_second_proof_stays_shut(
    transaction: Transaction, clock: StoppedClock
) -> None:
    with transaction() as tx:
        invited = accounts.add_invited(tx, NOBODY, login="li", name="李")
        enrolment.begin_enrolment(tx, login="li", code=invited.code, password=PASSWORD)

    with pytest.raises(NotValid):
        first_step(transaction, "li")


@pytest.mark.parametrize(
    "password", ["short-1A", "alllowercaseletters", "Aa1Aa1Aa1Aa1", "My-wang-2026", "x" * 200]
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(NotValid):
        passwords.check_password(password, login="wang")


@pytest.mark.parametrize("password", [PASSWORD, "民生实事一件一件办好 2026", "long enough 2 Be ok"])
def test_good_passwords_pass_and_compare(app: Flask, tx: Tx, password: str) -> None:
    passwords.check_password(password, login="wang")
    hashed = passwords.hash_password(tx.settings, password)

    assert passwords.is_right(tx.settings, password, hashed)
    assert not passwords.is_right(tx.settings, password + "x", hashed)


def test_a_sign_in_ends_when_idle(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    clock.advance(60 * 70)

    with transaction() as tx:
        assert sessions.find_visit(tx, member.token) is None


def test_a_sign_in_in_use_ends_after_some_hours(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    for _ in range(24):
        clock.advance(60 * 30)
        with transaction() as tx:
            visit = sessions.find_visit(tx, member.token)
            if visit is not None:
                sessions.touch_session(tx, visit.session_id)

    assert visit is None


def test_ended_sign_ins_are_forgotten_in_the_end(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    for days, kept in ((190, 2), (20, 2)):
        clock.advance(days * 86400)
        step = first_step(transaction, member.login)
        with transaction() as tx:
            signin.sign_in_with_totp(tx, step, member.digits(), device="")
            assert tx.query(LoginSession).count() == kept


def test_an_old_password_asks_to_be_changed(
    transaction: Transaction, member: Member, clock: StoppedClock
) -> None:
    clock.advance(181 * 86400)
    step = first_step(transaction, member.login)
    with transaction() as tx:
        token = signin.sign_in_with_totp(tx, step, member.digits(), device="")
        visit = sessions.find_visit(tx, token)
        assert visit is not None
        assert visit.must_change_password
        signin.change_password(tx, member.actor, old=PASSWORD, new="Another-horse-8")

    with transaction() as tx:
        assert sessions.find_visit(tx, token) is None


def test_a_password_is_changed_only_by_who_knows_it(
    transaction: Transaction, member: Member
) -> None:
    with pytest.raises(NotValid), transaction() as tx:
        signin.change_password(tx, member.actor, old="guess", new="Another-horse-8")


def test_disabling_ends_sign_ins_at_once(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with transaction() as tx:
        enrol(tx, "second", (None, Role.SYSTEM_ADMIN))
        accounts.disable_person(tx, security.actor, member.actor.user_id or 0)

    with transaction() as tx:
        assert sessions.find_visit(tx, member.token) is None
    with pytest.raises(NotValid):
        first_step(transaction, member.login)


def test_a_disabled_person_comes_back_with_the_same_proofs(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with transaction() as tx:
        enrol(tx, "second", (None, Role.SYSTEM_ADMIN))
        accounts.disable_person(tx, security.actor, member.actor.user_id or 0)
        accounts.enable_person(tx, security.actor, member.actor.user_id or 0)

    assert first_step(transaction, member.login)


def test_a_reset_leaves_nothing_of_the_old_proofs(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with transaction() as tx:
        invited = accounts.reset_person(tx, security.actor, member.actor.user_id or 0)

    with pytest.raises(NotValid):
        first_step(transaction, member.login)
    with transaction() as tx:
        assert factors.read_factors(tx, invited.user_id) == factors.Factors(False, (), 0)
        assert sessions.find_visit(tx, member.token) is None
        assert enrolment.begin_enrolment(
            tx, login=member.login, code=invited.code, password=PASSWORD
        )


def test_the_last_administrator_of_a_kind_stays(
    transaction: Transaction, member: Member, security: Member
) -> None:
    grant_id = _grants(transaction, security, member)[0].id

    with pytest.raises(Conflict), transaction() as tx:
        accounts.disable_person(tx, security.actor, member.actor.user_id or 0)
    with pytest.raises(Conflict), transaction() as tx:
        accounts.withdraw_role(tx, security.actor, member.actor.user_id or 0, grant_id)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS - {Role.SYSTEM_ADMIN}))
def test_an_administrator_is_never_given_a_second_administration(
    transaction: Transaction, member: Member, security: Member, role: Role
) -> None:
    with pytest.raises(Conflict), transaction() as tx:
        accounts.grant_role(tx, security.actor, member.actor.user_id or 0, role)


def test_nobody_changes_their_own_rights(transaction: Transaction, security: Member) -> None:
    me = security.actor.user_id or 0
    with transaction() as tx:
        congress = a_congress(tx)

    with pytest.raises(NotAllowed), transaction() as tx:
        accounts.grant_role(tx, security.actor, me, Role.CHAIR, congress_id=congress)
    with pytest.raises(NotAllowed), transaction() as tx:
        accounts.reset_person(tx, security.actor, me)
    with pytest.raises(NotAllowed), transaction() as tx:
        accounts.disable_person(tx, security.actor, me)


def test_who_makes_accounts_gives_no_roles_and_the_other_way_round(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with transaction() as tx:
        congress = a_congress(tx)
        invited = accounts.invite_person(tx, member.actor, login="li", name="李")

    with pytest.raises(NotAllowed), transaction() as tx:
        accounts.grant_role(tx, member.actor, invited.user_id, Role.CHAIR, congress_id=congress)
    with pytest.raises(NotAllowed), transaction() as tx:
        accounts.invite_person(tx, security.actor, login="zhao", name="赵")
    with transaction() as tx:
        accounts.grant_role(tx, security.actor, invited.user_id, Role.CHAIR, congress_id=congress)
        assert sessions.find_actor(tx, invited.user_id).roles_in(congress) == {Role.CHAIR}


def test_a_role_is_given_once_and_only_where_it_belongs(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with transaction() as tx:
        congress = a_congress(tx)
        li = accounts.invite_person(tx, member.actor, login="li", name="李").user_id
        accounts.grant_role(tx, security.actor, li, Role.CHAIR, congress_id=congress)

    with pytest.raises(Conflict), transaction() as tx:
        accounts.grant_role(tx, security.actor, li, Role.CHAIR, congress_id=congress)
    with pytest.raises(NotValid), transaction() as tx:
        accounts.grant_role(tx, security.actor, li, Role.CHAIR)
    with pytest.raises(NotFound), transaction() as tx:
        accounts.grant_role(tx, security.actor, li, Role.CHAIR, congress_id=congress + 1)


def test_a_secretariat_invites_deputies_of_its_own_congress_only(
    transaction: Transaction, clock: StoppedClock
) -> None:
    with transaction() as tx:
        own, other = a_congress(tx, "own"), a_congress(tx, "other")
        secretary = enrol(tx, "mishu", (own, Role.SECRETARIAT))
        invited = accounts.invite_deputy(tx, secretary.actor, own, login="d1", name="代表")
        assert sessions.find_actor(tx, invited.user_id).roles_in(own) == {Role.DEPUTY}

    with pytest.raises(NotAllowed), transaction() as tx:
        accounts.invite_deputy(tx, secretary.actor, other, login="d2", name="代表")


def test_one_sign_in_name_is_one_account(transaction: Transaction, member: Member) -> None:
    with pytest.raises(NotValid), transaction() as tx:
        accounts.invite_person(tx, member.actor, login=" Wang", name="另一个王")


def test_one_ends_ones_own_sign_ins_and_security_anybodys(
    transaction: Transaction, member: Member, security: Member
) -> None:
    with transaction() as tx:
        (own,) = sessions.list_sessions(tx, member.actor)
        everybody = sessions.list_sessions(tx, security.actor, everybody=True)
        theirs = next(session for session in everybody if session.is_mine)

    with pytest.raises(NotAllowed), transaction() as tx:
        sessions.end_session(tx, member.actor, theirs.id)
    with transaction() as tx:
        sessions.end_session(tx, security.actor, own.id)
        assert sessions.find_visit(tx, member.token) is None
    with pytest.raises(NotAllowed), transaction() as tx:
        sessions.list_sessions(tx, member.actor, everybody=True)


def test_passkeys_are_added_with_the_password_and_the_last_proof_stays(
    transaction: Transaction, member: Member
) -> None:
    device = Authenticator()
    with pytest.raises(NotValid), transaction() as tx:
        signin.begin_adding_factor(tx, member.actor, password="guess")
    with transaction() as tx:
        step = signin.begin_adding_factor(tx, member.actor, password=PASSWORD)
        offer = enrolment.read_offer(tx, step, StepPurpose.ADD_FACTOR)
        answer = device.register(offer.passkey)
        signin.add_passkey(tx, member.actor, step, answer, device="key")
        row = tx.get(Totp, member.actor.user_id)
        tx.delete(row)
        ((key, _),) = signin.read_own_factors(tx, member.actor).passkeys

    with pytest.raises(Conflict), transaction() as tx:
        signin.remove_passkey(tx, member.actor, key)


def test_new_codes_for_paper_end_the_old_ones(transaction: Transaction, member: Member) -> None:
    with transaction() as tx:
        new = signin.renew_recovery_codes(tx, member.actor, password=PASSWORD)
        assert not factors.check_recovery_code(
            tx, member.actor.user_id or 0, member.recovery_codes[0]
        )
        assert factors.check_recovery_code(tx, member.actor.user_id or 0, new[0])


def test_set_up_makes_three_people_once(transaction: Transaction, clock: StoppedClock) -> None:
    founders = tuple(
        setup.Founder(role, f"admin{number}", f"管理员{number}")
        for number, role in enumerate(setup.FIRST)
    )
    with transaction() as tx:
        code = setup.setup_code(tx.settings)
        invited = setup.set_up(tx, code=code.lower(), founders=founders)
        states = [tx.get_one(User, one.user_id).state for one in invited]

    assert states == [UserState.INVITED] * 3
    with pytest.raises(NotFound), transaction() as tx:
        setup.set_up(tx, code=code, founders=founders)


def test_set_up_needs_the_printed_code_and_three_names(
    transaction: Transaction, clock: StoppedClock
) -> None:
    same = tuple(setup.Founder(role, "admin", "管理员") for role in setup.FIRST)
    with transaction() as tx:
        code = setup.setup_code(tx.settings)

    with pytest.raises(NotValid), transaction() as tx:
        setup.set_up(tx, code="AAAA-BBBB-CCCC-DDDD", founders=same)
    with pytest.raises(NotValid), transaction() as tx:
        setup.set_up(tx, code=code, founders=same)


def a_congress(tx: Tx, slug: str = "a") -> int:
    """Add a congress through the system administrator's door."""
    system = enrol(tx, f"system-{slug}", (None, Role.SYSTEM_ADMIN))
    return congresses.make_congress(tx, system.actor, slug=slug, name="甲区").id


def _grants(
    transaction: Transaction, security: Member, member: Member
) -> tuple[directory.Grant, ...]:
    with transaction() as tx:
        return directory.read_person(tx, security.actor, member.actor.user_id or 0).grants

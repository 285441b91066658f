"""One's own account: password, second proofs, codes for paper, running sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, session, url_for
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.models.people import StepPurpose
from voting.rules.access import Action
from voting.rules.roles import ROLE_NAMES
from voting.services.people import enrolment, factors, passwords, sessions, signin
from voting.views.account.enrol import CodesPage, check_repeated, show_offer
from voting.views.account.signin import CodeForm, PasskeyForm
from voting.views.browser import close_session, device_name, session_id
from voting.views.fields import Secret, read_form
from voting.views.gate import actor, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("own", __name__, url_prefix="/account")


@dataclass(frozen=True, slots=True)
class ConfirmForm:
    old: Secret


@dataclass(frozen=True, slots=True)
class NewPasswordForm:
    old: Secret
    password: Secret
    repeated: Secret


@dataclass(frozen=True, slots=True)
class AccountPage:
    name: str
    roles: tuple[Message, ...]
    factors: factors.Factors
    sessions: tuple[sessions.RunningSession, ...]
    this_session: int | None


@dataclass(frozen=True, slots=True)
class PasswordPage:
    rules: tuple[Message, ...]


@blueprint.get("")
@door(Action.OWN_ACCOUNT)
def account_page() -> str:
    with reading() as tx:
        page = AccountPage(
            name=actor().name,
            roles=tuple(ROLE_NAMES[role] for role in sorted(actor().roles)),
            factors=signin.read_own_factors(tx, actor()),
            sessions=sessions.list_sessions(tx, actor()),
            this_session=session_id(),
        )
    return render("account/account.html", page)


@blueprint.get("/password")
@door(Action.OWN_ACCOUNT)
def password_page() -> str:
    return render("account/password.html", PasswordPage(passwords.RULES))


@blueprint.post("/password")
@door(Action.OWN_ACCOUNT)
@limited(10, "minute")
def change_password() -> Response:
    form = read_form(NewPasswordForm)
    check_repeated(form.password, form.repeated)
    with transaction() as tx:
        signin.change_password(tx, actor(), old=form.old, new=form.password)
    close_session()
    say(msg("Your password is changed. Please sign in with the new one."))
    return redirect(url_for("signin.sign_in_page"))


@blueprint.post("/factor/begin")
@door(Action.OWN_ACCOUNT)
@limited(10, "minute")
def begin_factor() -> Response:
    form = read_form(ConfirmForm)
    with transaction() as tx:
        session["step"] = signin.begin_adding_factor(tx, actor(), password=form.old)
    return redirect(url_for("own.factor_page"))


@blueprint.get("/factor")
@door(Action.OWN_ACCOUNT)
def factor_page() -> str:
    with reading() as tx:
        offer = enrolment.read_offer(tx, session.get("step", ""), StepPurpose.ADD_FACTOR)
    page = show_offer(offer, "own.factor_page", "own.add_passkey")
    return render("account/factor.html", page)


@blueprint.post("/factor")
@door(Action.OWN_ACCOUNT)
@limited(10, "minute")
def add_totp() -> Response:
    form = read_form(CodeForm)
    with transaction() as tx:
        signin.add_totp(tx, actor(), session.get("step", ""), form.code)
    say(msg("Your new authenticator is set up. The old one no longer counts."))
    return redirect(url_for("own.account_page"))


@blueprint.post("/factor/passkey")
@door(Action.OWN_ACCOUNT)
@limited(10, "minute")
def add_passkey() -> Response:
    form, step = read_form(PasskeyForm), session.get("step", "")
    with transaction() as tx:
        signin.add_passkey(tx, actor(), step, form.answer, device=device_name())
    say(msg("The passkey is added."))
    return redirect(url_for("own.account_page"))


@blueprint.post("/passkeys/<int:passkey_id>/remove")
@door(Action.OWN_ACCOUNT)
def remove_passkey(passkey_id: int) -> Response:
    with transaction() as tx:
        signin.remove_passkey(tx, actor(), passkey_id)
    say(msg("The passkey is removed."))
    return redirect(url_for("own.account_page"))


@blueprint.post("/recovery")
@door(Action.OWN_ACCOUNT)
@limited(10, "minute")
def renew_codes() -> str:
    form = read_form(ConfirmForm)
    with transaction() as tx:
        codes = signin.renew_recovery_codes(tx, actor(), password=form.old)
    return render("account/codes.html", CodesPage(codes))


@blueprint.post("/sessions/<int:number>/end")
@door(Action.OWN_ACCOUNT)
def end_own_session(number: int) -> Response:
    with transaction() as tx:
        sessions.end_session(tx, actor(), number)
    say(msg("The sign-in is ended."))
    return redirect(url_for("own.account_page"))

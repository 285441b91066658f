"""Sign in with two proofs, and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.rules.access import Action
from voting.services.people import sessions, setup, signin
from voting.services.people.signin import SecondStep
from voting.services.reports.dues import DueSection, read_dues
from voting.views.browser import close_session, device_name, local_path, open_session, session_id
from voting.views.fields import Name, Secret, read_form
from voting.views.gate import actor, door, limited
from voting.views.menu import Section, menu_for
from voting.views.pages import render, say

blueprint: Final = Blueprint("signin", __name__)


@dataclass(frozen=True, slots=True)
class PasswordForm:
    login: Name
    password: Secret


@dataclass(frozen=True, slots=True)
class CodeForm:
    code: Name


@dataclass(frozen=True, slots=True)
class PasskeyForm:
    answer: str


@dataclass(frozen=True, slots=True)
class SignInPage:
    next: str


@dataclass(frozen=True, slots=True)
class SecondPage:
    step: SecondStep
    next: str


@dataclass(frozen=True, slots=True)
class StartPage:
    name: str
    sections: tuple[Section, ...]
    dues: tuple[DueSection, ...]


@blueprint.get("/login")
@door(Action.SIGN_IN)
def sign_in_page() -> str | Response:
    if actor().is_known:
        return redirect(_next())
    with reading() as tx:
        if not setup.is_set_up(tx):
            return redirect(url_for("enrol.setup_page"))
    return render("account/sign_in.html", SignInPage(_next()))


@blueprint.post("/login")
@door(Action.SIGN_IN)
@limited(10, "minute")
def sign_in() -> Response:
    form = read_form(PasswordForm)
    with reading() as tx:
        proof = signin.compare_password(tx, login=form.login, password=form.password)
    with transaction() as tx:
        session["step"] = signin.begin_sign_in(tx, proof)
    return redirect(url_for("signin.second_page", next=_next()))


@blueprint.get("/login/second")
@door(Action.SIGN_IN)
def second_page() -> str:
    with reading() as tx:
        step = signin.read_second_step(tx, session.get("step", ""))
    return render("account/second.html", SecondPage(step, _next()))


@blueprint.post("/login/second")
@door(Action.SIGN_IN)
@limited(10, "minute")
def second_digits() -> Response:
    form = read_form(CodeForm)
    with transaction() as tx:
        token = signin.sign_in_with_totp(tx, _step(), form.code, device=device_name())
    return _arrived(token)


@blueprint.post("/login/second/passkey")
@door(Action.SIGN_IN)
@limited(10, "minute")
def second_passkey() -> Response:
    form = read_form(PasskeyForm)
    with transaction() as tx:
        token = signin.sign_in_with_passkey(tx, _step(), form.answer, device=device_name())
    return _arrived(token)


@blueprint.post("/login/second/recovery")
@door(Action.SIGN_IN)
@limited(10, "minute")
def second_recovery() -> Response:
    form = read_form(CodeForm)
    with transaction() as tx:
        token = signin.sign_in_with_recovery_code(tx, _step(), form.code, device=device_name())
    answer = _arrived(token)
    say(msg("This recovery code is used up. Set up your second proof anew."), "warning")
    return answer


@blueprint.post("/logout")
@door(Action.OWN_ACCOUNT)
def sign_out() -> Response:
    with transaction() as tx:
        sessions.end_session(tx, actor(), session_id() or 0)
    close_session()
    say(msg("You are signed out."))
    return redirect(url_for("signin.sign_in_page"))


@blueprint.get("/start")
@door(Action.OWN_ACCOUNT)
def start_page() -> str:
    with reading() as tx:
        page = StartPage(actor().name, menu_for(actor()), read_dues(tx, actor()))
    return render("account/start.html", page)


def _arrived(token: str) -> Response:
    target = _next()
    open_session(token)
    return redirect(target)


def _step() -> str:
    return str(session.get("step", ""))


def _next() -> str:
    return local_path(request.values.get("next")) or url_for("signin.start_page")

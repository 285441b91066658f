"""Enrol with a one-time code, and set up the installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import FieldProblem, Message, NotFound, NotValid, msg
from voting.exports.qr import qr_svg
from voting.models.people import StepPurpose
from voting.rules.access import Action
from voting.rules.roles import ROLE_NAMES, Role
from voting.services.people import enrolment, passwords, setup
from voting.services.people.accounts import Invited
from voting.views.account.signin import CodeForm, PasskeyForm
from voting.views.browser import device_name, open_session
from voting.views.fields import Name, Secret, read_form
from voting.views.gate import door, limited
from voting.views.pages import render

blueprint: Final = Blueprint("enrol", __name__)


@dataclass(frozen=True, slots=True)
class EnrolForm:
    login: Name
    code: Name
    password: Secret
    repeated: Secret


@dataclass(frozen=True, slots=True)
class SetupForm:
    code: Name
    system_login: Name
    system_name: Name
    security_login: Name
    security_name: Name
    audit_login: Name
    audit_name: Name


@dataclass(frozen=True, slots=True)
class EnrolPage:
    rules: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class FactorPage:
    """A second proof to set up; `action` is where the digits and the passkey are sent."""

    name: str
    secret: str
    qr: Markup
    passkey: str
    action: str
    passkey_action: str


@dataclass(frozen=True, slots=True)
class CodesPage:
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetupPage:
    founders: tuple[tuple[str, Message], ...]


@dataclass(frozen=True, slots=True)
class SlipsPage:
    """The three invitations as slips to hand over, shown once."""

    invited: tuple[Invited, ...]


@blueprint.get("/enrol")
@door(Action.SIGN_IN)
def enrol_page() -> str:
    return render("account/enrol.html", EnrolPage(passwords.RULES))


@blueprint.post("/enrol")
@door(Action.SIGN_IN)
@limited(10, "minute")
def enrol() -> Response:
    form = read_form(EnrolForm)
    check_repeated(form.password, form.repeated)
    with transaction() as tx:
        step = enrolment.begin_enrolment(
            tx, login=form.login, code=form.code, password=form.password
        )
    session["step"] = step
    return redirect(url_for("enrol.enrol_second_page"))


@blueprint.get("/enrol/second")
@door(Action.SIGN_IN)
def enrol_second_page() -> str:
    with reading() as tx:
        offer = enrolment.read_offer(tx, session.get("step", ""), StepPurpose.ENROL)
    page = show_offer(offer, "enrol.enrol_second_page", "enrol.enrol_passkey")
    return render("account/factor.html", page)


@blueprint.post("/enrol/second")
@door(Action.SIGN_IN)
@limited(10, "minute")
def enrol_digits() -> str:
    form = read_form(CodeForm)
    with transaction() as tx:
        step = session.get("step", "")
        done = enrolment.enrol_with_totp(tx, step, form.code, device=device_name())
    open_session(done.session_token)
    return render("account/codes.html", CodesPage(done.recovery_codes))


@blueprint.post("/enrol/second/passkey")
@door(Action.SIGN_IN)
@limited(10, "minute")
def enrol_passkey() -> str:
    form = read_form(PasskeyForm)
    with transaction() as tx:
        step = session.get("step", "")
        done = enrolment.enrol_with_passkey(tx, step, form.answer, device=device_name())
    open_session(done.session_token)
    return render("account/codes.html", CodesPage(done.recovery_codes))


@blueprint.get("/setup")
@door(Action.SIGN_IN)
def setup_page() -> str:
    with reading() as tx:
        if setup.is_set_up(tx):
            raise NotFound("This installation has already been set up.")
    founders = tuple((role.value.removesuffix("_admin"), ROLE_NAMES[role]) for role in setup.FIRST)
    return render("account/setup.html", SetupPage(founders))


@blueprint.post("/setup")
@door(Action.SIGN_IN)
@limited(5, "minute")
def set_up() -> str:
    form = read_form(SetupForm)
    founders = (
        setup.Founder(Role.SYSTEM_ADMIN, form.system_login, form.system_name),
        setup.Founder(Role.SECURITY_ADMIN, form.security_login, form.security_name),
        setup.Founder(Role.AUDIT_ADMIN, form.audit_login, form.audit_name),
    )
    with transaction() as tx:
        invited = setup.set_up(tx, code=form.code, founders=founders)
    return render("account/slips.html", SlipsPage(invited))


def show_offer(offer: enrolment.Offer, action: str, passkey_action: str) -> FactorPage:
    """Show an offer: the picture, and its letters for who can't take a picture."""
    letters = offer.totp.secret
    groups = " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    picture = Markup(qr_svg(offer.totp.uri))  # noqa: S704 - our own drawing, no text in it
    urls = url_for(action), url_for(passkey_action)
    return FactorPage(offer.name, groups, picture, offer.passkey, *urls)


def check_repeated(password: str, repeated: str) -> None:
    """Refuse a password that was typed in two ways."""
    if password != repeated:
        problem = FieldProblem("repeated", msg("This is not the same as above."))
        raise NotValid("The two passwords differ.").at(problem)

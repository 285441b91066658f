"""People, their roles and their sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.rules.access import Action
from voting.rules.roles import ROLE_NAMES, Role
from voting.services.people import accounts, congresses, directory, sessions
from voting.services.people.accounts import Invited
from voting.services.people.directory import Person
from voting.services.people.sessions import RunningSession
from voting.views.fields import Name, read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("people", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class InviteForm:
    login: Annotated[str, Meta(min_length=2, max_length=64)]
    name: Name


@dataclass(frozen=True, slots=True)
class GrantForm:
    role: Role
    congress: int | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    search: str
    people: tuple[Person, ...]
    role_names: dict[Role, Message]


@dataclass(frozen=True, slots=True)
class PersonPage:
    person: Person
    congresses: tuple[congresses.CongressCard, ...]
    role_names: dict[Role, Message]
    is_oneself: bool


@dataclass(frozen=True, slots=True)
class SlipPage:
    """An invitation as a slip to hand over, shown once."""

    invited: Invited


@dataclass(frozen=True, slots=True)
class SessionsPage:
    sessions: tuple[RunningSession, ...]


@blueprint.get("/people")
@door(Action.READ_PEOPLE)
def people_page() -> str:
    search = request.args.get("q", "").strip()
    with reading() as tx:
        found = directory.list_people(tx, actor(), search=search)
    return render("admin/people.html", PeoplePage(search, found, ROLE_NAMES))


@blueprint.post("/people")
@door(Action.INVITE_PERSON)
def invite() -> str:
    form = read_form(InviteForm)
    with transaction() as tx:
        invited = accounts.invite_person(tx, actor(), login=form.login, name=form.name)
    return render("admin/slip.html", SlipPage(invited))


@blueprint.get("/people/<int:user_id>")
@door(Action.READ_PEOPLE)
def person_page(user_id: int) -> str:
    with reading() as tx:
        page = PersonPage(
            person=directory.read_person(tx, actor(), user_id),
            congresses=congresses.list_congresses(tx),
            role_names=ROLE_NAMES,
            is_oneself=user_id == actor().user_id,
        )
    return render("admin/person.html", page)


@blueprint.post("/people/<int:user_id>/roles")
@door(Action.GRANT_ROLE)
def grant(user_id: int) -> Response:
    form = read_form(GrantForm)
    with transaction() as tx:
        accounts.grant_role(tx, actor(), user_id, form.role, congress_id=form.congress)
    say(msg("The role is given. It counts from the next page on."))
    return redirect(url_for("people.person_page", user_id=user_id))


@blueprint.post("/people/<int:user_id>/roles/<int:grant_id>/withdraw")
@door(Action.GRANT_ROLE)
def withdraw(user_id: int, grant_id: int) -> Response:
    with transaction() as tx:
        accounts.withdraw_role(tx, actor(), user_id, grant_id)
    say(msg("The role is taken away."))
    return redirect(url_for("people.person_page", user_id=user_id))


@blueprint.post("/people/<int:user_id>/disable")
@door(Action.DISABLE_PERSON)
def disable(user_id: int) -> Response:
    with transaction() as tx:
        accounts.disable_person(tx, actor(), user_id)
    say(msg("The account is disabled, and all its sign-ins are ended."))
    return redirect(url_for("people.person_page", user_id=user_id))


@blueprint.post("/people/<int:user_id>/enable")
@door(Action.DISABLE_PERSON)
def enable(user_id: int) -> Response:
    with transaction() as tx:
        accounts.enable_person(tx, actor(), user_id)
    say(msg("The account is enabled again."))
    return redirect(url_for("people.person_page", user_id=user_id))


@blueprint.post("/people/<int:user_id>/reset")
@door(Action.RESET_PERSON)
def reset(user_id: int) -> str:
    with transaction() as tx:
        invited = accounts.reset_person(tx, actor(), user_id)
    return render("admin/slip.html", SlipPage(invited))


@blueprint.get("/sessions")
@door(Action.READ_SESSIONS)
def sessions_page() -> str:
    with reading() as tx:
        running = sessions.list_sessions(tx, actor(), everybody=True)
    return render("admin/sessions.html", SessionsPage(running))


@blueprint.post("/sessions/<int:number>/end")
@door(Action.END_SESSION)
def end_session(number: int) -> Response:
    with transaction() as tx:
        sessions.end_session(tx, actor(), number)
    say(msg("The sign-in is ended."))
    return redirect(url_for("people.sessions_page"))

"""Who sits on the standing committee: ticked on the roster of deputies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.sittings import Deputy
from voting.rules.access import Action
from voting.services import roster
from voting.services.people.congresses import CongressCard
from voting.services.sittings import committee
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("members", __name__, url_prefix="/desk/<slug>/committee-members")


@dataclass(frozen=True, slots=True)
class MembersForm:
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MembersPage:
    congress: CongressCard
    deputies: Sequence[Deputy]
    members: frozenset[int]


@blueprint.get("")
@door(Action.EDIT_ROSTER)
def members_page(slug: str) -> str:
    with reading() as tx:
        deputies = roster.list_deputies(tx, congress().id)
        page = MembersPage(congress(), deputies, committee.member_ids(tx, congress().id))
        return render("committee/members.html", page)


@blueprint.post("")
@door(Action.EDIT_ROSTER)
def save(slug: str) -> Response:
    form = read_form(MembersForm)
    with transaction() as tx:
        number = committee.name_members(tx, actor(), congress().id, form.members)
    say(msg("The standing committee has {number} members now.", number=number))
    return redirect(url_for("members.members_page", slug=slug))

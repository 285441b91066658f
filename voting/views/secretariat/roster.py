"""The roster: deputies as they stand, imports with a preview, delegations in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.imports.deputies import read_deputy_form
from voting.models.sittings import Delegation, Deputy
from voting.rules.access import Action
from voting.services import roster
from voting.services.people.accounts import Invited
from voting.services.people.congresses import CongressCard
from voting.services.roster import DeputyAccount, ImportChoice, RosterPreview
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say
from voting.views.uploads import kept_upload, read_upload, wrapped

blueprint: Final = Blueprint("roster", __name__, url_prefix="/desk/<slug>/roster")


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    skip_bad_rows: bool
    retire_missing: bool


@dataclass(frozen=True, slots=True)
class OrderForm:
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RosterPage:
    congress: CongressCard
    deputies: Sequence[Deputy]
    delegations: Sequence[Delegation]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What a file would do, with the file itself to go on with."""

    congress: CongressCard
    preview: RosterPreview
    upload: str


@dataclass(frozen=True, slots=True)
class DeputyPage:
    congress: CongressCard
    deputy: Deputy | None
    delegations: Sequence[Delegation]
    account: DeputyAccount | None


@dataclass(frozen=True, slots=True)
class AccountForm:
    login: Annotated[str, Meta(min_length=2, max_length=64)]


@dataclass(frozen=True, slots=True)
class SlipPage:
    """An invitation as a slip to hand over, shown once."""

    congress: CongressCard
    deputy_id: int
    invited: Invited


@blueprint.get("")
@door(Action.EDIT_ROSTER)
def roster_page(slug: str) -> str:
    with reading() as tx:
        deputies = roster.list_deputies(tx, congress().id)
        page = RosterPage(congress(), deputies, roster.list_delegations(tx, congress().id))
        return render("secretariat/roster.html", page)


@blueprint.post("/preview")
@door(Action.EDIT_ROSTER)
def preview(slug: str) -> str:
    data = read_upload()
    with reading() as tx:
        found = roster.preview_roster(tx, actor(), congress().id, data)
    page = PreviewPage(congress(), found, wrapped(data))
    return render("secretariat/roster_preview.html", page)


@blueprint.post("/import")
@door(Action.EDIT_ROSTER)
def take_in(slug: str) -> Response:
    data, form = kept_upload(), read_form(ChoiceForm)
    choice = ImportChoice(form.skip_bad_rows, form.retire_missing)
    with transaction() as tx:
        roster.import_roster(tx, actor(), congress().id, data=data, choice=choice)
    say(msg("The roster is imported."))
    return redirect(url_for("roster.roster_page", slug=slug))


@blueprint.post("/delegations")
@door(Action.EDIT_ROSTER)
def order(slug: str) -> Response:
    form = read_form(OrderForm)
    with transaction() as tx:
        roster.order_delegations(tx, actor(), congress().id, form.order)
    say(msg("The order of the delegations is fixed."))
    return redirect(url_for("roster.roster_page", slug=slug))


@blueprint.get("/deputies/new", defaults={"deputy_id": None})
@blueprint.get("/deputies/<int:deputy_id>")
@door(Action.EDIT_ROSTER)
def deputy_page(slug: str, deputy_id: int | None) -> str:
    with reading() as tx:
        found = None if deputy_id is None else roster.find_deputy(tx, congress().id, deputy_id)
        page = DeputyPage(
            congress(),
            found,
            roster.list_delegations(tx, congress().id),
            account=None if found is None else roster.account_of(tx, found),
        )
        return render("secretariat/deputy.html", page)


@blueprint.post("/deputies/new", defaults={"deputy_id": None})
@blueprint.post("/deputies/<int:deputy_id>")
@door(Action.EDIT_ROSTER)
def save(slug: str, deputy_id: int | None) -> Response:
    row = read_deputy_form(request.form.to_dict())
    with transaction() as tx:
        roster.save_deputy(tx, actor(), congress().id, row=row, deputy_id=deputy_id)
    say(msg("{name} is saved.", name=row.name))
    return redirect(url_for("roster.roster_page", slug=slug))


@blueprint.post("/deputies/<int:deputy_id>/retire")
@door(Action.EDIT_ROSTER)
def retire(slug: str, deputy_id: int) -> Response:
    with transaction() as tx:
        roster.retire_deputy(tx, actor(), congress().id, deputy_id)
    say(msg("The deputy is taken out of the roster; past sittings keep the name."))
    return redirect(url_for("roster.roster_page", slug=slug))


@blueprint.post("/deputies/<int:deputy_id>/account")
@door(Action.INVITE_DEPUTY)
def invite(slug: str, deputy_id: int) -> str:
    form = read_form(AccountForm)
    with transaction() as tx:
        invited = roster.invite_deputy(tx, actor(), congress().id, deputy_id, login=form.login)
    return render("secretariat/deputy_slip.html", SlipPage(congress(), deputy_id, invited))

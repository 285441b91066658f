"""Keeps a congress's deputies and delegations: imported with a preview, corrected one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from voting.db import Tx
from voting.errors import Conflict, NotFound, NotValid, msg
from voting.events import Event
from voting.imports.deputies import DeputyRow, DeputySheet, read_deputies
from voting.imports.sheets import read_table
from voting.models.people import User, UserState
from voting.models.sittings import Delegation, Deputy
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.strokes import stroke_order
from voting.services import journal
from voting.services.people import accounts
from voting.services.people.accounts import Invited
from voting.services.sittings import plenary


@dataclass(frozen=True, slots=True)
class RosterImported(Event):
    """A roster came in from a file."""

    words = msg("The roster was imported: {added} new, {changed} changed, {retired} taken out.")
    added: int
    changed: int
    retired: int


@dataclass(frozen=True, slots=True)
class DeputySaved(Event):
    """One deputy was entered or corrected."""

    words = msg("The entry of deputy {number} was saved.")
    number: str


@dataclass(frozen=True, slots=True)
class DeputyRetired(Event):
    """A deputy no longer belongs to the congress."""

    words = msg("Deputy {number} was taken out of the roster.")
    number: str


@dataclass(frozen=True, slots=True)
class RosterPreview:
    """What an import would do; `missing` are deputies of the roster whom the file does not name."""

    sheet: DeputySheet
    added: int
    changed: int
    unchanged: int
    missing: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every row is right."""
        return not self.sheet.problems


@dataclass(frozen=True, slots=True)
class DeputyAccount:
    """The account with which a deputy works outside of the sitting."""

    login: str
    state: UserState


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """What the secretariat chose after the preview."""

    skip_bad_rows: bool = False
    retire_missing: bool = False


def preview_roster(tx: Tx, actor: Actor, congress_id: int, data: bytes) -> RosterPreview:
    """Read a file and tell what an import would do; nothing is kept. Raises NotValid."""
    access.check(actor, Action.EDIT_ROSTER, congress_id)
    sheet = read_deputies(read_table(data))
    known = {deputy.number: deputy for deputy in list_deputies(tx, congress_id)}
    same = sum(row.number in known and _is_same(known[row.number], row) for row in sheet.rows)
    listed = {row.number for row in sheet.rows}
    missing = [d.name for number, d in known.items() if number not in listed]
    old = sum(row.number in known for row in sheet.rows)
    return RosterPreview(
        sheet=sheet,
        added=len(sheet.rows) - old,
        changed=old - same,
        unchanged=same,
        missing=tuple(missing),
    )


def import_roster(
    tx: Tx, actor: Actor, congress_id: int, *, data: bytes, choice: ImportChoice
) -> RosterImported:
    """Take a roster in, by number: new deputies are added, known ones changed.

    Nothing is taken unless all rows are right, or the bad ones are skipped by choice.
    """
    preview = preview_roster(tx, actor, congress_id, data)
    if not preview.is_clean and not choice.skip_bad_rows:
        raise NotValid(
            "{bad} rows are not right, so nothing was imported.", bad=len(preview.sheet.bad_lines)
        ).now("Correct them in the file, or choose to skip them.")
    if not preview.sheet.rows:
        raise NotValid("No row of the file is right.").now("Correct the file and send it again.")
    places = _delegations(tx, congress_id, [row.delegation for row in preview.sheet.rows])
    known = {d.number: d for d in _all(tx, congress_id)}
    for row in preview.sheet.rows:
        deputy = known.get(row.number)
        if deputy is None:
            deputy = Deputy(congress_id=congress_id, number=row.number, position=0)
            tx.add(deputy)
        _apply(deputy, row, places[row.delegation])
    retired = 0
    if choice.retire_missing:
        listed = {row.number for row in preview.sheet.rows}
        for number, deputy in known.items():
            if number not in listed and deputy.is_active:
                deputy.is_active = False
                retired += 1
    _put_in_order(tx, congress_id)
    plenary.expect_latecomers(tx, congress_id)
    event = RosterImported(preview.added, preview.changed, retired)
    journal.record(tx, actor, event, congress_id=congress_id)
    return event


def list_deputies(tx: Tx, congress_id: int) -> Sequence[Deputy]:
    """Give the active deputies, by delegation and then by strokes of their names."""
    query = (
        select(Deputy)
        .join(Delegation, Delegation.id == Deputy.delegation_id)
        .where(Deputy.congress_id == congress_id, Deputy.is_active)
        .order_by(Delegation.position, Deputy.position, Deputy.id)
        .options(joinedload(Deputy.delegation))
    )
    return tx.scalars(query).all()


def list_delegations(tx: Tx, congress_id: int) -> Sequence[Delegation]:
    """Give the delegations in their fixed order."""
    query = select(Delegation).where(Delegation.congress_id == congress_id)
    return tx.scalars(query.order_by(Delegation.position, Delegation.id)).all()


def order_delegations(tx: Tx, actor: Actor, congress_id: int, order: Sequence[int]) -> None:
    """Fix the order of the delegations; all of them are named."""
    access.check(actor, Action.EDIT_ROSTER, congress_id)
    known = {delegation.id: delegation for delegation in list_delegations(tx, congress_id)}
    if sorted(order) != sorted(known):
        raise Conflict("The delegations have changed meanwhile.").now("Look at the list again.")
    for place, delegation_id in enumerate(order, start=1):
        known[delegation_id].position = place
    tx.flush()


def save_deputy(
    tx: Tx, actor: Actor, congress_id: int, *, row: DeputyRow, deputy_id: int | None = None
) -> Deputy:
    """Enter a deputy, or correct one, from what `read_deputy_form` gives."""
    access.check(actor, Action.EDIT_ROSTER, congress_id)
    deputy = find_deputy(tx, congress_id, deputy_id) if deputy_id is not None else None
    same = select(Deputy).where(Deputy.congress_id == congress_id, Deputy.number == row.number)
    other = tx.scalar(same)
    if other is not None and other is not deputy:
        raise Conflict(
            "Number {number} belongs to {name}.", number=row.number, name=other.name
        ).now("Choose another number, or correct that entry.")
    place = _delegations(tx, congress_id, [row.delegation])[row.delegation]
    if deputy is None:
        deputy = Deputy(congress_id=congress_id, position=0)
        tx.add(deputy)
    deputy.number = row.number
    _apply(deputy, row, place)
    _put_in_order(tx, congress_id)
    plenary.expect_latecomers(tx, congress_id)
    journal.record(tx, actor, DeputySaved(row.number), congress_id=congress_id)
    return deputy


def retire_deputy(tx: Tx, actor: Actor, congress_id: int, deputy_id: int) -> None:
    """Take somebody out of the roster; past sittings keep them."""
    access.check(actor, Action.EDIT_ROSTER, congress_id)
    deputy = find_deputy(tx, congress_id, deputy_id)
    deputy.is_active = False
    journal.record(tx, actor, DeputyRetired(deputy.number), congress_id=congress_id)


def invite_deputy(tx: Tx, actor: Actor, congress_id: int, deputy_id: int, *, login: str) -> Invited:
    """Make a deputy's account; the one-time code is given this once."""
    access.check(actor, Action.INVITE_DEPUTY, congress_id)
    deputy = find_deputy(tx, congress_id, deputy_id)
    if deputy.user_id is not None:
        raise Conflict("{name} has an account already.", name=deputy.name).now(
            "If password or second proof are lost, the security administrator resets them."
        )
    invited = accounts.invite_deputy(tx, actor, congress_id, login=login, name=deputy.name)
    deputy.user_id = invited.user_id
    tx.flush()
    return invited


def account_of(tx: Tx, deputy: Deputy) -> DeputyAccount | None:
    """Give a deputy's account, if there is one."""
    user = None if deputy.user_id is None else tx.get(User, deputy.user_id)
    return None if user is None else DeputyAccount(user.login, user.state)


def find_deputy(tx: Tx, congress_id: int, deputy_id: int) -> Deputy:
    """Find a deputy of a congress."""
    deputy = tx.get(Deputy, deputy_id)
    if deputy is None or deputy.congress_id != congress_id:
        raise NotFound("There is no such deputy.")
    return deputy


def _all(tx: Tx, congress_id: int) -> Sequence[Deputy]:
    return tx.scalars(select(Deputy).where(Deputy.congress_id == congress_id)).all()


def _is_same(deputy: Deputy, row: DeputyRow) -> bool:
    have = (deputy.name, deputy.delegation.name, deputy.unit, deputy.seat, deputy.phone)
    return have == (row.name, row.delegation, row.unit, row.seat, row.phone)


def _apply(deputy: Deputy, row: DeputyRow, delegation_id: int) -> None:
    deputy.name, deputy.delegation_id = row.name, delegation_id
    deputy.unit, deputy.seat, deputy.phone = row.unit, row.seat, row.phone
    deputy.is_active = True


def _delegations(tx: Tx, congress_id: int, names: Sequence[str]) -> dict[str, int]:
    """Find delegations by name; new ones come behind the known ones, in the order of the file."""
    known = {delegation.name: delegation for delegation in list_delegations(tx, congress_id)}
    for name in dict.fromkeys(names):
        if name not in known:
            last = max((delegation.position for delegation in known.values()), default=0)
            known[name] = Delegation(congress_id=congress_id, name=name, position=last + 1)
            tx.add(known[name])
    tx.flush()
    return {name: delegation.id for name, delegation in known.items()}


def _put_in_order(tx: Tx, congress_id: int) -> None:
    tx.flush()
    for place, deputy in enumerate(
        sorted(_all(tx, congress_id), key=lambda deputy: stroke_order(deputy.name)), start=1
    ):
        deputy.position = place
    tx.flush()

"""A roster comes in whole or by choice without its bad rows, and is put in official order."""

from __future__ import annotations

import pytest

from tests.unit.voting.sitting_made import Desk, a_person, a_roster
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotValid
from voting.imports.deputies import read_deputy_form
from voting.models.sittings import Deputy
from voting.rules.roles import Role
from voting.services import roster
from voting.services.roster import ImportChoice

BAD = "编号,姓名,代表团\n001,王一,甲团\n,李二,甲团\n003,,甲团\n".encode()


def names(tx: Tx, desk: Desk) -> list[str]:
    """Give the names of the roster in order."""
    return [deputy.name for deputy in roster.list_deputies(tx, desk.congress_id)]


def test_a_preview_keeps_nothing(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)

    preview = roster.preview_roster(tx, desk.actor, desk.congress_id, BAD)

    assert not preview.is_clean
    assert (preview.added, preview.changed, preview.unchanged) == (0, 1, 0)
    assert preview.sheet.bad_lines == (3, 4)
    assert len(names(tx, desk)) == 2


def test_nothing_is_imported_while_a_row_is_wrong(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)

    with pytest.raises(NotValid):
        roster.import_roster(tx, desk.actor, desk.congress_id, data=BAD, choice=ImportChoice())

    assert len(names(tx, desk)) == 2


def test_bad_rows_are_skipped_by_choice(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)

    done = roster.import_roster(
        tx, desk.actor, desk.congress_id, data=BAD, choice=ImportChoice(skip_bad_rows=True)
    )

    assert (done.added, done.changed, done.retired) == (0, 1, 0)
    assert "王一" in names(tx, desk)


def test_a_file_without_one_right_row_is_refused(tx: Tx) -> None:
    desk = Desk.open(tx)

    with pytest.raises(NotValid):
        roster.import_roster(
            tx,
            desk.actor,
            desk.congress_id,
            data="编号,姓名,代表团\n,,\n1,,甲\n".encode(),
            choice=ImportChoice(skip_bad_rows=True),
        )


def test_the_same_file_again_changes_nothing(tx: Tx) -> None:
    desk = Desk.open(tx)

    preview = roster.preview_roster(tx, desk.actor, desk.congress_id, a_roster(12))

    assert (preview.added, preview.changed, preview.unchanged) == (0, 0, 12)
    assert preview.missing == ()


def test_deputies_whom_the_file_does_not_name_stay_or_go_by_choice(tx: Tx) -> None:
    desk = Desk.open(tx)
    fewer = a_roster(10)
    assert len(roster.preview_roster(tx, desk.actor, desk.congress_id, fewer).missing) == 2

    stayed = roster.import_roster(
        tx, desk.actor, desk.congress_id, data=fewer, choice=ImportChoice()
    )
    assert (stayed.retired, len(names(tx, desk))) == (0, 12)

    gone = roster.import_roster(
        tx, desk.actor, desk.congress_id, data=fewer, choice=ImportChoice(retire_missing=True)
    )
    assert (gone.retired, len(names(tx, desk))) == (2, 10)


def test_deputies_stand_by_delegation_and_then_by_strokes(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=1)
    data = "编号,姓名,代表团\n1,李二,乙团\n2,丁一,甲团\n3,王一,乙团\n4,欧阳修,甲团\n".encode()
    roster.import_roster(
        tx, desk.actor, desk.congress_id, data=data, choice=ImportChoice(retire_missing=True)
    )
    for deputy in tx.query(Deputy).filter(Deputy.number == "000"):
        deputy.is_active = False

    assert names(tx, desk)[-4:] == ["王一", "李二", "丁一", "欧阳修"]

    delegations = {d.name: d.id for d in roster.list_delegations(tx, desk.congress_id)}
    order = [delegations[name] for name in ("甲团", "乙团", "第1代表团")]
    roster.order_delegations(tx, desk.actor, desk.congress_id, order)
    assert names(tx, desk)[:4] == ["丁一", "欧阳修", "王一", "李二"]
    with pytest.raises(Conflict):
        roster.order_delegations(tx, desk.actor, desk.congress_id, order[:2])


def test_one_deputy_is_entered_corrected_and_taken_out(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=1)
    form = {"number": "９", "name": "王 一", "delegation": "丙团", "phone": "13800000001"}

    deputy = roster.save_deputy(tx, desk.actor, desk.congress_id, row=read_deputy_form(form))
    changed = read_deputy_form({**form, "name": "王二"})
    roster.save_deputy(tx, desk.actor, desk.congress_id, row=changed, deputy_id=deputy.id)

    assert (deputy.number, deputy.name, deputy.delegation.name) == ("9", "王二", "丙团")
    roster.retire_deputy(tx, desk.actor, desk.congress_id, deputy.id)
    assert "王二" not in names(tx, desk)


def test_a_number_belongs_to_one_deputy(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=1)
    row = read_deputy_form({"number": "000", "name": "王一", "delegation": "甲"})

    with pytest.raises(Conflict):
        roster.save_deputy(tx, desk.actor, desk.congress_id, row=row)
    with pytest.raises(NotFound):
        roster.save_deputy(tx, desk.actor, desk.congress_id, row=row, deputy_id=99)


def test_a_form_is_checked_as_a_row_is(tx: Tx) -> None:
    with pytest.raises(NotValid) as caught:
        read_deputy_form({"number": "第一", "name": "", "delegation": " ", "phone": "1"})

    assert {problem.field for problem in caught.value.problems} == {
        "number",
        "name",
        "delegation",
        "phone",
    }


def test_only_the_secretariat_touches_the_roster(tx: Tx) -> None:
    desk = Desk.open(tx)
    chair = a_person(tx, desk.congress_id, Role.CHAIR)

    with pytest.raises(NotAllowed):
        roster.preview_roster(tx, chair, desk.congress_id, BAD)
    with pytest.raises(NotAllowed):
        roster.retire_deputy(tx, chair, desk.congress_id, 1)

"""A list of candidates is imported, put in order, adopted and locked; a change is a new version."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.voting.sitting_made import Desk, a_person
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.imports.projects import read_project_form
from voting.models.sittings import BallotKind, CandidateList, Stage
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import candidates
from voting.services.candidates import Adoption

KIND = BallotKind.DECISION
LIST = "名称,总投资(万元),配合单位\n甲,100,一局;二局\n乙,200,\n丙,,\n".encode()
ADOPTION = Adoption(date(2026, 1, 20), "常委会第三十次会议决定")


def imported(desk: Desk, data: bytes = LIST) -> CandidateList:
    """Import a list."""
    return candidates.import_candidates(desk.tx, desk.actor, desk.sitting.id, kind=KIND, data=data)


def codes(found: CandidateList) -> list[tuple[int, str, str]]:
    """Give place, code and title of each candidate."""
    return [(c.position, c.code, c.title) for c in found.candidates]


def test_an_import_takes_the_place_of_the_draft(tx: Tx) -> None:
    desk = Desk.open(tx)
    imported(desk, "名称\n旧\n".encode())

    found = imported(desk)

    tx.refresh(found)
    assert codes(found) == [(1, "p01", "甲"), (2, "p02", "乙"), (3, "p03", "丙")]
    assert found.candidates[0].total_yuan == 1_000_000
    assert found.candidates[0].co_units == ["一局", "二局"]


def test_nothing_is_imported_while_a_row_is_wrong(tx: Tx) -> None:
    desk = Desk.open(tx)
    data = "名称,总投资\n甲,多\n乙,1\n".encode()

    with pytest.raises(NotValid):
        imported(desk, data)
    assert candidates.latest_list(tx, desk.sitting.id, KIND) is None

    found = candidates.import_candidates(
        tx, desk.actor, desk.sitting.id, kind=KIND, data=data, skip_bad_rows=True
    )
    assert [c.title for c in found.candidates] == ["乙"]


def test_a_file_without_one_right_row_is_refused(tx: Tx) -> None:
    desk = Desk.open(tx)

    with pytest.raises(NotValid):
        candidates.import_candidates(
            tx,
            desk.actor,
            desk.sitting.id,
            kind=KIND,
            data="名称,总投资\n甲,多\n".encode(),
            skip_bad_rows=True,
        )


def test_candidates_are_entered_changed_ordered_and_removed(tx: Tx) -> None:
    desk = Desk.open(tx)
    found = imported(desk)
    row = read_project_form({"code": "p04", "title": "丁", "total": "12.5", "due": "年底建成"})

    new = candidates.save_candidate(tx, desk.actor, found.id, row=row)
    changed = read_project_form({"code": "p04", "title": "戊"})
    candidates.save_candidate(tx, desk.actor, found.id, row=changed, candidate_id=new.id)
    order = [c.id for c in reversed(found.candidates)]
    candidates.order_candidates(tx, desk.actor, found.id, order)
    candidates.remove_candidate(tx, desk.actor, found.id, order[1])

    tx.refresh(found)
    assert codes(found) == [(1, "p04", "戊"), (2, "p02", "乙"), (3, "p01", "甲")]
    assert (row.total_yuan, row.goal) == (125_000, "年底建成")


def test_a_form_is_checked_as_a_row_is() -> None:
    with pytest.raises(NotValid) as caught:
        read_project_form({"code": "一", "title": "", "total": "多"})

    assert {problem.field for problem in caught.value.problems} == {"code", "title", "total"}


def test_two_candidates_of_one_title_or_code_are_refused(tx: Tx) -> None:
    desk = Desk.open(tx)
    found = imported(desk)

    for form in ({"code": "p09", "title": "甲"}, {"code": "p01", "title": "己"}):
        with pytest.raises(Conflict):
            candidates.save_candidate(tx, desk.actor, found.id, row=read_project_form(form))


def test_an_order_that_leaves_somebody_out_is_refused(tx: Tx) -> None:
    desk = Desk.open(tx)
    found = imported(desk)

    with pytest.raises(Conflict):
        candidates.order_candidates(tx, desk.actor, found.id, [found.candidates[0].id])
    with pytest.raises(NotFound):
        candidates.remove_candidate(tx, desk.actor, found.id, 999)


def test_a_locked_list_has_hash_who_and_when_and_does_not_change(tx: Tx) -> None:
    desk = Desk.open(tx)
    found = imported(desk)

    digest = candidates.lock_candidates(tx, desk.actor, found.id, ADOPTION)

    assert digest == candidates.list_digest(found) == found.digest
    assert (found.locked_by_id, found.adopted_on) == (desk.actor.user_id, ADOPTION.adopted_on)
    assert candidates.locked_list(tx, desk.sitting.id, KIND) is found
    with pytest.raises(NotNow):
        imported(desk)
    with pytest.raises(NotNow):
        candidates.remove_candidate(tx, desk.actor, found.id, found.candidates[0].id)
    with pytest.raises(NotNow):
        candidates.lock_candidates(tx, desk.actor, found.id, ADOPTION)


def test_the_hash_covers_every_field(tx: Tx) -> None:
    desk = Desk.open(tx)
    found = imported(desk)
    before = candidates.list_digest(found)

    for field, value in {
        "title": "另",
        "total_yuan": 1,
        "content": "x",
        "due_on": date(2026, 1, 1),
        "co_units": ["三局"],
        "demand": 5,
        "note": "x",
    }.items():
        old = getattr(found.candidates[0], field)
        setattr(found.candidates[0], field, value)
        assert candidates.list_digest(found) != before, field
        setattr(found.candidates[0], field, old)


def test_a_locked_list_is_changed_as_a_new_version(tx: Tx) -> None:
    desk = Desk.open(tx)
    found = imported(desk)
    with pytest.raises(NotNow):
        candidates.reopen_list(tx, desk.actor, desk.sitting.id, KIND)
    candidates.lock_candidates(tx, desk.actor, found.id, ADOPTION)

    newer = candidates.reopen_list(tx, desk.actor, desk.sitting.id, KIND)

    assert newer.version == 2
    assert codes(newer) == codes(found)
    assert candidates.locked_list(tx, desk.sitting.id, KIND) is found
    assert candidates.latest_list(tx, desk.sitting.id, KIND) is newer


def test_an_empty_list_is_not_locked_and_only_people_lock(tx: Tx) -> None:
    desk = Desk.open(tx)
    draft = candidates.draft_list(tx, desk.actor, desk.sitting.id, KIND)
    nobody = Actor(None, "", frozenset({(desk.congress_id, Role.SECRETARIAT)}))

    with pytest.raises(NotNow):
        candidates.lock_candidates(tx, desk.actor, draft.id, ADOPTION)
    with pytest.raises(NotAllowed):
        candidates.lock_candidates(tx, nobody, draft.id, ADOPTION)


def test_lists_are_the_offices_business_until_the_sitting_ends(tx: Tx) -> None:
    desk = Desk.open(tx)
    chair = a_person(tx, desk.congress_id, Role.CHAIR)

    with pytest.raises(NotAllowed):
        candidates.draft_list(tx, chair, desk.sitting.id, KIND)
    desk.sitting.stage = Stage.ENDED
    with pytest.raises(NotNow):
        candidates.draft_list(tx, desk.actor, desk.sitting.id, KIND)
    with pytest.raises(NotFound):
        candidates.draft_list(tx, desk.actor, 99, KIND)
    with pytest.raises(NotFound):
        candidates.remove_candidate(tx, desk.actor, 99, 1)

"""Scrutineers are deputies, one of them the chief, none the head of a responsible unit."""

from __future__ import annotations

import pytest

from tests.unit.voting.sitting_made import Desk
from voting.db import Tx
from voting.errors import NotNow, NotValid
from voting.models.sittings import BallotKind, Stage
from voting.services import candidates
from voting.services.sittings import scrutineers


def test_the_list_is_kept_with_the_chief_first(tx: Tx) -> None:
    desk = Desk.open(tx)
    a, b, c = (deputy.id for deputy in desk.deputies()[:3])
    scrutineers.name_scrutineers(tx, desk.actor, desk.sitting.id, [a, b], chief=a)

    warnings = scrutineers.name_scrutineers(tx, desk.actor, desk.sitting.id, [b, c], chief=c)

    assert warnings == []
    listed = scrutineers.list_scrutineers(tx, desk.sitting.id)
    assert [(row.deputy_id, row.is_chief) for row in listed] == [(c, True), (b, False)]


def test_somebody_of_a_responsible_unit_is_warned_of(tx: Tx) -> None:
    desk = Desk.open(tx)
    candidates.import_candidates(
        tx,
        desk.actor,
        desk.sitting.id,
        kind=BallotKind.DECISION,
        data="名称,责任单位,配合单位\n甲,区教育局,区财政局\n".encode(),
    )
    head, other = desk.deputies()[:2]
    head.unit, other.unit = "区财政局局长", "某某公司"

    warnings = scrutineers.name_scrutineers(
        tx, desk.actor, desk.sitting.id, [head.id, other.id], chief=other.id
    )

    assert [m.params["unit"] for m in warnings] == ["区财政局"]


def test_a_list_without_its_chief_or_with_a_stranger_is_refused(tx: Tx) -> None:
    desk = Desk.open(tx)
    a, b = (deputy.id for deputy in desk.deputies()[:2])

    with pytest.raises(NotValid):
        scrutineers.name_scrutineers(tx, desk.actor, desk.sitting.id, [a], chief=b)
    with pytest.raises(NotValid):
        scrutineers.name_scrutineers(tx, desk.actor, desk.sitting.id, [a, 999], chief=a)
    desk.sitting.stage = Stage.ENDED
    with pytest.raises(NotNow):
        scrutineers.name_scrutineers(tx, desk.actor, desk.sitting.id, [a], chief=a)

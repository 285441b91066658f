"""Rules are drafted, adopted and locked, and a change after that is a new version."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.voting.sitting_made import Desk
from voting.db import Tx
from voting.errors import NotAllowed, NotNow, NotValid
from voting.models.sittings import BallotKind, SittingRules, Stage
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.rules.vote import DecisionSettings, Preset, RatingSettings, preset
from voting.services import candidates
from voting.services.sittings import rulebook

DECISION = BallotKind.DECISION
MAJORITY = preset(Preset.MAJORITY_OF_ALL, 2)
RANK = preset(Preset.PLAIN_RANK, 2)
DAY = date(2026, 2, 1)


def draft(desk: Desk, settings: DecisionSettings = MAJORITY) -> rulebook.RulesView:
    """Enter rules of a decision."""
    return rulebook.draft_rules(
        desk.tx, desk.actor, desk.sitting.id, kind=DECISION, settings=settings
    )


def adopt(desk: Desk) -> rulebook.RulesView:
    """Adopt the draft."""
    return rulebook.adopt_rules(desk.tx, desk.actor, desk.sitting.id, kind=DECISION, adopted_on=DAY)


def test_a_draft_is_shown_in_clauses_and_changes_in_place(tx: Tx) -> None:
    desk = Desk.open(tx)

    first = draft(desk)
    second = draft(desk, RANK)

    assert (first.version, second.version) == (1, 1)
    assert second.settings == RANK
    assert len(second.clauses) > 10
    assert not second.is_locked
    assert rulebook.adopted_rules(tx, desk.sitting.id, DECISION) is None


def test_adoption_keeps_version_hash_who_and_when(tx: Tx) -> None:
    desk = Desk.open(tx)
    draft(desk)

    adopted = adopt(desk)

    row = tx.query(SittingRules).one()
    assert (row.locked_by_id, row.adopted_on) == (desk.actor.user_id, DAY)
    assert row.locked_at
    assert adopted.digest == rulebook.rules_digest(DECISION, 1, row.settings)
    assert adopted.is_locked
    with pytest.raises(NotNow):
        adopt(desk)


def test_a_change_after_adoption_is_a_new_version_and_the_old_one_holds_on(tx: Tx) -> None:
    desk = Desk.open(tx)
    draft(desk)
    adopt(desk)

    newer = draft(desk, RANK)

    holds = rulebook.adopted_rules(tx, desk.sitting.id, DECISION)
    latest = rulebook.latest_rules(tx, desk.sitting.id, DECISION)
    assert newer.version == 2
    assert holds is not None
    assert latest is not None
    assert (holds.version, holds.settings) == (1, MAJORITY)
    assert (latest.version, latest.settings) == (2, RANK)
    assert adopt(desk).digest != holds.digest


def test_rules_that_do_not_fit_the_candidates_are_refused(tx: Tx) -> None:
    desk = Desk.open(tx)
    candidates.import_candidates(
        tx, desk.actor, desk.sitting.id, kind=DECISION, data="名称\n甲\n乙\n丙\n".encode()
    )

    with pytest.raises(NotValid) as caught:
        draft(desk, preset(Preset.PLAIN_RANK, 3))
    view = draft(desk, RANK)

    assert [problem.field for problem in caught.value.problems] == ["seats"]
    assert "of 3 candidate projects at most 2" in str(view.clauses[1])


def test_candidates_that_no_longer_fit_stop_the_adoption(tx: Tx) -> None:
    desk = Desk.open(tx)
    draft(desk)
    candidates.import_candidates(
        tx, desk.actor, desk.sitting.id, kind=DECISION, data="名称\n甲\n乙\n".encode()
    )

    with pytest.raises(NotValid):
        adopt(desk)


def test_a_rating_has_rules_of_its_own(tx: Tx) -> None:
    desk = Desk.open(tx)
    rating = RatingSettings(strict=True)

    view = rulebook.draft_rules(
        tx, desk.actor, desk.sitting.id, kind=BallotKind.RATING, settings=rating
    )

    assert view.settings == rating
    assert rulebook.latest_rules(tx, desk.sitting.id, DECISION) is None
    with pytest.raises(TypeError):
        rulebook.draft_rules(tx, desk.actor, desk.sitting.id, kind=DECISION, settings=rating)


def test_rules_are_adopted_by_a_person_and_before_the_end(tx: Tx) -> None:
    desk = Desk.open(tx)
    draft(desk)
    nobody = Actor(None, "", frozenset({(desk.congress_id, Role.SECRETARIAT)}))

    with pytest.raises(NotAllowed):
        rulebook.adopt_rules(tx, nobody, desk.sitting.id, kind=DECISION, adopted_on=DAY)
    desk.sitting.stage = Stage.ENDED
    with pytest.raises(NotNow):
        adopt(desk)

"""Milestones: a project's way in the log, with contents that are shown, withheld and compared."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from ballots.encoding import canonical, sha256
from ballots.errors import Invalid
from ballots.objects import Milestone as MilestoneObject
from ballots.objects import parse_as, store
from ballots.replay import Replay
from tests.hall import Hall
from voting import ledger
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import NotFound
from voting.models.milestones import Milestone
from voting.rules.verdicts import RuleBroken
from voting.services import milestones, tallying
from voting.services.milestones import MilestoneLine, Stage

PROJECT = "p01"
SAID: dict[str, Any] = {"title": "口袋公园"}


@pytest.fixture
def hall(app: Flask, clock: StoppedClock) -> Hall:
    """A hall whose deputies have chosen the first of three projects."""
    made = Hall.build(app)
    election = made.open_election()
    for number in range(1, 5):
        made.cast(election, number, [PROJECT])
    made.count(election)
    return made


def outcome_of(hall: Hall) -> str:
    """Give the outcome of the hall's one vote."""
    return hall.row(1).outcome_object or ""


def enter(hall: Hall, *stages: Stage, project: str = PROJECT, outcome: str = "") -> None:
    """Record milestones one after another."""
    for stage in stages:
        with transaction() as tx:
            milestones.record(tx, hall.congress_id, project, stage, content=SAID, outcome=outcome)


def lines(hall: Hall, project: str = PROJECT) -> tuple[MilestoneLine, ...]:
    """Give a project's milestones."""
    with reading() as tx:
        return milestones.of_project(tx, hall.congress_id, project)


def test_year_of_a_project_stands_in_a_sound_record(hall: Hall) -> None:
    enter(hall, Stage.ADOPTED)
    enter(hall, Stage.DECIDED, outcome=outcome_of(hall))
    year = [s for s in Stage if s not in (Stage.ADOPTED, Stage.DECIDED)]
    enter(hall, *year)

    found = lines(hall)
    report = hall.report()

    assert [line.stage for line in found] == list(Stage)
    assert [line.number for line in found] == list(range(1, len(Stage) + 1))
    assert all(line.is_verified and line.content == SAID for line in found)
    assert report.findings == []
    assert (report.checked["milestone"], report.checked["project"]) == (len(Stage), 1)


def test_each_project_has_a_way_of_its_own(hall: Hall) -> None:
    enter(hall, Stage.ADOPTED)
    enter(hall, Stage.ADOPTED, Stage.ARCHIVED, project="p02")

    assert [line.stage for line in lines(hall)] == [Stage.ADOPTED]
    assert [line.number for line in lines(hall, "p02")] == [1, 2]
    assert lines(hall, "p03") == ()
    assert hall.report().checked["project"] == 2


@pytest.mark.parametrize(
    ("before", "stage"),
    [
        ((), Stage.DECIDED),
        ((Stage.ADOPTED,), Stage.ADOPTED),
        ((Stage.ADOPTED,), Stage.REPORTED),
        ((Stage.ADOPTED, Stage.DECIDED), Stage.ANSWERED),
        ((Stage.ADOPTED, Stage.ARCHIVED), Stage.DECIDED),
    ],
)
def test_step_that_is_not_next_is_refused(
    hall: Hall, before: tuple[Stage, ...], stage: Stage
) -> None:
    enter(hall, *before)

    with pytest.raises(RuleBroken) as refused:
        enter(hall, stage)

    assert refused.value.rule == "milestone.stage"
    assert refused.value.advice is not None
    assert len(lines(hall)) == len(before)


def test_only_an_outcome_that_chose_the_project_decides_it(hall: Hall) -> None:
    for project in (PROJECT, "p02"):
        enter(hall, Stage.ADOPTED, project=project)

    for outcome, rule in (
        (outcome_of(hall), "milestone.outcome"),
        ("0" * 64, "order.reference"),
        (hall.row(1).object_id, "order.reference"),
    ):
        with pytest.raises(RuleBroken) as refused:
            enter(hall, Stage.DECIDED, project="p02", outcome=outcome)
        assert refused.value.rule == rule


def test_project_of_an_annulled_vote_is_decided_anew(hall: Hall) -> None:
    outcome = outcome_of(hall)
    enter(hall, Stage.ADOPTED)
    enter(hall, Stage.DECIDED, outcome=outcome)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, 1, reason="重来")

    with pytest.raises(RuleBroken, match="annulled"):
        enter(hall, Stage.DECIDED, outcome=outcome)
    with pytest.raises(RuleBroken) as refused:
        enter(hall, Stage.PLANNED)
    assert refused.value.rule == "milestone.stage"
    # Decided by hand: no outcome in the log.
    enter(hall, Stage.DECIDED, Stage.PLANNED)

    assert hall.report().findings == []


def test_content_is_withheld_and_published(hall: Hall) -> None:
    with transaction() as tx:
        row = milestones.record(
            tx, hall.congress_id, PROJECT, Stage.ADOPTED, content=SAID, public=False
        )
        name = row.object_id

    assert lines(hall)[0].content is None
    with reading() as tx, pytest.raises(NotFound):
        milestones.content_of(tx, hall.congress_id, name)
    with transaction() as tx:
        milestones.publish(tx, hall.congress_id, name)
    with reading() as tx:
        raw = milestones.content_of(tx, hall.congress_id, name)
        logged = ledger.raw_object(tx, hall.congress_id, name)
        with pytest.raises(NotFound):
            milestones.content_of(tx, hall.congress_id, "0" * 64)
    assert lines(hall)[0].content == SAID
    assert parse_as(MilestoneObject, logged)[1].content == sha256(raw).hex()
    with transaction() as tx:
        milestones.publish(tx, hall.congress_id, name, public=False)
    assert lines(hall)[0].content is None


def test_same_words_have_another_hash_each_time(hall: Hall) -> None:
    """What is withheld can't be guessed by hashing what it might say."""
    for project in ("p01", "p02"):
        enter(hall, Stage.ADOPTED, project=project)

    with reading() as tx:
        raws = [
            milestones.content_of(tx, hall.congress_id, lines(hall, project)[0].object_id)
            for project in ("p01", "p02")
        ]

    assert canonical(SAID) not in raws
    first, second = (json.loads(raw) for raw in raws)
    assert first.pop("salt") != second.pop("salt")
    assert first == second == SAID


@pytest.mark.parametrize(
    "change",
    [
        {"content": canonical({"title": "别的"})},
        {"content": b"not JSON"},
        {"stage": Stage.ARCHIVED},
        {"number": 7},
    ],
)
def test_changed_milestone_shows_as_not_verified(hall: Hall, change: dict[str, Any]) -> None:
    enter(hall, Stage.ADOPTED)
    with transaction() as tx:
        tx.execute(update(Milestone).values(change | {"is_public": False}))

    assert [line.is_verified for line in lines(hall)] == [False]


def test_what_the_logs_json_does_not_know_is_written_as_text(hall: Hall) -> None:
    content = {
        "day": date(2026, 6, 30),
        "share": 42.5,
        "below": -1,
        "none": None,
        "done": True,
        "yuan": 1_200_000,
        "lights": [Stage.RATED, None, {"lag": 3}],
    }
    with transaction() as tx:
        milestones.record(tx, hall.congress_id, PROJECT, Stage.ADOPTED, content=content)

    assert lines(hall)[0].content == {
        "day": "2026-06-30",
        "share": "42.5",
        "below": "-1",
        "done": True,
        "yuan": 1_200_000,
        "lights": ["rated", {"lag": 3}],
    }


def test_project_whose_code_no_ballot_could_name_is_refused(hall: Hall) -> None:
    with pytest.raises(RuleBroken) as refused:
        enter(hall, Stage.ADOPTED, project="口袋公园")

    assert refused.value.rule == "object.schema"


def test_service_and_record_agree_on_every_step(hall: Hall) -> None:
    """Whatever the service takes a checker takes, and what it refuses a checker refuses."""
    enter(hall, Stage.ADOPTED, Stage.DECIDED, Stage.PROBLEM)
    state = hall.replay()

    for stage in Stage:
        last = lines(hall)[-1]
        value = MilestoneObject(
            PROJECT,
            last.number + 1,
            last.object_id,
            stage.value,
            "0" * 64,
            "",
            "2026-02-01T09:00:00Z",
        )
        assert takes(deepcopy(state), value) == is_taken(hall, stage)


def takes(state: Replay, value: MilestoneObject) -> bool:
    """Tell whether a checker takes a milestone."""
    try:
        state.take(store(value))
    except Invalid:
        return False
    return True


def is_taken(hall: Hall, stage: Stage) -> bool:
    """Tell whether the service takes a milestone, and take it back."""
    try:
        with transaction() as tx:
            milestones.record(tx, hall.congress_id, PROJECT, stage, content=SAID)
            give_up()
    except (RuleBroken, InterruptedError) as ended:
        return isinstance(ended, InterruptedError)
    raise AssertionError


def give_up() -> None:
    """Leave a transaction without keeping what it did."""
    raise InterruptedError

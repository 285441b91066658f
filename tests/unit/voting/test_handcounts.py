"""Counting by hand: two tellers apart, differences shown, signed by one who did not count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from flask import Flask

from ballots.objects import DecisionOutcome, RatingOutcome
from tests.hall import Hall, sheet
from tests.manifests import one_by_one, rating
from tests.plenary import make_official
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotNow, NotValid
from voting.imports.projects import read_project_form
from voting.models.handcounts import HandStage
from voting.models.sittings import BallotKind, Sitting, Stage
from voting.rules.access import NOBODY, Actor
from voting.rules.roles import Role
from voting.rules.vote import DecisionSettings
from voting.services import candidates, elections, handcounts, tallying
from voting.services.candidates import Adoption
from voting.services.handcounts import Sheet
from voting.services.sittings import rulebook

# Ten papers of ten deputies; the counts are p01, p02, p03 and abstentions.
AGREED = Sheet(issued=10, returned=10, void=1, counts=(6, 2, 0, 1))


@dataclass
class Table:
    """A hall whose vote was annulled, with the two tellers at the counting table."""

    hall: Hall
    election: int
    first: Actor
    second: Actor

    def begin(self) -> int:
        """Go on with paper."""
        with transaction() as tx:
            made = handcounts.begin(
                tx, self.hall.secretary, self.hall.sitting_id, BallotKind.DECISION, title="票决"
            )
            return made.id

    def enter(self, hand: int, *sheets: Sheet) -> None:
        """Let the first teller enter a sheet, and the second the other."""
        for teller, counted in zip((self.first, self.second), sheets, strict=False):
            with transaction() as tx:
                handcounts.enter(tx, teller, hand, counted)

    def sign(self, hand: int, who: Actor | None = None) -> str:
        """Sign what was entered."""
        with transaction() as tx:
            return handcounts.sign(tx, who or self.hall.chief, hand)

    def count(self, hand: int, counted: Sheet = AGREED) -> None:
        """Enter twice the same and sign it."""
        self.enter(hand, counted, counted)
        self.sign(hand)

    def outcome(self, hand: int) -> DecisionOutcome | RatingOutcome:
        """Give what the count came to."""
        with reading() as tx:
            return handcounts.outcome_of(tx, handcounts.find_hand_count(tx, hand))


def annul(hall: Hall, election: int) -> None:
    """Annul a vote, by chair and chief scrutineer."""
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, election, reason="断电，改用纸质表决票")


@pytest.fixture
def table(app: Flask) -> Table:
    """Ten deputies whose electronic vote on three projects for one seat was annulled."""
    hall = Hall.build(app, deputies=10)
    election = hall.open_election(sheet(3, seats=1))
    hall.cast(election, 1, ["p01"])
    annul(hall, election)
    with transaction() as tx:
        return Table(
            hall,
            election,
            make_official(tx, hall.congress_id, Role.SCRUTINEER),
            make_official(tx, hall.congress_id, Role.SECRETARIAT),
        )


def test_two_equal_counts_and_a_signature_decide(table: Table) -> None:
    hand = table.begin()

    table.count(hand)

    outcome = table.outcome(hand)
    assert isinstance(outcome, DecisionOutcome)
    assert (outcome.valid, outcome.required, outcome.elected) == (True, 6, ["p01"])
    with reading() as tx:
        row = handcounts.find_hand_count(tx, hand)
        assert row.stage is HandStage.SIGNED
        assert row.election_id == table.election
        assert handcounts.turnout_of(tx, row).ballots == 10
        assert list(handcounts.counts_of(row)) == [6, 2, 0, 1]
    assert table.hall.report().findings == []


def test_differences_are_named_and_keep_the_signature_away(table: Table) -> None:
    hand = table.begin()
    table.enter(hand, AGREED, replace(AGREED, void=2, counts=(6, 1, 0, 1)))

    with reading() as tx:
        found = handcounts.differences(handcounts.find_hand_count(tx, hand))
    with pytest.raises(Conflict, match="counted differently"):
        table.sign(hand)
    with transaction() as tx:
        handcounts.enter(tx, table.second, hand, AGREED)

    assert found is not None
    assert [(d.figure, d.slot, d.first, d.second) for d in found] == [
        ("void", None, 1, 2),
        ("counts", 1, 2, 1),
    ]
    assert table.sign(hand)


def test_one_count_is_not_enough(table: Table) -> None:
    hand = table.begin()
    table.enter(hand, AGREED)

    with reading() as tx:
        assert handcounts.differences(handcounts.find_hand_count(tx, hand)) is None
    with pytest.raises(NotNow, match="Two tellers"):
        table.sign(hand)


def test_a_third_teller_is_turned_away(table: Table) -> None:
    hand = table.begin()
    table.enter(hand, AGREED, AGREED)

    with transaction() as tx, pytest.raises(Conflict, match="Two tellers"):
        handcounts.enter(tx, table.hall.chief, hand, AGREED)


def test_who_counted_does_not_sign(table: Table) -> None:
    hand = table.begin()
    with transaction() as tx:
        handcounts.enter(tx, table.hall.chief, hand, AGREED)
        handcounts.enter(tx, table.first, hand, AGREED)

    with pytest.raises(NotAllowed):
        table.sign(hand)


def test_nobody_without_an_account_enters_or_signs(table: Table) -> None:
    hand = table.begin()
    ghost = Actor(None, "", table.first.grants | table.hall.chief.grants)

    with transaction() as tx, pytest.raises(NotAllowed):
        handcounts.enter(tx, NOBODY, hand, AGREED)
    with transaction() as tx, pytest.raises(NotAllowed, match="person"):
        handcounts.enter(tx, ghost, hand, AGREED)
    table.enter(hand, AGREED, AGREED)
    with pytest.raises(NotAllowed):
        table.sign(hand, ghost)
    with pytest.raises(NotAllowed):
        table.sign(hand, table.hall.chair)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(AGREED, void=11), "void"),
        (replace(AGREED, counts=(6, 2, 0)), "counts"),
        (replace(AGREED, counts=(10, 0, 0, 0)), "count-0"),
        (replace(AGREED, counts=(6, 3, 0, 1)), "count-3"),
    ],
)
def test_figures_that_can_not_be_are_refused(table: Table, wrong: Sheet, field: str) -> None:
    hand = table.begin()

    with transaction() as tx, pytest.raises(NotValid) as refused:
        handcounts.enter(tx, table.first, hand, wrong)

    assert [problem.field for problem in refused.value.problems] == [field]


def test_more_for_votes_than_papers_could_hold_are_refused(app: Flask) -> None:
    hall = Hall.build(app, deputies=4)
    election = hall.open_election(one_by_one(3, 1))
    annul(hall, election)
    with transaction() as tx:
        kind = BallotKind.ADVISORY
        hand = handcounts.begin(tx, hall.secretary, hall.sitting_id, kind, title="").id

    wrong = Sheet(4, 4, 0, (4, 0, 0, 4, 0, 0, 0, 0, 0))
    with transaction() as tx, pytest.raises(NotValid) as refused:
        handcounts.enter(tx, hall.secretary, hand, wrong)

    assert [problem.field for problem in refused.value.problems] == ["count-6"]


def test_more_papers_than_were_handed_out_make_the_vote_void(table: Table) -> None:
    hand = table.begin()

    table.count(hand, Sheet(issued=9, returned=10, void=1, counts=(8, 1, 0, 0)))

    outcome = table.outcome(hand)
    assert not outcome.valid


def test_void_papers_do_not_count_towards_a_majority_of_valid_ones(app: Flask) -> None:
    hall = Hall.build(app, deputies=10)
    annul(hall, hall.open_election(sheet(3, seats=1, threshold="valid")))
    with transaction() as tx:
        teller = make_official(tx, hall.congress_id, Role.SCRUTINEER)
    table = Table(hall, 1, hall.secretary, teller)
    hand = table.begin()

    table.count(hand, Sheet(issued=10, returned=10, void=5, counts=(3, 2, 0, 0)))

    outcome = table.outcome(hand)
    assert isinstance(outcome, DecisionOutcome)
    assert (outcome.required, outcome.elected) == (3, ["p01"])


def test_a_tie_goes_to_a_run_off_on_paper(table: Table) -> None:
    hand = table.begin()
    table.count(hand, Sheet(10, 10, 0, (5, 5, 0, 0)))
    with reading() as tx:
        first = handcounts.find_hand_count(tx, hand)
        short = handcounts.asked_run_off(tx, first)
    assert short is not None
    assert (short.is_tie, short.projects) == (False, ("p01", "p02", "p03"))

    with transaction() as tx:
        second = handcounts.run_off(tx, table.hall.secretary, hand)
        names = [option.id for option in handcounts.style_of(second).manifest.questions[0].options]
    table.count(second.id, Sheet(10, 10, 0, (7, 3, 0, 0)))

    assert (second.round, names) == (2, ["p01", "p02", "p03"])
    outcome = table.outcome(second.id)
    assert isinstance(outcome, DecisionOutcome)
    assert outcome.elected == ["p01"]
    with transaction() as tx, pytest.raises(Conflict, match="next round"):
        handcounts.run_off(tx, table.hall.secretary, hand)
    with transaction() as tx, pytest.raises(NotNow, match="no run-off"):
        handcounts.run_off(tx, table.hall.secretary, second.id)


def test_a_rating_is_counted_by_hand_too(app: Flask) -> None:
    hall = Hall.build(app, deputies=4)
    annul(hall, hall.open_election(rating(1)))
    with transaction() as tx:
        teller = make_official(tx, hall.congress_id, Role.SCRUTINEER)
        kind = BallotKind.RATING
        hand = handcounts.begin(tx, hall.secretary, hall.sitting_id, kind, title="").id

    Table(hall, 1, hall.secretary, teller).count(hand, Sheet(4, 4, 0, (3, 1, 0, 0)))

    with reading() as tx:
        row = handcounts.find_hand_count(tx, hand)
        outcome = handcounts.outcome_of(tx, row)
        assert handcounts.asked_run_off(tx, row) is None
    assert isinstance(outcome, RatingOutcome)
    assert outcome.grades == {"p1": "satisfied"}


def test_paper_takes_over_only_where_no_vote_goes_on(table: Table) -> None:
    with transaction() as tx:
        again = elections.repeat(tx, table.hall.secretary, table.election)
    with pytest.raises(NotNow, match="goes on on the tablets"):
        table.begin()
    annul(table.hall, again.id)

    hand = table.begin()

    with pytest.raises(Conflict, match="already"):
        table.begin()
    with transaction() as tx, pytest.raises(Conflict, match="by hand"):
        elections.repeat(tx, table.hall.secretary, again.id)
    with transaction() as tx:
        handcounts.drop(tx, table.hall.secretary, hand)
    with transaction() as tx:
        assert elections.repeat(tx, table.hall.secretary, again.id).round == 3


def test_a_signed_count_stays(table: Table) -> None:
    hand = table.begin()
    table.count(hand)

    with transaction() as tx, pytest.raises(NotNow):
        handcounts.enter(tx, table.first, hand, AGREED)
    with transaction() as tx, pytest.raises(NotNow):
        handcounts.drop(tx, table.hall.secretary, hand)
    with pytest.raises(NotNow):
        table.sign(hand)


def test_nothing_is_known_before_the_signature(table: Table) -> None:
    hand = table.begin()
    table.enter(hand, AGREED, AGREED)

    with reading() as tx:
        row = handcounts.find_hand_count(tx, hand)
        assert handcounts.turnout_of(tx, row).ballots == 0
        assert handcounts.asked_run_off(tx, row) is None
        with pytest.raises(NotNow, match="not signed"):
            handcounts.counts_of(row)
    with transaction() as tx, pytest.raises(NotNow):
        handcounts.declare(tx, table.hall.chair, hand)


def test_chair_and_chief_declare_it_together(table: Table) -> None:
    hand = table.begin()
    table.count(hand)

    with transaction() as tx:
        first = handcounts.declare(tx, table.hall.chair, hand)
    with transaction() as tx:
        second = handcounts.declare(tx, table.hall.chief, hand)

    assert (first.is_complete, second.is_complete) == (False, True)
    with reading() as tx:
        assert handcounts.find_hand_count(tx, hand).declared_at is not None
    with transaction() as tx, pytest.raises(NotNow):
        handcounts.declare(tx, table.hall.chair, hand)


def test_a_rehearsal_on_paper_is_not_declared(table: Table) -> None:
    hand = table.begin()
    table.count(hand)
    with transaction() as tx:
        tx.get_one(Sitting, table.hall.sitting_id).is_rehearsal = True

    with transaction() as tx, pytest.raises(NotNow, match="rehearsal"):
        handcounts.declare(tx, table.hall.chair, hand)


def test_without_keys_the_vote_is_made_from_list_and_rules(app: Flask) -> None:
    hall = Hall.gather(app, deputies=3)
    kind = BallotKind.DECISION
    with transaction() as tx, pytest.raises(NotNow, match="rules"):
        handcounts.begin(tx, hall.secretary, hall.sitting_id, kind, title="票决")
    with transaction() as tx:
        draft = candidates.draft_list(tx, hall.secretary, hall.sitting_id, kind)
        for code in ("p01", "p02"):
            row = read_project_form({"title": f"项目{code}", "code": code})
            candidates.save_candidate(tx, hall.secretary, draft.id, row=row)
        adopted = date(2026, 2, 1)
        candidates.lock_candidates(tx, hall.secretary, draft.id, Adoption(adopted))
        settings = DecisionSettings(1)
        actor, sitting = hall.secretary, hall.sitting_id
        rulebook.draft_rules(tx, actor, sitting, kind=kind, settings=settings)
        rulebook.adopt_rules(tx, actor, sitting, kind=kind, adopted_on=adopted)

    with transaction() as tx:
        hand = handcounts.begin(tx, hall.secretary, hall.sitting_id, kind, title="票决")

    assert (hand.title, hand.round, hand.election_id) == ("票决", 1, None)


def test_it_is_offered_only_while_the_sitting_meets(table: Table) -> None:
    with reading() as tx:
        sitting = tx.get_one(Sitting, table.hall.sitting_id)
        assert handcounts.can_begin(tx, sitting, BallotKind.DECISION)
    with transaction() as tx:
        tx.get_one(Sitting, table.hall.sitting_id).stage = Stage.ENDED
    with pytest.raises(NotNow, match="ended"):
        table.begin()

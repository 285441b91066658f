"""What may be asked, how it is laid out, and which selections fit."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ballots.errors import BallotError, Invalid, Malformed
from ballots.manifest import (
    Limit,
    Manifest,
    Option,
    Question,
    check_manifest,
    fill_slots,
    parse_manifest,
    slack_coefficients,
)
from tests.manifests import choice, one_by_one, rating


def refusal(manifest: Manifest) -> str:
    """Give the rule by which a manifest is refused."""
    with pytest.raises(BallotError) as refused:
        check_manifest(manifest)
    return refused.value.rule


def question(**members: Any) -> Question:
    """Ask for one of two, with changes."""
    options = [Option("a", "A"), Option("b", "B")]
    given: dict[str, Any] = {
        "id": "q",
        "title": "Q",
        "options": options,
        "min": 1,
        "max": 1,
        "abstain": False,
    }
    return Question(**given | members)


def asked(*questions: Question, **members: Any) -> Manifest:
    """Ask some questions."""
    return choice(1, questions=list(questions), **members)


DECISION = choice(1).rules
RATING = rating(1).rules


@pytest.mark.parametrize(
    ("manifest", "rule"),
    [
        (asked(question(id="")), "manifest.shape"),
        (asked(question(id="Q")), "manifest.shape"),
        (asked(question(id="q" * 33)), "manifest.shape"),
        (asked(question(options=[Option("ä", "")])), "manifest.shape"),
        (asked(question(), kind="vote"), "manifest.shape"),
        (asked(question(), round=0), "manifest.shape"),
        (asked(question(), round=2), "manifest.shape"),
        (asked(question(), previous="0" * 64), "manifest.shape"),
        (asked(question(), round=2, previous="0"), "encoding.hex"),
        (asked(question(), rules={}), "manifest.shape"),
        (asked(question(), rules=RATING), "manifest.shape"),
        (asked(question(), rules=DECISION | {"seats": 0}), "manifest.shape"),
        (asked(question(), rules=DECISION | {"tie": "lot"}), "manifest.shape"),
        (asked(question(), rules=DECISION | {"more": 1}), "manifest.shape"),
        (asked(question(), rules=DECISION | {"seats": True}), "manifest.shape"),
        (asked(question(), rules=DECISION | {"seats": "1"}), "manifest.shape"),
        (
            msgspec.structs.replace(rating(1), rules=RATING | {"strict": "true"}),
            "manifest.shape",
        ),
        (asked(question(), rules=DECISION | {"tie": "\ud800"}), "manifest.shape"),
        (asked(question(), rules=RATING, kind="rating"), "manifest.shape"),
        (asked(question(), rules=DECISION, kind="rating"), "manifest.shape"),
        (asked(), "manifest.empty"),
        (asked(question(options=[])), "manifest.empty"),
        (asked(question(), limits=[Limit([], 0, 1)]), "manifest.empty"),
        (asked(question(options=[Option("abstain", "")])), "manifest.reserved"),
        (asked(question(), question()), "manifest.repeated"),
        (asked(question(), question(id="r")), "manifest.repeated"),
        (asked(question(options=[Option("a", ""), Option("a", "")])), "manifest.repeated"),
        (asked(question(), limits=[Limit([("q", "a")] * 2, 0, 1)]), "manifest.repeated"),
        (asked(question(), limits=[Limit([("q", "c")], 0, 1)]), "manifest.unknown"),
        (asked(question(), limits=[Limit([("r", "a")], 0, 1)]), "manifest.unknown"),
        (
            asked(question(abstain=True), limits=[Limit([("q", "abstain")], 0, 1)]),
            "manifest.unknown",
        ),
        (asked(question(min=2)), "manifest.bounds"),
        (asked(question(min=0, max=0)), "manifest.bounds"),
        (asked(question(max=3)), "manifest.bounds"),
        (asked(question(), limits=[Limit([("q", "a")], 1, 2)]), "manifest.bounds"),
        (asked(question(), limits=[Limit([("q", "b")], 1, 1)]), "manifest.pivot"),
    ],
)
def test_manifest_is_refused(manifest: Manifest, rule: str) -> None:
    assert refusal(manifest) == rule


def test_constraint_whose_pivot_was_spoken_of_is_named_by_its_place() -> None:
    manifest = asked(question(), limits=[Limit([("q", "a")], 0, 1), Limit([("q", "b")], 1, 1)])

    with pytest.raises(Invalid) as refused:
        check_manifest(manifest)
    assert (refused.value.rule, refused.value.where) == ("manifest.pivot", 2)


@pytest.mark.parametrize(
    "change",
    [
        {"options": [Option("satisfied", ""), Option("basic", "")]},
        {"max": 2},
        {"min": 0},
    ],
)
def test_rating_asks_for_exactly_one_of_three_grades(change: dict[str, Any]) -> None:
    manifest = rating(2)
    broken = msgspec.structs.replace(manifest.questions[1], **change)

    check_manifest(manifest)
    other = msgspec.structs.replace(manifest, questions=[manifest.questions[0], broken])
    assert refusal(other) == "manifest.shape"


def test_manifest_of_more_slots_than_a_ballot_can_have_is_refused() -> None:
    options = [Option(f"p{number}", "") for number in range(4096)]

    assert check_manifest(asked(question(options=options))).slots == 4096
    assert refusal(asked(question(options=options, abstain=True))) == "manifest.bounds"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 1},
        {"more": 1},
        {"round": "1"},
        {"round": 1.0},
        {"limits": {}},
        {"questions": [{}]},
        {"previous": 1},
        {"round": "\ud800"},
        {"rules": []},
    ],
)
def test_manifest_of_another_form_is_refused(change: dict[str, Any]) -> None:
    tree = msgspec.to_builtins(choice(2))

    assert parse_manifest(tree) == choice(2)
    with pytest.raises(Malformed, match=r"^object\.schema$"):
        parse_manifest(tree | change)


def test_projects_are_options_or_questions() -> None:
    assert check_manifest(choice(3)).projects == {"p1": 0, "p2": 1, "p3": 2}
    assert check_manifest(one_by_one(2, 1)).projects == {"p1": 0, "p2": 3}


def test_project_that_is_an_option_and_a_question_is_refused() -> None:
    apart = question(id="a", options=[Option("for", ""), Option("against", "")])

    assert refusal(asked(question(), apart)) == "manifest.repeated"


@pytest.mark.parametrize("span", range(40))
def test_slack_reaches_every_number_up_to_its_span(span: int) -> None:
    coefficients = slack_coefficients(span)

    assert sum(coefficients) == span
    reached = {0}
    for coefficient in coefficients:
        reached |= {number + coefficient for number in reached}
    assert reached == set(range(span + 1))


def test_slack_of_each_constraint_has_slots_of_its_own_behind_all_options() -> None:
    asks = [
        question(id=name, options=[Option(f"{name}{i}", "") for i in range(4)], min=0, max=3)
        for name in ("q", "r")
    ]
    limit = Limit([("q", "q0"), ("r", "r0")], 0, 2)

    style = check_manifest(asked(*asks, limits=[limit]))

    slack = [constraint.slack for constraint in style.constraints]
    assert slack == [((8, 1), (9, 2)), ((10, 1), (11, 2)), ((12, 1), (13, 1))]
    assert (style.options, style.slots) == (8, 14)


def chosen(*names: str) -> list[tuple[str, str]]:
    """Select some projects."""
    return [("projects", name) for name in names]


@pytest.mark.parametrize(
    ("names", "bits"),
    [
        (("p1",), [1, 0, 0, 0, 0, 1, 0]),
        (("p2", "p1"), [1, 1, 0, 0, 0, 0, 1]),
        (("abstain",), [0, 0, 0, 0, 1, 0, 0]),
        (("p1", "p2", "p3"), [1, 1, 1, 0, 0, 0, 0]),
    ],
)
def test_slack_is_filled_from_the_largest(names: tuple[str, ...], bits: list[int]) -> None:
    style = check_manifest(choice(4, 3))

    filled = fill_slots(style, chosen(*names))

    used = sum(filled[: style.options - 1]) + 3 * filled[style.options - 1]
    slack = [c * filled[slot] for slot, c in style.constraints[0].slack]
    assert used + sum(slack) == 3
    assert filled[: style.options] == bits[: style.options]


@pytest.mark.parametrize(
    "names", [(), ("p1", "abstain"), ("p1", "p2", "p3", "p4"), ("p9",), ("p1", "p1"), ("for",)]
)
def test_selections_that_do_not_fit_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match=r"^selections"):
        fill_slots(check_manifest(choice(4, 3)), chosen(*names))


def test_selection_over_a_limit_is_named_by_its_constraint() -> None:
    style = check_manifest(one_by_one(3, 1))

    with pytest.raises(Invalid) as refused:
        fill_slots(style, [("p1", "for"), ("p2", "for"), ("p3", "none")])
    assert (refused.value.rule, refused.value.where) == ("selections", 3)


def test_blocks_are_as_wide_as_there_are_keys_and_slack_is_in_the_last() -> None:
    style = check_manifest(choice(70, 5))

    assert [(block.start, block.stop) for block in style.blocks] == [(0, 32), (32, 64), (64, 74)]
    assert [style.block_of(slot) for slot in (0, 31, 32, 63, 64, 73)] == [0, 0, 1, 1, 2, 2]
    whole = check_manifest(choice(31, 31))
    assert [(block.start, block.stop) for block in whole.blocks] == [(0, 37)]
    assert [whole.block_of(slot) for slot in (31, 32, 36)] == [0, 0, 0]

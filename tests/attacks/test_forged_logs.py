"""Logs whose own server forged them: each change is refused by the rule that it breaks.

The root and the checkpoint's signature are always right, as whoever holds the log's key can make
them. What is left is what the objects say, and their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from ballots.encoding import canonical
from ballots.errors import BallotError
from ballots.objects import TYPES, parse_object
from tests.attacks.changes import CHANGES, FREE, NEXT, place_of, replaced, with_member
from tests.forge import Leaf, changed, check, first_finding, leaf
from tests.manifests import choice
from tests.votes import Vote


def test_log_that_is_changed_here_is_sound_and_holds_every_type(log: list[Leaf]) -> None:
    assert {item.type for item in log} == set(TYPES)
    assert check(log).findings == []


def members() -> Iterator[tuple[str, str]]:
    """Name every member of every type."""
    for kind, structs in TYPES.items():
        for name in dict.fromkeys(name for struct in structs for name in struct.__struct_fields__):
            yield kind, name


MEMBERS = list(members())
BREAKS: dict[str, Callable[[dict[str, Any], str], object]] = {
    "missing": lambda tree, name: tree.pop(name),
    "unknown": lambda tree, name: tree.update({f"{name}_": tree[name]}),
    "another type": lambda tree, name: tree.update({name: {"": tree[name]}}),
    "a truth value": lambda tree, name: tree.update({name: not isinstance(tree[name], bool)}),
    "a list in a list": lambda tree, name: tree.update({name: [[tree[name]]]}),
}


@pytest.mark.parametrize("change", BREAKS)
@pytest.mark.parametrize(("kind", "name"), MEMBERS, ids=".".join)
def test_member_of_another_form_is_refused(
    log: list[Leaf], kind: str, name: str, change: str
) -> None:
    items = [item for item in log if item.type == kind and name in item.tree]
    tree = items[0].tree
    BREAKS[change](tree, name)
    if change == "a truth value" and isinstance(items[0].tree[name], bool):
        tree[name] = 1

    with pytest.raises(BallotError) as refused:
        parse_object(canonical(tree))
    assert refused.value.rule == "object.schema"


@pytest.mark.parametrize("kind", TYPES)
def test_object_of_another_form_is_found_in_a_log(log: list[Leaf], kind: str) -> None:
    place = place_of(log, kind)
    tree = log[place].tree
    del tree[min(tree)]

    for broken, rule in (
        (leaf(tree), "object.schema"),
        (changed(log[place], extra=""), "object.schema"),
        (Leaf(kind, log[place].raw + b" "), "encoding.canonical"),
        (Leaf(kind, log[place].raw[:-1]), "encoding.json"),
        (Leaf("vote", log[place].raw), "log.entry"),
    ):
        assert first_finding(replaced(log, place, broken)) == (place, rule)


@pytest.mark.parametrize(
    ("kind", "name", "value", "rule", "where"),
    [
        pytest.param(*row, id=f"{row[0]}.{row[1]}-{row[3]}-{number}")
        for number, row in enumerate(CHANGES)
    ],
)
def test_changed_member_is_refused(
    log: list[Leaf], kind: str, name: str, value: Any, rule: str, where: str
) -> None:
    forged = with_member(log, kind, name, value)

    assert first_finding(forged) == (place_of(log, kind) + (where == NEXT), rule)


@pytest.mark.parametrize(("kind", "name", "value"), FREE)
def test_claim_that_no_rule_can_check_is_left_to_the_logs_signature(
    log: list[Leaf], kind: str, name: str, value: Any
) -> None:
    assert check(with_member(log, kind, name, value)).findings == []


def test_every_member_is_changed_here() -> None:
    changed_here = {row[:2] for row in CHANGES} | {row[:2] for row in FREE}

    # The turnout's and the grades' changes show in the outcome: they have tests of their own.
    apart = {("close", "present"), ("outcome", "grades")}
    assert changed_here | apart == set(MEMBERS)


def test_other_number_present_changes_the_outcome(log: list[Leaf]) -> None:
    forged = with_member(log, "close", "present", 2)

    assert first_finding(forged) == (place_of(log, "outcome"), "outcome.value")


def test_other_grades_are_refused(log: list[Leaf]) -> None:
    place = max(place for place, item in enumerate(log) if item.type == "outcome")
    assert log[place].tree["grades"] == {"p1": "dissatisfied"}

    for grades in ({"p1": "basic"}, {}, {"p1": "dissatisfied", "p2": "basic"}):
        forged = replaced(log, place, changed(log[place], grades=grades))
        assert first_finding(forged) == (place, "outcome.value")


@pytest.mark.parametrize("kind", TYPES)
def test_object_that_stands_twice_is_refused(log: list[Leaf], kind: str) -> None:
    item = log[place_of(log, kind)]

    assert first_finding([*log, item]) == (len(log), "order.repeated")


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("open", "order.repeated"),
        ("close", "order.repeated"),
        ("tally", "order.repeated"),
        ("result", "order.repeated"),
        ("outcome", "order.repeated"),
        ("keys", "order.repeated"),
    ],
)
def test_second_object_of_which_one_may_stand_is_refused(
    log: list[Leaf], kind: str, rule: str
) -> None:
    """It differs from the first in something that no earlier check looks at."""
    place = place_of(log, kind)
    differences: dict[str, dict[str, Any]] = {
        "open": {"present": 1},
        "close": {"present": 1},
        "tally": {"ballots": 1},
        "result": {"counts": []},
        "outcome": {"quorum": 1},
        "keys": {"joint": ""},
    }

    forged = [*log[: place + 1], changed(log[place], **differences[kind]), *log[place + 1 :]]

    assert first_finding(forged) == (place + 1, rule)


AFTER_ANNULMENT = ("open", "ballot", "challenge", "close", "tally", "annul")


@pytest.mark.parametrize("kind", AFTER_ANNULMENT)
def test_nothing_of_an_election_stands_after_its_annulment(log: list[Leaf], kind: str) -> None:
    election = [item for item in log if item.type == "election"][-1].id
    # None of them is the one that stands there already.
    tree = log[place_of(log, kind)].tree | {"election": election}
    item = leaf(tree | ({"time": "2026-02-01T09:00:01Z"} if "time" in tree else {}))

    assert log[-1].type == "annul"
    assert first_finding([*log, item]) == (len(log), "order.annulled")


def test_decryption_of_an_annulled_election_is_refused(finished: Vote) -> None:
    congress = finished.congress
    election = congress.elect(choice(2))
    congress.open(election)
    congress.close(election)
    congress.tally(election)
    share = congress.share(election, 1)
    congress.annul(election)

    with pytest.raises(BallotError, match=r"^order\.annulled$"):
        congress.add(share)


def comes_before(log: list[Leaf]) -> set[tuple[str, str]]:
    """Tell which object must stand before which, as section 11 of the page has it."""
    pairs = {(one.id, two.id) for one in log for two in log if one.id.encode() in two.raw}
    stages = ["trustee", "trustee-commitment", "trustee-confirmation", "keys"]
    for one, two in pairwise(stages):
        pairs |= {(a.id, b.id) for a in log for b in log if (a.type, b.type) == (one, two)}
    elections: dict[str, list[list[Leaf]]] = {}
    stage_of = {"open": 0, "ballot": 1, "challenge": 1, "close": 2, "tally": 3}
    for item in log:
        if item.type in stage_of:
            stages_of = elections.setdefault(item.tree["election"], [[], [], [], []])
            stages_of[stage_of[item.type]].append(item)
        elif item.type == "annul":
            elections[item.tree["election"]].append([item])
    for of_election in elections.values():
        filled = [stage for stage in of_election if stage]
        for earlier, later in pairwise(filled):
            pairs |= {(a.id, b.id) for a in earlier for b in later}
    results = {item.tree["tally"]: item for item in log if item.type == "result"}
    pairs |= {(i.id, results[i.tree["tally"]].id) for i in log if i.type == "decryption"}
    (issue,) = [item for item in log if item.type == "issue"]
    (revoke,) = [item for item in log if item.type == "revoke"]
    cards = [item for item in log if item.type in ("ballot", "challenge", "close")]
    pairs |= {(issue.id, item.id) for item in [*cards, revoke]}
    return pairs | {(revoke.id, item.id) for item in cards if item.type == "close"}


def test_entries_may_stand_in_those_orders_alone_that_the_page_allows(log: list[Leaf]) -> None:
    """Every entry is moved by one, to the front, to the middle and to the end."""
    order = comes_before(log)
    moves = [
        (place, to)
        for place in range(len(log))
        for to in {place + 1, 0, len(log) // 2, len(log) - 1} - {place, len(log)}
    ]
    wrong = []
    for place, to in moves:
        moved = log[:place] + log[place + 1 :]
        moved.insert(to, log[place])
        stands = {item.id: number for number, item in enumerate(moved)}
        is_allowed = all(stands[one] < stands[two] for one, two in order)
        if check(moved).is_sound != is_allowed:
            wrong.append((place, to, log[place].type))

    assert wrong == []

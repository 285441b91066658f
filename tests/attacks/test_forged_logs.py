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
from tests.attacks.conftest import Vote
from tests.cheats import joined, pieces, plus_point
from tests.congress import Congress, credential
from tests.forge import Leaf, changed, check, first_finding, leaf, leaves
from tests.manifests import choice

NO_ID = "0" * 64
NEXT = "next"
OWN = "own"


@pytest.fixture(scope="session")
def log(finished_assembly: Congress) -> list[Leaf]:
    """A log that holds an object of every type."""
    return leaves(finished_assembly.log)


def place_of(log: list[Leaf], kind: str) -> int:
    """Give where the first object of a type stands."""
    return next(place for place, item in enumerate(log) if item.type == kind)


def replaced(log: list[Leaf], place: int, item: Leaf) -> list[Leaf]:
    """Put another object in a place."""
    return [*log[:place], item, *log[place + 1 :]]


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


def other_point(text: str) -> str:
    """Change the last of some points."""
    parts = pieces(text)
    return joined([*parts[:-1], plus_point(parts[-1])])


def other_scalar(text: str) -> str:
    """Change the first of some scalars."""
    parts = pieces(text)
    return joined([bytes(32), *parts[1:]])


# What one changed member of the first object of a type comes to, and whether the object itself is
# refused or the next one, which then refers to nothing.
CHANGES: list[tuple[str, str, Any, str, str]] = [
    ("session", "congress", "Another congress", "order.reference", NEXT),
    ("session", "name", "Another session", "order.reference", NEXT),
    ("session", "deputies", 9, "order.reference", NEXT),
    ("ceremony", "session", NO_ID, "order.reference", OWN),
    ("ceremony", "trustees", 3, "order.reference", NEXT),
    ("ceremony", "trustees", 10, "ceremony.shape", OWN),
    ("ceremony", "trustees", 1, "ceremony.shape", OWN),
    ("ceremony", "threshold", 1, "order.reference", NEXT),
    ("ceremony", "threshold", 0, "ceremony.shape", OWN),
    ("ceremony", "width", 31, "ceremony.shape", OWN),
    ("trustee", "ceremony", NO_ID, "order.reference", OWN),
    ("trustee", "index", 2, "object.signature", OWN),
    ("trustee", "name", "Another", "object.signature", OWN),
    ("trustee", "sign", credential(1), "object.signature", OWN),
    ("trustee", "dh", other_point, "object.signature", OWN),
    ("trustee", "commit", NO_ID, "object.signature", OWN),
    ("trustee", "signature", "A" * 86, "object.signature", OWN),
    ("trustee-commitment", "ceremony", NO_ID, "order.reference", OWN),
    ("trustee-commitment", "index", 3, "ceremony.index", OWN),
    ("trustee-commitment", "coefficients", other_point, "object.signature", OWN),
    ("trustee-commitment", "coefficients", "", "ceremony.length", OWN),
    ("trustee-commitment", "proof", other_scalar, "object.signature", OWN),
    ("trustee-commitment", "shares", ["", ""], "ceremony.length", OWN),
    ("trustee-commitment", "signature", "A" * 86, "object.signature", OWN),
    ("trustee-confirmation", "ceremony", NO_ID, "order.reference", OWN),
    ("trustee-confirmation", "index", 2, "object.signature", OWN),
    ("trustee-confirmation", "transcript", NO_ID, "object.signature", OWN),
    ("trustee-confirmation", "signature", "A" * 86, "object.signature", OWN),
    ("keys", "ceremony", NO_ID, "order.reference", OWN),
    ("keys", "joint", other_point, "ceremony.keys", OWN),
    ("keys", "verification", lambda texts: texts[::-1], "ceremony.keys", OWN),
    ("keys", "verification", [], "ceremony.keys", OWN),
    ("roll", "session", NO_ID, "order.reference", OWN),
    ("roll", "credentials", lambda texts: texts[1:], "order.reference", NEXT),
    ("roll", "credentials", lambda texts: texts[::-1], "roll.credentials", OWN),
    ("roll", "credentials", lambda texts: [texts[0], *texts], "roll.credentials", OWN),
    ("roll", "credentials", [], "roll.credentials", OWN),
    ("issue", "roll", NO_ID, "order.reference", OWN),
    ("issue", "credentials", [credential(9)], "issue.credential", OWN),
    ("issue", "credentials", lambda texts: [*texts, texts[0]], "issue.credential", OWN),
    ("revoke", "roll", NO_ID, "order.reference", OWN),
    ("revoke", "credentials", [credential(9)], "revoke.credential", OWN),
    ("revoke", "credentials", lambda texts: [*texts, *texts], "revoke.credential", OWN),
    ("revoke", "credentials", [credential(1)], "revoke.voted", OWN),
    ("election", "session", NO_ID, "order.reference", OWN),
    ("election", "keys", NO_ID, "order.reference", OWN),
    ("election", "roll", NO_ID, "order.reference", OWN),
    ("election", "manifest", lambda tree: tree | {"title": ""}, "order.reference", NEXT),
    ("election", "manifest", lambda tree: tree | {"round": 2}, "manifest.shape", OWN),
    ("election", "manifest", lambda tree: tree | {"kind": "vote"}, "manifest.shape", OWN),
    ("election", "manifest", lambda tree: tree | {"questions": []}, "manifest.empty", OWN),
    ("open", "election", NO_ID, "order.reference", OWN),
    ("open", "time", "2026-02-30T09:00:00Z", "encoding.time", OWN),
    ("ballot", "election", NO_ID, "order.reference", OWN),
    ("ballot", "credential", credential(3), "object.signature", OWN),
    ("ballot", "credential", credential(9), "ballot.credential", OWN),
    ("ballot", "ciphertext", other_point, "object.signature", OWN),
    ("ballot", "commitment", other_point, "object.signature", OWN),
    ("ballot", "proof", "", "ballot.length", OWN),
    ("ballot", "signature", "A" * 86, "object.signature", OWN),
    ("challenge", "election", NO_ID, "order.reference", OWN),
    ("challenge", "selections", [["projects", "p1"]], "challenge.ballot", OWN),
    ("challenge", "selections", [["projects", "p9"]], "selections", OWN),
    ("challenge", "seed", "A" * 43, "challenge.ballot", OWN),
    ("challenge", "seed", "A", "encoding.base64", OWN),
    ("challenge", "ballot", lambda t: t | {"signature": "A" * 86}, "object.signature", OWN),
    ("challenge", "ballot", lambda t: t | {"election": NO_ID}, "order.reference", OWN),
    ("close", "election", NO_ID, "order.reference", OWN),
    ("close", "issued", 4, "close.issued", OWN),
    ("close", "ballots", 4, "close.ballots", OWN),
    ("tally", "election", NO_ID, "order.reference", OWN),
    ("tally", "ballots", 4, "tally.ballots", OWN),
    ("tally", "ciphertext", other_point, "tally.ciphertext", OWN),
    ("decryption", "tally", NO_ID, "order.reference", OWN),
    ("decryption", "index", 2, "object.signature", OWN),
    ("decryption", "index", 9, "decryption.index", OWN),
    ("decryption", "shares", other_point, "object.signature", OWN),
    ("decryption", "proof", other_scalar, "object.signature", OWN),
    ("decryption", "signature", "A" * 86, "object.signature", OWN),
    ("result", "tally", NO_ID, "order.reference", OWN),
    ("result", "trustees", [1], "result.trustees", OWN),
    ("result", "counts", lambda counts: [counts[0] + 1, *counts[1:]], "result.counts", OWN),
    ("outcome", "result", NO_ID, "order.reference", OWN),
    ("outcome", "valid", False, "outcome.value", OWN),
    ("outcome", "quorum", 1, "outcome.value", OWN),
    ("outcome", "required", 1, "outcome.value", OWN),
    ("outcome", "elected", ["p3"], "outcome.value", OWN),
    ("outcome", "tied", ["p3"], "outcome.value", OWN),
    ("outcome", "not_elected", [], "outcome.value", OWN),
    ("outcome", "open_seats", 0, "outcome.value", OWN),
    ("annul", "election", NO_ID, "order.reference", OWN),
]
# Claims that stand in no rule: the log's signature alone vouches for them.
FREE: list[tuple[str, str, Any]] = [
    ("open", "present", 3),
    ("open", "time", "2026-02-01T09:00:01Z"),
    ("revoke", "reason", "another reason"),
    ("close", "time", "2026-02-01T09:00:01Z"),
    ("annul", "reason", "another reason"),
    ("annul", "time", "2026-02-01T09:00:01Z"),
]


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
    place = place_of(log, kind)
    old = log[place].tree[name]
    new = value(old) if callable(value) else value
    assert new != old

    forged = replaced(log, place, changed(log[place], **{name: new}))

    assert first_finding(forged) == (place + (where == NEXT), rule)


@pytest.mark.parametrize(("kind", "name", "value"), FREE)
def test_claim_that_no_rule_can_check_is_left_to_the_logs_signature(
    log: list[Leaf], kind: str, name: str, value: Any
) -> None:
    place = place_of(log, kind)

    forged = replaced(log, place, changed(log[place], **{name: value}))

    assert check(forged).findings == []


def test_every_member_is_changed_here() -> None:
    changed_here = {row[:2] for row in CHANGES} | {row[:2] for row in FREE}

    # The turnout's and the grades' changes show in the outcome: they have tests of their own.
    apart = {("close", "present"), ("outcome", "grades")}
    assert changed_here | apart == set(MEMBERS)


def test_other_number_present_changes_the_outcome(log: list[Leaf]) -> None:
    place = place_of(log, "close")

    forged = replaced(log, place, changed(log[place], present=2))

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

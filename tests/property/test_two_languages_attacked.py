"""Python and TypeScript name one rule for what attackers make: keys, ballots, logs, archives."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from typing import get_args
from zipfile import ZIP_DEFLATED, ZIP_STORED

import msgspec
import pytest

from ballots.errors import Invalid
from ballots.milestones import Way
from ballots.objects import Milestone, Stage, Stored, store
from tests.attacks.changes import CHANGES, OWN, place_of, with_member
from tests.cheats import Prover, ballot_of, each_piece_changed, joined, pieces, signed_ballot
from tests.congress import TIME, Congress, card
from tests.forge import LOG_KEY, forge, leaves, packed
from tests.manifests import choice
from tests.property.conftest import Agreed
from tests.two_languages import Case, b64, chance
from tests.votes import decide_everything

SIGNATURES = Path(__file__).resolve().parent.parent / "verdicts" / "signatures.json"
PROJECTS = "projects"


@pytest.fixture(scope="module")
def assembly() -> Congress:
    """A congress of one trustee that has decided one election; not to be changed."""
    congress = Congress(trustees=1, threshold=1)
    election = congress.elect(choice(2))
    congress.open(election)
    congress.cast(election, 1, [(PROJECTS, "p1")])
    congress.finish(election)
    return congress


@pytest.fixture
def congress(assembly: Congress) -> Congress:
    """A congress of one trustee that has decided one election."""
    return deepcopy(assembly)


def test_signatures_in_which_libraries_differ(agreed: Agreed) -> None:
    cases = json.loads(SIGNATURES.read_bytes())
    rows = [*cases["published"], *cases["made"]]

    found = agreed(
        [
            {"kind": "signature"}
            | {name: b64(bytes.fromhex(row[name])) for name in ("key", "message", "signature")}
            for row in rows
        ]
    )

    assert [verdict.get("rule") for verdict in found] == [row["rule"] for row in rows]


def case_of(congress: Congress, election: Stored, ballot: Stored) -> Case:
    """Ask for the verdict on a ballot."""
    paper = {"election": b64(election.raw), "keys": b64(congress.keys.raw)}
    return {"kind": "ballot", **paper, "raw": b64(ballot.raw)}


def test_a13_to_a15_ballots_of_cheating_provers(congress: Congress, agreed: Agreed) -> None:
    election = congress.elect(choice(3, 2))
    paper = congress.paper(election)
    honest = ballot_of(congress.ballot(election, 1, [(PROJECTS, "p1")]))
    points = {"ciphertext": paper.style.slots + 1, "commitment": paper.style.slots + 1, "proof": 2}
    changes = [
        signed_ballot(honest, card(1), **{member: text})
        for member, number in points.items()
        for text in each_piece_changed(getattr(honest, member), number)
    ]
    values = ([2, 0, 0, 0, 0], [-1, 1, 1, 0, 1], [1, 1, 1, 0, -1], [1, 1, 1, 0, 0], [0] * 5)
    lies = [Prover(paper, list(row)).ballot(card(1)) for row in values]
    swapped = Prover(paper, [1, 0, 0, 0, 1], encrypts=[0, 1, 0, 0, 1]).ballot(card(1))
    headless = Prover(paper, [1, 0, 0, 0, 1], r=[0]).ballot(card(1))
    made = [*changes, *lies, swapped, headless]

    found = agreed([case_of(congress, election, ballot) for ballot in made])

    assert {verdict["rule"] for verdict in found} == {
        "ballot.constraint",
        "ballot.bits",
        "ballot.randomness",
        "ballot.slot",
        "ballot.identity",
    }


def test_forms_are_named_in_the_same_order(congress: Congress, agreed: Agreed) -> None:
    """Two things are wrong at once: the one that the page puts first is named."""
    election = congress.elect(choice(3, 2))
    honest = ballot_of(congress.ballot(election, 1, [(PROJECTS, "p1")]))
    bad = b"\xff" * 32
    faults = {
        member: [joined([*parts[:-1], bad]), joined(parts[:-1]), joined([bad, *parts[1:]])]
        for member in ("ciphertext", "commitment", "proof")
        for parts in [pieces(getattr(honest, member))]
    }
    faults |= {"election": ["0" * 64], "signature": ["A" * 86]}
    made = [
        msgspec.structs.replace(honest, **{one: first, two: second})
        for one, two in combinations(faults, 2)
        for first in faults[one]
        for second in faults[two]
    ]

    found = agreed([case_of(congress, election, store(ballot)) for ballot in made])

    assert {verdict["rule"] for verdict in found} == {
        "group.point",
        "group.scalar",
        "ballot.length",
        "order.reference",
    }


def test_changed_objects_of_every_type(agreed: Agreed) -> None:
    """One log, in which every changed object comes before the one that it was made of."""
    log = leaves(decide_everything(Congress()).congress.log)
    objects = [item.raw for item in log]
    expected: list[str | None] = [None] * len(log)
    for kind, name, value, rule, where in reversed(CHANGES):
        if kind == "milestone" and where != OWN:
            continue  # once taken, it would stand in the place of the one that it was made of
        place = objects.index(log[place_of(log, kind)].raw)
        objects.insert(place, with_member(log, kind, name, value)[place_of(log, kind)].raw)
        expected.insert(place, rule if where == OWN else None)

    found = agreed([{"kind": "replay", "objects": [b64(raw) for raw in objects]}])

    assert found == [{"ok": expected}]


def test_milestones_in_any_order(agreed: Agreed) -> None:
    """Two projects go their ways at random: most steps are refused, by one rule on both sides."""
    luck = chance("milestones")
    congress = decide_everything(Congress()).congress
    begun = len(congress.log)
    outcomes = [*congress.replay.outcomes, "", "", "0" * 64]
    made = [stored.raw for stored in congress.log]
    for project in luck.choices(["p1", "p9"], k=400):
        way = congress.replay.ways.get(project, Way())
        stage = luck.choice(get_args(Stage) if luck.random() < 0.9 else ["archived"])
        value = Milestone(
            project=project,
            number=way.number + luck.choice([1, 1, 1, 1, 0, 2]),
            previous=luck.choice([way.last] * 6 + ["", outcomes[0]]),
            stage=stage if stage != "archived" or luck.random() < 0.1 else "problem",
            content="0" * 64,
            outcome=luck.choice(outcomes) if luck.random() < 0.2 else "",
            time=TIME,
        )
        made.append(store(value).raw)
        with suppress(Invalid):
            congress.add(value)

    (verdict,) = agreed([{"kind": "replay", "objects": [b64(raw) for raw in made]}])

    assert set(verdict["ok"][begun:]) >= {
        None,
        "milestone.previous",
        "milestone.number",
        "milestone.stage",
        "milestone.outcome",
        "order.reference",
    }
    assert verdict["ok"].count(None) > begun + 40


def test_archives(congress: Congress, agreed: Agreed) -> None:
    """Both take and refuse the same archives, with more in them than there should be or less."""
    luck = chance("archives")
    files = forge(leaves(congress.log[:1]))
    whole = [packed(files, method) for method in (ZIP_DEFLATED, ZIP_STORED)]
    extra = {"object/": b"", "folder/": b"", "x/": b"hidden", "object/x": b""}
    made = [*whole, b"", b"PK", whole[0] + b"more", b"before" + whole[0]]
    made += [packed(files | {name: data}) for name, data in extra.items()]
    for data in whole:
        made += [data[: luck.randrange(len(data))] for _ in range(40)]

    found = agreed([{"kind": "record", "zip": b64(data), "vkey": str(LOG_KEY)} for data in made])

    sound = ["ok" in verdict and verdict["ok"]["findings"] == [] for verdict in found]
    assert sound[:2] == [True, True]
    assert False in sound

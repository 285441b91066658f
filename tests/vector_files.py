"""The vector files that both languages read, and the secrets they were made from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ballots.cards import CardSecret, TrusteeSeed
from ballots.encoding import canonical
from ballots.log import VerifierKey, parse_verifier_key
from ballots.objects import Keys, Stored, Trustee, parse_as, parse_object
from ballots.trustees import (
    Circle,
    Committed,
    Registered,
    check_ceremony,
    check_commitment,
    check_registration,
)

FOLDER = Path(__file__).parent / "vectors"


@cache
def vector(name: str) -> Any:
    """Read a vector file as JSON."""
    return json.loads((FOLDER / name).read_bytes())


def stored(tree: dict[str, Any]) -> Stored:
    """Take an object of a vector file."""
    return parse_object(canonical(tree))


@dataclass(frozen=True)
class Ceremony:
    """A ceremony whose registrations and commitments were checked."""

    circle: Circle
    registered: tuple[Registered, ...]
    committed: tuple[Committed, ...]


@cache
def vector_ceremony() -> Ceremony:
    """Give the ceremony of the vectors, checked."""
    trees = vector("ceremony.json")
    circle = check_ceremony(stored(trees["ceremony"]))
    registered: list[Registered] = []
    for tree in trees["trustees"]:
        _, trustee = parse_as(Trustee, canonical(tree))
        registered.append(check_registration(circle, trustee, registered))
    committed = [
        check_commitment(circle, trustee, stored(tree))
        for trustee, tree in zip(registered, trees["commitments"], strict=True)
    ]
    return Ceremony(circle, tuple(registered), tuple(committed))


@cache
def vector_keys() -> Keys:
    """Give the keys of the vectors' ceremony."""
    return parse_as(Keys, canonical(vector("ceremony.json")["keys"]))[1]


def log_key() -> VerifierKey:
    """Give the key of the vectors' log."""
    return parse_verifier_key(vector("log.json")["vkey"])


def card_secrets() -> dict[str, CardSecret]:
    """Give the secret of each card of the vectors by its credential."""
    cards = vector("codes.json")["cards"]
    return {card["credential"]: CardSecret(bytes.fromhex(card["secret"])) for card in cards}


def trustee_seeds() -> list[TrusteeSeed]:
    """Give the seeds of the vectors' trustees."""
    return [TrusteeSeed(bytes.fromhex(seed)) for seed in vector("ceremony.json")["seeds"]]

"""Every member that an object of a log can have changed, and the rule that the change breaks."""

from __future__ import annotations

from typing import Any

from tests.cheats import joined, pieces, plus_point
from tests.congress import credential
from tests.forge import Leaf, changed

NO_ID = "0" * 64
NEXT = "next"
OWN = "own"


def place_of(log: list[Leaf], kind: str) -> int:
    """Give where the first object of a type stands."""
    return next(place for place, item in enumerate(log) if item.type == kind)


def replaced(log: list[Leaf], place: int, item: Leaf) -> list[Leaf]:
    """Put another object in a place."""
    return [*log[:place], item, *log[place + 1 :]]


def with_member(log: list[Leaf], kind: str, name: str, value: Any) -> list[Leaf]:
    """Change a member of the first object of a type, to a value or by a function."""
    place = place_of(log, kind)
    old = log[place].tree[name]
    new = value(old) if callable(value) else value
    assert new != old
    return replaced(log, place, changed(log[place], **{name: new}))


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
    ("challenge", "ballot", lambda t: {n: t[n] for n in t if n != "type"}, "object.schema", OWN),
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
    ("milestone", "project", "", "object.schema", OWN),
    ("milestone", "project", "p2", "milestone.previous", NEXT),
    ("milestone", "number", 2, "milestone.number", OWN),
    ("milestone", "number", 0, "milestone.number", OWN),
    ("milestone", "previous", NO_ID, "milestone.previous", OWN),
    ("milestone", "stage", "decided", "milestone.stage", OWN),
    ("milestone", "stage", "elected", "object.schema", OWN),
    ("milestone", "content", "", "encoding.hex", OWN),
    ("milestone", "content", NO_ID, "milestone.previous", NEXT),
    ("milestone", "outcome", NO_ID, "order.reference", OWN),
    ("milestone", "time", "2026-02-01T09:00:01Z", "milestone.previous", NEXT),
    ("milestone", "time", "2026-02-01", "encoding.time", OWN),
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

"""Cases for both languages: how they are changed, and what Python's rooms make of them."""

from __future__ import annotations

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeAlias

import msgspec

from ballots.ballot import Seed, check_ballot, check_challenge, make_ballot, make_paper
from ballots.cards import (
    CardSecret,
    parse_card_code,
    parse_trustee_code,
)
from ballots.encoding import (
    canonical,
    parse_b64,
    parse_b64u,
    parse_crockford,
    parse_hex,
    parse_json,
)
from ballots.errors import BallotError
from ballots.group import parse_point, parse_scalar
from ballots.keys import check_signature, parse_key
from ballots.log import (
    check_checkpoint,
    check_cosignature,
    parse_checkpoint,
    parse_entry,
    parse_verifier_key,
)
from ballots.manifest import Selection, check_manifest, fill_slots, parse_manifest
from ballots.merkle import (
    check_consistency,
    check_inclusion,
)
from ballots.objects import (
    Challenge,
    Election,
    Keys,
    parse_as,
    parse_object,
)
from ballots.outcome import Turnout, decide
from ballots.receipt import check_receipt, parse_compact, parse_receipt
from ballots.record import FilesReader, Reader, ZipReader
from ballots.replay import Replay
from ballots.report import report_json
from ballots.verify import check_record

Case: TypeAlias = dict[str, Any]
Verdict: TypeAlias = dict[str, Any]

LETTERS = '{}[]:,"\\0123456789-+.eEaAfFlOIuU_/= \n\ttrue—é'


def b64(data: bytes) -> str:
    """Write bytes as a case has them."""
    return b64encode(data).decode()


def chance(name: str) -> random.Random:
    """Give the same chance at every run."""
    return random.Random(name)  # noqa: S311 it makes cases, not keys


def changed_text(text: str, luck: random.Random) -> str:
    """Change a text a little, where it matters or not."""
    at = luck.randrange(len(text) + 1)
    end = at + luck.choice([0, 1, 1, 2, 5])
    put = "".join(luck.choices(LETTERS, k=luck.choice([0, 1, 1, 2])))
    return text[:at] + put + text[end:]


def changed_bytes(data: bytes, luck: random.Random) -> bytes:
    """Change a byte, take some away or put some in."""
    at = luck.randrange(len(data) + 1)
    put = luck.randbytes(luck.choice([0, 1, 1, 2]))
    return data[:at] + put + data[at + luck.choice([0, 1, 1, 32]) :]


def changed_tree(tree: Any, luck: random.Random) -> Any:
    """Change one thing in JSON: a value, a name, a member more or less."""
    if isinstance(tree, dict) and tree and luck.random() < 0.85:
        name = luck.choice(sorted(tree))
        rest = {key: value for key, value in tree.items() if key != name}
        if luck.random() < 0.8:
            return rest | {name: changed_tree(tree[name], luck)}
        return luck.choice([rest, rest | {name + "x": tree[name]}, tree | {"more": 1}])
    if isinstance(tree, list) and tree and luck.random() < 0.85:
        at = luck.randrange(len(tree))
        changes = [[*tree[:at], changed_tree(tree[at], luck), *tree[at + 1 :]]] * 3
        return luck.choice([*changes, tree[:at] + tree[at + 1 :], [*tree, tree[at]], tree[::-1]])
    return luck.choice(_others(tree, luck))


def _others(value: Any, luck: random.Random) -> list[Any]:
    """Give what might stand in place of a value."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, max(value - 1, 0), 0, 2**53 - 1, str(value)]
        case str():
            return [changed_text(value, luck), "", 1, value + "x"]
        case _:
            return [[], {}, "x", 3]


def canonical_or_not(tree: Any) -> bytes:
    """Write JSON in its canonical form where it has one."""
    try:
        return canonical(tree)
    except BallotError:
        return json.dumps(tree).encode()


def verdict(case: Case) -> Verdict:
    """Judge a case as `web/tests/verdicts.mjs` tells it."""
    try:
        value = JUDGES[case["kind"]](case)
    except BallotError as error:
        return {"rule": error.rule, "where": error.where}
    return {"ok": json.loads(json.dumps(value))}


def raw(case: Case, name: str = "raw") -> bytes:
    """Take the bytes of a case."""
    return b64decode(case[name])


def _paper(case: Case) -> Any:
    election = parse_as(Election, raw(case, "election"))[0]
    return make_paper(election, parse_as(Keys, raw(case, "keys"))[1])


def _manifest(case: Case) -> Any:
    style = check_manifest(parse_manifest(case["manifest"]))
    return {
        "options": style.options,
        "slots": style.slots,
        "pivots": [constraint.pivot for constraint in style.constraints],
        "blocks": [[block.start, block.stop] for block in style.blocks],
        "projects": list(style.projects.items()),
    }


def _pairs(case: Case) -> list[Selection]:
    return [(question, option) for question, option in case["selections"]]


def _outcome(case: Case) -> Any:
    style = check_manifest(parse_manifest(case["manifest"]))
    turnout = Turnout(*case["turnout"])
    return msgspec.to_builtins(decide(style, case["counts"], turnout, case["result"]))


def _replay(case: Case) -> list[str | None]:
    replay, rules = Replay(), list[str | None]()
    for text in case["objects"]:
        try:
            replay.take(parse_object(b64decode(text)))
            rules.append(None)
        except BallotError as error:
            rules.append(error.rule)
    return rules


def _record(case: Case) -> Any:
    reader: Reader
    if "zip" in case:
        reader = ZipReader(BytesIO(raw(case, "zip")))
    else:
        reader = FilesReader({path: b64decode(data) for path, data in case["files"].items()})
    report = check_record(reader, parse_verifier_key(case["vkey"]))
    return {
        "origin": report.origin,
        "size": report.size,
        "root": report.root,
        "findings": [msgspec.to_builtins(finding) for finding in report.findings],
        "checked": dict(report.checked),
        "elections": report_json(report)["elections"],
    }


def _checkpoint(case: Case) -> Any:
    found = parse_checkpoint(case["text"])
    check_checkpoint(found, parse_verifier_key(case["vkey"]))
    if "witness" in case:
        return check_cosignature(found, parse_verifier_key(case["witness"]))
    return {"origin": found.origin, "size": found.size, "root": found.root.hex()}


def _entry(case: Case) -> Any:
    name, kind = parse_entry(raw(case))
    return {"object": name, "type": kind}


def _compact(case: Case) -> Any:
    keys = [parse_verifier_key(text) for text in case["vkeys"]]
    receipt = parse_compact(
        case["text"], keys, [parse_verifier_key(text) for text in case["witnesses"]]
    )
    signer = next(key for key in keys if key.name == receipt.checkpoint.origin)
    return [check_receipt(receipt, signer), str(receipt)]


JUDGES: dict[str, Callable[[Case], Any]] = {
    "json": lambda c: parse_json(raw(c)) and None,
    "object": lambda c: parse_object(raw(c)).id,
    "b64u": lambda c: b64(parse_b64u(c["text"])),
    "b64": lambda c: b64(parse_b64(c["text"])),
    "hex": lambda c: b64(parse_hex(c["text"])),
    "crockford": lambda c: str(n) if (n := parse_crockford(c["text"], c["bits"])) else "null",
    "card": lambda c: b64(parse_card_code(c["text"])),
    "trustee": lambda c: b64(parse_trustee_code(c["text"])),
    "point": lambda c: b64(parse_point(raw(c))),
    "scalar": lambda c: str(parse_scalar(raw(c))),
    "key": lambda c: b64(parse_key(raw(c))),
    "signature": lambda c: check_signature(
        parse_key(raw(c, "key")), raw(c, "message"), raw(c, "signature")
    ),
    "manifest": _manifest,
    "selections": lambda c: fill_slots(check_manifest(parse_manifest(c["manifest"])), _pairs(c)),
    "make-ballot": lambda c: (
        make_ballot(_paper(c), CardSecret(raw(c, "card")), _pairs(c), Seed(raw(c, "seed"))).id
    ),
    "ballot": lambda c: check_ballot(_paper(c), parse_object(raw(c))).id,
    "challenge": lambda c: check_challenge(_paper(c), parse_as(Challenge, raw(c))[1]),
    "outcome": _outcome,
    "replay": _replay,
    "record": _record,
    "vkey": lambda c: str(parse_verifier_key(c["text"])),
    "checkpoint": _checkpoint,
    "entry": _entry,
    "receipt": lambda c: check_receipt(parse_receipt(c["text"]), parse_verifier_key(c["vkey"])),
    "compact": _compact,
    "inclusion": lambda c: check_inclusion(
        raw(c, "leaf"),
        c["index"],
        c["size"],
        path=[b64decode(node) for node in c["path"]],
        expected=raw(c, "root"),
    ),
    "consistency": lambda c: check_consistency(
        (c["smaller"], raw(c, "old")),
        (c["size"], raw(c, "root")),
        [b64decode(node) for node in c["path"]],
    ),
}

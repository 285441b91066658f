"""Python and TypeScript give one verdict on whatever comes: made cases, judged on both sides."""

from __future__ import annotations

import json
import random
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ballots.ballot import make_ballot, make_paper
from ballots.cards import (
    CardSecret,
    TrusteeSeed,
    card_code,
    card_qr,
    card_seed,
    trustee_code,
)
from ballots.encoding import (
    parse_b64u,
    sha256,
    to_b64u,
)
from ballots.group import ORDER, hash_to_point
from ballots.keys import FIELD, GROUP_ORDER, public_key, sign
from ballots.log import (
    cosign,
    make_checkpoint,
    make_verifier_key,
)
from ballots.manifest import Manifest, Selection, check_manifest, fill_slots
from ballots.merkle import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    nodes_of,
    root,
)
from ballots.objects import (
    Ballot,
    Challenge,
    Election,
    Keys,
    Stored,
    parse_as,
    sign_object,
    store,
)
from tests.cheats import Prover
from tests.congress import Congress, ballot_seed, card, secret
from tests.forge import LOG_KEY, forge, leaves
from tests.manifests import choice, one_by_one, rating
from tests.property.conftest import Agreed
from tests.two_languages import (
    Case,
    b64,
    canonical_or_not,
    chance,
    changed_bytes,
    changed_text,
    changed_tree,
)

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
LOG: dict[str, Any] = json.loads((VECTORS / "log.json").read_bytes())


@pytest.fixture(scope="module")
def congress() -> Congress:
    """A congress with a decided election, an open one with a challenge, and a revoked card."""
    made = Congress(trustees=2, threshold=1)
    first = made.elect(choice(3, 2))
    made.open(first)
    made.cast(first, 1, [("projects", "p1")])
    made.challenge(first, 2, [("projects", "abstain")])
    made.cast(first, 2, [("projects", "p2"), ("projects", "p3")])
    made.finish(first)
    made.revoke(4)
    second = made.elect(one_by_one(2, 1))
    made.open(second)
    made.cast(second, 1, [("p1", "for"), ("p2", "none")])
    return made


def test_objects_and_json(congress: Congress, agreed: Agreed) -> None:
    luck = chance("objects")
    cases: list[Case] = []
    for stored in congress.log:
        cases.append({"kind": "object", "raw": b64(stored.raw)})
        for _ in range(12):
            tree = changed_tree(json.loads(stored.raw), luck)
            text = json.dumps(tree, ensure_ascii=luck.random() < 0.1, sort_keys=True).encode()
            written = luck.choice([text, text.replace(b": ", b":").replace(b", ", b",")])
            cases.append({"kind": "object", "raw": b64(written)})
            spoilt = changed_bytes(stored.raw, luck)
            cases.append({"kind": luck.choice(["json", "object"]), "raw": b64(spoilt)})
            if len(stored.raw) < 2000:
                other = changed_text(stored.raw.decode(), luck).encode()
                cases.append({"kind": luck.choice(["json", "object"]), "raw": b64(other)})
    cases += [{"kind": "json", "raw": b64(text)} for text in JSON_EDGES]

    rules = {found.get("rule") for found in agreed(cases)}

    assert rules > {None, "encoding.json", "encoding.canonical", "object.type", "object.schema"}


JSON_EDGES = [
    text.encode()
    for text in (
        '{"a":1.0}',
        '{"a":1e2}',
        '{"a":-0}',
        '{"a":-0.0}',
        '{"a":9007199254740991}',
        '{"a":9007199254740992}',
        '{"a":9007199254740993}',
        '{"a":1e400}',
        '{"a":123456789012345678901234567890}',
        '{"a":1,"a":1}',
        '{"a":1,"b":2,"a":3}',
        '{"a":"\\ud800"}',
        '{"a":"\\ud83d\\ude00"}',
        '{"a":"😀"}',
        '{"\\udc00":1}',
        '{"😀":1,"\ufb33":2}',
        '{"\ufb33":2,"😀":1}',
        '{"a":"\u007f"}',
        '{"a":"\u2028"}',
        '{"a":"\\u2028"}',
        '{"a":"\\u001f"}',
        '{"a":"\\u001F"}',
        '{"a":"\\b\\f\\n\\r\\t"}',
        '{"a":"\\/"}',
        '{"a":"\x01"}',
        "\ufeff{}",
        "{} ",
        " {}",
        "{}\n",
        "",
        "[]",
        "null",
        '"a"',
        "1",
        '{"a":null}',
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":01}',
        '{"a":+1}',
        '{"a":.5}',
        '{"a":1.}',
        "{'a':1}",
        '{"a":1,}',
        '{"a":tru}',
        '{"__proto__":1}',
        '{"a":' + "[" * 12 + "]" * 12 + "}",
        '{"a":' + "[" * 13 + "]" * 13 + "}",
        '{"a":' + "[" * 12 + '"x"' + "]" * 12 + "}",
        '{"a":' + "[" * 11 + '"x"' + "]" * 11 + "}",
        '{"a":' + "[" * 12 + "1" + "]" * 12 + "}",
        '{"a":' + "[" * 5000 + "]" * 5000 + "}",
        '{"a":"' + "x" * 70000 + '"}',
    )
] + [b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\xc0\x80"}', b"\x00"]


def test_texts(agreed: Agreed) -> None:
    luck = chance("texts")
    cases: list[Case] = []
    for number in range(150):
        data = luck.randbytes(luck.randrange(40))
        begins_like_the_prefix = CardSecret(b"\xa6\x42" + luck.randbytes(14))
        for kind, text in (
            ("card", luck.choice([card_code, card_qr])(begins_like_the_prefix)),
            ("b64u", to_b64u(data)),
            ("b64", b64(data)),
            ("hex", luck.randbytes(32).hex()),
            ("card", luck.choice([card_code, card_qr])(card(number))),
            ("trustee", trustee_code(TrusteeSeed(secret("t", number)))),
        ):
            is_good = luck.random() < 0.2
            typed = luck.choice([text, text.lower()]) if is_good else changed_text(text, luck)
            cases.append({"kind": kind, "text": typed})
            if kind == "card":
                cases.append({"kind": "crockford", "text": typed, "bits": 140})

    rules = {found.get("rule") for found in agreed(cases)}

    assert rules == {None, "encoding.base64", "encoding.hex", "card.code", "trustee.code"}


def test_group_and_keys(agreed: Agreed) -> None:
    luck = chance("group")
    cases: list[Case] = []
    numbers = [0, 1, 2, FIELD - 1, FIELD, FIELD + 1, ORDER - 1, ORDER, ORDER + 1, 2**255 - 1]
    edges = [n.to_bytes(32, "little") for n in numbers]
    edges += [(n + (1 << 255)).to_bytes(32, "little") for n in numbers]
    edges += [hash_to_point("p", bytes([i])) for i in range(8)]
    edges += [luck.randbytes(32) for _ in range(60)] + [luck.randbytes(n) for n in (0, 31, 33)]
    for data in edges:
        cases += [{"kind": kind, "raw": b64(data)} for kind in ("point", "scalar", "key")]

    rules = [found.get("rule") for found in agreed(cases)]

    assert set(rules) == {None, "group.point", "group.scalar", "object.key"}


def test_signatures(agreed: Agreed) -> None:
    luck = chance("signatures")
    cases: list[Case] = []
    for number in range(40):
        seed, message = secret("signer", number), luck.randbytes(number)
        key, good = public_key(seed), sign(seed, message)
        scalar = int.from_bytes(good[32:], "little")
        beyond = good[:32] + (scalar + GROUP_ORDER).to_bytes(32, "little")
        for signature in (good, changed_bytes(good, luck), beyond, good[:32] + bytes(32)):
            case = {"key": b64(key), "message": b64(message), "signature": b64(signature)}
            cases.append({"kind": "signature", **case})

    found = agreed(cases)

    assert [verdict.get("rule") for verdict in found[::4]] == [None] * 40


def test_manifests_selections_and_outcomes(agreed: Agreed) -> None:
    luck = chance("manifests")
    cases: list[Case] = []
    for manifest in (choice(4, 2), choice(40, 9), one_by_one(3, 2), rating(2), rating(3)):
        tree = msgspec.to_builtins(manifest)
        style = check_manifest(manifest)
        for _ in range(60):
            changed = changed_tree(tree, luck)
            cases.append({"kind": "manifest", "manifest": changed})
            some = luck.sample(style.option_slots, luck.randrange(min(style.options, 7)))
            cases.append({"kind": "selections", "manifest": tree, "selections": some})
            counts = [luck.randrange(12) for _ in range(style.options)]
            turnout = sorted((luck.randrange(8, 14) for _ in range(4)), reverse=True)
            if luck.random() < 0.2:
                luck.shuffle(turnout)
            case = {"counts": counts, "turnout": turnout, "result": "00" * 32}
            cases.append({"kind": "outcome", "manifest": tree, **case})

    rules = {found.get("rule") for found in agreed(cases)}

    assert rules > {None, "object.schema", "manifest.shape", "manifest.bounds", "selections"}


def papers(congress: Congress) -> Iterator[tuple[Stored, list[list[Selection]]]]:
    """Give elections of every style, with what may be chosen in them."""
    for manifest in (choice(3, 2), choice(33, 4, previous="00" * 32, round=2), one_by_one(2, 2)):
        election = store(
            Election(congress.session.id, congress.keys.id, congress.roll.id, manifest)
        )
        yield election, _choices(manifest)


def _choices(manifest: Manifest) -> list[list[Selection]]:
    first = manifest.questions[0]
    if len(manifest.questions) == 1:
        names = [option.id for option in first.options]
        return [
            [(first.id, "abstain")],
            [(first.id, names[0])],
            [(first.id, n) for n in names[-2:]],
        ]
    return [
        [(question.id, option) for question in manifest.questions] for option in ("for", "none")
    ]


def test_ballots_made_on_both_sides_are_the_same(congress: Congress, agreed: Agreed) -> None:
    cases: list[Case] = []
    for election, choices in papers(congress):
        for number, selections in enumerate([*choices, []]):
            case = {"election": b64(election.raw), "keys": b64(congress.keys.raw)}
            case |= {"card": b64(card(number)), "seed": b64(ballot_seed("made", number))}
            cases.append({"kind": "make-ballot", **case, "selections": selections})

    found = agreed(cases)

    assert [verdict.get("rule") for verdict in found].count("selections") == 3


def test_ballots_and_challenges(congress: Congress, agreed: Agreed) -> None:
    luck = chance("ballots")
    cases: list[Case] = []
    for election, choices in papers(congress):
        keys = congress.keys.value
        assert isinstance(keys, Keys)
        paper = make_paper(election, keys)
        case = {"election": b64(election.raw), "keys": b64(congress.keys.raw)}
        seed = ballot_seed("ballot")
        stored = make_ballot(paper, card(1), choices[0], seed)
        ballot = parse_as(Ballot, stored.raw)[1]
        challenge = Challenge(election.id, ballot, choices[0], to_b64u(seed))
        cases.append({"kind": "ballot", **case, "raw": b64(stored.raw)})
        cases.append({"kind": "challenge", **case, "raw": b64(store(challenge).raw)})
        for _ in range(30):
            other = _changed_ballot(ballot, luck)
            cases.append({"kind": "ballot", **case, "raw": b64(store(other).raw)})
            tree = changed_tree(msgspec.to_builtins(challenge), luck)
            cases.append({"kind": "challenge", **case, "raw": b64(canonical_or_not(tree))})

    rules = {found.get("rule") for found in agreed(cases)}

    assert rules > {None, "object.signature", "ballot.constraint", "ballot.length", "group.point"}


@dataclass
class TopBitProver(Prover):
    """Writes one point of what it seals with the bit above the field, which is not canonical."""

    place: int = 0

    def sealed(self, randomness: Sequence[int], values: Sequence[int]) -> bytes:
        """Encrypt, and set the bit before any challenge is drawn."""
        data = bytearray(super().sealed(randomness, values))
        data[32 * self.place + 31] |= 0x80
        return bytes(data)


def test_a10_points_with_a_bit_above_the_field(congress: Congress, agreed: Agreed) -> None:
    election = next(papers(congress))[0]
    keys = congress.keys.value
    assert isinstance(keys, Keys)
    paper = make_paper(election, keys)
    values = fill_slots(paper.style, [("projects", "p1")])
    case = {"kind": "ballot", "election": b64(election.raw), "keys": b64(congress.keys.raw)}
    made = [TopBitProver(paper, values, place=place).ballot(card(1)) for place in range(3)]

    found = agreed([case | {"raw": b64(ballot.raw)} for ballot in made])

    assert found == [{"rule": "group.point", "where": None}] * 3


def _changed_ballot(ballot: Ballot, luck: random.Random) -> Ballot:
    """Change one member by a few bytes, or a whole point or scalar; mostly sign it again."""
    name = luck.choice(["ciphertext", "commitment", "proof", "credential", "election"])
    value = getattr(ballot, name)
    if name in ("credential", "election"):
        changed: str = to_b64u(public_key(secret("x"))) if name == "credential" else "00" * 32
    else:
        data = parse_b64u(value)
        at = 32 * luck.randrange(len(data) // 32)
        put = luck.choice([hash_to_point("p"), bytes(32), (5).to_bytes(32, "little"), b""])
        changed = luck.choice(
            [to_b64u(changed_bytes(data, luck)), to_b64u(data[:at] + put + data[at + 32 :])]
        )
    other = msgspec.structs.replace(ballot, **{name: changed})
    if luck.random() < 0.8:
        signed: Ballot = sign_object(other, card_seed(card(1)))
        return signed
    return other


def test_whole_logs_in_any_order(congress: Congress, agreed: Agreed) -> None:
    luck = chance("replay")
    raws = [stored.raw for stored in congress.log]
    cases: list[Case] = [{"kind": "replay", "objects": [b64(raw) for raw in raws]}]
    for _ in range(25):
        order = list(raws)
        for _ in range(luck.choice([1, 1, 2, 4])):
            at, to = luck.randrange(len(order)), luck.randrange(len(order))
            match luck.randrange(4):
                case 0:
                    order.insert(to, order.pop(at))
                case 1:
                    del order[at]
                case 2:
                    order.append(order[at])
                case _:
                    order[at] = canonical_or_not(changed_tree(json.loads(order[at]), luck))
        cases.append({"kind": "replay", "objects": [b64(raw) for raw in order]})

    found = agreed(cases)

    assert found[0] == {"ok": [None] * len(raws)}
    assert sum(any(verdict["ok"]) for verdict in found) > 20


def test_records(congress: Congress, agreed: Agreed) -> None:
    luck = chance("records")
    files = forge(leaves(congress.log))
    cases: list[Case] = [_record_case(files)]
    for _ in range(12):
        other = dict(files)
        name = luck.choice(sorted(files))
        match luck.randrange(4):
            case 0:
                del other[name]
            case 1:
                other[luck.choice(["x", f"object/{'0' * 64}"])] = b"{}"
            case _:
                other[name] = changed_bytes(other[name], luck)
        cases.append(_record_case(other))
    cases.append(_record_case(forge(leaves(congress.log)[::-1])))

    found = agreed(cases)

    assert found[0]["ok"]["findings"] == []
    assert len(found[0]["ok"]["elections"]) == 2


def _record_case(files: dict[str, bytes]) -> Case:
    texts = {path: b64(data) for path, data in files.items()}
    return {"kind": "record", "files": texts, "vkey": str(LOG_KEY)}


def test_notes_and_receipts(agreed: Agreed) -> None:
    luck = chance("notes")
    key, witness = LOG["vkey"], LOG["witness_vkey"]
    cases: list[Case] = []
    for number in range(120):
        receipt = LOG["receipts"][number % 3]
        note = LOG["witnessed_checkpoint"]
        changed = changed_text if number else lambda text, _: text
        cases.append({"kind": "vkey", "text": changed(luck.choice([key, witness]), luck)})
        cases.append({"kind": "checkpoint", "text": changed(note, luck), "vkey": key})
        cosigned = {"text": changed(note, luck), "vkey": key, "witness": witness}
        cases.append({"kind": "checkpoint", **cosigned})
        text = changed(receipt[luck.choice(["text", "witnessed"])], luck)
        cases.append({"kind": "receipt", "text": text, "vkey": key})
        compact = changed(receipt[luck.choice(["compact", "compact_witnessed"])], luck)
        keys = {"vkeys": [key], "witnesses": luck.choice([[], [witness]])}
        cases.append({"kind": "compact", "text": compact, **keys})
        entry = b64decode(receipt["text"].split("\n")[1].removeprefix("extra "))
        spoilt = changed(entry.decode(), luck).encode()
        cases.append({"kind": "entry", "raw": b64(spoilt)})

    rules = {found.get("rule") for found in agreed(cases)}

    assert rules > {None, "log.vkey", "log.checkpoint", "log.signature", "receipt.form"}


def test_cosignatures_of_any_time(agreed: Agreed) -> None:
    checkpoint = make_checkpoint("log.example", 3, bytes(32), seed=secret("log"))
    vkey = str(make_verifier_key("log.example", secret("log")))
    witness = str(make_verifier_key("w.example", secret("w"), is_witness=True))
    cases: list[Case] = []
    for time in (0, 1, 1_770_000_000, 2**32, 2**53 - 1):
        line = cosign(checkpoint, "w.example", secret("w"), time=time)
        note = str(replace(checkpoint, signatures=(*checkpoint.signatures, line)))
        cases.append({"kind": "checkpoint", "text": note, "vkey": vkey, "witness": witness})

    found = agreed(cases)

    assert [verdict["ok"] for verdict in found] == [0, 1, 1_770_000_000, 2**32, 2**53 - 1]


def test_trees(agreed: Agreed) -> None:
    luck = chance("trees")
    leaf_hashes = [leaf_hash(sha256(bytes([i]))) for i in range(40)]
    nodes = nodes_of(leaf_hashes)
    cases: list[Case] = []
    for _ in range(200):
        size = luck.randrange(1, 41)
        index, smaller = luck.randrange(size), luck.randrange(1, size + 1)
        for kind, path, members in (
            ("inclusion", inclusion_path(index, size, nodes), {"index": index}),
            ("consistency", consistency_path(smaller, size, nodes), {"smaller": smaller}),
        ):
            given = list(path)
            if luck.random() < 0.4 and given:
                given = luck.choice([given[1:], given[::-1], [*given, bytes(32)], given[:-1]])
            moved = {
                name: max(0, value + luck.choice([0, 0, 1, -1])) for name, value in members.items()
            }
            case = {"size": size, "root": b64(root(size, nodes)), **moved}
            case |= {"leaf": b64(leaf_hashes[index]), "old": b64(root(smaller, nodes))}
            cases.append({"kind": kind, "path": [b64(node) for node in given], **case})

    rules = {found.get("rule") for found in agreed(cases)}

    assert rules == {None, "log.inclusion", "log.consistency"}

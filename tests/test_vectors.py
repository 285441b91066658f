"""Every shared vector, byte for byte: one test a row, named by its file and what it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ballots.ballot import (
    Seed,
    check_ballot,
    check_challenge,
    make_ballot,
    make_challenge,
    make_paper,
    short_tracker,
)
from ballots.cards import (
    CardSecret,
    TrusteeSeed,
    card_code,
    card_credential,
    card_qr,
    parse_card_code,
    parse_trustee_code,
    trustee_code,
    trustee_qr,
)
from ballots.encoding import canonical, frame, to_b64u
from ballots.errors import BallotError, Malformed
from ballots.group import PEDERSEN_H, hash_to_scalar, parse_point, parse_scalar, scalar_bytes
from ballots.group import slack_key as key_of_slack
from ballots.log import (
    check_checkpoint,
    check_cosignature,
    parse_checkpoint,
    parse_verifier_key,
)
from ballots.manifest import check_manifest, parse_manifest, slack_coefficients
from ballots.merkle import (
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    nodes_of,
    root,
)
from ballots.objects import Challenge, parse_object
from ballots.outcome import Turnout, decide
from ballots.receipt import check_receipt, parse_compact, parse_receipt, to_compact
from ballots.record import ZipReader
from ballots.tally import (
    Count,
    ValidShare,
    add_ballots,
    check_share,
    check_tally,
    combine,
    make_share,
)
from ballots.trustees import (
    check_confirmation,
    check_keys,
    commit,
    confirm,
    make_keys,
    register,
    trustee_secrets,
)
from ballots.verify import check_record
from tests.vector_files import (
    FOLDER,
    log_key,
    stored,
    trustee_seeds,
    vector,
    vector_ceremony,
    vector_keys,
)

SHARED = Path(__file__).parents[2] / "shared" / "vectors"
DIGESTS = {
    "ballots.json": "d88999f48e432a5af7595f54ab9f295c0467e26e2dce82a7b5beae397592cd83",
    "ceremony.json": "7d8a080bf3a7c04064d9aac200eee972f6028b0211bfaa5f3c99c26e40c846fe",
    "codes.json": "9385c6d2a3878d28be8247cd23e1d7391b3220e67bc301ccdea347b025c8aa0a",
    "hashing.json": "4084d2956732aed406623061848ebe8718ef02cc32976b5527d6b9866a0c2f04",
    "log.json": "48f61bbba73076335b5e38c9007255ed6ec8e6a748668087791d31dfcf3a7d52",
    "outcomes.json": "9fcdf114682a42d6c841ae87b9c6406e3c3703d2e74524c2e363e108bbe39d37",
    "record.zip": "1e3c4d0838acd48e52c11515ed03d77de92872e60cbe4b80beef7db8d0aa7496",
    "styles.json": "a975ff7d1c58b8b7afd9b7d5c2da62cf8afe1c05ffee9147de7650c0fade7ce6",
    "tallies.json": "ca745c4cf8d5d7e896f98027bdd0b3b71160c4fc5732e0f074778e35b72b8a59",
}
# The code of the table in docs/protocol.md for each reason that styles.json gives.
STYLE_RULES = {
    "min over max": "manifest.bounds",
    "no options": "manifest.empty",
    "reserved id": "manifest.reserved",
    "repeated id": "manifest.repeated",
    "max above what the options allow": "manifest.bounds",
    "limit names no option": "manifest.unknown",
    "a pivot stands in an earlier constraint": "manifest.pivot",
}


def test_the_vectors_are_the_shared_ones() -> None:
    """A changed or missing file would make every other test here say less than it seems to."""
    for folder in [FOLDER, *([SHARED] if SHARED.is_dir() else [])]:
        found = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
        }

        assert found == DIGESTS, folder


def _hashing_frame(row: dict[str, Any]) -> None:
    assert frame(row["tag"], *map(bytes.fromhex, row["parts"])).hex() == row["bytes"]


def _hashing_scalar(row: dict[str, Any]) -> None:
    scalar = hash_to_scalar(row["tag"], *map(bytes.fromhex, row["parts"]))
    assert scalar_bytes(scalar).hex() == row["scalar"]


def _hashing_id(row: dict[str, Any]) -> None:
    assert stored(row["object"]).id == row["id"]
    assert short_tracker(row["id"]) == row["short"]


def _bad_scalar(text: str) -> None:
    with pytest.raises(Malformed, match=r"^group\.scalar$"):
        parse_scalar(bytes.fromhex(text))


def _bad_point(text: str) -> None:
    with pytest.raises(Malformed, match=r"^group\.point$"):
        parse_point(bytes.fromhex(text))


def _pedersen_h(text: str) -> None:
    assert PEDERSEN_H.hex() == text


def _slack_keys(texts: list[str]) -> None:
    assert [key_of_slack(number).hex() for number in range(len(texts))] == texts


def _card(row: dict[str, str]) -> None:
    secret = CardSecret(bytes.fromhex(row["secret"]))
    assert to_b64u(card_credential(secret)) == row["credential"]
    assert (card_code(secret), card_qr(secret)) == (row["code"], row["qr"])
    assert parse_card_code(row["code"]) == parse_card_code(row["qr"]) == secret


def _sheet(row: dict[str, str]) -> None:
    seed = TrusteeSeed(bytes.fromhex(row["seed"]))
    assert (trustee_code(seed), trustee_qr(seed)) == (row["code"], row["qr"])
    assert parse_trustee_code(row["code"]) == parse_trustee_code(row["qr"]) == seed


def _valid_style(row: dict[str, Any]) -> None:
    style = check_manifest(parse_manifest(row["manifest"]))
    assert [list(slot) for slot in style.option_slots] == row["slots"]
    assert style.slots == row["total_slots"]
    assert [list(block) for block in style.blocks] == row["blocks"]
    constraints = [
        {
            "members": [list(term) for term in constraint.members],
            "slack": [list(term) for term in constraint.slack],
            "max": constraint.maximum,
            "pivot": constraint.pivot,
        }
        for constraint in style.constraints
    ]
    assert constraints == row["constraints"]


def _invalid_style(row: dict[str, Any]) -> None:
    with pytest.raises(BallotError) as refusal:
        check_manifest(parse_manifest(row["manifest"]))
    assert refusal.value.rule == STYLE_RULES[row["why"]]


def _slack(row: tuple[str, list[int]]) -> None:
    assert slack_coefficients(int(row[0])) == row[1]


def _outcome(row: dict[str, Any]) -> None:
    style = check_manifest(parse_manifest(row["manifest"]))
    turnout = Turnout(row["N"], row["P"], row["issued"], row["ballots"])
    found = msgspec.to_builtins(decide(style, row["counts"], turnout, ""))
    assert found == {"type": "outcome", "result": "", **row["outcome"]}


def _ballot(row: dict[str, Any]) -> None:
    paper = make_paper(stored(row["election"]), vector_keys())
    seed = Seed(bytes.fromhex(row["seed"]))
    selections = [(question, option) for question, option in row["selections"]]

    ballot = make_ballot(paper, CardSecret(bytes.fromhex(row["card"])), selections, seed)

    assert ballot.raw == canonical(row["ballot"])
    assert (ballot.id, short_tracker(ballot.id)) == (row["id"], row["short"])
    assert check_ballot(paper, parse_object(ballot.raw)).id == row["id"]
    challenge = make_challenge(paper, ballot, selections, seed).value
    assert isinstance(challenge, Challenge)
    assert check_challenge(paper, challenge) == row["id"]


def _leaves() -> list[bytes]:
    return [leaf_hash(entry.encode()) for entry in vector("log.json")["entries"]]


def _root(row: tuple[int, str]) -> None:
    assert root(row[0], nodes_of(_leaves())).hex() == row[1]


def _path(row: tuple[str, list[str]]) -> None:
    index, size = map(int, row[0].split("/"))
    leaves = _leaves()
    path = inclusion_path(index, size, nodes_of(leaves))
    assert [node.hex() for node in path] == row[1]
    expected = bytes.fromhex(vector("log.json")["roots"][size])
    check_inclusion(leaves[index], index, size, path=path, expected=expected)


def _consistency(row: tuple[str, list[str]]) -> None:
    smaller, size = map(int, row[0].split("/"))
    path = consistency_path(smaller, size, nodes_of(_leaves()))
    assert [node.hex() for node in path] == row[1]
    roots = [bytes.fromhex(text) for text in vector("log.json")["roots"]]
    check_consistency((smaller, roots[smaller]), (size, roots[size]), path)


def _checkpoint(text: str) -> None:
    checkpoint = parse_checkpoint(text)
    check_checkpoint(checkpoint, log_key())
    assert str(checkpoint) == text


def _witnessed(text: str) -> None:
    _checkpoint(text)
    witness = parse_verifier_key(vector("log.json")["witness_vkey"])
    assert check_cosignature(parse_checkpoint(text), witness) > 0


def _receipt(row: dict[str, Any]) -> None:
    log = log_key()
    witness = parse_verifier_key(vector("log.json")["witness_vkey"])
    for text, compact in (
        (row["text"], row["compact"]),
        (row["witnessed"], row["compact_witnessed"]),
    ):
        receipt = parse_receipt(text)
        assert check_receipt(receipt, log) == row["tracker"]
        assert receipt.index == row["index"]
        assert to_compact(receipt, log, [witness]) == compact
        assert str(parse_compact(compact, [log], [witness])) == text


Row = tuple[Callable[[Any], None], Any]


def _rows() -> Iterator[tuple[str, Row]]:
    hashing, codes, log = vector("hashing.json"), vector("codes.json"), vector("log.json")
    styles = vector("styles.json")
    for name, check, rows in (
        ("hashing/frame", _hashing_frame, hashing["frame"]),
        ("hashing/scalar", _hashing_scalar, hashing["scalar"]),
        ("hashing/id", _hashing_id, hashing["ids"]),
        ("hashing/bad-scalar", _bad_scalar, hashing["bad_scalars"]),
        ("hashing/bad-point", _bad_point, hashing["bad_points"]),
        ("hashing/pedersen-h", _pedersen_h, [hashing["pedersen_h"]]),
        ("hashing/slack-keys", _slack_keys, [hashing["slack_keys"]]),
        ("codes/card", _card, codes["cards"]),
        ("codes/sheet", _sheet, codes["trustees"]),
        ("styles/valid", _valid_style, styles["valid"]),
        ("styles/slack", _slack, list(styles["slack"].items())),
        ("ballots", _ballot, vector("ballots.json")),
        ("log/root", _root, list(enumerate(log["roots"]))),
        ("log/path", _path, list(log["paths"].items())),
        ("log/consistency", _consistency, list(log["consistency"].items())),
        ("log/checkpoint", _checkpoint, [log["checkpoint"]]),
        ("log/witnessed", _witnessed, [log["witnessed_checkpoint"]]),
        ("log/receipt", _receipt, log["receipts"]),
    ):
        assert rows, name
        yield from ((f"{name}/{number}", (check, row)) for number, row in enumerate(rows))
    yield from ((f"styles/{row['why']}", (_invalid_style, row)) for row in styles["invalid"])
    yield from ((f"outcomes/{row['name']}", (_outcome, row)) for row in vector("outcomes.json"))


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in _rows()])
def test_vector(row: Row) -> None:
    check, value = row

    check(value)


def test_ceremony_of_the_vectors_follows_from_its_seeds() -> None:
    trees = vector("ceremony.json")
    ceremony = vector_ceremony()
    circle, registered, committed = ceremony.circle, ceremony.registered, ceremony.committed

    assert circle.id == trees["id"]
    for number, seed in enumerate(trustee_seeds()):
        index = number + 1
        name = trees["trustees"][number]["name"]
        made = register(circle, seed, index, name)
        assert msgspec.to_builtins(made) == trees["trustees"][number]
        shown = commit(circle, seed, index, registered)
        assert msgspec.to_builtins(shown) == trees["commitments"][number]
        word = confirm(circle, seed, index, registered=registered, commitments=committed)
        assert msgspec.to_builtins(word) == trees["confirmations"][number]
        check_confirmation(word, registered[number], committed)
        secrets = trustee_secrets(circle, seed, index, registered=registered, commitments=committed)
        assert scalar_bytes(*secrets).hex() == trees["secrets"][number]


def test_keys_of_the_vectors_follow_from_the_commitments() -> None:
    ceremony = vector_ceremony()

    assert make_keys(ceremony.circle, ceremony.committed) == vector_keys()
    check_keys(ceremony.circle, vector_keys(), ceremony.committed)


ELECTIONS = vector("tallies.json")["elections"]


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row["tally"]["election"][:8]) for row in ELECTIONS]
)
def test_election_of_the_vectors_is_counted(row: dict[str, Any]) -> None:
    trees = vector("tallies.json")["ballots"]
    paper = make_paper(stored(row["election"]), vector_keys())
    ballots = [check_ballot(paper, stored(trees[name])) for name in row["ballots"]]

    expected = add_ballots(paper, ballots)
    count = check_tally(paper, stored(row["tally"]), expected)

    assert msgspec.to_builtins(expected) == row["tally"]
    shares = [_share(count, tree) for tree in row["decryptions"]]
    threshold = vector_ceremony().circle.threshold
    assert combine(count, threshold, shares)[1] == row["counts"]


def _share(count: Count, tree: dict[str, Any]) -> ValidShare:
    ceremony = vector_ceremony()
    index: int = tree["index"]
    seed = trustee_seeds()[index - 1]
    secrets = trustee_secrets(
        ceremony.circle,
        seed,
        index,
        registered=ceremony.registered,
        commitments=ceremony.committed,
    )
    share = make_share(
        count, vector_keys(), circle=ceremony.circle, seed=seed, index=index, secrets=secrets
    )
    assert msgspec.to_builtins(share) == tree
    trustees = {trustee.value.index: trustee for trustee in ceremony.registered}
    return check_share(count, vector_keys(), trustees, share)


def test_record_of_the_vectors_is_sound() -> None:
    report = check_record(ZipReader(BytesIO((FOLDER / "record.zip").read_bytes())), log_key())

    assert report.findings == []
    assert (report.size, report.checked["ballot"], report.checked["challenge"]) == (70, 22, 1)
    counts = [[count for _, _, count in election.counts] for election in report.elections]
    assert counts == [row["counts"] for row in ELECTIONS]
    outcomes = [election.outcome for election in report.elections]
    assert outcomes == [row["outcome"] for row in ELECTIONS]

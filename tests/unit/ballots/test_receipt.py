"""Receipts as text, in compact form and as a link: what is cut, moved or added is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ballots.encoding import parse_b64u, sha256, to_b64u
from ballots.errors import BallotError, Invalid, Malformed
from ballots.log import (
    LARGEST_NOTE,
    VerifierKey,
    check_cosignature,
    cosign,
    entry_bytes,
    make_checkpoint,
    make_verifier_key,
)
from ballots.merkle import leaf_hash, nodes_of, root
from ballots.receipt import (
    LONGEST_PATH,
    Receipt,
    check_receipt,
    make_receipt,
    parse_compact,
    parse_receipt,
    receipt_link,
    to_compact,
)

SEED = sha256(b"log")
NAME = "vote.example/log"
KEY = make_verifier_key(NAME, SEED)
WITNESS = make_verifier_key("w.example", SEED, is_witness=True)
ENTRIES = [entry_bytes(f"{number:064x}", "ballot" if number else "open") for number in range(6)]
NODES = nodes_of([leaf_hash(entry) for entry in ENTRIES])


def receipt_of(index: int = 3, size: int = 6) -> Receipt:
    """Make a receipt from the log of a size."""
    checkpoint = make_checkpoint(NAME, size, root(size, NODES), seed=SEED)
    return make_receipt(index, ENTRIES[index], checkpoint, NODES)


def witnessed(receipt: Receipt) -> Receipt:
    """Add a witness's cosignature."""
    line = cosign(receipt.checkpoint, "w.example", SEED, time=7)
    lines = (*receipt.checkpoint.signatures, line)
    return replace(receipt, checkpoint=replace(receipt.checkpoint, signatures=lines))


TEXT = str(receipt_of())


def test_receipt_is_read_as_it_is_written() -> None:
    for receipt in (receipt_of(), witnessed(receipt_of()), receipt_of(1, 2)):
        assert parse_receipt(str(receipt)) == receipt
        assert check_receipt(receipt, KEY) == f"{receipt.index:064x}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        TEXT[1:],
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("tlog-proof@v1", "tlog-proof@v2"),
        TEXT.replace("extra ", "extra  "),
        TEXT.replace("extra ", ""),
        TEXT.replace("index 3", "index 03"),
        TEXT.replace("index 3", "index -3"),
        TEXT.replace("index 3", "index ٣"),
        TEXT.replace("index 3\n", ""),
        TEXT.replace("index 3\n", "index 3\nAAAA\n"),
        TEXT.replace("index 3\n", "index 3\n\n"),
        TEXT.replace("index 3\n", "index 3\n" + f"{'A' * 43}=\n" * (LONGEST_PATH + 1)),
        TEXT.split("\n\n", 1)[0],
        TEXT.split("\n\n", 1)[0] + "\n\n",
        TEXT + "x" * LARGEST_NOTE + "\n",
    ],
)
def test_other_text_is_no_receipt(text: str) -> None:
    with pytest.raises(Malformed, match=r"^receipt\.form$"):
        parse_receipt(text)


def test_receipt_of_no_ballot_is_refused() -> None:
    with pytest.raises(Invalid, match=r"^receipt\.entry$"):
        check_receipt(receipt_of(0), KEY)
    with pytest.raises(Invalid, match=r"^receipt\.entry$"):
        check_receipt(replace(receipt_of(), entry=b"{}"), KEY)


@pytest.mark.parametrize(
    "other",
    [
        replace(receipt_of(), index=4),
        replace(receipt_of(), index=6),
        replace(receipt_of(), entry=ENTRIES[4]),
        replace(receipt_of(), path=receipt_of().path[1:]),
        replace(receipt_of(), path=(*receipt_of().path, bytes(32))),
        replace(receipt_of(), path=receipt_of(2).path),
    ],
)
def test_changed_receipt_does_not_lead_to_the_root(other: Receipt) -> None:
    with pytest.raises(Invalid, match=r"^log\.inclusion$"):
        check_receipt(other, KEY)


def test_receipt_of_another_log_is_refused() -> None:
    with pytest.raises(Invalid, match=r"^log\.signature$"):
        check_receipt(receipt_of(), make_verifier_key("other.example", SEED))


@pytest.mark.parametrize("witnesses", [[], [WITNESS]])
def test_compact_form_gives_the_text_back(witnesses: list[VerifierKey]) -> None:
    receipt = witnessed(receipt_of()) if witnesses else receipt_of()

    compact = to_compact(receipt, KEY, witnesses)

    other = make_verifier_key("other.example", SEED)
    rebuilt = parse_compact(compact, [other, KEY], witnesses)
    assert rebuilt == receipt
    check_receipt(rebuilt, KEY)
    if witnesses:
        assert check_cosignature(rebuilt.checkpoint, WITNESS) == 7


def test_cosignature_of_an_unknown_witness_is_left_out() -> None:
    receipt = witnessed(receipt_of())

    assert parse_compact(to_compact(receipt, KEY, [WITNESS]), [KEY]) == receipt_of()
    assert to_compact(receipt, KEY) == to_compact(receipt_of(), KEY)


def test_every_change_of_a_compact_form_is_refused() -> None:
    data = parse_b64u(to_compact(witnessed(receipt_of()), KEY, [WITNESS]))
    taken = []
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        for other in (changed, data[:place]):
            try:
                receipt = parse_compact(to_b64u(other), [KEY], [WITNESS])
                check_receipt(receipt, KEY)
                check_cosignature(receipt.checkpoint, WITNESS)
            except BallotError:
                continue
            taken.append(place)

    assert taken == []
    for text in ("", "A", to_b64u(data + b"\0"), to_b64u(data) + "\n"):
        with pytest.raises(Malformed, match=r"^receipt\.form$"):
            parse_compact(text, [KEY], [WITNESS])


def test_compact_form_of_an_unknown_log_is_refused() -> None:
    with pytest.raises(Malformed, match=r"^receipt\.form$"):
        parse_compact(to_compact(receipt_of(), KEY), [make_verifier_key("x.example", SEED)])


def test_compact_form_ends_where_its_numbers_end() -> None:
    receipt = replace(receipt_of(), index=2**32)
    last = replace(receipt_of(), index=2**32 - 1)

    assert parse_b64u(to_compact(last, KEY))[1:5] == b"\xff" * 4
    with pytest.raises(ValueError, match=r"^the compact form ends at 2\^32 entries$"):
        to_compact(receipt, KEY)


def test_longest_path_that_a_receipt_may_have_is_read() -> None:
    path = "".join(f"{'A' * 43}=\n" for _ in range(LONGEST_PATH))
    head, note = TEXT.split("\n\n", 1)

    read = parse_receipt("\n".join(head.split("\n")[:3]) + f"\n{path}\n{note}")

    assert read.path == (bytes(32),) * LONGEST_PATH
    with pytest.raises(Malformed, match=r"^receipt\.form$"):
        parse_receipt("\n".join(head.split("\n")[:4]) + f"\n{path}\n{note}")


def test_longest_receipt_is_read_and_a_longer_one_is_not() -> None:
    receipt = replace(receipt_of(), entry=b"")
    room = LARGEST_NOTE - len(str(receipt))
    filled = replace(receipt, entry=bytes(room // 4 * 3), index=int("3" * (1 + room % 4)))

    assert len(str(filled)) == LARGEST_NOTE
    assert parse_receipt(str(filled)) == filled
    with pytest.raises(Malformed, match=r"^receipt\.form$"):
        parse_receipt(str(replace(filled, index=filled.index * 10)))


def test_receipt_of_the_only_entry_has_no_path() -> None:
    receipt = receipt_of(0, 1)

    assert parse_receipt(str(receipt)) == receipt
    assert receipt.path == ()


def test_compact_form_holds_the_cosignatures_of_several_witnesses() -> None:
    other = make_verifier_key("v.example", SEED, is_witness=True)
    receipt = witnessed(receipt_of())
    line = cosign(receipt.checkpoint, "v.example", SEED, time=9)
    lines = (*receipt.checkpoint.signatures, line)
    receipt = replace(receipt, checkpoint=replace(receipt.checkpoint, signatures=lines))

    compact = to_compact(receipt, KEY, [WITNESS, other])

    assert parse_compact(compact, [KEY], [WITNESS, other]) == receipt
    assert len(parse_compact(compact, [KEY], [other]).checkpoint.signatures) == 2


def test_link_is_short_enough_for_a_small_code() -> None:
    link = receipt_link("vote.example.org", "abcd-efgh-jkmn-pqrs".upper())

    assert link == "HTTPS://VOTE.EXAMPLE.ORG/R/ABCDEFGHJKMNPQRS"
    room = 60 - len("HTTPS:///R/ABCD")
    assert len(receipt_link("a" * room, "ABCD")) == 60
    with pytest.raises(
        ValueError, match=r"^the link is too long for a small code: take a shorter host$"
    ):
        receipt_link("a" * (room + 1), "ABCD")

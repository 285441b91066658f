"""Texts and JSON that have one form: all others are refused."""

from __future__ import annotations

import pytest

from ballots.encoding import (
    DEEPEST_OBJECT,
    LARGEST_NUMBER,
    LARGEST_OBJECT,
    canonical,
    frame,
    grouped,
    parse_b64,
    parse_b64u,
    parse_crockford,
    parse_hex,
    parse_json,
    to_crockford,
)
from ballots.errors import BallotError, Malformed


@pytest.mark.parametrize(
    "text",
    [
        *("A", "AB", "AAB", "A===", "AA==", "AA=", "AA ", " AA", "A+A/", "AA\n", "AAAA=", "é"),
        "A.A",
        *("AAAA....", "....AAAA", "AAAA++++", "AAAA===="),
    ],
)
def test_other_base64url_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"^encoding\.base64$"):
        parse_b64u(text)


@pytest.mark.parametrize(
    "text", ["A", "AA", "AB==", "AA=", "AA===", "A-A_", "AAB=", "AA==\n", "é", " ", "===="]
)
def test_other_base64_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"^encoding\.base64$"):
        parse_b64(text)


def test_base64_of_another_length_is_refused() -> None:
    assert (parse_b64u("AAAA", 3), parse_b64("AAAA", 3)) == (bytes(3), bytes(3))
    for parse in (parse_b64u, parse_b64):
        with pytest.raises(Malformed, match=r"^encoding\.base64$"):
            parse("AAAA", 4)


@pytest.mark.parametrize("text", ["", "aa" * 31, "aa" * 33, "AA" * 32, "0x" + "a" * 62, "é" * 64])
def test_other_hex_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"^encoding\.hex$"):
        parse_hex(text)


@pytest.mark.parametrize(
    "value",
    [
        *(None, 1.0, -1, LARGEST_NUMBER + 1, b"", {"a": None}, [1.5], {"a": {"b": [-1]}}, {1, 2}),
        *({"a": "\ud800"}, {"\udc00": 1}, {1: 1}),
    ],
)
def test_value_that_the_page_does_not_know_is_not_written(value: object) -> None:
    with pytest.raises(Malformed, match=r"^encoding\.json$"):
        canonical(value)


def test_canonical_form_sorts_by_utf_16_and_escapes_no_more_than_it_must() -> None:
    tree = {"\ufb33": 1, "\U0001f600": [True, False], "€": '\x1f"\\/\u2028', "a": LARGEST_NUMBER}

    raw = canonical(tree)

    expected = (
        '{"a":9007199254740991,"€":"\\u001f\\"\\\\/\u2028","\U0001f600":[true,false],"\ufb33":1}'
    )
    assert raw.decode() == expected
    assert parse_json(raw) == tree


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "encoding.json"),
        (b"[]", "encoding.json"),
        (b"1", "encoding.json"),
        (b'"a"', "encoding.json"),
        (b"null", "encoding.json"),
        (b"\xef\xbb\xbf{}", "encoding.json"),
        (b"\xff", "encoding.json"),
        (b'{"a":"\xff"}', "encoding.json"),
        (b'{"a":"\\ud800"}', "encoding.json"),
        (b'{"a":1.0}', "encoding.json"),
        (b'{"a":1e0}', "encoding.json"),
        (b'{"a":-1}', "encoding.json"),
        (b'{"a":9007199254740992}', "encoding.json"),
        (b'{"a":' + b"9" * 5000 + b"}", "encoding.json"),
        (b'{"a":1e999}', "encoding.json"),
        (b'{"a":NaN}', "encoding.json"),
        (b'{"a":null}', "encoding.json"),
        (b'{"a":[null]}', "encoding.json"),
        (b'{"a":01}', "encoding.json"),
        (b'{"a":1,}', "encoding.json"),
        (b'{"a":1}{}', "encoding.json"),
        (b'{"a":1} ', "encoding.canonical"),
        (b'{ "a":1}', "encoding.canonical"),
        (b'{"a":1,"a":1}', "encoding.canonical"),
        (b'{"b":1,"a":1}', "encoding.canonical"),
        (b'{"a":"\\u0061"}', "encoding.canonical"),
        (b'{"a":"\\/"}', "encoding.canonical"),
        (b'{"a":-0}', "encoding.canonical"),
    ],
)
def test_json_in_another_form_is_refused(raw: bytes, rule: str) -> None:
    with pytest.raises(BallotError) as refused:
        parse_json(raw)
    assert refused.value.rule == rule


def test_what_is_written_is_bounded_in_depth() -> None:
    deepest: object = []
    for _ in range(DEEPEST_OBJECT):
        deepest = [deepest]

    assert canonical(deepest) == b"[" * (DEEPEST_OBJECT + 1) + b"]" * (DEEPEST_OBJECT + 1)
    with pytest.raises(Malformed, match=r"^encoding\.json$"):
        canonical([deepest])
    assert [canonical(value) for value in ("a", True, 0)] == [b'"a"', b"true", b"0"]


def test_json_is_bounded_in_depth_and_length() -> None:
    parse_json(b'{"a":' + b"[" * DEEPEST_OBJECT + b"]" * DEEPEST_OBJECT + b"}")
    for item in (b'""', b"1", b"true", b"{}"):
        with pytest.raises(Malformed, match=r"^encoding\.json$"):
            parse_json(b'{"a":' + b"[" * DEEPEST_OBJECT + item + b"]" * DEEPEST_OBJECT + b"}")

    deeper = [b'{"a":' + b"[" * n + b"]" * n + b"}" for n in (DEEPEST_OBJECT + 1, 1000, 100_000)]
    endless = [b"[" * LARGEST_OBJECT, b'{"a":' * (LARGEST_OBJECT // 5), b'{"a":"']
    longest = b'{"a":"' + b"x" * (LARGEST_OBJECT - 8) + b'"}'
    assert len(parse_json(longest)["a"]) == LARGEST_OBJECT - 8
    longer = [longest[:-2] + b'x"}', b'{"a":"' + b"x" * LARGEST_OBJECT + b'"}']
    for raw in [*deeper, *endless, *longer]:
        with pytest.raises(Malformed, match=r"^encoding\.json$"):
            parse_json(raw)


def test_frames_of_other_parts_are_other_bytes() -> None:
    lists: tuple[list[bytes], ...] = (
        [],
        [b""],
        [b"", b""],
        [b"a", b"b"],
        [b"ab"],
        [b"ab", b""],
        [b"", b"ab"],
    )

    assert len({frame("tag", *parts) for parts in lists} | {frame("tagx"), frame("")}) == 9


def test_crockford_reads_what_people_type() -> None:
    code = to_crockford(bytes([0x00, 0x44, 0x32, 0x14, 0xC7]), 40)

    assert parse_crockford(code, 40) == 0x00443214C7
    typed = grouped(code).lower().replace("0", "o").replace("1", "l")
    assert parse_crockford(f" {typed}\u3000", 40) == 0x00443214C7


def test_crockford_fills_the_last_letter_with_zero_bits() -> None:
    assert [to_crockford(b"\xff\xff", bits) for bits in (8, 10, 12)] == ["ZW", "ZZ", "ZZR"]


@pytest.mark.parametrize("text", ["", "0000000", "000000000", "0000000U", "0000000é", "０0000000"])
def test_other_crockford_is_none(text: str) -> None:
    assert parse_crockford(text, 40) is None

"""The group at its edges, and the library's leftovers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ballots.errors import Malformed
from ballots.group import (
    BASE,
    IDENTITY,
    ORDER,
    PEDERSEN_H,
    Point,
    add,
    evaluate,
    find_exponents,
    lagrange_at_zero,
    multiply,
    multiply_base,
    parse_point,
    parse_points,
    parse_scalar,
    parse_scalars,
    scalar_bytes,
    subtract,
    sum_points,
)
from tests.vector_files import vector

BAD_POINTS = [bytes.fromhex(text) for text in vector("hashing.json")["bad_points"]]
BAD_POINTS += [bytes(31), bytes(33), b"", bytes([*PEDERSEN_H[:31], PEDERSEN_H[31] | 0x80])]
BAD_POINTS += [bytes([*bytes(31), 0x80])]


@pytest.mark.parametrize("data", BAD_POINTS, ids=lambda data: data.hex()[-8:] or "empty")
def test_bytes_that_are_no_point_are_not_read_and_not_multiplied(data: bytes) -> None:
    """The library takes a set top bit, and answers some failures with zeros."""
    for scalar in (0, 1, 5, ORDER, ORDER - 1):
        with pytest.raises(Malformed, match=r"^group\.point$"):
            multiply(scalar, Point(data))
    with pytest.raises(Malformed, match=r"^group\.point$"):
        parse_point(data)


@pytest.mark.parametrize(
    "data", [b"", bytes(31), b"\xee" + b"\xff" * 30 + b"\x7f", b"\1" + bytes(31)]
)
def test_sum_with_what_is_no_point_is_a_mistake(data: bytes) -> None:
    """The library answers an error and leaves zeros, which are the identity's encoding."""
    for combine in (add, subtract):
        for pair in ((Point(data), BASE), (BASE, Point(data))):
            with pytest.raises(ValueError, match=r"^what was found to be a point is none$"):
                combine(*pair)


def test_points_and_scalars_are_cut_where_they_end() -> None:
    assert parse_points(b"") == ()
    assert parse_points(BASE + IDENTITY) == (BASE, IDENTITY)
    assert parse_scalars(b"") == ()
    assert parse_scalars(scalar_bytes(1, ORDER - 1)) == (1, ORDER - 1)
    for data in (BASE + b"\0", BASE[:-1]):
        with pytest.raises(Malformed, match=r"^group\.point$"):
            parse_points(data)
    for data in (bytes(33), bytes(31), ORDER.to_bytes(32, "little"), b"\xff" * 32):
        with pytest.raises(Malformed, match=r"^group\.scalar$"):
            parse_scalars(data)
        with pytest.raises(Malformed, match=r"^group\.scalar$"):
            parse_scalar(data)


def test_identity_is_met_where_the_library_answers_an_error() -> None:
    for nothing in (
        multiply(0, BASE),
        multiply(ORDER, BASE),
        multiply(5, IDENTITY),
        multiply_base(0),
        multiply_base(ORDER),
        sum_points([]),
        subtract(BASE, BASE),
        add(multiply_base(-1), BASE),
    ):
        assert nothing == IDENTITY
    assert parse_point(IDENTITY) == IDENTITY


def test_exponents_are_found_up_to_the_limit_alone() -> None:
    points = [multiply_base(number) for number in (0, 3, 3, 7, 8, -1)]

    assert find_exponents(points, 7) == [0, 3, 3, 7, None, None]
    assert find_exponents([IDENTITY], 0) == [0]
    assert find_exponents([], 5) == []


def test_shares_of_a_polynomial_interpolate_to_its_constant() -> None:
    coefficients = [11, 22, 33]
    exponents = [multiply_base(a) for a in coefficients]
    indexes = (2, 5, 9)
    weights = lagrange_at_zero(indexes)

    shares = [weights[i] * sum(a * i**m for m, a in enumerate(coefficients)) for i in indexes]
    assert sum(shares) % ORDER == 11
    points = [multiply(weights[i], evaluate(exponents, i)) for i in indexes]
    assert sum_points(points) == multiply_base(11)


def test_importing_leaves_no_file_of_the_library_behind(tmp_path: Path) -> None:
    """The curve library unpacks itself into the temporary folder at every import."""
    program = "import tempfile, ballots.verify; print(tempfile.gettempdir())"

    told = subprocess.run(
        [sys.executable, "-c", program],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == str(tmp_path)
    assert list(tmp_path.iterdir()) == []

"""Paths through trees: each change of one is refused."""

from __future__ import annotations

import pytest

from ballots.errors import Invalid
from ballots.merkle import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    nodes_of,
    root,
    root_of_path,
)

LEAVES = [leaf_hash(bytes([number])) for number in range(9)]
NODES = nodes_of(LEAVES)
ROOTS = [root(size, NODES) for size in range(10)]


def test_paths_that_nobody_may_ask_for() -> None:
    for index, size in ((1, 1), (-1, 1), (0, 0)):
        with pytest.raises(ValueError, match=r"^the leaf lies outside the tree$"):
            inclusion_path(index, size, NODES)
    for smaller, size in ((0, 1), (2, 1)):
        with pytest.raises(ValueError, match=r"^the smaller tree is none, or larger$"):
            consistency_path(smaller, size, NODES)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_leaf_outside_the_tree_is_in_none(index: int, size: int) -> None:
    with pytest.raises(Invalid, match=r"^log\.inclusion$"):
        root_of_path(LEAVES[0], index, size, [])


@pytest.mark.parametrize("size", range(1, 10))
def test_path_of_another_length_or_place_leads_nowhere(size: int) -> None:
    for index in range(size):
        path = inclusion_path(index, size, NODES)
        for other in (path[:-1], [*path, ROOTS[1]], [*path, ROOTS[1], ROOTS[2]], path[::-1]):
            if other != path:
                with pytest.raises(Invalid, match=r"^log\.inclusion$"):
                    check_inclusion(LEAVES[index], index, size, path=other, expected=ROOTS[size])
        with pytest.raises(Invalid, match=r"^log\.inclusion$"):
            check_inclusion(LEAVES[index - 1], index, size, path=path, expected=bytes(32))


def test_every_path_in_larger_trees_leads_to_its_roots() -> None:
    leaves = [leaf_hash(number.to_bytes(2, "big")) for number in range(40)]
    nodes = nodes_of(leaves)
    roots = [root(size, nodes) for size in range(41)]
    for size in range(1, 41):
        for at in range(size):
            path = inclusion_path(at, size, nodes)
            check_inclusion(leaves[at], at, size, path=path, expected=roots[size])
            shown = consistency_path(at + 1, size, nodes)
            check_consistency((at + 1, roots[at + 1]), (size, roots[size]), shown)


@pytest.mark.parametrize("size", range(1, 10))
def test_consistency_of_other_trees_is_refused(size: int) -> None:
    for smaller in range(1, size + 1):
        path = consistency_path(smaller, size, NODES)
        check_consistency((smaller, ROOTS[smaller]), (size, ROOTS[size]), path)
        for old, new, shown in (
            ((smaller, bytes(32)), (size, ROOTS[size]), path),
            ((smaller, ROOTS[smaller]), (size, bytes(32)), path),
            ((smaller, ROOTS[smaller]), (size, ROOTS[size]), [*path, bytes(32)]),
            ((size, ROOTS[size]), (smaller - 1, ROOTS[smaller - 1]), path),
        ):
            with pytest.raises(Invalid, match=r"^log\.consistency$"):
                check_consistency(old, new, shown)
        if path:
            for shown in ([], path[:-1], path[1:]):
                with pytest.raises(Invalid, match=r"^log\.consistency$"):
                    check_consistency((smaller, ROOTS[smaller]), (size, ROOTS[size]), shown)


def test_every_tree_goes_on_from_the_empty_one() -> None:
    check_consistency((0, EMPTY_ROOT), (5, ROOTS[5]), [])
    check_consistency((0, EMPTY_ROOT), (0, EMPTY_ROOT), [])
    for root_of_none, path in ((bytes(32), []), (EMPTY_ROOT, [ROOTS[1]])):
        with pytest.raises(Invalid, match=r"^log\.consistency$"):
            check_consistency((0, root_of_none), (5, ROOTS[5]), path)

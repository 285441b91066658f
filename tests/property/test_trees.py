"""Merkle trees: every leaf is in its tree, every tree begins the next, and no other is."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballots.errors import Invalid
from ballots.merkle import (
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    nodes_of,
    root,
)

logs = st.lists(st.binary(max_size=4), min_size=1, max_size=70)


def simple_root(entries: list[bytes]) -> bytes:
    """Give the root as RFC 6962 defines it."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    half = 1
    while 2 * half < len(entries):
        half *= 2
    parts = simple_root(entries[:half]) + simple_root(entries[half:])
    return hashlib.sha256(b"\1" + parts).digest()


@given(logs)
def test_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    nodes = nodes_of([leaf_hash(entry) for entry in entries])

    assert root(len(entries), nodes) == simple_root(entries)


@given(logs, st.data())
def test_leaf_is_in_its_tree_at_its_place_alone(entries: list[bytes], data: Any) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    nodes, size = nodes_of(leaves), len(leaves)
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    path = inclusion_path(index, size, nodes)
    top = root(size, nodes)

    check_inclusion(leaves[index], index, size, path=path, expected=top)
    if leaves[other] != leaves[index]:
        with pytest.raises(Invalid):
            check_inclusion(leaves[other], index, size, path=path, expected=top)
    if other != index:
        with pytest.raises(Invalid):
            check_inclusion(leaves[index], other, size, path=path, expected=bytes(32))


@given(logs, st.data())
def test_tree_begins_every_larger_one(entries: list[bytes], data: Any) -> None:
    nodes, size = nodes_of([leaf_hash(entry) for entry in entries]), len(entries)
    smaller = data.draw(st.integers(1, size))
    path = consistency_path(smaller, size, nodes)
    old, new = (smaller, root(smaller, nodes)), (size, root(size, nodes))

    check_consistency(old, new, path)
    changed = [leaf_hash(entry) for entry in entries]
    changed[data.draw(st.integers(0, smaller - 1))] = bytes(32)
    with pytest.raises(Invalid):
        check_consistency(old, (size, root(size, nodes_of(changed))), path)

"""Protocol §2. RFC 6962 Merkle trees over SHA-256: roots, inclusion and consistency."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from ballots.encoding import sha256
from ballots.errors import Invalid

Nodes: TypeAlias = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree of `2^level` leaves from leaf `index * 2^level` on."""

EMPTY_ROOT: Final = sha256(b"")


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry as a leaf."""
    return sha256(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees to their parent."""
    return sha256(b"\x01" + left + right)


def complete_subtrees(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Give the hashes of all complete subtrees over leaf hashes, a list a level."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([node_hash(left, right) for left, right in pairs])
    return levels


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """Hold a whole tree in memory as `Nodes`."""
    levels = complete_subtrees(leaves)
    return lambda level, index: levels[level][index]


def root(size: int, nodes: Nodes) -> bytes:
    """Give the root of the tree of the first `size` leaves."""
    return _range_hash(0, size, nodes) if size else EMPTY_ROOT


def _range_hash(start: int, end: int, nodes: Nodes) -> bytes:
    length = end - start
    if length & (length - 1) == 0:
        level = length.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(length)
    return node_hash(_range_hash(start, middle, nodes), _range_hash(middle, end, nodes))


def _split(length: int) -> int:
    """Give the largest power of two below the length."""
    return 1 << ((length - 1).bit_length() - 1)


def inclusion_path(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Give the path from a leaf to the root of the first `size` leaves, lowest hash first."""
    if not 0 <= index < size:
        raise ValueError("the leaf lies outside the tree")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(_range_hash(start, middle, nodes))
            start = middle
    return path[::-1]


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Follow a path from a leaf hash to a root. Raises `Invalid("log.inclusion")`."""
    if not 0 <= index < size:
        raise Invalid("log.inclusion")
    node, at, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            raise Invalid("log.inclusion")
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise Invalid("log.inclusion")
    return node


def check_inclusion(
    leaf: bytes, index: int, size: int, *, path: Sequence[bytes], expected: bytes
) -> None:
    """Check that a leaf stands at its index under a root. Raises `Invalid("log.inclusion")`."""
    if root_of_path(leaf, index, size, path) != expected:
        raise Invalid("log.inclusion")


def consistency_path(smaller: int, size: int, nodes: Nodes) -> list[bytes]:
    """Give the hashes that show the first `smaller` leaves to be the beginning of `size`."""
    if not 0 < smaller <= size:
        raise ValueError("the smaller tree is none, or larger")
    path: list[bytes] = []
    start, end, whole = 0, size, True
    while smaller != end:
        middle = start + _split(end - start)
        if smaller <= middle:
            path.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(_range_hash(start, middle, nodes))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(start, end, nodes))
    return path[::-1]


def check_consistency(
    smaller: tuple[int, bytes], larger: tuple[int, bytes], path: Sequence[bytes]
) -> None:
    """Check that one tree (size, root) is the beginning of another (RFC 9162, 2.1.4.2).

    Raises `Invalid("log.consistency")`.
    """
    (old, old_root), (new, new_root) = smaller, larger
    if old > new or (old == 0 and old_root != EMPTY_ROOT):
        raise Invalid("log.consistency")
    if old in (0, new):
        if path or (old == new and old_root != new_root):
            raise Invalid("log.consistency")
        return
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if _roots_of_path(old - 1, new - 1, hashes) != (old_root, new_root):
        raise Invalid("log.consistency")


def _roots_of_path(at: int, last: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Follow a consistency path from the smaller tree's last leaf to both roots."""
    while at & 1:
        at, last = at >> 1, last >> 1
    if not hashes:
        raise Invalid("log.consistency")
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise Invalid("log.consistency")
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise Invalid("log.consistency")
    return first, second

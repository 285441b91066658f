/** Protocol §2. RFC 6962 Merkle trees over SHA-256: roots, inclusion and consistency. */

import { concat, isSame, sha256 } from "./encoding.js";
import { Invalid } from "./errors.js";

/** Gives the hash of the complete subtree of `2^level` leaves from leaf `index * 2^level` on. */
export type Nodes = (level: number, index: number) => Uint8Array;

export const EMPTY_ROOT = sha256(new Uint8Array());

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Hash an entry as a leaf. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concat(LEAF, entry));
}

/** Hash two subtrees to their parent. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(NODE, left, right));
}

/** Give the hashes of all complete subtrees over leaf hashes, a list a level. */
export function completeSubtrees(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const levels = [[...leaves]];
  for (let below = levels[0]!; below.length > 1;) {
    const above: Uint8Array[] = [];
    for (let i = 1; i < below.length; i += 2) {
      above.push(nodeHash(below[i - 1]!, below[i]!));
    }
    levels.push(above);
    below = above;
  }
  return levels;
}

/** Hold a whole tree in memory as `Nodes`. */
export function nodesOf(leaves: readonly Uint8Array[]): Nodes {
  const levels = completeSubtrees(leaves);
  return (level, index) => {
    const node = levels[level]?.[index];
    if (node === undefined) {
      throw new RangeError("the subtree lies outside the tree");
    }
    return node;
  };
}

/** Give the root of the tree of the first `size` leaves. */
export function root(size: number, nodes: Nodes): Uint8Array {
  return size === 0 ? EMPTY_ROOT : rangeHash(0, size, nodes);
}

/** Counts of leaves may pass 2^31, so powers of two are found by arithmetic, not by bits. */
function rangeHash(start: number, end: number, nodes: Nodes): Uint8Array {
  const length = end - start;
  const level = Math.round(Math.log2(length));
  if (2 ** level === length) {
    return nodes(level, start / length);
  }
  const middle = start + split(length);
  return nodeHash(rangeHash(start, middle, nodes), rangeHash(middle, end, nodes));
}

/** Give the largest power of two below the length. */
function split(length: number): number {
  let power = 1;
  while (2 * power < length) {
    power *= 2;
  }
  return power;
}

/** Give the path from a leaf to the root of the first `size` leaves, lowest hash first. */
export function inclusionPath(index: number, size: number, nodes: Nodes): Uint8Array[] {
  if (!(index >= 0 && index < size)) {
    throw new RangeError("the leaf lies outside the tree");
  }
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      path.push(rangeHash(middle, end, nodes));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, nodes));
      start = middle;
    }
  }
  return path.reverse();
}

/** Follow a path from a leaf hash to a root. Throws `Invalid("log.inclusion")`. */
export function rootOfPath(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array {
  if (!(index >= 0 && index < size)) {
    throw new Invalid("log.inclusion");
  }
  let node = leaf;
  let at = index;
  let last = size - 1;
  for (const sibling of path) {
    if (last === 0) {
      throw new Invalid("log.inclusion");
    }
    if (at % 2 === 1 || at === last) {
      node = nodeHash(sibling, node);
      while (at % 2 === 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      node = nodeHash(node, sibling);
    }
    at = half(at);
    last = half(last);
  }
  if (last !== 0) {
    throw new Invalid("log.inclusion");
  }
  return node;
}

function half(number: number): number {
  return Math.floor(number / 2);
}

/** Check that a leaf stands at its index under a root. Throws `Invalid("log.inclusion")`. */
export function checkInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: { readonly path: readonly Uint8Array[]; readonly expected: Uint8Array },
): void {
  if (!isSame(rootOfPath(leaf, index, size, proof.path), proof.expected)) {
    throw new Invalid("log.inclusion");
  }
}

/** Give the hashes that show the first `smaller` leaves to be the beginning of `size`. */
export function consistencyPath(smaller: number, size: number, nodes: Nodes): Uint8Array[] {
  if (!(smaller > 0 && smaller <= size)) {
    throw new RangeError("the smaller tree is none, or larger");
  }
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  let isWhole = true;
  while (smaller !== end) {
    const middle = start + split(end - start);
    if (smaller <= middle) {
      path.push(rangeHash(middle, end, nodes));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, nodes));
      start = middle;
      isWhole = false;
    }
  }
  if (!isWhole) {
    path.push(rangeHash(start, end, nodes));
  }
  return path.reverse();
}

/** A tree: its number of leaves and its root. */
export type Tree = readonly [size: number, root: Uint8Array];

/**
 * Check that one tree is the beginning of another (RFC 9162, 2.1.4.2).
 *
 * Throws `Invalid("log.consistency")`.
 */
export function checkConsistency(smaller: Tree, larger: Tree, path: readonly Uint8Array[]): void {
  const [size, oldRoot] = smaller;
  const [newSize, newRoot] = larger;
  if (size > newSize || (size === 0 && !isSame(oldRoot, EMPTY_ROOT))) {
    throw new Invalid("log.consistency");
  }
  if (size === 0 || size === newSize) {
    if (path.length > 0 || (size === newSize && !isSame(oldRoot, newRoot))) {
      throw new Invalid("log.consistency");
    }
    return;
  }
  const [first, second] = rootsOfPath(smaller, newSize, path);
  if (!isSame(first, oldRoot) || !isSame(second, newRoot)) {
    throw new Invalid("log.consistency");
  }
}

function rootsOfPath(
  [size, oldRoot]: Tree,
  newSize: number,
  path: readonly Uint8Array[],
): [Uint8Array, Uint8Array] {
  const [start, ...siblings] = Number.isInteger(Math.log2(size)) ? [oldRoot, ...path] : path;
  let at = size - 1;
  let last = newSize - 1;
  while (at % 2 === 1) {
    at = half(at);
    last = half(last);
  }
  if (start === undefined) {
    throw new Invalid("log.consistency");
  }
  let first = start;
  let second = start;
  for (const sibling of siblings) {
    if (last === 0) {
      throw new Invalid("log.consistency");
    }
    if (at % 2 === 1 || at === last) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
      while (at % 2 === 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      second = nodeHash(second, sibling);
    }
    at = half(at);
    last = half(last);
  }
  if (last !== 0) {
    throw new Invalid("log.consistency");
  }
  return [first, second];
}

/** Trees: the vectors of `log.json`, and what is refused. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { toHex, utf8 } from "../ballots/encoding.js";
import {
  EMPTY_ROOT,
  checkConsistency,
  checkInclusion,
  completeSubtrees,
  consistencyPath,
  inclusionPath,
  leafHash,
  nodeHash,
  nodesOf,
  root,
  rootOfPath,
} from "../ballots/merkle.js";
import { ruleOf } from "./congress.js";
import { vector } from "./vectors.js";

interface Trees {
  readonly entries: readonly string[];
  readonly roots: readonly string[];
  readonly paths: { readonly [place: string]: readonly string[] };
  readonly consistency: { readonly [sizes: string]: readonly string[] };
}

const vectors = vector<Trees>("log.json");
const leaves = vectors.entries.map((entry) => leafHash(utf8(entry)));
const nodes = nodesOf(leaves);
const places = (name: string): [number, number] => name.split("/").map(Number) as [number, number];

describe("trees of log.json", () => {
  test("roots", () => {
    vectors.roots.forEach((expected, size) => {
      assert.equal(toHex(root(size, nodes)), expected);
    });
  });

  test("inclusion", () => {
    for (const [place, expected] of Object.entries(vectors.paths)) {
      const [index, size] = places(place);
      const path = inclusionPath(index, size, nodes);
      assert.deepEqual(path.map(toHex), expected);
      checkInclusion(leaves[index]!, index, size, { path, expected: root(size, nodes) });
    }
  });

  test("consistency", () => {
    for (const [sizes, expected] of Object.entries(vectors.consistency)) {
      const [smaller, size] = places(sizes);
      const path = consistencyPath(smaller, size, nodes);
      assert.deepEqual(path.map(toHex), expected);
      checkConsistency([smaller, root(smaller, nodes)], [size, root(size, nodes)], path);
    }
  });
});

describe("trees", () => {
  const many = Array.from({ length: 40 }, (_, i) => leafHash(utf8(`leaf ${i}`)));
  const all = nodesOf(many);
  const tree = (size: number): [number, Uint8Array] => [size, root(size, all)];
  const consistent = (...given: Parameters<typeof checkConsistency>): string | null =>
    ruleOf(() => checkConsistency(...given));
  const spoilt = (node: Uint8Array): Uint8Array =>
    node.map((byte, i) => (i === 0 ? byte ^ 1 : byte));

  test("every leaf of every size has a path, and no other place or size has it", () => {
    for (let size = 1; size <= many.length; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const path = inclusionPath(index, size, all);
        checkInclusion(many[index]!, index, size, { path, expected: root(size, all) });
      }
    }
    const path = inclusionPath(5, 13, all);
    const expected = root(13, all);
    const at = (index: number, size: number, of = path): string | null =>
      ruleOf(() => checkInclusion(many[5]!, index, size, { path: of, expected }));
    for (const [index, size] of [
      [4, 13],
      [5, 7],
      [5, 17],
      [13, 13],
      [-1, 13],
      [5, 5],
    ] as const) {
      assert.equal(at(index, size), "log.inclusion", `${index} of ${size}`);
    }
    for (const other of [
      path.slice(1),
      [...path, path[0]!],
      [...path].reverse(),
      path.map(spoilt),
      [],
    ]) {
      assert.equal(at(5, 13, other), "log.inclusion");
    }
    assert.deepEqual(rootOfPath(many[0]!, 0, 1, []), many[0]);
  });

  test("every size begins every larger one", () => {
    for (let size = 1; size <= many.length; size += 1) {
      for (let smaller = 1; smaller <= size; smaller += 1) {
        checkConsistency(tree(smaller), tree(size), consistencyPath(smaller, size, all));
      }
      checkConsistency([0, EMPTY_ROOT], tree(size), []);
    }
    checkConsistency([0, EMPTY_ROOT], [0, EMPTY_ROOT], []);
  });

  test("A26: a tree that does not begin the other is told", () => {
    const fork = root(6, nodesOf(many.map(spoilt)));
    const path = consistencyPath(6, 13, all);
    assert.equal(consistent([6, fork], tree(13), path), "log.consistency");
    assert.equal(consistent(tree(6), [13, fork], path), "log.consistency");
    assert.equal(consistent(tree(6), [6, fork], []), "log.consistency");
    assert.equal(consistent([8, fork], tree(13), consistencyPath(8, 13, all)), "log.consistency");
    assert.equal(consistent(tree(13), tree(6), path), "log.consistency");
    assert.equal(consistent([0, fork], tree(6), []), "log.consistency");
    assert.equal(consistent([0, fork], [0, fork], []), "log.consistency");
    assert.equal(consistent(tree(6), tree(6), path), "log.consistency");
    assert.equal(consistent([0, EMPTY_ROOT], tree(6), path), "log.consistency");
    for (const other of [[], path.slice(1), [...path, path[0]!], path.map(spoilt)]) {
      assert.equal(consistent(tree(6), tree(13), other), "log.consistency");
    }
    assert.equal(consistent(tree(8), tree(13), []), "log.consistency");
  });

  test("places outside a tree are a mistake of the caller", () => {
    const leaf = { name: "RangeError", message: "the leaf lies outside the tree" };
    assert.throws(() => inclusionPath(5, 5, all), leaf);
    assert.throws(() => inclusionPath(-1, 5, all), leaf);
    const tree = { name: "RangeError", message: "the smaller tree is none, or larger" };
    assert.throws(() => consistencyPath(0, 5, all), tree);
    assert.throws(() => consistencyPath(6, 5, all), tree);
    assert.deepEqual(consistencyPath(5, 5, all), []);
    const subtree = { name: "RangeError", message: "the subtree lies outside the tree" };
    assert.throws(() => root(41, all), subtree);
    assert.throws(() => all(9, 0), subtree);
    assert.throws(() => all(0, 40), subtree);
  });

  test("a list of complete subtrees for each level, and no more", () => {
    const sizes = (length: number) => completeSubtrees(many.slice(0, length)).map((l) => l.length);
    assert.deepEqual(sizes(0), [0]);
    assert.deepEqual(sizes(1), [1]);
    assert.deepEqual(sizes(5), [5, 2, 1]);
    assert.deepEqual(sizes(8), [8, 4, 2, 1]);
  });

  test("a path is followed for its own index and size alone", () => {
    const [a, b, c] = many as [Uint8Array, Uint8Array, Uint8Array];
    const follow = (...given: Parameters<typeof rootOfPath>): string | null =>
      ruleOf(() => rootOfPath(...given));
    assert.equal(follow(a, 0, 2, [b]), null);
    assert.equal(follow(a, 0, 1, [b]), "log.inclusion");
    assert.equal(follow(a, 0, 3, [b]), "log.inclusion");
    assert.equal(follow(a, 0, 2, [b, c]), "log.inclusion");
    assert.equal(follow(a, 1, 1, []), "log.inclusion");
    assert.equal(follow(a, -1, 1, []), "log.inclusion");
    assert.equal(follow(a, 0, 0, []), "log.inclusion");
  });

  test("roots that fit a path of another length or order are refused", () => {
    const [a, b, c, d] = many as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    assert.equal(consistent([2, a], [1, a], []), "log.consistency");
    assert.equal(consistent([1, a], [2, nodeHash(a, b)], [b]), null);
    assert.equal(consistent([1, a], [4, nodeHash(a, b)], [b]), "log.consistency");
    const older = nodeHash(c, a);
    const newer = nodeHash(c, nodeHash(a, b));
    assert.equal(consistent([3, older], [4, newer], [a, b, c]), null);
    const [longer, longest] = [nodeHash(d, older), nodeHash(d, newer)];
    assert.equal(consistent([3, longer], [4, longest], [a, b, c, d]), "log.consistency");
  });
});

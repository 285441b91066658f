/** The laws of the group as these rooms use it. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  BASE,
  IDENTITY,
  ORDER,
  Point,
  add,
  evaluate,
  findExponents,
  hashToPoint,
  hashToScalar,
  invert,
  isSamePoint,
  lagrangeAtZero,
  multiply,
  multiplyBase,
  parsePoint,
  parsePoints,
  parseScalar,
  parseScalars,
  pointBytes,
  prepare,
  reduced,
  scalarBytes,
  subtract,
  sumPoints,
  weightedSum,
} from "../ballots/group.js";
import { ruleOf } from "./congress.js";
import { bytes } from "./vectors.js";

const P = hashToPoint("p");
const [a, b] = [hashToScalar("a"), hashToScalar("b")];

describe("points", () => {
  test("multiplying and adding", () => {
    assert.ok(isSamePoint(add(multiply(a, P), multiply(b, P)), multiply(a + b, P)));
    assert.ok(isSamePoint(subtract(multiply(a, P), multiply(b, P)), multiply(a - b, P)));
    assert.ok(isSamePoint(weightedSum([a, P], [b, BASE]), add(multiply(a, P), multiplyBase(b))));
    assert.ok(isSamePoint(weightedSum(), IDENTITY));
    assert.ok(isSamePoint(weightedSum([0n, P], [1n, P], [ORDER, BASE]), P));
    assert.ok(isSamePoint(sumPoints([P, P, P]), multiply(3n, P)));
    assert.ok(isSamePoint(sumPoints([]), IDENTITY));
  });

  test("nothing times a point, and anything times the identity", () => {
    assert.equal(multiply(0n, P), IDENTITY);
    assert.equal(multiply(ORDER, P), IDENTITY);
    assert.ok(isSamePoint(multiply(a, IDENTITY), IDENTITY));
    assert.ok(isSamePoint(multiply(-1n, P), subtract(IDENTITY, P)));
  });

  test("a table changes no product", () => {
    const Q = hashToPoint("q");
    const plain = [multiply(a, Q), weightedSum([a, Q], [b, P])];
    prepare(Q);
    prepare(Q);
    const quick = [multiply(a, Q), weightedSum([a, Q], [b, P])];
    assert.ok(quick.every((point, i) => isSamePoint(point, plain[i]!)));
    assert.ok(isSamePoint(weightedSum([0n, Q]), IDENTITY));
  });

  test("a table is built once, and at once", () => {
    const built: unknown[] = [];
    const point = hashToPoint("table");
    Object.assign(point.element, { precompute: (...how: unknown[]) => built.push(how) });
    prepare(point);
    prepare(point);
    assert.deepEqual(built, [[5, false]]);
  });

  test("a sum asks tables for what they have, and reckons the rest together", () => {
    const asked: string[] = [];
    const watched = (name: string, { element }: Point): Point["element"] => {
      const value = (by: bigint) => (asked.push(name), element.multiplyUnsafe(by));
      return Object.create(element, { multiplyUnsafe: { value } }) as Point["element"];
    };
    const [plain, once, quick] = ["plain", "once", "quick"].map(
      (name) => new Point(watched(name, hashToPoint(name))),
    );
    prepare(quick!);
    const base = BASE.element;
    Object.assign(BASE, { element: watched("base", BASE) });
    try {
      weightedSum([a, plain!], [1n, once!], [b, BASE], [a, quick!]);
    } finally {
      Object.assign(BASE, { element: base });
    }
    assert.deepEqual(asked, ["once", "base", "quick"]);
  });

  test("encodings go there and back, and lengths are whole", () => {
    assert.ok(isSamePoint(parsePoint(P.bytes), P));
    assert.equal(parsePoints(pointBytes(P, BASE, IDENTITY)).length, 3);
    assert.equal(
      ruleOf(() => parsePoints(P.bytes.slice(1))),
      "group.point",
    );
    assert.equal(
      ruleOf(() => parsePoint(new Uint8Array(33))),
      "group.point",
    );
    assert.deepEqual(parsePoints(new Uint8Array()), []);
  });
});

describe("scalars", () => {
  test("encodings", () => {
    assert.deepEqual(parseScalars(scalarBytes(1n, -1n, ORDER)), [1n, ORDER - 1n, 0n]);
    assert.equal(
      ruleOf(() => parseScalars(new Uint8Array(33))),
      "group.scalar",
    );
    assert.equal(
      ruleOf(() => parseScalar(new Uint8Array(31))),
      "group.scalar",
    );
    assert.equal(
      ruleOf(() =>
        parseScalar(bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")),
      ),
      "group.scalar",
    );
    assert.equal(reduced(a * invert(a)), 1n);
  });
});

describe("polynomials", () => {
  test("in the exponent, and their value at zero", () => {
    const coefficients = [7n, 5n, 3n];
    const at = (x: bigint): bigint => 7n + 5n * x + 3n * x * x;
    const F = coefficients.map(multiplyBase);
    assert.ok(isSamePoint(evaluate(F, 9), multiplyBase(at(9n))));
    const weights = lagrangeAtZero([2, 5, 9]);
    const sum = [...weights].reduce((total, [i, weight]) => total + weight * at(BigInt(i)), 0n);
    assert.equal(reduced(sum), 7n);
  });

  test("small exponents are found, others are not", () => {
    const points = [0n, 5n, 5n, 6n].map(multiplyBase);
    assert.deepEqual(findExponents(points, 6), [0, 5, 5, 6]);
    assert.deepEqual(findExponents(points, 5), [0, 5, 5, null]);
    assert.deepEqual(findExponents([multiplyBase(-1n)], 20), [null]);
    assert.deepEqual(findExponents([], 0), []);
  });

  test("the search ends with the last that is found", () => {
    const limit = Number.MAX_SAFE_INTEGER;
    assert.deepEqual(findExponents([2n, 0n].map(multiplyBase), limit), [2, 0]);
    assert.deepEqual(findExponents([], limit), []);
  });
});

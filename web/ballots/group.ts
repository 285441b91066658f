/** Protocol §1. The group ristretto255: the one room that calls the curve library. */

import { mulAddUnsafe } from "@noble/curves/abstract/curve.js";
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";

import { burn, concat, h512, u32 } from "./encoding.js";
import { Malformed } from "./errors.js";

export const ORDER = ristretto255.Point.Fn.ORDER;
export const POINT_LENGTH = 32;
export const SCALAR_LENGTH = 32;

/** Bits of a window of the tables; 5 costs 6 ms a point and saves two thirds of each product. */
const TABLE_WINDOW = 5;

type Element = InstanceType<typeof ristretto255.Point>;

/**
 * A point, from canonical bytes or from reckoning; its bytes are reckoned when they are first
 * asked for. Scalars are whole numbers mod `l`.
 */
export class Point {
  readonly element: Element;
  private encoding: Uint8Array | undefined;

  constructor(element: Element, encoding?: Uint8Array) {
    this.element = element;
    this.encoding = encoding;
  }

  /** Give the canonical encoding. */
  get bytes(): Uint8Array {
    this.encoding ??= this.element.toBytes();
    return this.encoding;
  }
}

export const IDENTITY = new Point(ristretto255.Point.ZERO);
export const BASE = new Point(ristretto255.Point.BASE);

/** Take 32 canonical bytes as a point. Throws `Malformed("group.point")`. */
export function parsePoint(data: Uint8Array): Point {
  try {
    return new Point(ristretto255.Point.fromBytes(data), data);
  } catch {
    throw new Malformed("group.point");
  }
}

/** Take bytes as points one behind the other. Throws `Malformed("group.point")`. */
export function parsePoints(data: Uint8Array): Point[] {
  return parts(data, POINT_LENGTH).map(parsePoint);
}

/** Write points one behind the other. */
export function pointBytes(...points: readonly Point[]): Uint8Array {
  return concat(...points.map((point) => point.bytes));
}

/** Tell whether two points are the same. */
export function isSamePoint(left: Point, right: Point): boolean {
  return left.element.equals(right.element);
}

/** Take 32 bytes, little-endian and below `l`. Throws `Malformed("group.scalar")`. */
export function parseScalar(data: Uint8Array): bigint {
  const number = littleEndian(data);
  if (data.length !== SCALAR_LENGTH || number >= ORDER) {
    throw new Malformed("group.scalar");
  }
  return number;
}

/** Take bytes as scalars one behind the other. Throws `Malformed("group.scalar")`. */
export function parseScalars(data: Uint8Array): bigint[] {
  return parts(data, SCALAR_LENGTH).map(parseScalar);
}

function parts(data: Uint8Array, length: number): Uint8Array[] {
  const number = Math.ceil(data.length / length);
  return Array.from({ length: number }, (_, i) => data.subarray(i * length, (i + 1) * length));
}

/** Write scalars, each reduced mod `l`, one behind the other. */
export function scalarBytes(...scalars: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(SCALAR_LENGTH * scalars.length);
  scalars.forEach((scalar, i) => {
    let rest = reduced(scalar);
    for (let at = i * SCALAR_LENGTH; rest > 0n; at += 1, rest >>= 8n) {
      bytes[at] = Number(rest & 0xffn);
    }
  });
  return bytes;
}

/** Take a number mod `l`. */
export function reduced(number: bigint): bigint {
  const rest = number % ORDER;
  return rest < 0n ? rest + ORDER : rest;
}

/** Give the inverse of a scalar other than 0. */
export function invert(scalar: bigint): bigint {
  return ristretto255.Point.Fn.inv(reduced(scalar));
}

function littleEndian(data: Uint8Array): bigint {
  return data.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** Hash a frame to a scalar (`Hs`). */
export function hashToScalar(tag: string, ...framed: readonly Uint8Array[]): bigint {
  return burn(h512(tag, ...framed), littleEndian) % ORDER;
}

/** Hash a frame to a point of which nobody knows the logarithm (RFC 9496 one-way map). */
export function hashToPoint(tag: string, ...framed: readonly Uint8Array[]): Point {
  return new Point(ristretto255_hasher.deriveToCurve!(h512(tag, ...framed)));
}

/** Build the table that makes products with this point cheap; for keys that are used often. */
export function prepare(point: Point): void {
  if (!prepared.has(point)) {
    prepared.add(point);
    point.element.precompute(TABLE_WINDOW, false);
  }
}

const prepared = new WeakSet<Point>();

/** Give `scalar * point`; the library refuses the scalar 0, so it is met here. */
export function multiply(scalar: bigint, point: Point): Point {
  const factor = reduced(scalar);
  return factor === 0n ? IDENTITY : new Point(point.element.multiply(factor));
}

/** Give `scalar * B`. */
export function multiplyBase(scalar: bigint): Point {
  return multiply(scalar, BASE);
}

/**
 * Give the sum of `scalar * point` over the terms; its time tells the scalars, so it is for
 * checking alone.
 */
export function weightedSum(...terms: readonly (readonly [bigint, Point])[]): Point {
  const table: Element[] = [];
  const points: Element[] = [];
  const scalars: bigint[] = [];
  for (const [scalar, point] of terms) {
    const factor = reduced(scalar);
    if (factor === 1n || point === BASE || prepared.has(point)) {
      table.push(point.element.multiplyUnsafe(factor));
    } else {
      points.push(point.element);
      scalars.push(factor);
    }
  }
  const rest = mulAddUnsafe(ristretto255.Point, points, scalars);
  return new Point(table.reduce((sum, element) => sum.add(element), rest));
}

/** Add two points. */
export function add(left: Point, right: Point): Point {
  return new Point(left.element.add(right.element));
}

/** Subtract the second point from the first. */
export function subtract(left: Point, right: Point): Point {
  return new Point(left.element.subtract(right.element));
}

/** Add any number of points; none give the identity. */
export function sumPoints(points: Iterable<Point>): Point {
  let sum = IDENTITY;
  for (const point of points) {
    sum = add(sum, point);
  }
  return sum;
}

/** Give `sum at^m coefficients[m]`, a polynomial in the exponent. */
export function evaluate(coefficients: readonly Point[], at: number): Point {
  return coefficients.reduceRight(
    (value, coefficient) => add(weightedSum([BigInt(at), value]), coefficient),
    IDENTITY,
  );
}

/** Give the coefficient of each of distinct indexes that interpolates a polynomial at 0. */
export function lagrangeAtZero(indexes: readonly number[]): ReadonlyMap<number, bigint> {
  const coefficients = new Map<number, bigint>();
  for (const i of indexes) {
    let above = 1n;
    let below = 1n;
    for (const j of indexes) {
      if (j !== i) {
        above = reduced(above * BigInt(j));
        below = reduced(below * BigInt(j - i));
      }
    }
    coefficients.set(i, reduced(above * invert(below)));
  }
  return coefficients;
}

/** Find each point's `v` with `point = v B` and `0 <= v <= limit`, `null` where none is. */
export function findExponents(points: readonly Point[], limit: number): (number | null)[] {
  const found: (number | null)[] = points.map(() => null);
  let open = points.length;
  let value = IDENTITY;
  for (let exponent = 0; exponent <= limit && open > 0; exponent += 1) {
    points.forEach((point, i) => {
      if (found[i] === null && isSamePoint(point, value)) {
        found[i] = exponent;
        open -= 1;
      }
    });
    value = add(value, BASE);
  }
  return found;
}

const slackKeys: Point[] = [];

/** Give the key of the slack slot of that number, to which nobody knows a secret (§5). */
export function slackKey(number: number): Point {
  slackKeys[number] ??= hashToPoint("slack", u32(number));
  return slackKeys[number];
}

export const PEDERSEN_H = hashToPoint("pedersen-h");

/** Protocol §3. The key ceremony: register, commit, confirm, and the keys that follow. */

import type { TrusteeSeed } from "./cards.js";
import {
  canonical,
  frame,
  h512,
  isSame,
  parseB64u,
  parseHex,
  sha256,
  toB64u,
  toHex,
  u32,
} from "./encoding.js";
import { BallotError, Invalid, Malformed } from "./errors.js";
import {
  IDENTITY,
  POINT_LENGTH,
  type Point,
  SCALAR_LENGTH,
  add,
  evaluate,
  hashToScalar,
  isSamePoint,
  multiply,
  multiplyBase,
  parsePoint,
  parsePoints,
  parseScalars,
  pointBytes,
  reduced,
  scalarBytes,
} from "./group.js";
import { parseKey, publicKey, seal, unseal } from "./keys.js";
import { WIDTH } from "./manifest.js";
import {
  type Ceremony,
  type Keys,
  type ObjectId,
  type Stored,
  type Trustee,
  type TrusteeCommitment,
  type TrusteeConfirmation,
  checkObjectSignature,
  signObject,
} from "./objects.js";
import { checkPossessionProof, makePossessionProof } from "./proofs.js";

export const LARGEST_CEREMONY = 9;
export const TAG_LENGTH = 16;

declare const isChecked: unique symbol;

/** A checked ceremony: its id, its number of trustees (n) and how many decrypt (t). */
export interface Circle {
  readonly [isChecked]: "ceremony";
  readonly id: ObjectId;
  readonly trustees: number;
  readonly threshold: number;
}

/** A trustee whose registration was checked. */
export interface Registered {
  readonly [isChecked]: "trustee";
  readonly value: Trustee;
  readonly dh: Point;
}

/** A trustee's checked coefficients `F[s][m]`, its sealed shares and its commitment's id. */
export interface Committed {
  readonly [isChecked]: "commitment";
  readonly id: ObjectId;
  readonly index: number;
  readonly coefficients: readonly (readonly Point[])[];
  readonly shares: readonly string[];
}

/** Check the numbers of a ceremony. Throws `Malformed("ceremony.shape")`. */
export function checkCeremony({ id, value }: Stored<Ceremony>): Circle {
  const { trustees, threshold, width } = value;
  const isInRange = threshold >= 1 && threshold <= trustees && trustees <= LARGEST_CEREMONY;
  if (width !== WIDTH || !isInRange) {
    throw new Malformed("ceremony.shape");
  }
  return { id, trustees, threshold } as Circle;
}

/** Give the seed of a trustee's signing key in this ceremony. */
export function signingSeed(circle: Circle, seed: TrusteeSeed): Uint8Array {
  return h512("trustee-sign", seed, parseHex(circle.id)).slice(0, 32);
}

function dhSecret(circle: Circle, seed: TrusteeSeed): bigint {
  return hashToScalar("trustee-dh", seed, parseHex(circle.id));
}

/** Coefficients of a polynomial a key slot. */
type Rows<T> = readonly (readonly T[])[];

function secretCoefficients(circle: Circle, seed: TrusteeSeed, index: number): Rows<bigint> {
  const c = parseHex(circle.id);
  const row = (s: number): bigint[] =>
    Array.from({ length: circle.threshold }, (_, m) =>
      hashToScalar("trustee-coefficient", seed, c, u32(index), u32(s), u32(m)),
    );
  return Array.from({ length: WIDTH }, (_, s) => row(s));
}

function coefficientPoints(coefficients: Rows<bigint>): Uint8Array {
  return pointBytes(...coefficients.flat().map(multiplyBase));
}

function commitHash(circle: Circle, index: number, points: Uint8Array): string {
  const hash = h512("trustee-coefficients", parseHex(circle.id), u32(index), points);
  return toHex(hash.subarray(0, 32));
}

/** Register a trustee, bound to coefficients that it does not yet show (§3.1). */
export function register(circle: Circle, seed: TrusteeSeed, index: number, name: string): Trustee {
  const points = coefficientPoints(secretCoefficients(circle, seed, index));
  const signing = signingSeed(circle, seed);
  const trustee: Trustee = {
    type: "trustee",
    ceremony: circle.id,
    index,
    name,
    sign: toB64u(publicKey(signing)),
    dh: toB64u(multiplyBase(dhSecret(circle, seed)).bytes),
    commit: commitHash(circle, index, points),
    signature: "",
  };
  return signObject(trustee, signing);
}

/**
 * Check a registration beside those that came before it.
 *
 * Throws `Invalid` with `ceremony.index`, `ceremony.key`, `ceremony.identity`,
 * `object.signature`, or `Malformed`.
 */
export function checkRegistration(
  circle: Circle,
  trustee: Trustee,
  others: Iterable<Registered>,
): Registered {
  const dh = parsePoint(parseB64u(trustee.dh));
  const sign = parseKey(parseB64u(trustee.sign));
  if (trustee.index < 1 || trustee.index > circle.trustees) {
    throw new Invalid("ceremony.index");
  }
  for (const other of others) {
    if (other.value.index === trustee.index) {
      throw new Invalid("ceremony.index");
    }
    if (other.value.sign === trustee.sign || isSamePoint(other.dh, dh)) {
      throw new Invalid("ceremony.key");
    }
  }
  checkObjectSignature(trustee, sign);
  if (isSamePoint(dh, IDENTITY)) {
    throw new Invalid("ceremony.identity");
  }
  return { value: trustee, dh } as Registered;
}

function shareKey(circle: Circle, sender: number, receiver: number, shared: Point): Uint8Array {
  const c = parseHex(circle.id);
  return h512("trustee-share", c, u32(sender), u32(receiver), shared.bytes).slice(0, 32);
}

function sharesAt(coefficients: Rows<bigint>, at: number): bigint[] {
  return coefficients.map((row) =>
    row.reduceRight((value, coefficient) => reduced(value * BigInt(at) + coefficient), 0n),
  );
}

/** Show the coefficients, prove them, and seal a share to every other trustee (§3.2). */
export function commit(
  circle: Circle,
  seed: TrusteeSeed,
  index: number,
  registered: readonly Registered[],
): TrusteeCommitment {
  const coefficients = secretCoefficients(circle, seed, index);
  const points = coefficientPoints(coefficients);
  const flat = coefficients.flat();
  const c = parseHex(circle.id);
  const nonces = flat.map((_, i) => hashToScalar("trustee-nonce", seed, c, u32(index), u32(i)));
  const own = dhSecret(circle, seed);
  const shares = new Array<string>(circle.trustees).fill("");
  for (const { value, dh } of registered) {
    if (value.index !== index) {
      const key = shareKey(circle, index, value.index, multiply(own, dh));
      const share = scalarBytes(...sharesAt(coefficients, value.index));
      shares[value.index - 1] = toB64u(seal(key, share));
    }
  }
  const proof = makePossessionProof(statementOf(circle, index, points), flat, nonces);
  const commitment: TrusteeCommitment = {
    type: "trustee-commitment",
    ceremony: circle.id,
    index,
    coefficients: toB64u(points),
    proof: toB64u(proof),
    shares,
    signature: "",
  };
  return signObject(commitment, signingSeed(circle, seed));
}

function statementOf(circle: Circle, index: number, points: Uint8Array): Uint8Array[] {
  return [parseHex(circle.id), u32(index), points];
}

/**
 * Check a trustee's commitment against its registration (§3.2).
 *
 * Throws `Malformed` with `ceremony.length`, `group.*`; `Invalid` with `object.signature`,
 * `ceremony.commit`, `ceremony.identity`, `ceremony.proof`.
 */
export function checkCommitment(
  circle: Circle,
  trustee: Registered,
  { id, value }: Stored<TrusteeCommitment>,
): Committed {
  const { threshold: t } = circle;
  if (value.index !== trustee.value.index) {
    throw new TypeError("this trustee's commitment is needed");
  }
  const raw = parseB64u(value.coefficients);
  if (raw.length !== POINT_LENGTH * WIDTH * t) {
    throw new Malformed("ceremony.length");
  }
  const flat = parsePoints(raw);
  checkShareLengths(circle, value);
  checkObjectSignature(value, parseKey(parseB64u(trustee.value.sign)));
  if (commitHash(circle, value.index, raw) !== trustee.value.commit) {
    throw new Invalid("ceremony.commit");
  }
  if (flat.some((F) => isSamePoint(F, IDENTITY))) {
    throw new Invalid("ceremony.identity");
  }
  checkPossessionProof(statementOf(circle, value.index, raw), flat, parseB64u(value.proof));
  const coefficients = Array.from({ length: WIDTH }, (_, s) => flat.slice(s * t, (s + 1) * t));
  return { id, index: value.index, coefficients, shares: value.shares } as unknown as Committed;
}

function checkShareLengths(circle: Circle, value: TrusteeCommitment): void {
  const sealed = SCALAR_LENGTH * WIDTH + TAG_LENGTH;
  const lengths = value.shares.map((share) => parseB64u(share).length);
  const isForm = lengths.every((length, i) => length === (i + 1 === value.index ? 0 : sealed));
  if (lengths.length !== circle.trustees || !isForm) {
    throw new Malformed("ceremony.length");
  }
}

/** Another trustee's registration and commitment. */
export type Sender = { readonly sender: Registered; readonly commitment: Committed };

/**
 * Open the share that another trustee sealed to this one, and check it (§3.3).
 *
 * Throws `Invalid("ceremony.share", sender)`.
 */
export function openShare(
  circle: Circle,
  seed: TrusteeSeed,
  index: number,
  { sender, commitment }: Sender,
): bigint[] {
  const at = commitment.index;
  const shared = multiply(dhSecret(circle, seed), sender.dh);
  const values = unsealed(shareKey(circle, at, index, shared), commitment.shares[index - 1]!);
  const isHeld = commitment.coefficients.every(
    (row, s) =>
      values[s] !== undefined && isSamePoint(multiplyBase(values[s]), evaluate(row, index)),
  );
  if (!isHeld) {
    throw new Invalid("ceremony.share", at);
  }
  return values;
}

/** Give the scalars of a sealed share, none where it does not open or holds something else. */
function unsealed(key: Uint8Array, share: string): bigint[] {
  try {
    return parseScalars(unseal(key, parseB64u(share)));
  } catch (error) {
    if (error instanceof BallotError) {
      return [];
    }
    throw error;
  }
}

/** What the trustees of a ceremony have published. */
export interface Published {
  readonly registered: readonly Registered[];
  readonly commitments: readonly Committed[];
}

/** Confirm a ceremony after opening every share (§3.3). Throws `Invalid("ceremony.share")`. */
export function confirm(
  circle: Circle,
  seed: TrusteeSeed,
  index: number,
  published: Published,
): TrusteeConfirmation {
  trusteeSecrets(circle, seed, index, published);
  const confirmation: TrusteeConfirmation = {
    type: "trustee-confirmation",
    ceremony: circle.id,
    index,
    transcript: transcript(published.commitments),
    signature: "",
  };
  return signObject(confirmation, signingSeed(circle, seed));
}

/** Give the hash of all commitments in the order of their trustees. */
export function transcript(commitments: readonly Committed[]): string {
  const ids = ordered(commitments).map(({ id }) => parseHex(id));
  return toHex(sha256(frame("ceremony-transcript", ...ids)));
}

function ordered(commitments: readonly Committed[]): Committed[] {
  return [...commitments].sort((a, b) => a.index - b.index);
}

/**
 * Check a trustee's confirmation.
 *
 * Throws `Invalid` with `object.signature`, `ceremony.transcript`.
 */
export function checkConfirmation(
  value: TrusteeConfirmation,
  trustee: Registered,
  commitments: readonly Committed[],
): void {
  checkObjectSignature(value, parseKey(parseB64u(trustee.value.sign)));
  if (value.transcript !== transcript(commitments)) {
    throw new Invalid("ceremony.transcript");
  }
}

/** Give the keys that follow from all commitments. Throws `Invalid("ceremony.identity")`. */
export function makeKeys(circle: Circle, commitments: readonly Committed[]): Keys {
  const all = ordered(commitments);
  if (all.length !== circle.trustees || all.some(({ index }, i) => index !== i + 1)) {
    throw new RangeError("the commitments of all trustees are needed");
  }
  const sums = all
    .map(({ coefficients }) => coefficients)
    .reduce((left, right) => left.map((row, s) => row.map((F, m) => add(F, right[s]![m]!))));
  const joint = sums.map((row) => row[0]!);
  const identity = joint.findIndex((Y) => isSamePoint(Y, IDENTITY));
  if (identity >= 0) {
    throw new Invalid("ceremony.identity", identity);
  }
  return {
    type: "keys",
    ceremony: circle.id,
    joint: toB64u(pointBytes(...joint)),
    verification: all.map(({ index }) =>
      toB64u(pointBytes(...sums.map((row) => evaluate(row, index)))),
    ),
  };
}

/** Check published keys. Throws `Invalid` with `ceremony.keys`, `ceremony.identity`. */
export function checkKeys(circle: Circle, keys: Keys, commitments: readonly Committed[]): void {
  if (!isSame(canonical(keys), canonical(makeKeys(circle, commitments)))) {
    throw new Invalid("ceremony.keys");
  }
}

/**
 * Give a trustee's secret `x_i[s]` of every key slot, from its seed and the log (§3.4).
 *
 * Throws `Invalid("ceremony.share")` where a share does not open or does not hold.
 */
export function trusteeSecrets(
  circle: Circle,
  seed: TrusteeSeed,
  index: number,
  { registered, commitments }: Published,
): bigint[] {
  const byIndex = new Map(registered.map((trustee) => [trustee.value.index, trustee]));
  let totals = sharesAt(secretCoefficients(circle, seed, index), index);
  for (const commitment of commitments) {
    if (commitment.index !== index) {
      const sender = byIndex.get(commitment.index)!;
      const opened = openShare(circle, seed, index, { sender, commitment });
      totals = totals.map((total, s) => reduced(total + opened[s]!));
    }
  }
  return totals;
}

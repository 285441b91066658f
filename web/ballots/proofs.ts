/** Protocol §3, §6 and §8. The three proofs: possession of coefficients, bits, decryption. */

import { type Ciphertext, ciphertextBytes, encrypt } from "./elgamal.js";
import { concat } from "./encoding.js";
import { Invalid, Malformed } from "./errors.js";
import {
  BASE,
  PEDERSEN_H,
  POINT_LENGTH,
  type Point,
  SCALAR_LENGTH,
  add,
  hashToScalar,
  invert,
  isSamePoint,
  multiply,
  multiplyBase,
  parsePoints,
  parseScalars,
  pointBytes,
  reduced,
  scalarBytes,
  weightedSum,
} from "./group.js";
import type { Constraint, Style } from "./manifest.js";

/** Gives the nonce of a label and a number, from the ballot's seed. */
export type Nonce = (label: string, number: number) => bigint;

/** Prove knowledge of the logarithms of points; `statement` is all that is hashed (§3.2). */
export function makePossessionProof(
  statement: readonly Uint8Array[],
  secrets: readonly bigint[],
  nonces: readonly bigint[],
): Uint8Array {
  const x = possessionChallenge(statement, nonces.map(multiplyBase));
  return scalarBytes(x, ...nonces.map((k, i) => k + x * secrets[i]!));
}

/** Check a proof of possession. Throws `Invalid("ceremony.proof")`, `Malformed`. */
export function checkPossessionProof(
  statement: readonly Uint8Array[],
  points: readonly Point[],
  proof: Uint8Array,
): void {
  if (proof.length !== SCALAR_LENGTH * (1 + points.length)) {
    throw new Malformed("ceremony.length");
  }
  const [x, ...z] = parseScalars(proof) as [bigint, ...bigint[]];
  const first = points.map((F, i) => weightedSum([z[i]!, BASE], [-x, F]));
  if (x !== possessionChallenge(statement, first)) {
    throw new Invalid("ceremony.proof");
  }
}

function possessionChallenge(statement: readonly Uint8Array[], first: readonly Point[]): bigint {
  return hashToScalar("trustee-proof", ...statement, pointBytes(...first));
}

/** The proof of a ballot: `E1`, `E0`, an `f` a slot, a `z` a block, and `tau`. */
export interface BitProof {
  readonly E1: Point;
  readonly E0: Point;
  readonly f: readonly bigint[];
  readonly z: readonly bigint[];
  readonly tau: bigint;
}

/** Give the length of a ballot's proof in bytes. */
export function proofLength(style: Style): number {
  return 2 * POINT_LENGTH + SCALAR_LENGTH * (style.slots + style.blocks.length + 1);
}

/** Read a ballot's proof. Throws `Malformed`. */
export function parseBitProof(style: Style, data: Uint8Array): BitProof {
  if (data.length !== proofLength(style)) {
    throw new Malformed("ballot.length");
  }
  const [E1, E0] = parsePoints(data.subarray(0, 2 * POINT_LENGTH)) as [Point, Point];
  const scalars = parseScalars(data.subarray(2 * POINT_LENGTH));
  const f = scalars.slice(0, style.slots);
  return { E1, E0, f, z: scalars.slice(style.slots, -1), tau: scalars[scalars.length - 1]! };
}

/** The bytes of a sealed ballot: ciphertext, commitment and proof. */
export type Sealed = readonly [ciphertext: Uint8Array, commitment: Uint8Array, proof: Uint8Array];

/** Seal bits and prove them: ciphertext, commitment and proof (§6). */
export function makeBitProof(
  style: Style,
  keys: readonly Point[],
  {
    context,
    bits,
    nonce,
  }: {
    readonly context: Uint8Array;
    readonly bits: readonly number[];
    readonly nonce: Nonce;
  },
): Sealed {
  const r = style.blocks.map((_, b) => nonce("r", b));
  const s = style.blocks.map((_, b) => nonce("s", b));
  const a = slotNonces(style, nonce);
  const m = bits.map(BigInt);
  const ciphertext = ciphertextBytes(style, encrypt(style, keys, r, m));
  const commitment = ciphertextBytes(style, encrypt(style, keys, s, a));
  const rho = hashToScalar("ballot-rho", context, ciphertext, commitment);
  let e1 = 0n;
  let e0 = 0n;
  let power = 1n;
  a.forEach((a_i, i) => {
    power = reduced(power * rho);
    e1 += power * a_i * (1n - 2n * m[i]!);
    e0 -= power * a_i * a_i;
  });
  const [t1, t0] = [nonce("t", 1), nonce("t", 0)];
  const E1 = add(multiplyBase(e1), multiply(t1, PEDERSEN_H));
  const E0 = add(multiplyBase(e0), multiply(t0, PEDERSEN_H));
  const x = hashToScalar("ballot-x", context, ciphertext, commitment, E1.bytes, E0.bytes);
  const f = a.map((a_i, i) => x * m[i]! + a_i);
  const z = r.map((r_b, b) => x * r_b + s[b]!);
  const scalars = scalarBytes(...f, ...z, x * t1 + t0);
  return [ciphertext, commitment, concat(E1.bytes, E0.bytes, scalars)];
}

/** Draw `a` for every slot; each pivot's makes its constraint's sum zero. */
function slotNonces(style: Style, nonce: Nonce): bigint[] {
  const a = Array.from({ length: style.slots }, (_, i) => nonce("a", i));
  for (const { terms, pivot } of style.constraints) {
    let rest = 0n;
    let ofPivot = 1n;
    for (const [slot, coefficient] of terms) {
      if (slot === pivot) {
        ofPivot = BigInt(coefficient);
      } else {
        rest += BigInt(coefficient) * a[slot]!;
      }
    }
    a[pivot] = reduced(-rest * invert(ofPivot));
  }
  return a;
}

/** A ciphertext as bytes and read. */
export type ReadCiphertext = readonly [raw: Uint8Array, ciphertext: Ciphertext];

/**
 * Check the equations of a ballot (§6).
 *
 * Throws `Invalid` with `ballot.constraint`, `ballot.bits`, `ballot.randomness`, `ballot.slot`.
 */
export function checkBitProof(
  style: Style,
  keys: readonly Point[],
  {
    context,
    ciphertext,
    commitment,
    proof,
  }: {
    readonly context: Uint8Array;
    readonly ciphertext: ReadCiphertext;
    readonly commitment: ReadCiphertext;
    readonly proof: BitProof;
  },
): void {
  const { E1, E0, f, z } = proof;
  const said = [context, ciphertext[0], commitment[0]];
  const rho = hashToScalar("ballot-rho", ...said);
  const x = hashToScalar("ballot-x", ...said, E1.bytes, E0.bytes);
  const [, C] = ciphertext;
  const [, A] = commitment;
  style.constraints.forEach((constraint, number) => {
    if (!isConstraintKept(constraint, f, x)) {
      throw new Invalid("ballot.constraint", number);
    }
  });
  checkBits(proof, x, rho);
  z.forEach((z_b, b) => {
    if (!isSamePoint(weightedSum([x, C.heads[b]!], [1n, A.heads[b]!]), multiplyBase(z_b))) {
      throw new Invalid("ballot.randomness", b);
    }
  });
  f.forEach((f_i, i) => {
    const left = weightedSum([x, C.slots[i]!], [1n, A.slots[i]!]);
    if (!isSamePoint(left, weightedSum([z[style.blockOf(i)]!, keys[i]!], [f_i, BASE]))) {
      throw new Invalid("ballot.slot", i);
    }
  });
}

function isConstraintKept(constraint: Constraint, f: readonly bigint[], x: bigint): boolean {
  const { terms, maximum } = constraint;
  const total = terms.reduce(
    (sum, [slot, coefficient]) => sum + BigInt(coefficient) * f[slot]!,
    0n,
  );
  return reduced(total - BigInt(maximum) * x) === 0n;
}

function checkBits({ E1, E0, f, tau }: BitProof, x: bigint, rho: bigint): void {
  let total = 0n;
  let power = 1n;
  for (const f_i of f) {
    power = reduced(power * rho);
    total = reduced(total + power * f_i * (x - f_i));
  }
  const left = weightedSum([x, E1], [1n, E0]);
  if (!isSamePoint(left, weightedSum([total, BASE], [tau, PEDERSEN_H]))) {
    throw new Invalid("ballot.bits");
  }
}

/**
 * What a decryption proof is about: what is hashed first, and a row a slot.
 *
 * `context` is the tally's id, the trustee's index and its verification keys; a row is the
 * verification key of a slot and the `C0` of its block in the tally.
 */
export interface DecryptionStatement {
  readonly context: readonly Uint8Array[];
  readonly rows: readonly (readonly [V: Point, head: Point])[];
}

/** Give the decryption factor of every slot and the proof of them all (§8). */
export function makeDecryptionProof(
  statement: DecryptionStatement,
  secrets: readonly bigint[],
  nonces: readonly bigint[],
): [factors: Point[], proof: Uint8Array] {
  const heads = statement.rows.map(([, head]) => head);
  const D = heads.map((head, s) => multiply(secrets[s]!, head));
  const first = nonces.map(multiplyBase);
  const second = heads.map((head, s) => multiply(nonces[s]!, head));
  const x = decryptionChallenge(statement, D, first, second);
  return [D, scalarBytes(x, ...nonces.map((k, s) => k + x * secrets[s]!))];
}

/** Check decryption factors. Throws `Invalid("decryption.proof")`, `Malformed`. */
export function checkDecryptionProof(
  statement: DecryptionStatement,
  factors: readonly Point[],
  proof: Uint8Array,
): void {
  if (proof.length !== SCALAR_LENGTH * (1 + statement.rows.length)) {
    throw new Malformed("decryption.length");
  }
  const [x, ...z] = parseScalars(proof) as [bigint, ...bigint[]];
  const first = statement.rows.map(([V], s) => weightedSum([z[s]!, BASE], [-x, V]));
  const second = statement.rows.map(([, head], s) => weightedSum([z[s]!, head], [-x, factors[s]!]));
  if (x !== decryptionChallenge(statement, factors, first, second)) {
    throw new Invalid("decryption.proof");
  }
}

function decryptionChallenge(
  statement: DecryptionStatement,
  factors: readonly Point[],
  first: readonly Point[],
  second: readonly Point[],
): bigint {
  const lists = [factors, first, second].map((points) => pointBytes(...points));
  return hashToScalar("decryption-proof", ...statement.context, ...lists);
}

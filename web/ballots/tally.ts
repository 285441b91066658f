/** Protocol §8. Adding the accepted ballots, giving and checking shares, counting. */

import type { Paper, ValidBallot } from "./ballot.js";
import type { TrusteeSeed } from "./cards.js";
import { type Ciphertext, addCiphertexts, ciphertextBytes, parseCiphertext } from "./elgamal.js";
import { parseB64u, parseHex, toB64u, u32 } from "./encoding.js";
import { Invalid, Malformed } from "./errors.js";
import {
  POINT_LENGTH,
  type Point,
  findExponents,
  hashToScalar,
  lagrangeAtZero,
  parsePoints,
  pointBytes,
  subtract,
  weightedSum,
} from "./group.js";
import { parseKey } from "./keys.js";
import { WIDTH } from "./manifest.js";
import {
  type Decryption,
  type Keys,
  type ObjectId,
  type Stored,
  type Tally,
  checkObjectSignature,
  signObject,
} from "./objects.js";
import { type DecryptionStatement, checkDecryptionProof, makeDecryptionProof } from "./proofs.js";
import { type Circle, type Registered, signingSeed } from "./trustees.js";

declare const isChecked: unique symbol;

/** A tally that was added up here: what trustees decrypt and counts are checked against. */
export interface Count {
  readonly [isChecked]: "tally";
  readonly id: ObjectId;
  readonly paper: Paper;
  readonly ballots: number;
  readonly ciphertext: Ciphertext;
}

/** A trustee's decryption factors, one an option slot, with their proof checked. */
export interface ValidShare {
  readonly [isChecked]: "share";
  readonly index: number;
  readonly factors: readonly Point[];
}

/** Add the accepted ballots of an election. */
export function addBallots(paper: Paper, ballots: Iterable<ValidBallot>): Tally {
  const ciphertexts: Ciphertext[] = [];
  for (const ballot of ballots) {
    if (ballot.election !== paper.election) {
      throw new RangeError("a ballot of another election");
    }
    ciphertexts.push(ballot.ciphertext);
  }
  const total = addCiphertexts(paper.style, ciphertexts);
  return {
    type: "tally",
    election: paper.election,
    ballots: ciphertexts.length,
    ciphertext: toB64u(ciphertextBytes(paper.style, total)),
  };
}

/**
 * Check a published tally against the one that was added up here.
 *
 * Throws `Invalid` with `tally.ballots`, `tally.ciphertext`.
 */
export function checkTally(paper: Paper, { id, value }: Stored<Tally>, expected: Tally): Count {
  if (value.ballots !== expected.ballots) {
    throw new Invalid("tally.ballots");
  }
  if (value.ciphertext !== expected.ciphertext || value.election !== expected.election) {
    throw new Invalid("tally.ciphertext");
  }
  const raw = parseB64u(value.ciphertext);
  const ciphertext = parseCiphertext(paper.style, raw, "tally.ciphertext");
  return { id, paper, ballots: value.ballots, ciphertext } as Count;
}

function statementOf(count: Count, keys: Keys, index: number): DecryptionStatement {
  const raw = parseB64u(keys.verification[index - 1]!);
  const verification = parsePoints(raw);
  const { style } = count.paper;
  const rows = style.optionSlots.map(
    (_, s) => [verification[s % WIDTH]!, count.ciphertext.heads[style.blockOf(s)]!] as const,
  );
  return { context: [parseHex(count.id), u32(index), raw], rows };
}

/** Who decrypts: a trustee's seed, its index and its secrets of all key slots. */
export interface Decryptor {
  readonly circle: Circle;
  readonly seed: TrusteeSeed;
  readonly index: number;
  readonly secrets: readonly bigint[];
}

/** Give a trustee's share for a tally of a closed election that was added up here. */
export function makeShare(
  count: Count,
  keys: Keys,
  { circle, seed, index, secrets }: Decryptor,
): Decryption {
  const statement = statementOf(count, keys, index);
  const tally = parseHex(count.id);
  const nonces = statement.rows.map((_, s) =>
    hashToScalar("decryption-nonce", seed, tally, u32(index), u32(s)),
  );
  const own = statement.rows.map((_, s) => secrets[s % WIDTH]!);
  const [factors, proof] = makeDecryptionProof(statement, own, nonces);
  const share: Decryption = {
    type: "decryption",
    tally: count.id,
    index,
    shares: toB64u(pointBytes(...factors)),
    proof: toB64u(proof),
    signature: "",
  };
  return signObject(share, signingSeed(circle, seed));
}

/**
 * Check a trustee's share of a tally.
 *
 * Throws `Malformed` with `decryption.length`, `group.*`; `Invalid` with `decryption.index`,
 * `order.reference`, `object.signature`, `decryption.proof`.
 */
export function checkShare(
  count: Count,
  keys: Keys,
  trustees: ReadonlyMap<number, Registered>,
  share: Decryption,
): ValidShare {
  const raw = parseB64u(share.shares);
  if (raw.length !== POINT_LENGTH * count.paper.style.options) {
    throw new Malformed("decryption.length");
  }
  const factors = parsePoints(raw);
  if (share.tally !== count.id) {
    throw new Invalid("order.reference");
  }
  const trustee = trustees.get(share.index);
  if (trustee === undefined) {
    throw new Invalid("decryption.index");
  }
  checkObjectSignature(share, parseKey(parseB64u(trustee.value.sign)));
  checkDecryptionProof(statementOf(count, keys, share.index), factors, parseB64u(share.proof));
  return { index: share.index, factors } as unknown as ValidShare;
}

/** What decryption comes to: the indexes used and the count of each option slot. */
export interface Combined {
  readonly trustees: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Give the indexes used and the counts of all option slots.
 *
 * Throws `Invalid("result.counts")` where a count lies outside 0 .. ballots, `RangeError` for
 * fewer shares than the threshold.
 */
export function combine(count: Count, threshold: number, shares: Iterable<ValidShare>): Combined {
  const byIndex = new Map([...shares].map(({ index, factors }) => [index, factors]));
  const trustees = [...byIndex.keys()].sort((a, b) => a - b).slice(0, threshold);
  if (trustees.length < threshold) {
    throw new RangeError("fewer shares than the threshold");
  }
  const weights = lagrangeAtZero(trustees);
  const points = count.paper.style.optionSlots.map((_, s) => {
    const terms = trustees.map((i) => [weights.get(i)!, byIndex.get(i)![s]!] as const);
    return subtract(count.ciphertext.slots[s]!, weightedSum(...terms));
  });
  const counts = findExponents(points, count.ballots);
  if (!counts.every((number): number is number => number !== null)) {
    throw new Invalid("result.counts", counts.indexOf(null));
  }
  return { trustees, counts };
}

/** Protocol §6 and §7. Ballots: making, checking, challenging. */

import { type CardSecret, cardCredential, cardSeed } from "./cards.js";
import { type Ciphertext, parseCiphertext, slotKeys } from "./elgamal.js";
import {
  burn,
  frame,
  grouped,
  parseB64u,
  parseHex,
  toB64u,
  toCrockford,
  u32,
  utf8,
} from "./encoding.js";
import { Invalid, Malformed } from "./errors.js";
import {
  BASE,
  IDENTITY,
  PEDERSEN_H,
  POINT_LENGTH,
  type Point,
  hashToScalar,
  isSamePoint,
  parsePoints,
  prepare,
} from "./group.js";
import { parseKey } from "./keys.js";
import { type Selection, type Style, WIDTH, checkManifest, fillSlots } from "./manifest.js";
import {
  type AnyObject,
  type Ballot,
  type Challenge,
  type Election,
  type Keys,
  type ObjectId,
  type Stored,
  checkObjectSignature,
  signObject,
  store,
} from "./objects.js";
import { checkBitProof, makeBitProof, parseBitProof } from "./proofs.js";

declare const seedKind: unique symbol;
/** The 32 random bytes from which one ballot is made. */
export type Seed = Uint8Array & { readonly [seedKind]: "ballot" };

export const SEED_LENGTH = 32;
export const TRACKER_BITS = 80;

/** All that making and checking ballots of one election takes. */
export interface Paper {
  readonly election: ObjectId;
  readonly style: Style;
  readonly keys: readonly Point[];
}

declare const isChecked: unique symbol;
/** A ballot whose signature and proof were checked for its election. */
export interface ValidBallot {
  readonly [isChecked]: true;
  readonly id: ObjectId;
  readonly election: ObjectId;
  readonly credential: string;
  readonly ciphertext: Ciphertext;
}

/** Told, after a part of long work, how much of all of it is done. */
export type Progress = (done: number, all: number) => void;

/** Take 32 bytes as a ballot's seed. */
export function makeSeed(bytes: Uint8Array): Seed {
  if (bytes.length !== SEED_LENGTH) {
    throw new RangeError("a ballot's seed has 32 bytes");
  }
  return bytes as Seed;
}

/**
 * Lay out the paper of an election under its keys.
 *
 * Throws `BallotError` with the manifest's codes, `ceremony.length` or `group.point`.
 */
export function makePaper(election: Stored<Election>, keys: Keys): Paper {
  const joint = parseB64u(keys.joint);
  if (joint.length !== POINT_LENGTH * WIDTH) {
    throw new Malformed("ceremony.length");
  }
  const style = checkManifest(election.value.manifest);
  return { election: election.id, style, keys: slotKeys(style, parsePoints(joint)) };
}

/**
 * Build the tables of all keys of a paper, so that ballots are sealed and checked faster.
 *
 * It may be done while people read; nothing that is said of a ballot depends on it.
 */
export function preparePaper(paper: Paper, progress: Progress = () => {}): void {
  const points = [...new Set([BASE, PEDERSEN_H, ...paper.keys])];
  points.forEach((point, i) => {
    prepare(point);
    progress(i + 1, points.length);
  });
}

/** Seal and sign selections with a card. Throws `Invalid("selections")`. */
export function makeBallot(
  paper: Paper,
  secret: CardSecret,
  selections: readonly Selection[],
  seed: Seed,
): Stored<Ballot> {
  const credential = toB64u(cardCredential(secret));
  const unsigned = seal(paper, credential, selections, seed);
  return store(burn(cardSeed(secret), (signing) => signObject(unsigned, signing)));
}

/** Make a ballot but for its signature; the seed's nonces hang on all that it says. */
function seal(
  paper: Paper,
  credential: string,
  selections: readonly Selection[],
  seed: Seed,
): Ballot {
  const bits = fillSlots(paper.style, selections);
  const context = contextOf(paper, credential);
  const sealed = burn(Uint8Array.from(bits), (m) => {
    const nonce = (label: string, number: number): bigint =>
      hashToScalar("nonce", seed, context, m, utf8(label), u32(number));
    return makeBitProof(paper.style, paper.keys, { context, bits, nonce });
  });
  const [ciphertext, commitment, proof] = sealed.map(toB64u) as [string, string, string];
  const { election } = paper;
  return { type: "ballot", election, credential, ciphertext, commitment, proof, signature: "" };
}

function contextOf(paper: Paper, credential: string): Uint8Array {
  return frame("ballot", parseHex(paper.election), parseB64u(credential, 32));
}

/**
 * Check a ballot's signature and proof for its election (valid, not yet accepted).
 *
 * Throws `Malformed` and `Invalid` with `ballot.*`, `encoding.*`, `group.*`, `object.signature`.
 */
export function checkBallot(paper: Paper, ballot: Stored<AnyObject>): ValidBallot {
  const { value } = ballot;
  if (value.type !== "ballot") {
    throw new Malformed("object.type");
  }
  const { style } = paper;
  const raw = [parseB64u(value.ciphertext), parseB64u(value.commitment)] as const;
  const ciphertext = parseCiphertext(style, raw[0], "ballot.length");
  const commitment = parseCiphertext(style, raw[1], "ballot.length");
  const proof = parseBitProof(style, parseB64u(value.proof));
  if (value.election !== paper.election) {
    throw new Invalid("order.reference");
  }
  checkObjectSignature(value, parseKey(parseB64u(value.credential, 32)));
  const identity = ciphertext.heads.findIndex((head) => isSamePoint(head, IDENTITY));
  if (identity >= 0) {
    throw new Invalid("ballot.identity", identity);
  }
  checkBitProof(style, paper.keys, {
    context: contextOf(paper, value.credential),
    ciphertext: [raw[0], ciphertext],
    commitment: [raw[1], commitment],
    proof,
  });
  const { id } = ballot;
  const { election, credential } = value;
  return { id, election, credential, ciphertext } as ValidBallot;
}

/** Give the tracker as people are shown it: `XXXX-XXXX-XXXX-XXXX`. */
export function shortTracker(ballotId: ObjectId): string {
  return grouped(toCrockford(parseHex(ballotId), TRACKER_BITS));
}

/** Open a ballot to the public instead of casting it (§7). */
export function makeChallenge(
  paper: Paper,
  ballot: Stored<Ballot>,
  selections: readonly Selection[],
  seed: Seed,
): Stored<Challenge> {
  return store({
    type: "challenge",
    election: paper.election,
    ballot: ballot.value,
    selections,
    seed: toB64u(seed),
  });
}

/**
 * Remake a challenged ballot, compare all but its signature, check that; give its id.
 *
 * Throws `Invalid` with `order.reference`, `object.signature`, `selections`, `challenge.ballot`.
 */
export function checkChallenge(paper: Paper, challenge: Challenge): ObjectId {
  const { ballot } = challenge;
  const seed = makeSeed(parseB64u(challenge.seed, SEED_LENGTH));
  if (challenge.election !== paper.election || ballot.election !== paper.election) {
    throw new Invalid("order.reference");
  }
  checkObjectSignature(ballot, parseKey(parseB64u(ballot.credential, 32)));
  const remade = seal(paper, ballot.credential, challenge.selections, seed);
  if (
    remade.ciphertext !== ballot.ciphertext ||
    remade.commitment !== ballot.commitment ||
    remade.proof !== ballot.proof
  ) {
    throw new Invalid("challenge.ballot");
  }
  return store(ballot).id;
}

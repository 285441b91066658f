/** Protocol §4. Voting cards and trustees' sheets: secrets, and the codes people type or scan. */

import {
  burn,
  concat,
  frame,
  grouped,
  h512,
  parseCrockford,
  parseHex,
  sha256,
  toB64u,
  toCrockford,
} from "./encoding.js";
import { Malformed } from "./errors.js";
import { type PublicKey, publicKey } from "./keys.js";

declare const secretKind: unique symbol;
/** The 16 secret bytes of a card. */
export type CardSecret = Uint8Array & { readonly [secretKind]: "card" };
/** The 32 secret bytes of a trustee. */
export type TrusteeSeed = Uint8Array & { readonly [secretKind]: "trustee" };

export const CARD_PREFIX = "MS1";
export const TRUSTEE_PREFIX = "MT1";

/** How one kind of secret is written: bytes, bits of its check, tag and prefix. */
interface Form {
  readonly length: number;
  readonly checkBits: number;
  readonly tag: string;
  readonly prefix: string;
  readonly rule: string;
}

const CARD: Form = {
  length: 16,
  checkBits: 12,
  tag: "card-check",
  prefix: CARD_PREFIX,
  rule: "card.code",
};
const SHEET: Form = {
  length: 32,
  checkBits: 24,
  tag: "trustee-check",
  prefix: TRUSTEE_PREFIX,
  rule: "trustee.code",
};

/** Give the signing seed of a card; the caller burns it. */
export function cardSeed(secret: CardSecret): Uint8Array {
  return burn(h512("card-sign", secret), (hash) => concat(hash.subarray(0, 32)));
}

/** Give a card's credential, its public key. */
export function cardCredential(secret: CardSecret): PublicKey {
  return burn(cardSeed(secret), publicKey);
}

/** Write a card's code for people, 28 characters in groups of four. */
export function cardCode(secret: CardSecret): string {
  return grouped(codeOf(CARD, secret));
}

/** Write a card's code for cameras. */
export function cardQr(secret: CardSecret): string {
  return CARD_PREFIX + codeOf(CARD, secret);
}

/** Read a card's code as typed or scanned. Throws `Malformed("card.code")`. */
export function parseCardCode(text: string): CardSecret {
  return parse(CARD, text) as CardSecret;
}

/** Write the code of a trustee's sheet, 56 characters in groups of four. */
export function trusteeCode(seed: TrusteeSeed): string {
  return grouped(codeOf(SHEET, seed));
}

/** Write the code of a trustee's sheet for cameras. */
export function trusteeQr(seed: TrusteeSeed): string {
  return TRUSTEE_PREFIX + codeOf(SHEET, seed);
}

/** Read the code of a trustee's sheet. Throws `Malformed("trustee.code")`. */
export function parseTrusteeCode(text: string): TrusteeSeed {
  return parse(SHEET, text) as TrusteeSeed;
}

/** Give the list of a roll: all credentials in sorted order. */
export function rollCredentials(keys: Iterable<PublicKey>): string[] {
  return [...keys].map(toB64u).sort();
}

function bitsOf(form: Form): number {
  return 8 * form.length + form.checkBits;
}

function codeOf(form: Form, secret: Uint8Array): string {
  if (secret.length !== form.length) {
    throw new RangeError(`${form.length} bytes are needed`);
  }
  const check = burn(frame(form.tag, secret), sha256);
  return burn(concat(secret, check), (bytes) => toCrockford(bytes, bitsOf(form)));
}

/** A secret may itself begin like the prefix, so the length tells what was scanned. */
function parse(form: Form, text: string): Uint8Array {
  const letters = text.replace(/[-\s]/g, "").toUpperCase();
  const isScanned = letters.length === form.prefix.length + bitsOf(form) / 5;
  const isPrefixed = isScanned && letters.startsWith(form.prefix);
  const code = isPrefixed ? letters.slice(form.prefix.length) : letters;
  const number = parseCrockford(code, bitsOf(form));
  if (number === null) {
    throw new Malformed(form.rule);
  }
  const digits = (number >> BigInt(form.checkBits)).toString(16).padStart(2 * form.length, "0");
  const secret = burn(parseHex(digits, form.length), concat);
  if (parseCrockford(codeOf(form, secret), bitsOf(form)) !== number) {
    throw new Malformed(form.rule);
  }
  return secret;
}

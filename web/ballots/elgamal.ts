/** Protocol §6. A ballot's blocks of multi-recipient ElGamal: keys, ciphertexts, their bytes. */

import { Malformed } from "./errors.js";
import {
  IDENTITY,
  POINT_LENGTH,
  type Point,
  add,
  multiply,
  multiplyBase,
  parsePoints,
  pointBytes,
  slackKey,
} from "./group.js";
import { type Style, WIDTH } from "./manifest.js";

/** One `C0` a block and one `C` a slot. */
export interface Ciphertext {
  readonly heads: readonly Point[];
  readonly slots: readonly Point[];
}

/** Give the key of every slot: `Y` in turn for option slots, unknown ones for slack (§5). */
export function slotKeys(style: Style, joint: readonly Point[]): Point[] {
  return Array.from({ length: style.slots }, (_, slot) =>
    slot < style.options ? joint[slot % WIDTH]! : slackKey(slot - style.options),
  );
}

/** Encrypt a value a slot with one randomness a block. */
export function encrypt(
  style: Style,
  keys: readonly Point[],
  randomness: readonly bigint[],
  values: readonly bigint[],
): Ciphertext {
  return {
    heads: randomness.map(multiplyBase),
    slots: values.map((value, slot) =>
      add(multiply(randomness[style.blockOf(slot)]!, keys[slot]!), multiplyBase(value)),
    ),
  };
}

/** Add ciphertexts of one layout, slot by slot; none give the encryption of zeros. */
export function addCiphertexts(style: Style, ciphertexts: Iterable<Ciphertext>): Ciphertext {
  let heads = style.blocks.map(() => IDENTITY);
  let slots = new Array<Point>(style.slots).fill(IDENTITY);
  for (const ciphertext of ciphertexts) {
    heads = heads.map((head, b) => add(head, ciphertext.heads[b]!));
    slots = slots.map((slot, i) => add(slot, ciphertext.slots[i]!));
  }
  return { heads, slots };
}

/** Give the length of a ciphertext in bytes. */
export function ciphertextLength(style: Style): number {
  return POINT_LENGTH * (style.blocks.length + style.slots);
}

/** Write a ciphertext block by block: its `C0`, then its slots. */
export function ciphertextBytes(style: Style, ciphertext: Ciphertext): Uint8Array {
  const points = style.blocks.flatMap(({ start, end }, b) => [
    ciphertext.heads[b]!,
    ...ciphertext.slots.slice(start, end),
  ]);
  return pointBytes(...points);
}

/** Read a ciphertext. Throws `Malformed` with `rule` for its length, or `group.point`. */
export function parseCiphertext(style: Style, data: Uint8Array, rule: string): Ciphertext {
  if (data.length !== ciphertextLength(style)) {
    throw new Malformed(rule);
  }
  const points = parsePoints(data);
  return {
    heads: style.blocks.map(({ start }, b) => points[start + b]!),
    slots: style.blocks.flatMap(({ start, end }, b) => points.slice(start + b + 1, end + b + 1)),
  };
}

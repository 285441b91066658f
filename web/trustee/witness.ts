/** This device as a witness of the log: a key of its own, and cosignatures of what it checked. */

import { parseB64u, toB64u } from "../ballots/encoding.js";
import { type Checkpoint, type VerifierKey, cosign, makeVerifierKey } from "../ballots/log.js";

const SEED_LENGTH = 32;
const HALF_HOUR = 1800;

/** Keeps the signing key of a witness on this device; it opens nothing but its own word. */
export class Witness {
  private readonly seed: Uint8Array;

  constructor(
    readonly name: string,
    keep: Storage,
  ) {
    const place = `witness ${name}`;
    const kept = keep.getItem(place);
    this.seed =
      kept === null
        ? crypto.getRandomValues(new Uint8Array(SEED_LENGTH))
        : parseB64u(kept, SEED_LENGTH);
    keep.setItem(place, toB64u(this.seed));
  }

  /** Give the key under which others know this witness. */
  get key(): VerifierKey {
    return makeVerifierKey(this.name, this.seed, true);
  }

  /** Write the line that cosigns a checkpoint; its time is rounded down to the half hour. */
  line(checkpoint: Checkpoint, milliseconds: number): string {
    return String(cosign(checkpoint, this.name, this.seed, roundedTime(milliseconds)));
  }
}

/** Give a Unix time by the half hour: a finer one would date every ballot of the log. */
export function roundedTime(milliseconds: number): number {
  return Math.floor(milliseconds / 1000 / HALF_HOUR) * HALF_HOUR;
}

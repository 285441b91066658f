/** This device as a witness of the log: a key of its own, and cosignatures of what it checked. */

import { parseB64u, toB64u } from "../ballots/encoding.js";
import { type Checkpoint, type VerifierKey, cosign, makeVerifierKey } from "../ballots/log.js";

const SEED_LENGTH = 32;

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

  /** Write the line that cosigns a checkpoint at a Unix time. */
  line(checkpoint: Checkpoint, time: number): string {
    return String(cosign(checkpoint, this.name, this.seed, time));
  }
}

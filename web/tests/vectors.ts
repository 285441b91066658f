/** The vector files that both languages share, and the way from hex to bytes and back. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import type {
  Ballot,
  Ceremony,
  Decryption,
  Election,
  Keys,
  Tally,
  Trustee,
} from "../ballots/objects.js";
import type { TrusteeCommitment, TrusteeConfirmation } from "../ballots/objects.js";
import type { Manifest, Selection } from "../ballots/manifest.js";

const FOLDER = "tests/vectors";

/** Find this folder's root, `web`, above the built test. */
export function webFolder(): string {
  let here = dirname(fileURLToPath(import.meta.url));
  while (!here.endsWith("web")) {
    here = dirname(here);
  }
  return here;
}

/** Read a vector file as bytes. */
export function vectorBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(webFolder(), "..", FOLDER, name)));
}

/** Read a vector file as JSON of a known form. */
export function vector<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(vectorBytes(name))) as T;
}

/** Read hex of any case and length. */
export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** `ballots.json`: ballots with all that they were made of. */
export interface BallotVector {
  readonly election: Election;
  readonly card: string;
  readonly selections: readonly Selection[];
  readonly seed: string;
  readonly ballot: Ballot;
  readonly id: string;
  readonly short: string;
}

/** `ceremony.json`: a whole ceremony. */
export interface CeremonyVector {
  readonly ceremony: Ceremony;
  readonly id: string;
  readonly seeds: readonly string[];
  readonly trustees: readonly Trustee[];
  readonly commitments: readonly TrusteeCommitment[];
  readonly confirmations: readonly TrusteeConfirmation[];
  readonly keys: Keys;
  readonly secrets: readonly string[];
}

/** `tallies.json`: elections counted. */
export interface TallyVector {
  readonly ballots: { readonly [id: string]: Ballot };
  readonly elections: readonly {
    readonly election: Election;
    readonly ballots: readonly string[];
    readonly tally: Tally;
    readonly decryptions: readonly Decryption[];
    readonly counts: readonly number[];
    readonly outcome: object;
  }[];
}

/** `styles.json`: manifests with their slots, blocks and constraints. */
export interface StyleVector {
  readonly valid: readonly {
    readonly manifest: Manifest;
    readonly slots: readonly Selection[];
    readonly total_slots: number;
    readonly blocks: readonly (readonly number[])[];
    readonly constraints: readonly {
      readonly members: readonly (readonly [number, number])[];
      readonly slack: readonly (readonly [number, number])[];
      readonly max: number;
      readonly pivot: number;
    }[];
  }[];
  readonly invalid: readonly { readonly why: string; readonly manifest: Manifest }[];
  readonly slack: { readonly [span: string]: readonly number[] };
}

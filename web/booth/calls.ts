/** What the page asks of the worker, where all keys and secrets are, and what comes back. */

import type { Selection } from "../ballots/manifest.js";
import type { Paper, Receipt, Tracker } from "./state.js";

/** The log as fetched: its key, its head and all bundles of entries. */
export interface LogFiles {
  readonly vkey: string;
  readonly checkpoint: string;
  readonly bundles: readonly Uint8Array[];
}

/** The bytes of an election's objects, each with the id it was asked for. */
export interface ElectionFiles {
  readonly election: readonly [id: string, raw: Uint8Array];
  readonly keys: readonly [id: string, raw: Uint8Array];
  readonly roll: readonly [id: string, raw: Uint8Array];
  readonly session: Uint8Array;
}

/** A sealed ballot as it is sent. */
export interface Sealed {
  readonly tracker: Tracker;
  readonly raw: Uint8Array;
}

/** What a card's code says. */
export interface Card {
  readonly credential: string;
  readonly isListed: boolean;
}

/** The worker's calls; each throws a `Fault` with the protocol's rule where a check fails. */
export interface Calls {
  /** Give the paths of all bundles of entries under a checkpoint. */
  bundlePaths(checkpoint: string): readonly string[];
  /** Check log and election, and lay out the paper. */
  open(log: LogFiles, files: ElectionFiles): Paper;
  /** Take a card by its code; mistyped ones throw `card.code`. */
  card(code: string): Card;
  /** Seal selections under a fresh seed. */
  seal(selections: readonly Selection[]): Sealed;
  /** Open the sealed ballot to the public; it can't be cast after. */
  challenge(): Uint8Array;
  /** Check that a receipt is that of these ballot bytes, under the log's key. */
  receipt(vkey: string, raw: Uint8Array, text: string): Receipt;
  /** Check that these ballot bytes are of that card, and the receipt as above. */
  earlier(vkey: string, raw: Uint8Array, text: string, credential: string): Receipt;
  /** Give the tracker of a ballot's id. */
  tracker(id: string): Tracker;
  /** Give the SHA-256 of bytes, as hex. */
  digest(data: Uint8Array): string;
  /** Overwrite the card's secret and the ballot's seed. */
  forget(): void;
}

/** A call on its way to the worker. */
export interface Request {
  readonly number: number;
  readonly call: keyof Calls;
  readonly parameters: readonly unknown[];
}

/** What comes back: a value, or the rule that was broken (`""` for a fault of the program). */
export type Reply =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly rule: string };

/** A check failed in the worker. */
export class Fault extends Error {
  constructor(readonly rule: string) {
    super(rule);
    this.name = "Fault";
  }
}

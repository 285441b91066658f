/** Protocol §10. The receipt of a ballot: as text, in compact form, and as a link for cameras. */

import { concat, parseB64, parseB64u, parseHex, toB64, toB64u, toHex, u32 } from "./encoding.js";
import { BallotError, Invalid, Malformed } from "./errors.js";
import { SIGNATURE_LENGTH } from "./keys.js";
import {
  Checkpoint,
  type Entry,
  LARGEST_NOTE,
  SignatureLine,
  TIME_LENGTH,
  type VerifierKey,
  checkCheckpoint,
  entryBytes,
  parseCheckpoint,
  parseEntry,
} from "./log.js";
import { type Nodes, checkInclusion, inclusionPath, leafHash, rootOfPath } from "./merkle.js";
import type { ObjectId } from "./objects.js";

export const HEADER = "c2sp.org/tlog-proof@v1";
export const LONGEST_PATH = 63;
export const LONGEST_LINK = 60;

/** Words as long as these stand before what is encoded and before the index. */
const LABEL_LENGTH = "extra ".length;
const COMPACT_VERSION = 1;
const LARGEST_U32 = 2 ** 32 - 1;

/** A log entry, its place, its path to the root, and the checkpoint that signs the root. */
export class Receipt {
  constructor(
    readonly index: number,
    readonly entry: Uint8Array,
    readonly path: readonly Uint8Array[],
    readonly checkpoint: Checkpoint,
  ) {}

  /** Write the receipt as a C2SP `tlog-proof@v1`. */
  toString(): string {
    const hashes = this.path.map((node) => `${toB64(node)}\n`).join("");
    const extra = toB64(this.entry);
    return `${HEADER}\nextra ${extra}\nindex ${this.index}\n${hashes}\n${this.checkpoint}`;
  }
}

/** Make the receipt of an entry of the log that the checkpoint signs. */
export function makeReceipt(
  index: number,
  entry: Uint8Array,
  checkpoint: Checkpoint,
  nodes: Nodes,
): Receipt {
  return new Receipt(index, entry, inclusionPath(index, checkpoint.size, nodes), checkpoint);
}

/** Read a receipt's text. Throws `Malformed("receipt.form")`. */
export function parseReceipt(text: string): Receipt {
  const receipt = text.length > LARGEST_NOTE ? null : formed(() => readLoosely(text));
  if (
    receipt === null ||
    receipt.index < 0 ||
    !Number.isSafeInteger(receipt.index) ||
    receipt.path.length > LONGEST_PATH ||
    String(receipt) !== text
  ) {
    throw new Malformed("receipt.form");
  }
  return receipt;
}

/** Only what is written again as it stood is a receipt, so words are passed over here. */
function readLoosely(text: string): Receipt {
  const middle = text.indexOf("\n\n");
  const [, extra = "", index = "", ...hashes] = text.slice(0, middle).split("\n");
  return new Receipt(
    Number(index.slice(LABEL_LENGTH)),
    parseB64(extra.slice(LABEL_LENGTH)),
    hashes.map((hash) => parseB64(hash, 32)),
    parseCheckpoint(text.slice(middle + 2)),
  );
}

/** Whatever fails in reading a receipt is its form. */
function formed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof BallotError ? new Malformed("receipt.form") : error;
  }
}

/**
 * Check a ballot's receipt offline with the log's key, and give the ballot's tracker.
 *
 * Throws `Invalid` with `log.signature`, `log.inclusion`, `receipt.entry`.
 */
export function checkReceipt(receipt: Receipt, key: VerifierKey): ObjectId {
  const { index, path, checkpoint } = receipt;
  checkCheckpoint(checkpoint, key);
  const { object, type } = entryOf(receipt);
  if (type !== "ballot") {
    throw new Invalid("receipt.entry");
  }
  const proof = { path, expected: checkpoint.root };
  checkInclusion(leafHash(receipt.entry), index, checkpoint.size, proof);
  return object;
}

function entryOf({ entry }: Receipt): Entry {
  try {
    return parseEntry(entry);
  } catch (error) {
    throw error instanceof BallotError ? new Invalid("receipt.entry") : error;
  }
}

/** Give the link that a camera reads: the host and the tracker's sixteen shown characters. */
export function receiptLink(host: string, tracker: string): string {
  const link = `HTTPS://${host.toUpperCase()}/R/${tracker.replace(/-/g, "")}`;
  if (link.length > LONGEST_LINK) {
    throw new RangeError("the link is too long for a small code: take a shorter host");
  }
  return link;
}

/** Write a ballot's receipt in its compact form, with the cosignatures of known witnesses. */
export function toCompact(
  receipt: Receipt,
  key: VerifierKey,
  witnesses: Iterable<VerifierKey> = [],
): string {
  const { index, path, checkpoint } = receipt;
  if (Math.max(index, checkpoint.size) > LARGEST_U32) {
    throw new RangeError("the compact form ends at 2^32 entries");
  }
  const known = byId(witnesses);
  const own = checkpoint.signatures.find((line) => toHex(line.keyId) === toHex(key.keyId));
  if (own === undefined) {
    throw new RangeError("the checkpoint is not signed by this log");
  }
  const lines = checkpoint.signatures.filter((line) => known.has(toHex(line.keyId)));
  const compact = concat(
    Uint8Array.of(COMPACT_VERSION),
    u32(index),
    u32(checkpoint.size),
    parseHex(parseEntry(receipt.entry).object),
    Uint8Array.of(path.length),
    ...path,
    own.keyId,
    own.data,
    Uint8Array.of(lines.length),
    ...lines.flatMap((line) => [line.keyId, line.data]),
  );
  return toB64u(compact);
}

function byId(keys: Iterable<VerifierKey>): ReadonlyMap<string, VerifierKey> {
  return new Map([...keys].map((key) => [toHex(key.keyId), key]));
}

/** Takes bytes one field after the other; where some are missing, the end is passed by. */
class Taker {
  private at = 0;

  constructor(private readonly data: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at === this.data.length;
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.data.slice(this.at - length, this.at);
  }

  number(length: number): number {
    return this.take(length).reduce((number, byte) => number * 256 + byte, 0);
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.number(1) }, item);
  }
}

/**
 * Rebuild a receipt from its compact form; origins come from the keys with the ids in it.
 *
 * Cosignatures of unknown witnesses are left out, as a note's unknown signatures are. Throws
 * `Malformed("receipt.form")`.
 */
export function parseCompact(
  text: string,
  keys: Iterable<VerifierKey>,
  witnesses: Iterable<VerifierKey> = [],
): Receipt {
  return formed(() => {
    const taker = new Taker(parseB64u(text));
    const version = taker.number(1);
    const [index, size] = [taker.number(4), taker.number(4)];
    const entry = entryBytes(toHex(taker.take(32)), "ballot");
    const path = taker.list(() => taker.take(32));
    const own = namedLine(taker, byId(keys), SIGNATURE_LENGTH);
    const known = byId(witnesses);
    const lines = taker.list(() => namedLine(taker, known, TIME_LENGTH + SIGNATURE_LENGTH));
    if (version !== COMPACT_VERSION || own === null || !taker.isAtEnd) {
      throw new Malformed("receipt.form");
    }
    const root = rootOfPath(leafHash(entry), index, size, path);
    const signatures = [own, ...lines.filter((line) => line !== null)];
    return new Receipt(index, entry, path, new Checkpoint(own.name, size, root, signatures));
  });
}

function namedLine(
  taker: Taker,
  known: ReadonlyMap<string, VerifierKey>,
  length: number,
): SignatureLine | null {
  const [keyId, data] = [taker.take(4), taker.take(length)];
  const key = known.get(toHex(keyId));
  return key === undefined ? null : new SignatureLine(key.name, keyId, data);
}

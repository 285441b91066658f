/** Protocol §2. The log as C2SP writes it: entries, tiles, signed notes and checkpoints. */

import {
  canonical,
  concat,
  parseB64,
  parseHex,
  parseUtf8,
  sha256,
  toB64,
  toHex,
  utf8,
} from "./encoding.js";
import { BallotError, Invalid, Malformed } from "./errors.js";
import {
  type PublicKey,
  SIGNATURE_LENGTH,
  checkSignature,
  parseKey,
  publicKey,
  sign,
} from "./keys.js";
import type { Nodes } from "./merkle.js";

export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;
export const SIGNATURE_TYPE = 1;
export const COSIGNATURE_TYPE = 4;
export const LARGEST_NOTE = 64 * 1024;

const MARK = "—";
const NAME = /^[!-*,-~\u{a1}-\u{10fffd}]{1,200}$/u;
const NOTE = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n\n((?:[^\n]+\n)+)$/;
const SIGNATURE_LINE = /^— ([^ ]+) ([^ ]+)$/;
const ENTRY = /^\{"object":"([0-9a-f]{64})","type":"([a-z-]{1,32})"\}$/;
export const TIME_LENGTH = 8;

/** What a log entry says: an object's id and type. */
export interface Entry {
  readonly object: string;
  readonly type: string;
}

/** Write the log entry of an object. */
export function entryBytes(object: string, type: string): Uint8Array {
  return canonical({ object, type });
}

/** Read an entry. Throws `Malformed("log.entry")`. */
export function parseEntry(entry: Uint8Array): Entry {
  const found = ENTRY.exec(parseUtf8(entry) ?? "");
  if (found === null) {
    throw new Malformed("log.entry");
  }
  return { object: found[1]!, type: found[2]! };
}

/** The place of a tile: its level, `null` for that of entries, its number and its width. */
export type TilePlace = readonly [level: number | null, number: number, width: number];

/** Give a tile's path under the log's prefix. */
export function tilePath(level: number | null, number: number, width = TILE_WIDTH): string {
  const groups = [String(number % 1000).padStart(3, "0")];
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  const end = width === TILE_WIDTH ? "" : `.p/${width}`;
  return `tile/${level ?? "entries"}/${groups.join("/")}${end}`;
}

/** Give the place of every tile of a log of that size, entries first. */
export function* tilePaths(size: number): Generator<TilePlace> {
  yield* tilesOfLevel(null, size);
  for (let level = 0, rest = size; rest > 0; level += 1, rest = Math.floor(rest / TILE_WIDTH)) {
    yield* tilesOfLevel(level, rest);
  }
}

function* tilesOfLevel(level: number | null, hashes: number): Generator<TilePlace> {
  const whole = Math.floor(hashes / TILE_WIDTH);
  for (let number = 0; number < whole; number += 1) {
    yield [level, number, TILE_WIDTH];
  }
  if (hashes % TILE_WIDTH > 0) {
    yield [level, whole, hashes % TILE_WIDTH];
  }
}

/** Give the hashes of one tile, 32 bytes each. */
export function hashTile(level: number, number: number, width: number, nodes: Nodes): Uint8Array {
  const start = number * TILE_WIDTH;
  const hashes = Array.from({ length: width }, (_, i) => nodes(level * TILE_HEIGHT, start + i));
  return concat(...hashes);
}

/** Write the entries of one bundle, each behind its length in two bytes. */
export function entryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry]),
  );
}

/** Read a bundle of entries. Throws `Malformed("log.entry")`. */
export function parseEntryBundle(data: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < data.length;) {
    const end = at + 2 + (data[at]! << 8) + (data[at + 1] ?? 0);
    if (end > data.length) {
      throw new Malformed("log.entry");
    }
    entries.push(data.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** A C2SP `vkey`: who signs notes under which name, as a log or as a witness. */
export class VerifierKey {
  readonly keyId: Uint8Array;

  constructor(
    readonly name: string,
    readonly key: PublicKey,
    readonly isWitness: boolean,
  ) {
    this.keyId = sha256(concat(utf8(`${name}\n`), this.typed)).slice(0, 4);
  }

  private get typed(): Uint8Array {
    return concat(Uint8Array.of(this.isWitness ? COSIGNATURE_TYPE : SIGNATURE_TYPE), this.key);
  }

  /** Write the key as `name+id+key`. */
  toString(): string {
    return `${this.name}+${toHex(this.keyId)}+${toB64(this.typed)}`;
  }
}

/** Give the verifier key of a 32-byte signing seed under a name without spaces or `+`. */
export function makeVerifierKey(name: string, seed: Uint8Array, isWitness = false): VerifierKey {
  if (!NAME.test(name)) {
    throw new RangeError("a name of 1 to 200 visible characters without '+' is needed");
  }
  return new VerifierKey(name, publicKey(seed), isWitness);
}

/** Read a `vkey`. Throws `Malformed("log.vkey")`. */
export function parseVerifierKey(text: string): VerifierKey {
  const [name, keyId = "", ...encoded] = text.split("+") as [string, ...string[]];
  const key = verifierKey(name, keyId, encoded.join("+"));
  if (!NAME.test(name) || String(key) !== text) {
    throw new Malformed("log.vkey");
  }
  return key;
}

function verifierKey(name: string, keyId: string, encoded: string): VerifierKey {
  try {
    parseHex(keyId, 4);
    const data = parseB64(encoded, 33);
    return new VerifierKey(name, parseKey(data.subarray(1)), data[0] === COSIGNATURE_TYPE);
  } catch (error) {
    throw asRule(error, new Malformed("log.vkey"));
  }
}

/** Name a failed check by the rule of where it stands; a fault of the program stays one. */
function asRule(error: unknown, rule: BallotError): unknown {
  return error instanceof BallotError ? rule : error;
}

/** One signature of a note: the signer's name, the four bytes of its key, the rest. */
export class SignatureLine {
  constructor(
    readonly name: string,
    readonly keyId: Uint8Array,
    readonly data: Uint8Array,
  ) {}

  /** Write the line as a signed note has it. */
  toString(): string {
    return `${MARK} ${this.name} ${toB64(concat(this.keyId, this.data))}\n`;
  }
}

/** What a log says of itself: origin, number of entries, root; and who signed that. */
export class Checkpoint {
  constructor(
    readonly origin: string,
    readonly size: number,
    readonly root: Uint8Array,
    readonly signatures: readonly SignatureLine[] = [],
  ) {}

  /** Give the signed text. */
  get body(): Uint8Array {
    return utf8(`${this.origin}\n${this.size}\n${toB64(this.root)}\n`);
  }

  /** Write the checkpoint as a signed note. */
  toString(): string {
    return `${this.origin}\n${this.size}\n${toB64(this.root)}\n\n${this.signatures.join("")}`;
  }
}

/** Read a checkpoint. Throws `Malformed("log.checkpoint")`; checks no signature. */
export function parseCheckpoint(text: string): Checkpoint {
  const found = text.length > LARGEST_NOTE ? null : NOTE.exec(text);
  if (found === null) {
    throw new Malformed("log.checkpoint");
  }
  const [origin, size, root, signed] = found.slice(1) as [string, string, string, string];
  if (!NAME.test(origin) || !Number.isSafeInteger(Number(size))) {
    throw new Malformed("log.checkpoint");
  }
  try {
    const lines = signed.slice(0, -1).split("\n").map(parseSignature);
    return new Checkpoint(origin, Number(size), parseB64(root, 32), lines);
  } catch (error) {
    throw asRule(error, new Malformed("log.checkpoint"));
  }
}

function parseSignature(line: string): SignatureLine {
  const found = SIGNATURE_LINE.exec(line);
  if (found === null) {
    throw new Malformed("log.checkpoint");
  }
  const [name, encoded] = found.slice(1) as [string, string];
  const data = parseB64(encoded);
  if (!NAME.test(name) || data.length < 5) {
    throw new Malformed("log.checkpoint");
  }
  return new SignatureLine(name, data.slice(0, 4), data.slice(4));
}

/** Sign a checkpoint with the log's 32-byte seed. */
export function makeCheckpoint(
  origin: string,
  size: number,
  root: Uint8Array,
  seed: Uint8Array,
): Checkpoint {
  const { keyId } = makeVerifierKey(origin, seed);
  const { body } = new Checkpoint(origin, size, root);
  const line = new SignatureLine(origin, keyId, sign(seed, body));
  return new Checkpoint(origin, size, root, [line]);
}

/** Check that the log's key signed the checkpoint. Throws `Invalid("log.signature")`. */
export function checkCheckpoint(checkpoint: Checkpoint, key: VerifierKey): void {
  if (checkpoint.origin !== key.name || key.isWitness) {
    throw new Invalid("log.signature");
  }
  checkLine(key.key, checkpoint.body, lineOf(checkpoint, key).data);
}

function checkLine(key: PublicKey, message: Uint8Array, signature: Uint8Array): void {
  try {
    checkSignature(key, message, signature);
  } catch (error) {
    throw asRule(error, new Invalid("log.signature"));
  }
}

/** Cosign a checkpoint as a witness at a Unix time in seconds (C2SP `cosignature/v1`). */
export function cosign(
  checkpoint: Checkpoint,
  name: string,
  seed: Uint8Array,
  time: number,
): SignatureLine {
  const key = makeVerifierKey(name, seed, true);
  const stamp = new Uint8Array(TIME_LENGTH);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  const signature = sign(seed, cosigned(checkpoint, BigInt(time)));
  return new SignatureLine(name, key.keyId, concat(stamp, signature));
}

/** Check a witness's cosignature and give its Unix time. Throws `Invalid("log.signature")`. */
export function checkCosignature(checkpoint: Checkpoint, key: VerifierKey): number {
  const { data } = lineOf(checkpoint, key);
  if (!key.isWitness || data.length !== TIME_LENGTH + SIGNATURE_LENGTH) {
    throw new Invalid("log.signature");
  }
  const time = BigInt(`0x${toHex(data.subarray(0, TIME_LENGTH))}`);
  checkLine(key.key, cosigned(checkpoint, time), data.subarray(TIME_LENGTH));
  return Number(time);
}

function cosigned(checkpoint: Checkpoint, time: bigint): Uint8Array {
  return concat(utf8(`cosignature/v1\ntime ${time}\n`), checkpoint.body);
}

function lineOf(checkpoint: Checkpoint, key: VerifierKey): SignatureLine {
  const found = checkpoint.signatures.find(
    (line) => line.name === key.name && toHex(line.keyId) === toHex(key.keyId),
  );
  if (found === undefined) {
    throw new Invalid("log.signature");
  }
  return found;
}

/** Protocol §2 and §11. A record: the log as files, read with bounded sizes. */

import { inflateSync } from "fflate";

import { LARGEST_OBJECT, parseUtf8, utf8 } from "./encoding.js";
import { Malformed } from "./errors.js";
import {
  type Checkpoint,
  TILE_WIDTH,
  entryBundle,
  entryBytes,
  hashTile,
  tilePath,
  tilePaths,
} from "./log.js";
import { leafHash, nodesOf } from "./merkle.js";
import type { ObjectId, Stored } from "./objects.js";

export const CHECKPOINT = "checkpoint";
export const VKEY = "log.vkey";
export const LARGEST_FILE = LARGEST_OBJECT;
export const LARGEST_RECORD = 2 * 1024 ** 3;
export const MOST_FILES = 250_000;

/** Where a record's files come from. */
export interface Reader {
  /** Give every file's path; one that stands twice is given twice. `null` where none can tell. */
  paths(): Iterable<string> | null;
  /** Give a file's bytes, `null` where there is none. Throws `Malformed("log.size")`. */
  read(path: string): Promise<Uint8Array | null>;
}

/** Give an object's path under the log's prefix. */
export function objectPath(objectId: ObjectId): string {
  return `object/${objectId}`;
}

/** A record in memory. */
export class FilesReader implements Reader {
  constructor(private readonly files: ReadonlyMap<string, Uint8Array>) {}

  paths(): Iterable<string> {
    return this.files.keys();
  }

  read(path: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.files.get(path) ?? null);
  }
}

/** What the reader needs of the browser's `fetch`. */
export type Fetch = (address: string) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}>;

/** A log on the network; nobody can tell which other files its server has. */
export class FetchReader implements Reader {
  /** The prefix ends with a slash. */
  constructor(
    private readonly prefix: string,
    private readonly fetch: Fetch,
  ) {}

  paths(): null {
    return null;
  }

  /** Give a file's bytes. Throws an `Error` where the network or the server fails. */
  async read(path: string): Promise<Uint8Array | null> {
    const answer = await this.fetch(this.prefix + path);
    if (answer.status === 404) {
      return null;
    }
    if (!answer.ok) {
      throw new Error(`the log answered ${answer.status}`);
    }
    return bounded(new Uint8Array(await answer.arrayBuffer()), path);
  }
}

function bounded(data: Uint8Array, path: string): Uint8Array {
  if (data.length > LARGEST_FILE) {
    throw new Malformed("log.size", path);
  }
  return data;
}

const END_MARK = 0x06054b50;
const LARGE_END_MARK = 0x06064b50;
const HEAD_MARK = 0x02014b50;
const LOCAL_MARK = 0x04034b50;
const END_LENGTH = 22;
const LARGE_END_LENGTH = 56;
const LOCATOR_LENGTH = 20;
const HEAD_LENGTH = 46;
const LOCAL_LENGTH = 30;
const LONGEST_COMMENT = 0xffff;
const LATEST_VERSION = 63;
const STORED = 0;
const DEFLATED = 8;
/** Flags of files that are encrypted, or patches. */
const STRANGE = 0x61;

/** One file of an archive, as its directory tells it. */
interface Packed {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly sum: number;
  readonly packed: number;
  readonly size: number;
  readonly start: number;
}

/** A record as a zip archive in memory, unpacked file by file. */
export class ZipReader implements Reader {
  private readonly view: DataView;
  private readonly files: readonly Packed[];
  private readonly byName: ReadonlyMap<string, Packed>;

  /** Open an archive. Throws `Malformed("log.size")` where it is none, or too large. */
  constructor(private readonly data: Uint8Array) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.files = this.directory();
    this.byName = new Map(this.files.map((file) => [file.name, file]));
  }

  /** Give every file's path; empty folders are passed over. */
  paths(): Iterable<string> {
    const listed = this.files.filter(({ name, size }) => size > 0 || !name.endsWith("/"));
    return listed.map(({ name }) => name);
  }

  /** Give a file's bytes, unpacking no more than a file of this protocol can have. */
  read(path: string): Promise<Uint8Array | null> {
    const file = this.byName.get(path);
    return Promise.resolve(file === undefined ? null : this.unpack(file));
  }

  private directory(): Packed[] {
    const { end, length, offset } = this.findDirectory();
    // Bytes may stand before the archive; its own offsets are then too small by so many.
    const before = end - length - offset;
    const files: Packed[] = [];
    let at = end - length;
    while (before >= 0 && at + HEAD_LENGTH <= end && files.length <= MOST_FILES) {
      const isKnown = this.view.getUint8(at + 6) <= LATEST_VERSION;
      if (!isKnown || this.view.getUint32(at, true) !== HEAD_MARK) {
        throw new Malformed("log.size");
      }
      const name = this.view.getUint16(at + 28, true);
      files.push(this.head(at, name, before));
      const extra = this.view.getUint16(at + 30, true) + this.view.getUint16(at + 32, true);
      at += HEAD_LENGTH + name + extra;
    }
    if (at !== end || files.reduce((sum, file) => sum + file.size, 0) > LARGEST_RECORD) {
      throw new Malformed("log.size");
    }
    return files;
  }

  /** Many files have their directory told by a larger mark before the common one. */
  private findDirectory(): { end: number; length: number; offset: number } {
    const end = this.findEnd();
    const large = end - LOCATOR_LENGTH - LARGE_END_LENGTH;
    if (large >= 0 && this.view.getUint32(large, true) === LARGE_END_MARK) {
      const length = Number(this.view.getBigUint64(large + 40, true));
      return { end: large, length, offset: Number(this.view.getBigUint64(large + 48, true)) };
    }
    const length = this.view.getUint32(end + 12, true);
    return { end, length, offset: this.view.getUint32(end + 16, true) };
  }

  private findEnd(): number {
    const first = Math.max(0, this.data.length - END_LENGTH - LONGEST_COMMENT);
    for (let at = this.data.length - END_LENGTH; at >= first; at -= 1) {
      if (this.view.getUint32(at, true) === END_MARK) {
        return at;
      }
    }
    throw new Malformed("log.size");
  }

  private head(at: number, length: number, before: number): Packed {
    return {
      name: nameOf(this.data.subarray(at + HEAD_LENGTH, at + HEAD_LENGTH + length)),
      flags: this.view.getUint16(at + 8, true),
      method: this.view.getUint16(at + 10, true),
      sum: this.view.getUint32(at + 16, true),
      packed: this.view.getUint32(at + 20, true),
      size: this.view.getUint32(at + 24, true),
      start: before + this.view.getUint32(at + 42, true),
    };
  }

  private unpack(file: Packed): Uint8Array {
    const start = this.contentOf(file);
    const content = this.data.subarray(start, start + file.packed);
    const size = Math.min(file.size, LARGEST_FILE + 1);
    const data = file.method === STORED ? content.subarray(0, size) : inflated(content, file, size);
    const isStrange = (file.flags & STRANGE) !== 0;
    if (isStrange || data.length > LARGEST_FILE || checksum(data) !== file.sum) {
      throw new Malformed("log.size", file.name);
    }
    return data;
  }

  /** The head before a file's content has lengths of its own. */
  private contentOf({ name, start }: Packed): number {
    const begin = start + LOCAL_LENGTH;
    if (begin > this.data.length || this.view.getUint32(start, true) !== LOCAL_MARK) {
      throw new Malformed("log.size", name);
    }
    const end = begin + this.view.getUint16(start + 26, true);
    if (nameOf(this.data.subarray(begin, end)) !== name) {
      throw new Malformed("log.size", name);
    }
    return end + this.view.getUint16(start + 28, true);
  }
}

/** A path of this protocol is ASCII; any other only has to be told. */
function nameOf(data: Uint8Array): string {
  return parseUtf8(data) ?? Array.from(data, (byte) => String.fromCharCode(byte)).join("");
}

/** What is unpacked past the size that the directory tells is dropped, and the checksum fails. */
function inflated(content: Uint8Array, { method, name }: Packed, size: number): Uint8Array {
  try {
    if (method === DEFLATED) {
      return inflateSync(content, { out: new Uint8Array(size) });
    }
  } catch {
    // The same answer as for a method of packing that records do not use.
  }
  throw new Malformed("log.size", name);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return sum;
});

function checksum(data: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum = (sum >>> 8) ^ CRC_TABLE[(sum ^ byte) & 0xff]!;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** Lay out a whole log as the files of a record. */
export function recordFiles(
  objects: readonly Stored[],
  checkpoint: Checkpoint,
  vkey: string,
): Map<string, Uint8Array> {
  const entries = objects.map(({ id, value }) => entryBytes(id, value.type));
  const nodes = nodesOf(entries.map(leafHash));
  const files = new Map([
    [CHECKPOINT, utf8(String(checkpoint))],
    [VKEY, utf8(`${vkey}\n`)],
  ]);
  for (const { id, raw } of objects) {
    files.set(objectPath(id), raw);
  }
  for (const [level, number, width] of tilePaths(checkpoint.size)) {
    const start = number * TILE_WIDTH;
    const tile =
      level === null
        ? entryBundle(entries.slice(start, start + width))
        : hashTile(level, number, width, nodes);
    files.set(tilePath(level, number, width), tile);
  }
  return files;
}

/** Protocol §2 and §8. A log as a device follows it over the network, trusting its key alone. */

import { isSame, parseUtf8 } from "./encoding.js";
import { BallotError, Invalid, Malformed } from "./errors.js";
import {
  type Checkpoint,
  type Entry,
  TILE_HEIGHT,
  TILE_WIDTH,
  type VerifierKey,
  checkCheckpoint,
  parseCheckpoint,
  parseEntry,
  parseEntryBundle,
  tilePath,
} from "./log.js";
import {
  type Nodes,
  type Tree,
  checkConsistency,
  checkInclusion,
  consistencyPath,
  inclusionPath,
  leafHash,
  nodeHash,
  nodesOf,
  root,
} from "./merkle.js";
import { type ObjectId, type Stored, checkId, parseObject } from "./objects.js";
import { Receipt } from "./receipt.js";
import { CHECKPOINT, type Reader, objectPath } from "./record.js";
import { Replay } from "./replay.js";
import type { ElectionState } from "./states.js";
import { type Judge, type Pace, Report, judgeHere } from "./verify.js";

const HASH_LENGTH = 32;
const READ_AT_ONCE = 16;

/** Read the log's newest checkpoint. Throws `log.checkpoint`, `log.signature`. */
export async function readCheckpoint(reader: Reader, key: VerifierKey): Promise<Checkpoint> {
  const note = await reader.read(CHECKPOINT);
  const checkpoint = parseCheckpoint((note && parseUtf8(note)) ?? "");
  checkCheckpoint(checkpoint, key);
  return checkpoint;
}

/** Read a tile of a log of that size, the whole one where its beginning is no longer kept. */
async function readTile(
  reader: Reader,
  level: number | null,
  number: number,
  size: number,
): Promise<Uint8Array> {
  const hashes = Math.floor(size / TILE_WIDTH ** (level ?? 0));
  const width = Math.min(TILE_WIDTH, hashes - number * TILE_WIDTH);
  const path = tilePath(level, number, width);
  const tile = (await reader.read(path)) ?? (await reader.read(tilePath(level, number)));
  if (tile === null) {
    throw new Invalid("log.tile", path);
  }
  return tile;
}

/** Asked for by `Nodes` that do not have it yet. */
class MissingTile {
  constructor(
    readonly level: number,
    readonly number: number,
  ) {}
}

/**
 * Reckon with the nodes of a log of that size, fetching the tiles that this takes.
 *
 * Nothing vouches for the tiles: what comes out is to be checked against a signed root.
 */
export async function withNodes<T>(
  reader: Reader,
  size: number,
  reckon: (nodes: Nodes) => T,
): Promise<T> {
  const tiles = new Map<string, Uint8Array>();
  const nodes: Nodes = (level, index) => {
    const height = Math.floor(level / TILE_HEIGHT);
    const width = 2 ** (level % TILE_HEIGHT);
    const number = Math.floor((index * width) / TILE_WIDTH);
    const tile = tiles.get(`${height}/${number}`);
    if (tile === undefined) {
      throw new MissingTile(height, number);
    }
    return subtree(tile, (index * width) % TILE_WIDTH, width);
  };
  for (;;) {
    try {
      return reckon(nodes);
    } catch (missing) {
      if (!(missing instanceof MissingTile)) {
        throw missing;
      }
      const { level, number } = missing;
      tiles.set(`${level}/${number}`, await readTile(reader, level, number, size));
    }
  }
}

function subtree(tile: Uint8Array, start: number, width: number): Uint8Array {
  if (width === 1) {
    const hash = tile.slice(start * HASH_LENGTH, (start + 1) * HASH_LENGTH);
    if (hash.length !== HASH_LENGTH) {
      throw new Invalid("log.tile");
    }
    return hash;
  }
  const half = width / 2;
  return nodeHash(subtree(tile, start, half), subtree(tile, start + half, half));
}

/**
 * Check that an older tree is the beginning of the log as its newer checkpoint tells it.
 *
 * Throws `Invalid` with `log.consistency`, `log.tile`.
 */
export async function checkExtension(
  reader: Reader,
  older: Tree,
  newer: Checkpoint,
): Promise<void> {
  const [size] = older;
  const isProved = size > 0 && size < newer.size;
  const path = isProved
    ? await withNodes(reader, newer.size, (nodes) => consistencyPath(size, newer.size, nodes))
    : [];
  checkConsistency(older, [newer.size, newer.root], path);
}

/** Read the entries `start` to `end` of a log of that size. Throws `log.tile`, `log.entry`. */
export async function readEntries(
  reader: Reader,
  start: number,
  end: number,
  size = end,
): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  const first = Math.floor(start / TILE_WIDTH);
  for (let number = first; number * TILE_WIDTH < end; number += 1) {
    const bundle = parseEntryBundle(await readTile(reader, null, number, size));
    if (bundle.length < Math.min(TILE_WIDTH, size - number * TILE_WIDTH)) {
      throw new Invalid("log.tile", tilePath(null, number));
    }
    entries.push(...bundle);
  }
  const skipped = first * TILE_WIDTH;
  return entries.slice(start - skipped, end - skipped);
}

/** Make the receipt of an entry from the log's own files. Throws `log.tile`, `log.inclusion`. */
export async function readReceipt(
  reader: Reader,
  index: number,
  checkpoint: Checkpoint,
): Promise<Receipt> {
  const { size } = checkpoint;
  const [entry] = await readEntries(reader, index, Math.min(index + 1, size), size);
  if (entry === undefined) {
    throw new Invalid("log.inclusion");
  }
  const path = await withNodes(reader, size, (nodes) => inclusionPath(index, size, nodes));
  checkInclusion(leafHash(entry), index, size, { path, expected: checkpoint.root });
  return new Receipt(index, entry, path, checkpoint);
}

/** Read the object that an entry names. Throws `log.object`, `object.id`, and as `parseObject`. */
export async function readObject(reader: Reader, { object, type }: Entry): Promise<Stored> {
  const raw = await reader.read(objectPath(object));
  if (raw === null) {
    throw new Invalid("log.object");
  }
  checkId(raw, object);
  const stored = parseObject(raw);
  if (stored.value.type !== type) {
    throw new Malformed("log.entry");
  }
  return stored;
}

/**
 * A device's own copy of what a log says: every entry taken in order, every ballot checked.
 *
 * `advance` refuses a log that takes back or changes what it said before; what is wrong with an
 * entry goes to the report, and from then on nothing of this log is to be vouched for.
 */
export class Follower {
  readonly report = new Report();
  readonly replay = new Replay();
  readonly ballots: (readonly [entry: number, ballot: ObjectId])[] = [];
  checkpoint: Checkpoint | null = null;
  private readonly entries: Uint8Array[] = [];
  private taken = 0;

  constructor(
    private readonly reader: Reader,
    private readonly key: VerifierKey,
  ) {}

  /** Give the number of entries that the log has shown. */
  get size(): number {
    return this.entries.length;
  }

  /**
   * Read on to the newest checkpoint.
   *
   * Throws `BallotError` with `log.*` for the log as a whole. Where the network fails it throws
   * what the reader threw, and the next call goes on from there.
   */
  async advance(pace: Pace = {}): Promise<void> {
    const { progress = () => {}, pause = () => Promise.resolve(), judge = judgeHere } = pace;
    await this.extend();
    const first = this.taken;
    while (this.taken < this.size) {
      const chunk = this.entries.slice(this.taken, this.taken + READ_AT_ONCE);
      const objects = await Promise.all(chunk.map((entry) => this.read(entry)));
      for (const object of objects) {
        await this.report.finding({ entry: this.taken }, () => this.take(object, judge));
        this.taken += 1;
        progress(this.taken - first, this.size - first);
        await pause();
      }
    }
  }

  private async extend(): Promise<void> {
    const checkpoint = await readCheckpoint(this.reader, this.key);
    const { size } = checkpoint;
    const added = size < this.size ? [] : await readEntries(this.reader, this.size, size);
    const entries = [...this.entries, ...added];
    if (entries.length !== size || !isSame(rootOf(entries), checkpoint.root)) {
      throw new Invalid(this.size > 0 ? "log.consistency" : "log.root");
    }
    this.entries.push(...added);
    this.checkpoint = checkpoint;
  }

  /** Read the object of an entry, or what is wrong with it. */
  private async read(entry: Uint8Array): Promise<Stored | BallotError> {
    try {
      return await readObject(this.reader, parseEntry(entry));
    } catch (error) {
      if (error instanceof BallotError) {
        return error;
      }
      throw error;
    }
  }

  private async take(object: Stored | BallotError, judge: Judge): Promise<void> {
    if (object instanceof BallotError) {
      throw object;
    }
    const { value } = object;
    const isBallot = value.type === "ballot" && this.replay.elections.has(value.election);
    const paper = isBallot ? this.replay.paper(value.election) : null;
    this.replay.take(object, paper === null ? undefined : await judge(paper, object));
    this.report.covered(object.value.type);
    if (object.value.type === "ballot") {
      this.ballots.push([this.taken, object.id]);
    }
  }

  /** Check that a tree seen before is the beginning of this log. Throws `log.consistency`. */
  checkExtends([size, expected]: Tree): void {
    if (size > this.size || !isSame(rootOf(this.entries.slice(0, size)), expected)) {
      throw new Invalid("log.consistency");
    }
  }

  /**
   * Give a tally that a trustee may decrypt: of a closed election, added up here from ballots
   * that were all checked here, in a log in which nothing is wrong.
   *
   * Throws `Invalid` with the first finding's rule, or `order.reference`.
   */
  countOf(tally: ObjectId): ElectionState {
    const [finding] = this.report.findings;
    if (finding !== undefined) {
      throw new Invalid(finding.rule, finding.entry ?? undefined);
    }
    const state = this.replay.tallies.get(tally);
    if (state === undefined || state.isAnnulled || this.taken < this.size) {
      throw new Invalid("order.reference");
    }
    return state;
  }
}

function rootOf(entries: readonly Uint8Array[]): Uint8Array {
  return root(entries.length, nodesOf(entries.map(leafHash)));
}

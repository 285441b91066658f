/** Protocol §11. Checking a record: the log's files, then every object in order, in one report. */

import { type Paper, type Progress, makePaper, preparePaper } from "./ballot.js";
import { isSame, parseUtf8, toHex, utf8 } from "./encoding.js";
import { BallotError, Invalid, Malformed } from "./errors.js";
import {
  type Checkpoint,
  type Entry,
  type VerifierKey,
  checkCheckpoint,
  hashTile,
  parseCheckpoint,
  parseEntry,
  parseEntryBundle,
  tilePath,
  tilePaths,
} from "./log.js";
import { leafHash, nodesOf, root } from "./merkle.js";
import {
  type DecisionOutcome,
  type Election,
  type Keys,
  type ObjectId,
  type RatingOutcome,
  type Stored,
  checkId,
  parseObject,
} from "./objects.js";
import type { Receipt } from "./receipt.js";
import { CHECKPOINT, MOST_FILES, type Reader, VKEY, objectPath } from "./record.js";
import { Replay, type Verdict, judgeBallot } from "./replay.js";
import type { ElectionState } from "./states.js";

/** One thing that is wrong: the entry it stands in, if in one, and the rule it breaks. */
export interface Finding {
  readonly rule: string;
  readonly entry: number | null;
  readonly where: number | string | null;
}

/** What a record says of one election. */
export interface ElectionSummary {
  readonly id: ObjectId;
  readonly title: string;
  readonly kind: string;
  readonly round: number;
  readonly stage: string;
  readonly ballots: number;
  readonly challenges: number;
  readonly counts: readonly (readonly [question: string, option: string, count: number])[];
  readonly outcome: DecisionOutcome | RatingOutcome | null;
}

/** What was checked, how many, and what was found. */
export class Report {
  origin = "";
  size = 0;
  root = "";
  readonly findings: Finding[] = [];
  readonly checked = new Map<string, number>();
  elections: readonly ElectionSummary[] = [];

  /** Tell whether nothing was found. */
  get isSound(): boolean {
    return this.findings.length === 0;
  }

  /** Count something that was checked. */
  covered(kind: string): void {
    this.checked.set(kind, (this.checked.get(kind) ?? 0) + 1);
  }

  /** Do a check and turn its failing into a finding, with `null` for what it gives. */
  async finding<T>(place: Place, check: () => T | Promise<T>): Promise<T | null> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof BallotError)) {
        throw error;
      }
      const { entry = null, where = null } = place;
      this.findings.push({ rule: error.rule, entry, where: error.where ?? where });
      return null;
    }
  }
}

interface Place {
  readonly entry?: number;
  readonly where?: string;
}

/** How long work is watched, and how it makes room for what else a page has to do. */
export interface Pace {
  /** Told how many ballots of how many were checked. */
  readonly progress?: Progress;
  /** Waited for after each ballot. */
  readonly pause?: () => Promise<void>;
  /** Checks a ballot, perhaps elsewhere; here and now where it is not given. */
  readonly judge?: Judge;
}

/** Gives a ballot's verdict, apart from its place in the log. */
export type Judge = (paper: Paper, ballot: Stored) => Verdict | Promise<Verdict>;

/** Many ballots pay for the tables that make each of them cheap. */
export function judgeHere(paper: Paper, ballot: Stored): Verdict {
  preparePaper(paper);
  return judgeBallot(paper, ballot);
}

/** Check a whole record with the log's key. */
export async function checkRecord(
  reader: Reader,
  key: VerifierKey,
  pace: Pace = {},
): Promise<Report> {
  const [report] = await replayRecord(reader, key, pace);
  return report;
}

/** Check a whole record and give the state it leads to, which a trustee decrypts from. */
export async function replayRecord(
  reader: Reader,
  key: VerifierKey,
  pace: Pace = {},
): Promise<[Report, Replay]> {
  const report = new Report();
  const replay = new Replay();
  const log = await readLog(reader, key, report);
  if (log === null) {
    return [report, replay];
  }
  const { checkpoint, entries } = log;
  await checkTree(reader, checkpoint, entries, report);
  const names = await readNames(entries, report);
  await checkFiles(reader, checkpoint, names, report);
  const objects = await readObjects(reader, names, report);
  const verdicts = await judgeAll(objects, pace);
  for (const [entry, stored] of objects) {
    await report.finding({ entry }, () => {
      replay.take(stored, verdicts.get(entry));
      report.covered(stored.value.type);
    });
  }
  if (replay.ways.size > 0) {
    report.checked.set("project", replay.ways.size);
  }
  report.elections = [...replay.elections.values()].map(summaryOf);
  return [report, replay];
}

/**
 * Check that a record goes on from the log that a receipt was given from, and holds its ballot.
 *
 * The receipt itself was checked before. Throws `Invalid` with `log.inclusion` (the record ends
 * before the receipt), `log.consistency`, `log.object`, `object.id`, or what is wrong with the
 * record's checkpoint and entries.
 */
export async function checkReceiptInRecord(
  receipt: Receipt,
  reader: Reader,
  key: VerifierKey,
): Promise<void> {
  const report = new Report();
  const log = await readLog(reader, key, report);
  const [fault] = report.findings;
  if (fault !== undefined) {
    throw new Invalid(fault.rule, fault.where ?? undefined);
  }
  // What could not be read is a fault.
  const { checkpoint, entries } = log!;
  const signed = receipt.checkpoint;
  if (checkpoint.size < signed.size) {
    throw new Invalid("log.inclusion", CHECKPOINT);
  }
  const nodes = nodesOf(entries.map(leafHash));
  const isKept = isSame(root(signed.size, nodes), signed.root);
  if (!isKept || !isSame(root(entries.length, nodes), checkpoint.root)) {
    throw new Invalid("log.consistency", CHECKPOINT);
  }
  const { object } = parseEntry(receipt.entry);
  const raw = await reader.read(objectPath(object));
  if (raw === null) {
    throw new Invalid("log.object", objectPath(object));
  }
  checkId(raw, object);
}

/** What the log says of itself, and its entries. */
interface Log {
  readonly checkpoint: Checkpoint;
  readonly entries: readonly Uint8Array[];
}

/** Read checkpoint and entries; give `null` where some of it can't be read. */
async function readLog(reader: Reader, key: VerifierKey, report: Report): Promise<Log | null> {
  const checkpoint = await checkHead(reader, key, report);
  const entries = checkpoint && (await readEntries(reader, checkpoint, report));
  return entries && { checkpoint: checkpoint!, entries };
}

async function checkHead(
  reader: Reader,
  key: VerifierKey,
  report: Report,
): Promise<Checkpoint | null> {
  await report.finding({ where: VKEY }, async () => {
    const vkey = await reader.read(VKEY);
    if (vkey !== null && !isSame(vkey, utf8(`${key}\n`))) {
      throw new Malformed("log.vkey");
    }
  });
  const checkpoint = await report.finding({ where: CHECKPOINT }, async () => {
    const note = await reader.read(CHECKPOINT);
    return parseCheckpoint((note && parseUtf8(note)) ?? "");
  });
  await report.finding({ where: CHECKPOINT }, () => {
    if (checkpoint !== null) {
      report.origin = checkpoint.origin;
      report.size = checkpoint.size;
      report.root = toHex(checkpoint.root);
      checkCheckpoint(checkpoint, key);
      report.covered("checkpoint");
    }
  });
  return checkpoint;
}

async function readEntries(
  reader: Reader,
  checkpoint: Checkpoint,
  report: Report,
): Promise<Uint8Array[] | null> {
  if (checkpoint.size > MOST_FILES) {
    report.findings.push({ rule: "log.size", entry: null, where: CHECKPOINT });
    return null;
  }
  const entries: Uint8Array[] = [];
  for (const [level, number, width] of tilePaths(checkpoint.size)) {
    if (level !== null) {
      break;
    }
    const path = tilePath(level, number, width);
    await report.finding({ where: path }, async () => {
      const bundle = await reader.read(path);
      const found = bundle && parseEntryBundle(bundle);
      if (found?.length !== width) {
        throw new Invalid("log.tile");
      }
      entries.push(...found);
      report.covered("tile");
    });
  }
  return entries.length === checkpoint.size ? entries : null;
}

async function checkTree(
  reader: Reader,
  checkpoint: Checkpoint,
  entries: readonly Uint8Array[],
  report: Report,
): Promise<void> {
  const nodes = nodesOf(entries.map(leafHash));
  await report.finding({ where: CHECKPOINT }, () => {
    if (!isSame(root(entries.length, nodes), checkpoint.root)) {
      throw new Invalid("log.root");
    }
  });
  for (const [level, number, width] of tilePaths(entries.length)) {
    if (level !== null) {
      const path = tilePath(level, number, width);
      await report.finding({ where: path }, async () => {
        const tile = await reader.read(path);
        if (tile === null || !isSame(tile, hashTile(level, number, width, nodes))) {
          throw new Invalid("log.tile");
        }
        report.covered("tile");
      });
    }
  }
}

type Names = readonly (readonly [entry: number, name: Entry])[];

async function readNames(entries: readonly Uint8Array[], report: Report): Promise<Names> {
  const names: [number, Entry][] = [];
  for (const [entry, bytes] of entries.entries()) {
    await report.finding({ entry }, () => {
      names.push([entry, parseEntry(bytes)]);
      report.covered("entry");
    });
  }
  return names;
}

async function checkFiles(
  reader: Reader,
  checkpoint: Checkpoint,
  names: Names,
  report: Report,
): Promise<void> {
  const objects = names.map(([, { object }]) => objectPath(object));
  const tiles = [...tilePaths(checkpoint.size)].map((place) => tilePath(...place));
  const expected = new Set([CHECKPOINT, VKEY, ...objects, ...tiles]);
  for (const path of reader.paths() ?? []) {
    await report.finding({ where: path }, () => {
      // A path that stands twice is no longer expected the second time.
      if (!expected.delete(path)) {
        throw new Invalid("log.file");
      }
    });
  }
}

type Objects = readonly (readonly [entry: number, stored: Stored])[];

/** Read and check every object by itself; what fails is found and left out. */
async function readObjects(reader: Reader, names: Names, report: Report): Promise<Objects> {
  const objects: [number, Stored][] = [];
  for (const [entry, { object, type }] of names) {
    await report.finding({ entry }, async () => {
      const raw = await reader.read(objectPath(object));
      if (raw === null) {
        throw new Invalid("log.object");
      }
      checkId(raw, object);
      const stored = parseObject(raw);
      if (stored.value.type !== type) {
        throw new Malformed("log.entry");
      }
      report.covered("object");
      objects.push([entry, stored]);
    });
  }
  return objects;
}

/** Check the ballots whose election's paper stands before them. */
async function judgeAll(objects: Objects, pace: Pace): Promise<ReadonlyMap<number, Verdict>> {
  const { progress, pause, judge = judgeHere } = pace;
  const all = objects.filter(([, stored]) => stored.value.type === "ballot").length;
  const keys = new Map<ObjectId, Keys>();
  const papers = new Map<ObjectId, Paper | null>();
  const verdicts = new Map<number, Verdict>();
  for (const [entry, stored] of objects) {
    const { id, raw, value } = stored;
    if (value.type === "keys") {
      keys.set(id, value);
    } else if (value.type === "election" && keys.has(value.keys)) {
      papers.set(id, await layOut({ id, raw, value }, keys.get(value.keys)!));
    } else if (value.type === "ballot") {
      const paper = papers.get(value.election);
      if (paper) {
        verdicts.set(entry, await judge(paper, stored));
        progress?.(verdicts.size, all);
        await pause?.();
      }
    }
  }
  return verdicts;
}

/** Lay out an election's paper; where that fails, the replay finds the same fault and its entry. */
function layOut(election: Stored<Election>, keys: Keys): Promise<Paper | null> {
  return new Report().finding({}, () => makePaper(election, keys));
}

/** Tell what a record says of an election. */
export function summaryOf(state: ElectionState): ElectionSummary {
  const { title, kind, round } = state.value.manifest;
  const { election, style } = state.paper;
  const counts = state.result?.counts ?? [];
  return {
    id: election,
    title,
    kind,
    round,
    stage: stageOf(state),
    ballots: state.ballots.size,
    challenges: state.challenged.size,
    counts: counts.map((count, slot) => [...style.optionSlots[slot]!, count] as const),
    outcome: state.outcome,
  };
}

function stageOf(state: ElectionState): string {
  const stages = [
    ["annulled", state.isAnnulled],
    ["decided", state.outcome],
    ["counted", state.result],
    ["tallied", state.count],
    ["closed", state.closing],
    ["open", state.opening],
  ] as const;
  return stages.find(([, reached]) => reached)?.[0] ?? "prepared";
}

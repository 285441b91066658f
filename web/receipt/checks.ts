/** What a reader's browser checks of a receipt: one line a check, in order, each told as it ends. */

import { shortTracker } from "../ballots/ballot.js";
import { checkExtension, readCheckpoint, readObject } from "../ballots/client.js";
import { parseB64u } from "../ballots/encoding.js";
import { BallotError } from "../ballots/errors.js";
import { parseKey } from "../ballots/keys.js";
import { type VerifierKey, checkCheckpoint, checkCosignature } from "../ballots/log.js";
import { type ObjectId, type Stored, checkObjectSignature } from "../ballots/objects.js";
import { type Receipt, checkReceipt, parseCompact, parseReceipt } from "../ballots/receipt.js";
import type { Reader } from "../ballots/record.js";

/** A log that the page knows, by the key that it was served with or that the reader has given. */
export interface KnownLog {
  readonly key: VerifierKey;
  readonly witnesses: readonly VerifierKey[];
  /** Reads the log over the network. */
  readonly reader: Reader;
}

/** What a reader brings: a receipt's text or its compact form, and the code it should be of. */
export interface Brought {
  readonly text: string;
  readonly form: "text" | "compact";
  /** The sixteen characters that the reader came with, where they came with them. */
  readonly code?: string;
}

export const CHECKS = [
  "form",
  "signature",
  "inclusion",
  "witnesses",
  "object",
  "consistency",
] as const;

export type CheckName = (typeof CHECKS)[number];

/** How a check ended: `open` where it could not be made and says nothing. */
export interface Line {
  readonly name: CheckName;
  readonly state: "holds" | "fails" | "open";
  /** The rule that is broken, `foreign` or `another`, or why the check is open. */
  readonly rule: string;
}

/** What a receipt says, as far as it could be read. */
export interface Facts {
  log: KnownLog | null;
  receipt: Receipt | null;
  tracker: string;
  election: { readonly id: ObjectId; readonly title: string } | null;
  witnesses: string[];
  size: number;
}

/** What all the checks come to. */
export type Verdict = "holds" | "offline" | "foreign" | "fails";

/** A check that ends for a reason of this page's own and breaks no rule of the protocol. */
class Ended extends Error {
  constructor(
    readonly state: "fails" | "open",
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** Told each line as it ends, with what is known by then. */
export type Watcher = (line: Line, facts: Facts) => void;

/** Check a receipt against the logs that are known. */
export async function checkBrought(
  brought: Brought,
  logs: readonly KnownLog[],
  watch: Watcher,
): Promise<{ readonly verdict: Verdict; readonly facts: Facts }> {
  const facts: Facts = {
    log: null,
    receipt: null,
    tracker: "",
    election: null,
    witnesses: [],
    size: 0,
  };
  const lines: Line[] = [];
  for (const name of CHECKS) {
    const line = await run(name, () => MADE[name](facts, brought, logs), lines);
    lines.push(line);
    watch(line, facts);
  }
  return { verdict: verdictOf(lines), facts };
}

async function run(
  name: CheckName,
  make: () => void | Promise<void>,
  before: readonly Line[],
): Promise<Line> {
  if (before.some(({ state }) => state === "fails")) {
    return { name, state: "open", rule: "before" };
  }
  try {
    await make();
    return { name, state: "holds", rule: "" };
  } catch (error) {
    if (error instanceof BallotError) {
      return { name, state: "fails", rule: error.rule };
    }
    if (error instanceof Ended) {
      return { name, state: error.state, rule: error.reason };
    }
    throw error;
  }
}

function verdictOf(lines: readonly Line[]): Verdict {
  const failed = lines.find(({ state }) => state === "fails");
  if (failed !== undefined) {
    return failed.rule === FOREIGN ? "foreign" : "fails";
  }
  return lines.some(({ rule }) => rule === "network") ? "offline" : "holds";
}

/** No log of this site has the name or key that the receipt is signed under. */
export const FOREIGN = "foreign";
/** The receipt is sound, but of another ballot than the one asked for. */
export const ANOTHER = "another";

type Check = (
  facts: Facts,
  brought: Brought,
  logs: readonly KnownLog[],
) => void | Promise<void>;

const MADE: Readonly<Record<CheckName, Check>> = {
  form: readForm,
  signature: readSignature,
  inclusion: readInclusion,
  witnesses: readWitnesses,
  object: readBallot,
  consistency: readToday,
};

function readForm(facts: Facts, { text, form }: Brought, logs: readonly KnownLog[]): void {
  if (form === "compact") {
    const keys = logs.map(({ key }) => key);
    const witnesses = logs.flatMap((log) => log.witnesses);
    facts.receipt = parseCompact(text.trim(), keys, witnesses);
  } else {
    facts.receipt = parseReceipt(text.replace(/\r\n/g, "\n"));
  }
  facts.size = facts.receipt.checkpoint.size;
}

function readSignature(facts: Facts, _brought: Brought, logs: readonly KnownLog[]): void {
  const { checkpoint } = facts.receipt!;
  const log = logs.find(({ key }) => key.name === checkpoint.origin);
  if (log === undefined) {
    throw new Ended("fails", FOREIGN);
  }
  facts.log = log;
  checkCheckpoint(checkpoint, log.key);
}

function readInclusion(facts: Facts, { code }: Brought): void {
  const tracker = checkReceipt(facts.receipt!, facts.log!.key);
  facts.tracker = tracker;
  if (code !== undefined && shortTracker(tracker) !== code) {
    throw new Ended("fails", ANOTHER);
  }
}

/** A line of a known witness that does not hold is a fault; lines of others say nothing. */
function readWitnesses(facts: Facts): void {
  const { checkpoint } = facts.receipt!;
  for (const key of facts.log!.witnesses) {
    if (checkpoint.signatures.some(({ name }) => name === key.name)) {
      checkCosignature(checkpoint, key);
      facts.witnesses.push(key.name);
    }
  }
  if (facts.witnesses.length === 0) {
    throw new Ended("open", "no-witness");
  }
}

/** Whatever a reader throws that is no failed check is the network's. */
async function overNetwork<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof BallotError ? error : new Ended("open", "network");
  }
}

async function readBallot(facts: Facts): Promise<void> {
  const { reader } = facts.log!;
  const ballot = await overNetwork(() =>
    readObject(reader, { object: facts.tracker, type: "ballot" }),
  );
  checkSigned(ballot);
  const id = ballot.value.type === "ballot" ? ballot.value.election : "";
  const election = await overNetwork(() => readObject(reader, { object: id, type: "election" }));
  if (election.value.type === "election") {
    facts.election = { id, title: election.value.manifest.title };
  }
}

function checkSigned({ value }: Stored): void {
  if (value.type === "ballot") {
    checkObjectSignature(value, parseKey(parseB64u(value.credential)));
  }
}

async function readToday(facts: Facts): Promise<void> {
  const { key, reader } = facts.log!;
  const { checkpoint } = facts.receipt!;
  await overNetwork(async () => {
    const today = await readCheckpoint(reader, key);
    await checkExtension(reader, [checkpoint.size, checkpoint.root], today);
    facts.size = today.size;
  });
}

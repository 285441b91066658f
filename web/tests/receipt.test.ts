/** The receipt page's checks: good, tampered, foreign, forked and offline receipts. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { shortTracker } from "../ballots/ballot.js";
import {
  type Checkpoint,
  Checkpoint as Note,
  cosign,
  entryBytes,
  makeCheckpoint,
  makeVerifierKey,
  parseEntry,
} from "../ballots/log.js";
import { leafHash, nodesOf, root } from "../ballots/merkle.js";
import { type Stored, store } from "../ballots/objects.js";
import { makeReceipt, toCompact } from "../ballots/receipt.js";
import { FilesReader, type Reader, objectPath, recordFiles } from "../ballots/record.js";
import { type Brought, type KnownLog, type Line, checkBrought } from "../receipt/checks.js";
import { type BallotVector, vector } from "./vectors.js";

const ORIGIN = "vote.example/test";
const SEED = new Uint8Array(32).fill(7);
const WITNESS_SEED = new Uint8Array(32).fill(8);
const KEY = makeVerifierKey(ORIGIN, SEED);
const WITNESS = makeVerifierKey("witness.example", WITNESS_SEED, true);

const VECTORS = vector<readonly BallotVector[]>("ballots.json");
const OBJECTS = distinct(
  VECTORS.flatMap(({ election, ballot }) => [store(election), store(ballot)]),
);
const ENTRIES = OBJECTS.map(({ id, value }) => entryBytes(id, value.type));
const SIZE = ENTRIES.length;
const NODES = nodesOf(ENTRIES.map(leafHash));
const INDEX = ENTRIES.findIndex((entry) => parseEntry(entry).type === "ballot");
const TRACKER = parseEntry(ENTRIES[INDEX]!).object;

function distinct(objects: readonly Stored[]): Stored[] {
  return [...new Map(objects.map((stored) => [stored.id, stored])).values()];
}

function signed(size: number): Checkpoint {
  return makeCheckpoint(ORIGIN, size, root(size, NODES), SEED);
}

function receiptAt(checkpoint: Checkpoint): string {
  return String(makeReceipt(INDEX, ENTRIES[INDEX]!, checkpoint, NODES));
}

const TODAY = recordFiles(OBJECTS, signed(SIZE), String(KEY));
const EARLY = receiptAt(signed(INDEX + 1));
const NOWHERE: Reader = {
  paths: () => null,
  read: () => Promise.reject(new Error("no network")),
};

function known(reader: Reader = new FilesReader(TODAY)): KnownLog {
  return { key: KEY, witnesses: [WITNESS], reader };
}

async function check(brought: Brought, log: KnownLog = known()): Promise<Outcome> {
  const lines: Line[] = [];
  const { verdict, facts } = await checkBrought(brought, [log], (line) => lines.push(line));
  const shown = Object.fromEntries(lines.map(({ name, state, rule }) => [name, rule || state]));
  return { verdict, facts, shown };
}

interface Outcome {
  readonly verdict: string;
  readonly facts: Awaited<ReturnType<typeof checkBrought>>["facts"];
  readonly shown: Record<string, string>;
}

describe("a receipt", () => {
  test("of an early checkpoint holds in today's log", async () => {
    const { verdict, facts, shown } = await check({ text: EARLY, form: "text" });

    assert.equal(verdict, "holds");
    assert.deepEqual(shown, {
      form: "holds",
      signature: "holds",
      inclusion: "holds",
      witnesses: "no-witness",
      object: "holds",
      consistency: "holds",
    });
    assert.equal(facts.tracker, TRACKER);
    assert.equal(facts.size, SIZE);
    assert.equal(typeof facts.election?.title, "string");
  });

  test("with lines ended as Windows ends them holds", async () => {
    const { verdict } = await check({ text: EARLY.replace(/\n/g, "\r\n"), form: "text" });

    assert.equal(verdict, "holds");
  });

  test("with a witness's line shows the witness", async () => {
    const bare = signed(INDEX + 1);
    const line = cosign(bare, WITNESS.name, WITNESS_SEED, 1_770_000_000);
    const witnessed = new Note(ORIGIN, bare.size, bare.root, [...bare.signatures, line]);

    const { verdict, facts } = await check({ text: receiptAt(witnessed), form: "text" });

    assert.equal(verdict, "holds");
    assert.deepEqual(facts.witnesses, [WITNESS.name]);
  });

  test("with a witness's line of another checkpoint fails", async () => {
    const bare = signed(INDEX + 1);
    const line = cosign(signed(INDEX + 2), WITNESS.name, WITNESS_SEED, 1_770_000_000);
    const witnessed = new Note(ORIGIN, bare.size, bare.root, [...bare.signatures, line]);

    const { verdict, shown } = await check({ text: receiptAt(witnessed), form: "text" });

    assert.equal(verdict, "fails");
    assert.equal(shown["witnesses"], "log.signature");
  });

  test("in compact form holds as far as it can be checked without network", async () => {
    const receipt = makeReceipt(INDEX, ENTRIES[INDEX]!, signed(INDEX + 1), NODES);
    const brought = { text: toCompact(receipt, KEY), form: "compact" } as const;

    const { verdict, facts, shown } = await check(brought, known(NOWHERE));

    assert.equal(verdict, "offline");
    assert.equal(shown["inclusion"], "holds");
    assert.equal(shown["object"], "network");
    assert.equal(shown["consistency"], "network");
    assert.equal(facts.tracker, TRACKER);
  });

  test("with one character changed anywhere never holds", async () => {
    const receipt = EARLY.slice(0, EARLY.lastIndexOf("— "));
    for (let at = 0; at < receipt.length; at += 1) {
      const other = receipt[at] === "A" ? "B" : "A";
      const text = receipt.slice(0, at) + other + EARLY.slice(at + 1);

      const { verdict } = await check({ text, form: "text" }, known(NOWHERE));

      assert.ok(verdict === "fails" || verdict === "foreign", `at ${at}`);
    }
  });

  test("of another log is foreign", async () => {
    const other = makeCheckpoint("elsewhere.example/x", SIZE, root(SIZE, NODES), SEED);

    const { verdict, shown } = await check({ text: receiptAt(other), form: "text" });

    assert.equal(verdict, "foreign");
    assert.equal(shown["inclusion"], "before");
  });

  test("under the log's name but signed with another key fails", async () => {
    const forged = makeCheckpoint(ORIGIN, SIZE, root(SIZE, NODES), WITNESS_SEED);

    const { verdict, shown } = await check({ text: receiptAt(forged), form: "text" });

    assert.equal(verdict, "fails");
    assert.equal(shown["signature"], "log.signature");
  });

  test("of another ballot than the one asked for fails", async () => {
    const right = await check({ text: EARLY, form: "text", code: shortTracker(TRACKER) });
    const wrong = await check({ text: EARLY, form: "text", code: "0000-0000-0000-0000" });

    assert.equal(right.verdict, "holds");
    assert.equal(wrong.verdict, "fails");
    assert.equal(wrong.shown["inclusion"], "another");
  });

  test("of something that is no ballot fails", async () => {
    const index = ENTRIES.findIndex((entry) => parseEntry(entry).type !== "ballot");
    const text = String(makeReceipt(index, ENTRIES[index]!, signed(SIZE), NODES));

    const { shown } = await check({ text, form: "text" });

    assert.equal(shown["inclusion"], "receipt.entry");
  });
});

describe("a log", () => {
  test("that serves other bytes for the ballot is found out", async () => {
    const files = new Map(TODAY).set(objectPath(TRACKER), OBJECTS[0]!.raw);

    const { verdict, shown } = await check(
      { text: EARLY, form: "text" },
      known(new FilesReader(files)),
    );

    assert.equal(verdict, "fails");
    assert.equal(shown["object"], "object.id");
  });

  test("that no longer has the ballot is found out", async () => {
    const files = new Map(TODAY);
    files.delete(objectPath(TRACKER));

    const { shown } = await check({ text: EARLY, form: "text" }, known(new FilesReader(files)));

    assert.equal(shown["object"], "log.object");
  });

  test("that was written anew without the ballot is found out", async () => {
    const kept = OBJECTS.filter(({ id }) => id !== TRACKER);
    const leaves = ENTRIES.filter((_, at) => at !== INDEX).map(leafHash);
    const head = makeCheckpoint(ORIGIN, SIZE - 1, root(SIZE - 1, nodesOf(leaves)), SEED);
    const files = recordFiles(kept, head, String(KEY)).set(
      objectPath(TRACKER),
      OBJECTS[INDEX]!.raw,
    );

    const { verdict, shown } = await check(
      { text: EARLY, form: "text" },
      known(new FilesReader(files)),
    );

    assert.equal(verdict, "fails");
    assert.equal(shown["consistency"], "log.consistency");
  });

  test("that shows less than it signed is found out", async () => {
    const files = recordFiles(OBJECTS.slice(0, INDEX), signed(INDEX), String(KEY));
    for (const { id, raw } of OBJECTS) {
      files.set(objectPath(id), raw);
    }

    const { shown } = await check({ text: EARLY, form: "text" }, known(new FilesReader(files)));

    assert.equal(shown["consistency"], "log.consistency");
  });
});

/** Whether a log that was written anew is noticed by somebody who saw it before. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { entryBytes, makeCheckpoint, makeVerifierKey } from "../ballots/log.js";
import { leafHash, nodesOf, root } from "../ballots/merkle.js";
import { type Stored, store } from "../ballots/objects.js";
import { FilesReader, type Reader, recordFiles } from "../ballots/record.js";
import { compare } from "../log/watch.js";

const ORIGIN = "vote.example/test";
const SEED = new Uint8Array(32).fill(7);
const KEY = makeVerifierKey(ORIGIN, SEED);
const OBJECTS = ["a", "b", "c", "d", "e"].map((name) =>
  store({ type: "session", congress: "c", name, deputies: 3 }),
);

function checkpoint(objects: readonly Stored[], seed = SEED): string {
  return String(noteOf(objects, seed));
}

function noteOf(objects: readonly Stored[], seed = SEED) {
  const nodes = nodesOf(objects.map(({ id, value }) => leafHash(entryBytes(id, value.type))));
  return makeCheckpoint(ORIGIN, objects.length, root(objects.length, nodes), seed);
}

function log(objects: readonly Stored[]): Reader {
  return new FilesReader(recordFiles(objects, noteOf(objects), String(KEY)));
}

const TODAY = log(OBJECTS);

describe("a log seen before", () => {
  test("has only grown", async () => {
    const found = await compare(TODAY, KEY, checkpoint(OBJECTS.slice(0, 3)));

    assert.deepEqual(found, { state: "same", seen: 3, today: checkpoint(OBJECTS) });
  });

  test("is compared however the lines of a kept checkpoint end", async () => {
    const kept = ` ${checkpoint(OBJECTS.slice(0, 3)).replace(/\n/g, "\r\n")}\r\n`;

    assert.equal((await compare(TODAY, KEY, kept)).state, "same");
  });

  test("is seen for the first time", async () => {
    const found = await compare(TODAY, KEY, null);

    assert.deepEqual(found, { state: "first", seen: 0, today: checkpoint(OBJECTS) });
  });

  test("was written anew", async () => {
    const other = [OBJECTS[1]!, OBJECTS[0]!, ...OBJECTS.slice(2)];

    const found = await compare(TODAY, KEY, checkpoint(other.slice(0, 3)));

    assert.deepEqual(found, { state: "rewritten", rule: "log.consistency" });
  });

  test("has become shorter", async () => {
    const found = await compare(log(OBJECTS.slice(0, 2)), KEY, checkpoint(OBJECTS));

    assert.deepEqual(found, { state: "rewritten", rule: "log.consistency" });
  });
});

describe("a checkpoint that proves nothing", () => {
  test("was signed by another", async () => {
    const forged = checkpoint(OBJECTS.slice(0, 3), new Uint8Array(32).fill(9));

    assert.equal((await compare(TODAY, KEY, forged)).state, "unsigned");
  });

  test("is served by the log itself", async () => {
    const forged = log(OBJECTS);
    const note = checkpoint(OBJECTS, new Uint8Array(32).fill(9));
    const bytes = new TextEncoder().encode(note);
    const read = (path: string) =>
      path === "checkpoint" ? Promise.resolve(bytes) : forged.read(path);

    const found = await compare({ paths: () => null, read }, KEY, null);

    assert.deepEqual(found, { state: "unsigned", rule: "log.signature" });
  });

  test("is none", async () => {
    for (const text of ["", "nonsense", "\n\n"]) {
      assert.equal((await compare(TODAY, KEY, text)).state, "malformed");
    }
  });
});

test("without a network nothing is claimed", async () => {
  const nowhere: Reader = { paths: () => null, read: () => Promise.reject(new Error("none")) };

  assert.deepEqual(await compare(nowhere, KEY, null), { state: "unreachable" });
});

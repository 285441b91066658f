/** Whole records: that of the vectors, every mutation of it, and archives that are none. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { toB64u, utf8 } from "../ballots/encoding.js";
import type { Paper } from "../ballots/ballot.js";
import { parseVerifierKey } from "../ballots/log.js";
import { type AnyObject, type Stored, parseObject, store } from "../ballots/objects.js";
import { parseReceipt } from "../ballots/receipt.js";
import {
  CHECKPOINT,
  FetchReader,
  FilesReader,
  VKEY,
  ZipReader,
  objectPath,
} from "../ballots/record.js";
import type { Verdict } from "../ballots/replay.js";
import { checkReceiptInRecord, checkRecord, judgeHere, replayRecord } from "../ballots/verify.js";
import {
  Congress,
  LOG_KEY,
  TIME,
  approval,
  choose,
  filesOf,
  ruleLater,
  secret,
} from "./congress.js";
import { vector, vectorBytes } from "./vectors.js";

const archive = vectorBytes("record.zip");
const { vkey, receipts } = vector<{ vkey: string; receipts: { text: string }[] }>("log.json");
const key = parseVerifierKey(vkey);
const files = new Map<string, Uint8Array>();
const packed = new ZipReader(archive);
for (const path of packed.paths()) {
  files.set(path, (await packed.read(path))!);
}

/** The objects of the record in their order. */
const objects: Stored[] = [];
const bundle = new TextDecoder("latin1").decode(files.get("tile/entries/000.p/70"));
for (const [, id] of bundle.matchAll(/"object":"([0-9a-f]{64})"/g)) {
  objects.push(parseObject(files.get(objectPath(id!))!));
}

const verdicts = new Map<string, Verdict>();

/** Check each ballot of an election once, however many records hold it. */
function remember(paper: Paper, ballot: Stored): Verdict {
  const name = `${paper.election} ${ballot.id}`;
  const verdict = verdicts.get(name) ?? judgeHere(paper, ballot);
  verdicts.set(name, verdict);
  return verdict;
}

/** Findings of a record as text: `rule@entry` or `rule@where`. */
async function findings(of: ReadonlyMap<string, Uint8Array>, by = key): Promise<string[]> {
  const report = await checkRecord(new FilesReader(of), by, { judge: remember });
  return report.findings.map(({ rule, entry, where }) => `${rule}@${entry ?? where}`);
}

function changed(path: string, content: Uint8Array | null, of = files): Map<string, Uint8Array> {
  const other = new Map(of);
  if (content === null) {
    other.delete(path);
  } else {
    other.set(path, content);
  }
  return other;
}

const flipped = (data: Uint8Array, at = 0): Uint8Array =>
  data.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe("record.zip", () => {
  test("is sound, and all of it was covered", async () => {
    const told: number[][] = [];
    let pauses = 0;
    const [report, replay] = await replayRecord(packed, key, {
      progress: (done, all) => told.push([done, all]),
      pause: () => Promise.resolve(void (pauses += 1)),
    });
    assert.deepEqual(report.findings, []);
    assert.ok(report.isSound);
    assert.equal(report.size, 70);
    assert.equal(report.checked.get("object"), 70);
    assert.equal(report.checked.get("ballot"), 22);
    assert.deepEqual(told[told.length - 1], [22, 22]);
    assert.equal(pauses, 22);
    assert.deepEqual(
      report.elections.map(({ stage }) => stage),
      ["decided", "decided", "decided", "decided"],
    );
    assert.deepEqual(report.elections[0]!.counts[0], ["projects", "p01", 5]);
    assert.equal(report.elections[0]!.challenges, 1);
    assert.equal(replay.elections.size, 4);
  });

  test("is that of its receipts", async () => {
    for (const { text } of receipts) {
      await checkReceiptInRecord(parseReceipt(text), packed, key);
    }
  });

  test("is not that of another key", async () => {
    assert.deepEqual((await findings(files, LOG_KEY)).slice(0, 2), [
      `log.vkey@${VKEY}`,
      `log.signature@${CHECKPOINT}`,
    ]);
  });
});

describe("files", () => {
  const congress = new Congress();
  const state = congress.open();
  congress.cast(state.paper, 0, choose("p1"));
  const small = congress.files();
  const size = congress.objects.length;
  const [TILE, ENTRIES] = [`tile/0/000.p/${size}`, `tile/entries/000.p/${size}`];
  const [tile, entries] = [small.get(TILE)!, small.get(ENTRIES)!];
  const stray = objectPath("00".repeat(32));
  const cases: [string, string, Uint8Array | null, string[]][] = [
    ["without a checkpoint", CHECKPOINT, null, [`log.checkpoint@${CHECKPOINT}`]],
    [
      "a checkpoint that is no text",
      CHECKPOINT,
      Uint8Array.of(255),
      [`log.checkpoint@${CHECKPOINT}`],
    ],
    ["without a vkey", VKEY, null, []],
    ["another vkey", VKEY, utf8(`${key}\n`), [`log.vkey@${VKEY}`]],
    ["without entries", ENTRIES, null, [`log.tile@${ENTRIES}`]],
    ["entries cut", ENTRIES, entries.slice(0, -5), [`log.entry@${ENTRIES}`]],
    [
      "one entry less",
      ENTRIES,
      entries.slice(2 + (entries[0]! << 8) + entries[1]!),
      [`log.tile@${ENTRIES}`],
    ],
    ["without a tile", TILE, null, [`log.tile@${TILE}`]],
    ["a tile changed", TILE, flipped(tile), [`log.tile@${TILE}`]],
    ["a tile cut", TILE, tile.slice(32), [`log.tile@${TILE}`]],
    ["a file too many", "notes.txt", utf8("hello"), ["log.file@notes.txt"]],
    ["an object too many", stray, utf8("{}"), [`log.file@${stray}`]],
  ];
  for (const [what, path, content, expected] of cases) {
    test(what, async () => {
      assert.deepEqual(await findings(changed(path, content, small), LOG_KEY), expected);
    });
  }

  test("a checkpoint of more entries than there can be", async () => {
    const note = new TextDecoder()
      .decode(small.get(CHECKPOINT)!)
      .replace(`\n${size}\n`, "\n250001\n");
    const found = await findings(changed(CHECKPOINT, utf8(note), small), LOG_KEY);
    assert.deepEqual(found, [`log.signature@${CHECKPOINT}`, `log.size@${CHECKPOINT}`]);
  });

  test("an entry changed is told by root, tile and the object it no longer names", async () => {
    const text = new TextDecoder("latin1").decode(entries);
    const at = text.indexOf('"ballot"') - 12;
    const other = text[at] === "a" ? "b" : "a";
    const data = Uint8Array.from(text.slice(0, at) + other + text.slice(at + 1), (c) =>
      c.charCodeAt(0),
    );
    const found = await findings(changed(ENTRIES, data, small), LOG_KEY);
    assert.deepEqual(found.slice(0, 2), [`log.root@${CHECKPOINT}`, `log.tile@${TILE}`]);
    assert.ok(found.some((finding) => finding.startsWith("log.object@")));
    assert.ok(found.some((finding) => finding.startsWith("log.file@object/")));
  });

  test("each object missing, and each one changed, is told at its entry", async () => {
    for (const entry of [0, 17, 69]) {
      const path = objectPath(objects[entry]!.id);
      assert.equal((await findings(changed(path, null)))[0], `log.object@${entry}`);
      const spoilt = flipped(files.get(path)!, 20);
      assert.equal((await findings(changed(path, spoilt)))[0], `object.id@${entry}`);
    }
  });
});

describe("logs that their server forged", () => {
  const forged = (list: readonly Stored[]): Promise<string[]> => findings(filesOf(list), LOG_KEY);
  const replaced = (entry: number, changes: object): Stored[] =>
    objects.map((stored, i) =>
      i === entry ? store({ ...stored.value, ...changes } as AnyObject) : stored,
    );
  const entryOf = (type: string): number => objects.findIndex(({ value }) => value.type === type);
  const first = async (list: readonly Stored[], entry: number): Promise<string | undefined> =>
    (await forged(list.slice(0, entry + 1)))[0];

  test("unchanged are sound under the key that signed them", async () => {
    assert.deepEqual(await forged(objects), []);
  });

  const cases: [string, object, string][] = [
    ["session", { deputies: "9" }, "object.schema"],
    ["session", { more: 1 }, "object.schema"],
    ["session", { type: "meeting" }, "object.type"],
    ["ceremony", { threshold: 4 }, "ceremony.shape"],
    ["trustee", { name: "other" }, "object.signature"],
    ["trustee-commitment", { coefficients: "" }, "ceremony.length"],
    ["trustee-confirmation", { transcript: "00".repeat(32) }, "object.signature"],
    ["roll", { credentials: [] }, "roll.credentials"],
    ["open", { time: "2026-02-30T00:00:00Z" }, "encoding.time"],
    ["ballot", { proof: "" }, "ballot.length"],
    ["challenge", { seed: toB64u(secret("x")) }, "challenge.ballot"],
    ["close", { issued: 9 }, "close.issued"],
    ["close", { ballots: 6 }, "close.ballots"],
    ["tally", { ballots: 6 }, "tally.ballots"],
    ["decryption", { index: 2 }, "object.signature"],
    ["result", { counts: [] }, "result.counts"],
    ["outcome", { elected: ["p02"] }, "outcome.value"],
    ["outcome", { grades: {} }, "object.schema"],
  ];
  for (const [type, changes, rule] of cases) {
    test(`${type} with ${Object.keys(changes).join()} changed: ${rule}`, async () => {
      const entry = entryOf(type);
      assert.equal(await first(replaced(entry, changes), entry), `${rule}@${entry}`);
    });
  }

  test("every ballot after the close, and every one twice", async () => {
    const [ballot, close] = [entryOf("ballot"), entryOf("close")];
    const after = [
      ...objects.slice(0, ballot),
      ...objects.slice(ballot + 1, close + 1),
      objects[ballot]!,
    ];
    assert.deepEqual(await forged(after), [`close.ballots@${close - 1}`]);
    const closing = store({ ...objects[close]!.value, ballots: 6 } as AnyObject);
    const late = [...after.slice(0, close - 1), closing, objects[ballot]!];
    assert.deepEqual(await forged(late), [`ballot.closed@${close}`]);
    const twice = [...objects.slice(0, ballot + 1), objects[ballot]!];
    assert.deepEqual(await forged(twice), [`order.repeated@${ballot + 1}`]);
  });

  test("neighbours changed about, wherever one refers to the other", async () => {
    for (const entry of [0, 1, 4, 7, 10, 12, 15, 25, 28, 29]) {
      const turned = [...objects];
      turned.splice(entry, 2, objects[entry + 1]!, objects[entry]!);
      assert.notDeepEqual(await forged(turned.slice(0, entry + 2)), [], `${entry}`);
    }
  });

  test("an entry that names another type than its object has", async () => {
    const wrong = { ...objects[0]!, value: { ...objects[0]!.value, type: "roll" } } as Stored;
    const found = await findings(filesOf([wrong, ...objects.slice(1, 3)]), LOG_KEY);
    assert.equal(found[0], "log.entry@0");
  });

  test("an entry that is none", async () => {
    const wrong = { ...objects[0]!, id: "x" };
    assert.equal((await forged([wrong]))[0], "log.entry@0");
  });

  test("an election whose manifest does not stand", async () => {
    const entry = entryOf("election");
    const manifest = approval(3, 2, { kind: "poll" });
    assert.equal(await first(replaced(entry, { manifest }), entry), `manifest.shape@${entry}`);
  });

  test("an election under keys that come later", async () => {
    const keys = entryOf("keys");
    const election = entryOf("election");
    const list = objects.slice(0, election + 1).filter((_, i) => i !== keys);
    assert.deepEqual(await forged(list), [`order.reference@${election - 1}`]);
  });
});

describe("elections that have not come to their end", () => {
  test("are no fault, and their stage is told", async () => {
    const congress = new Congress();
    const state = congress.open();
    const stage = async (): Promise<string | undefined> => {
      const report = await checkRecord(new FilesReader(congress.files()), LOG_KEY);
      assert.deepEqual(report.findings, []);
      return report.elections[0]?.stage;
    };
    assert.equal(await stage(), "open");
    congress.cast(state.paper, 0, choose("p1"));
    congress.add(congress.closing(state));
    assert.equal(await stage(), "closed");
    const other = new Congress();
    const { session, keys } = other.begin();
    const roll = other.roll(session);
    const manifest = approval(3, 1);
    const election = other.add({ type: "election", session, keys, roll, manifest }).id;
    const [report] = await replayRecord(new FilesReader(other.files()), LOG_KEY);
    assert.equal(report.elections[0]?.stage, "prepared");
    other.add({ type: "annul", election, reason: "fire", time: TIME });
    const annulled = await checkRecord(new FilesReader(other.files()), LOG_KEY);
    assert.equal(annulled.elections[0]?.stage, "annulled");
  });

  test("tallied and counted", async () => {
    const congress = new Congress();
    const state = congress.close(congress.open());
    const stage = async (): Promise<string | undefined> =>
      (await checkRecord(new FilesReader(congress.files()), LOG_KEY)).elections[0]?.stage;
    assert.equal(await stage(), "tallied");
    congress.add(congress.share(state, 1));
    congress.add(congress.resultOf(state));
    assert.equal(await stage(), "counted");
  });
});

describe("receipts and records", () => {
  const receipt = parseReceipt(receipts[0]!.text);
  const rule = (of: ReadonlyMap<string, Uint8Array>, by = key): Promise<string | null> =>
    ruleLater(() => checkReceiptInRecord(receipt, new FilesReader(of), by));

  test("a record that ends before the receipt, or is another", async () => {
    assert.equal(await rule(filesOf(objects.slice(0, 30)), LOG_KEY), "log.inclusion");
    assert.equal(await rule(filesOf([...objects].reverse()), LOG_KEY), "log.consistency");
    assert.equal(await rule(filesOf(objects), LOG_KEY), null);
    const [ballot] = objects.slice(17);
    assert.equal(await rule(changed(objectPath(ballot!.id), null)), "log.object");
    assert.equal(await rule(changed(objectPath(ballot!.id), utf8("{}"))), "object.id");
    assert.equal(await rule(changed("tile/entries/000.p/70", null)), "log.tile");
    assert.equal(await rule(changed(CHECKPOINT, null)), "log.checkpoint");
  });
});

describe("paths", () => {
  test("a path twice is told", async () => {
    const [one] = [...files.keys()];
    const twice = {
      paths: () => [...files.keys(), one!],
      read: (path: string) => Promise.resolve(files.get(path) ?? null),
    };
    const report = await checkRecord(twice, key, { judge: remember });
    assert.deepEqual(report.findings, [{ rule: "log.file", entry: null, where: one }]);
  });
});

describe("records on the network", () => {
  const served = (address: string) => {
    const file = files.get(address.replace("https://host/log/", ""));
    const body = address.endsWith("huge")
      ? new Uint8Array(5 * 1024 * 1024)
      : (file ?? new Uint8Array());
    const isThere = file !== undefined || address.endsWith("huge");
    const status = address.endsWith("broken") ? 500 : isThere ? 200 : 404;
    return Promise.resolve({
      ok: status === 200,
      status,
      arrayBuffer: () => Promise.resolve(body.slice().buffer as ArrayBuffer),
    });
  };
  const reader = new FetchReader("https://host/log/", served);

  test("are checked like files, but for what else the server has", async () => {
    assert.deepEqual((await checkRecord(reader, key, { judge: remember })).findings, []);
  });

  test("absent, huge and broken files", async () => {
    assert.equal(reader.paths(), null);
    assert.equal(await reader.read("nothing"), null);
    const full = new Uint8Array(4 * 1024 * 1024);
    const answer = { ok: true, status: 200, arrayBuffer: () => Promise.resolve(full.buffer) };
    const other = new FetchReader("", () => Promise.resolve(answer));
    assert.equal((await other.read("full"))?.length, full.length);
    assert.equal(await ruleLater(() => reader.read("huge")), "log.size");
    await assert.rejects(() => reader.read("broken"), /answered 500/);
  });
});

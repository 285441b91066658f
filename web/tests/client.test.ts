/** A device that follows a log as it grows, and a server that would rather it did not. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  Follower,
  checkExtension,
  readCheckpoint,
  readEntries,
  readObject,
  readReceipt,
  withNodes,
} from "../ballots/client.js";
import { utf8 } from "../ballots/encoding.js";
import {
  type Checkpoint,
  entryBundle,
  entryBytes,
  hashTile,
  makeCheckpoint,
  parseCheckpoint,
  tilePath,
  tilePaths,
} from "../ballots/log.js";
import { EMPTY_ROOT, inclusionPath, leafHash, nodesOf, root } from "../ballots/merkle.js";
import type { Stored } from "../ballots/objects.js";
import { store } from "../ballots/objects.js";
import { checkReceipt } from "../ballots/receipt.js";
import { judgeBallot } from "../ballots/replay.js";
import { CHECKPOINT, FilesReader, type Reader, objectPath } from "../ballots/record.js";
import {
  Congress,
  LOG_KEY,
  LOG_SEED,
  ORIGIN,
  TIME,
  choose,
  filesOf,
  ruleLater,
  ruleOf,
} from "./congress.js";

/** A log of entries that name no objects, with all its tiles. */
function tallLog(size: number): { files: Map<string, Uint8Array>; checkpoint: Checkpoint } {
  const entries = Array.from({ length: size }, (_, i) =>
    entryBytes(i.toString(16).padStart(64, "0"), "ballot"),
  );
  const nodes = nodesOf(entries.map(leafHash));
  const files = new Map<string, Uint8Array>();
  for (const [level, number, width] of tilePaths(size)) {
    const start = number * 256;
    const tile =
      level === null
        ? entryBundle(entries.slice(start, start + width))
        : hashTile(level, number, width, nodes);
    files.set(tilePath(level, number, width), tile);
  }
  return { files, checkpoint: makeCheckpoint(ORIGIN, size, root(size, nodes), LOG_SEED) };
}

describe("proofs from tiles", () => {
  const { files, checkpoint } = tallLog(66_000);
  const reads: string[] = [];
  const reader: Reader = {
    paths: () => null,
    read: (path) => {
      reads.push(path);
      return Promise.resolve(files.get(path) ?? null);
    },
  };

  test("a receipt takes a few tiles", async () => {
    for (const index of [0, 255, 256, 65_535, 65_536, 65_999]) {
      reads.length = 0;
      const receipt = await readReceipt(reader, index, checkpoint);
      assert.equal(checkReceipt(receipt, LOG_KEY), index.toString(16).padStart(64, "0"));
      assert.ok(reads.length <= 8, `${reads.length} tiles`);
    }
    assert.equal(await ruleLater(() => readReceipt(reader, 66_000, checkpoint)), "log.inclusion");
  });

  test("every older size is shown to be the beginning", async () => {
    for (const size of [0, 1, 2, 255, 256, 257, 512, 65_535, 65_536, 65_999, 66_000]) {
      const older = await withNodes(reader, 66_000, (nodes) => root(size, nodes));
      await checkExtension(reader, [size, older], checkpoint);
      const other = older.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
      const rule = await ruleLater(() => checkExtension(reader, [size, other], checkpoint));
      assert.equal(rule, "log.consistency", `${size}`);
    }
    const larger = [66_001, EMPTY_ROOT] as const;
    assert.equal(
      await ruleLater(() => checkExtension(reader, larger, checkpoint)),
      "log.consistency",
    );
  });

  test("a whole tile serves where its beginning is no longer kept", async () => {
    const { size } = checkpoint;
    const earlier = await withNodes(reader, size, (nodes) => root(300, nodes));
    const past = makeCheckpoint(ORIGIN, 300, earlier, LOG_SEED);
    const receipt = await readReceipt(reader, 299, past);
    assert.equal(checkReceipt(receipt, LOG_KEY), (299).toString(16).padStart(64, "0"));
    assert.equal((await readEntries(reader, 250, 300)).length, 50);
    assert.equal((await readEntries(reader, 300, 300)).length, 0);
  });

  test("no tile is asked for behind the last one", async () => {
    const whole = new FilesReader(tallLog(256).files);
    assert.equal((await readEntries(whole, 0, 256)).length, 256);
  });

  test("tiles missing, cut or changed", async () => {
    const rule = (path: string, content: Uint8Array | null): Promise<string | null> => {
      const other = new Map(files);
      other.delete(path);
      return ruleLater(() =>
        readReceipt(
          new FilesReader(content === null ? other : other.set(path, content)),
          0,
          checkpoint,
        ),
      );
    };
    assert.equal(await rule("tile/1/000", null), "log.tile");
    assert.equal(await rule("tile/1/000", new Uint8Array(32)), "log.tile");
    assert.equal(await rule("tile/1/000", new Uint8Array(8192)), "log.inclusion");
    assert.equal(await rule("tile/entries/000", entryBundle([utf8("x")])), "log.tile");
    assert.equal(await rule("tile/entries/000", Uint8Array.of(1)), "log.entry");
  });

  test("what is wrong in reckoning is not taken for a missing tile", async () => {
    const read = (): Promise<unknown> =>
      withNodes(reader, 10, (nodes) => inclusionPath(10, 10, nodes));
    await assert.rejects(read, RangeError);
  });
});

describe("checkpoints and objects", () => {
  test("are checked as they are read", async () => {
    const congress = new Congress();
    const session = congress.add({ type: "session", congress: "C", name: "S", deputies: 3 });
    const files = congress.files();
    const reader = new FilesReader(files);
    assert.equal((await readCheckpoint(reader, LOG_KEY)).size, 1);
    assert.equal(
      await ruleLater(() => readCheckpoint(new FilesReader(new Map()), LOG_KEY)),
      "log.checkpoint",
    );
    const note = new TextDecoder().decode(files.get(CHECKPOINT)!).replace("\n1\n", "\n2\n");
    const forged = new FilesReader(new Map([[CHECKPOINT, utf8(note)]]));
    assert.equal(await ruleLater(() => readCheckpoint(forged, LOG_KEY)), "log.signature");

    const { id } = session;
    assert.deepEqual(await readObject(reader, { object: id, type: "session" }), session);
    assert.equal(
      await ruleLater(() => readObject(reader, { object: id, type: "roll" })),
      "log.entry",
    );
    const none = new FilesReader(new Map());
    assert.equal(
      await ruleLater(() => readObject(none, { object: id, type: "session" })),
      "log.object",
    );
    const other = new FilesReader(new Map([[objectPath(id), utf8("{}")]]));
    assert.equal(
      await ruleLater(() => readObject(other, { object: id, type: "session" })),
      "object.id",
    );
  });
});

/** A server of a congress's log that can be cut off. */
class Server implements Reader {
  files = new Map<string, Uint8Array>();
  isDown = false;

  show(objects: readonly Stored[]): void {
    this.files = filesOf(objects);
  }

  paths(): null {
    return null;
  }

  read(path: string): Promise<Uint8Array | null> {
    if (this.isDown && path.startsWith("object/")) {
      return Promise.reject(new Error("no network"));
    }
    return Promise.resolve(this.files.get(path) ?? null);
  }
}

describe("a device that follows", () => {
  const congress = new Congress();
  const state = congress.open();
  const before = [...congress.objects];
  const ballot = congress.cast(state.paper, 0, choose("p1"));
  congress.close(state);
  const server = new Server();
  const follow = async (objects: readonly Stored[] = congress.objects): Promise<Follower> => {
    server.show(objects);
    const follower = new Follower(server, LOG_KEY);
    await follower.advance();
    return follower;
  };

  test("takes every entry once, and gives the tally that it added up itself", async () => {
    const follower = await follow(before);
    const told: number[][] = [];
    server.show(congress.objects);
    await follower.advance({ progress: (done, all) => told.push([done, all]) });
    assert.deepEqual(told, [
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    assert.deepEqual(follower.ballots, [[congress.objects.length - 3, ballot.id]]);
    assert.equal(follower.size, congress.objects.length);
    assert.ok(follower.report.isSound);
    const tally = state.count!.id;
    assert.equal(follower.countOf(tally).count?.ballots, 1);
    await follower.advance();
    assert.equal(follower.size, congress.objects.length);
    const seen = parseCheckpoint(String(follower.checkpoint));
    follower.checkExtends([seen.size, seen.root]);
  });

  test("judges each ballot once, and nothing else", async () => {
    server.show(congress.objects);
    const judged: string[] = [];
    const follower = new Follower(server, LOG_KEY);
    await follower.advance({
      judge: (paper, stored) => {
        judged.push(stored.id);
        return judgeBallot(paper, stored);
      },
    });
    assert.deepEqual(judged, [ballot.id]);
    assert.ok(follower.report.isSound);
  });

  test("gives no tally before it has taken all that the log shows", async () => {
    const more = ["a", "b", "c", "d"].map((name) =>
      store({ type: "session", congress: "C", name, deputies: 1 }),
    );
    server.show([...congress.objects, ...more]);
    const last = objectPath(more[3]!.id);
    const cut: Reader = {
      paths: () => null,
      read: (path) => (path === last ? Promise.reject(new Error("cut")) : server.read(path)),
    };
    const follower = new Follower(cut, LOG_KEY);
    await assert.rejects(() => follower.advance(), /cut/);
    assert.ok(follower.replay.tallies.has(state.count!.id));
    assert.equal(
      ruleOf(() => follower.countOf(state.count!.id)),
      "order.reference",
    );
  });

  test("A23: gives no tally that is not there, not of a closed election, or annulled", async () => {
    const follower = await follow();
    assert.equal(
      ruleOf(() => follower.countOf("00".repeat(32))),
      "order.reference",
    );
    const annul = {
      type: "annul",
      election: state.paper.election,
      reason: "",
      time: TIME,
    } as const;
    const after = await follow([...congress.objects, store(annul)]);
    assert.equal(
      ruleOf(() => after.countOf(state.count!.id)),
      "order.reference",
    );
  });

  test("gives no tally of a log in which anything is wrong", async () => {
    const stray = store({ type: "annul", election: "00".repeat(32), reason: "", time: TIME });
    const follower = await follow([...congress.objects, stray]);
    assert.equal(follower.report.findings[0]?.rule, "order.reference");
    assert.throws(() => follower.countOf(state.count!.id), {
      rule: "order.reference",
      where: congress.objects.length,
    });
  });

  test("A26 and A27: a log that was cut back, or that changed what it said", async () => {
    const follower = await follow();
    const seen = follower.checkpoint!;
    server.show(congress.objects.slice(0, -1));
    assert.equal(await ruleLater(() => follower.advance()), "log.consistency");
    server.show([...congress.objects.slice(1), congress.objects[0]!]);
    assert.equal(await ruleLater(() => follower.advance()), "log.consistency");
    server.show([...[...congress.objects].reverse(), congress.objects[0]!]);
    assert.equal(await ruleLater(() => follower.advance()), "log.consistency");
    assert.equal(follower.checkpoint, seen);
    assert.equal(
      ruleOf(() => follower.checkExtends([seen.size + 1, seen.root])),
      "log.consistency",
    );
    assert.equal(
      ruleOf(() => follower.checkExtends([seen.size - 1, seen.root])),
      "log.consistency",
    );
  });

  test("entries that do not give the root are told at once", async () => {
    server.show(congress.objects);
    const entries = `tile/entries/000.p/${congress.objects.length}`;
    const data = server.files.get(entries)!;
    server.files.set(
      entries,
      data.map((byte, i) => (i === 30 ? byte ^ 1 : byte)),
    );
    assert.equal(await ruleLater(() => new Follower(server, LOG_KEY).advance()), "log.root");
  });

  test("an object that is missing or changed goes to the report", async () => {
    server.show(congress.objects);
    server.files.delete(objectPath(congress.objects[0]!.id));
    const follower = new Follower(server, LOG_KEY);
    await follower.advance();
    assert.deepEqual(follower.report.findings[0], { rule: "log.object", entry: 0, where: null });
  });

  test("goes on where the network failed", async () => {
    server.show(congress.objects);
    const follower = new Follower(server, LOG_KEY);
    server.isDown = true;
    await assert.rejects(() => follower.advance(), /no network/);
    assert.equal(
      ruleOf(() => follower.countOf(state.count!.id)),
      "order.reference",
    );
    server.isDown = false;
    await follower.advance();
    assert.ok(follower.report.isSound);
    assert.equal(follower.countOf(state.count!.id).count?.ballots, 1);
  });
});

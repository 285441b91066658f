/** A sealed ballot is sent until its receipt or a refusal comes, whatever fails in between (A41). */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Fault } from "../booth/calls.js";
import { type News, Outbox, type Surroundings } from "../booth/outbox.js";
import type { Kept, Receipt, Tracker } from "../booth/state.js";
import type { Row, Store } from "../booth/store.js";
import { Refusal, Unreachable } from "../common/api.js";

const RAW = Uint8Array.of(1, 2, 3);
const FIRST: Tracker = { id: "01".repeat(32), short: "AAAA-AAAA-AAAA-AAAA" };
const SECOND: Tracker = { id: "02".repeat(32), short: "BBBB-BBBB-BBBB-BBBB" };

/** A store that outlives the outbox, as the browser's database outlives the page. */
class Disk implements Store {
  readonly rows = new Map<string, Row>();

  all(): Promise<Row[]> {
    return Promise.resolve([...this.rows.values()]);
  }

  put(row: Row): Promise<void> {
    this.rows.set(row.id, row);
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    this.rows.delete(id);
    return Promise.resolve();
  }
}

/** A ballot box that answers what the test says, one answer an attempt, and counts ballots. */
class Box {
  readonly naps: number[] = [];
  readonly accepted = new Set<string>();
  attempts = 0;

  constructor(private readonly answers: ((raw: Uint8Array) => string)[]) {}

  send(raw: Uint8Array): Promise<string> {
    this.attempts += 1;
    const answer = this.answers.shift() ?? ((): string => this.accept(raw));
    return new Promise((resolve) => {
      resolve(answer(raw));
    });
  }

  accept(raw: Uint8Array): string {
    this.accepted.add(String(raw));
    return "receipt";
  }
}

function lost(): never {
  throw new Unreachable();
}

function refusing(rule: string, status = 409): () => never {
  return () => {
    throw new Refusal(status, rule, "");
  };
}

/** What an outbox has told so far. */
interface Heard {
  readonly outbox: Outbox;
  readonly news: News[];
  readonly kept: () => readonly Kept[];
}

function outboxOf(store: Store, box: Box, around: Partial<Surroundings> = {}): Heard {
  const news: News[] = [];
  let kept: readonly Kept[] = [];
  const outbox = new Outbox(
    {
      store,
      send: (raw) => box.send(raw),
      check: (_, text): Promise<Receipt> =>
        Promise.resolve({ tracker: FIRST, election: "e", index: 0, text, compact: "" }),
      sleep: (seconds) => {
        box.naps.push(seconds);
        return Promise.resolve();
      },
      ...around,
    },
    (told) => news.push(told),
    (rows) => {
      kept = rows;
    },
  );
  return { outbox, news, kept: () => kept };
}

/** Let all promises that are due run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a ballot is stored before it is sent, and gone when its receipt has come", async () => {
  const disk = new Disk();
  let stored = 0;
  const box = new Box([
    (raw) => {
      stored = disk.rows.size;
      return box.accept(raw);
    },
  ]);
  const { outbox, news, kept } = outboxOf(disk, box);
  await outbox.put(FIRST, RAW);
  await settle();
  assert.equal(stored, 1);
  assert.deepEqual([news.map(({ what }) => what), disk.rows.size, kept()], [["receipt"], 0, []]);
});

test("what is stored is the sealed ballot alone", async () => {
  const disk = new Disk();
  const { outbox } = outboxOf(disk, new Box([lost]), { sleep: () => new Promise(() => {}) });
  await outbox.put(FIRST, RAW);
  await settle();
  assert.deepEqual([...disk.rows.values()], [{ ...FIRST, raw: RAW, rule: null }]);
});

test("a lost network is tried again, ever more slowly, until the receipt comes", async () => {
  const box = new Box([lost, lost, lost, lost, lost, lost, lost]);
  const { outbox, news } = outboxOf(new Disk(), box);
  await outbox.put(FIRST, RAW);
  await settle();
  assert.deepEqual(box.naps, [1, 2, 4, 8, 16, 30, 30]);
  assert.deepEqual(new Set(news.slice(0, -1).map(({ what }) => what)), new Set(["unsent"]));
  assert.equal(news[news.length - 1]?.what, "receipt");
});

test("an answer that got lost on its way is asked for again, and counts one ballot", async () => {
  const box: Box = new Box([
    (raw) => {
      box.accept(raw);
      return lost();
    },
  ]);
  const { outbox, news } = outboxOf(new Disk(), box);
  await outbox.put(FIRST, RAW);
  await settle();
  assert.equal(box.accepted.size, 1);
  assert.equal(news[news.length - 1]?.what, "receipt");
});

test("a page that died goes on where it was, after each of its steps", async () => {
  const disk = new Disk();
  const dead = outboxOf(disk, new Box([lost]), { sleep: () => new Promise(() => {}) });
  await dead.outbox.put(FIRST, RAW);
  await settle();
  const box = new Box([]);
  const { outbox, news } = outboxOf(disk, box);
  assert.deepEqual(await outbox.begin(), FIRST);
  await settle();
  assert.deepEqual([news.map(({ what }) => what), disk.rows.size], [["receipt"], 0]);
  const empty = outboxOf(disk, box);
  assert.equal(await empty.outbox.begin(), null);
});

test("a page that died after the receipt came, but before it was noted, asks once more", async () => {
  const disk = new Disk();
  const box = new Box([]);
  const dying: Store = {
    all: () => disk.all(),
    put: (row) => disk.put(row),
    remove: () => new Promise(() => {}),
  };
  const dead = outboxOf(dying, box);
  await dead.outbox.put(FIRST, RAW);
  await settle();
  const { outbox, news } = outboxOf(disk, box);
  await outbox.begin();
  await settle();
  assert.deepEqual([news.map(({ what }) => what), box.accepted.size], [["receipt"], 1]);
});

test("a fault of the tablet itself is no word about the receipt", async () => {
  let isBroken = true;
  const { outbox, news } = outboxOf(new Disk(), new Box([]), {
    check: (_, text): Promise<Receipt> => {
      const was = isBroken;
      isBroken = false;
      return was
        ? Promise.reject(new Fault(""))
        : Promise.resolve({ tracker: FIRST, election: "e", index: 0, text, compact: "" });
    },
  });
  await outbox.put(FIRST, RAW);
  await settle();
  assert.deepEqual(
    news.map(({ what }) => what),
    ["unsent", "receipt"],
  );
});

test("a refusal by the protocol ends the sending, and leaves a note without the ballot", async () => {
  const disk = new Disk();
  const box = new Box([refusing("ballot.closed")]);
  const { outbox, news, kept } = outboxOf(disk, box);
  await outbox.put(FIRST, RAW);
  await settle();
  assert.equal(box.attempts, 1);
  assert.equal(news[0]?.what, "refused");
  assert.deepEqual(kept(), [{ tracker: FIRST, rule: "ballot.closed" }]);
  assert.equal(disk.rows.get(FIRST.id)?.raw, null);
  await outbox.acknowledge();
  assert.deepEqual([kept(), disk.rows.size], [[], 0]);
});

test("a refusal that does not speak of the ballot is no end", async () => {
  const box = new Box([refusing("The log is locked for the moment."), refusing("", 429)]);
  const { outbox, news } = outboxOf(new Disk(), box);
  await outbox.put(FIRST, RAW);
  await settle();
  assert.deepEqual(
    news.map(({ what }) => what),
    ["unsent", "unsent", "receipt"],
  );
});

test("a receipt that fails its check is no receipt: the ballot stays", async () => {
  const disk = new Disk();
  const { outbox, news } = outboxOf(disk, new Box([]), {
    check: () => Promise.reject(new Fault("receipt.entry")),
    sleep: () => new Promise(() => {}),
  });
  await outbox.put(FIRST, RAW);
  await settle();
  assert.deepEqual(news, [{ what: "forged", tracker: FIRST, rule: "receipt.entry" }]);
  assert.equal(disk.rows.get(FIRST.id)?.raw, RAW);
});

test("one ballot that is stuck does not hold up the next", async () => {
  const box = new Box([lost, lost]);
  const { outbox, news } = outboxOf(new Disk(), box, { sleep: () => new Promise(() => {}) });
  await outbox.put(FIRST, RAW);
  await settle();
  await outbox.put(SECOND, Uint8Array.of(9));
  await settle();
  assert.equal(box.accepted.has("9"), true);
  assert.equal(
    news.some(({ what }) => what === "receipt"),
    true,
  );
});

test("a network that is back is used at once", async () => {
  const box = new Box([lost]);
  const { outbox, news } = outboxOf(new Disk(), box, { sleep: () => new Promise(() => {}) });
  await outbox.put(FIRST, RAW);
  await settle();
  assert.equal(box.attempts, 1);
  outbox.wake();
  await settle();
  assert.equal(news[news.length - 1]?.what, "receipt");
});

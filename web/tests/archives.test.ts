/** Zip archives as records come in, and archives that are none. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { zipSync } from "fflate";

import { concat, utf8 } from "../ballots/encoding.js";
import { LARGEST_FILE, LARGEST_RECORD, MOST_FILES, ZipReader } from "../ballots/record.js";
import { ruleLater, ruleOf } from "./congress.js";

const open = (data: Uint8Array): string | null => ruleOf(() => new ZipReader(data));
const rule = (data: Uint8Array, path: string): Promise<string | null> =>
  ruleLater(() => new ZipReader(data).read(path));
const flipped = (data: Uint8Array, at: number): Uint8Array =>
  data.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe("archives", () => {
  const small = zipSync({
    "a/b": utf8("hello".repeat(50)),
    c: [utf8("c"), { level: 0 }],
    "d/": new Uint8Array(),
  });

  test("packed or not, with bytes before and a comment behind", async () => {
    for (const data of [small, concat(utf8("#!/bin/sh\n"), small)]) {
      const reader = new ZipReader(data);
      assert.deepEqual([...reader.paths()], ["a/b", "c"]);
      assert.deepEqual(await reader.read("a/b"), utf8("hello".repeat(50)));
      assert.deepEqual(await reader.read("c"), utf8("c"));
      assert.equal(await reader.read("e"), null);
    }
    const commented = small.slice();
    commented[small.length - 2] = 3;
    assert.deepEqual([...new ZipReader(concat(commented, utf8("abc"))).paths()], ["a/b", "c"]);
  });

  test("with a directory of many files' kind", async () => {
    const end = small.length - 22;
    const view = new DataView(small.buffer, small.byteOffset);
    const large = new DataView(new ArrayBuffer(76));
    large.setUint32(0, 0x06064b50, true);
    large.setBigUint64(40, BigInt(view.getUint32(end + 12, true)), true);
    large.setBigUint64(48, BigInt(view.getUint32(end + 16, true)), true);
    large.setUint32(56, 0x07064b50, true);
    const none = new Uint8Array(22).fill(0xff);
    none.set(small.subarray(end, end + 4));
    none.set([0, 0], 20);
    const many = concat(small.slice(0, end), new Uint8Array(large.buffer), none);
    const reader = new ZipReader(many);
    assert.deepEqual([...reader.paths()], ["a/b", "c"]);
    assert.deepEqual(await reader.read("c"), utf8("c"));
  });

  test("of strange kinds", async () => {
    const strange = (at: number, value: number): Uint8Array => {
      const data = small.slice();
      const head = new TextDecoder("latin1").decode(data).indexOf("PK\x01\x02");
      data[head + at] = value;
      return data;
    };
    assert.equal(open(strange(6, 64)), "log.size");
    for (const [at, value] of [
      [8, 1],
      [8, 0x20],
      [10, 9],
      [16, 7],
      [42, 1],
      [46, 120],
    ] as const) {
      const reader = new ZipReader(strange(at, value));
      const [path] = reader.paths();
      assert.equal(await ruleLater(() => reader.read(path!)), "log.size", `${at}`);
    }
    const unnamed = zipSync({ "\u00e9": utf8("x") });
    unnamed[unnamed.length - 22 - 46 - 2 + 46] = 0xff;
    assert.deepEqual([...new ZipReader(unnamed).paths()], ["\u00ff\u00a9"]);
  });

  test("damaged anywhere, none does more than fail", async () => {
    for (const bad of [new Uint8Array(), utf8("PK"), small.slice(1000), small.slice(0, -1)]) {
      assert.equal(open(bad), "log.size");
    }
    for (let at = 0; at < small.length; at += 1) {
      const spoilt = flipped(small, at);
      const rule = await ruleLater(async () => {
        const reader = new ZipReader(spoilt);
        for (const path of reader.paths()) {
          await reader.read(path);
        }
      });
      assert.ok(rule === null || rule === "log.size", `${at}`);
    }
    for (let length = 0; length < small.length; length += 1) {
      assert.equal(open(small.slice(0, length)), "log.size");
    }
  });

  test("a file that unpacks to more than one can be", async () => {
    const bomb = zipSync({ bomb: new Uint8Array(5 * 1024 * 1024) });
    assert.equal(await ruleLater(() => new ZipReader(bomb).read("bomb")), "log.size");
    // The directory says that the file is small.
    const view = new DataView(bomb.buffer, bomb.byteOffset);
    view.setUint32(bomb.length - 22 - 50 + 24, 10, true);
    assert.equal(await ruleLater(() => new ZipReader(bomb).read("bomb")), "log.size");
  });

  test("a whole that unpacks to more than a record can be", () => {
    const large = zipSync({ a: utf8("a"), b: utf8("b") });
    const view = new DataView(large.buffer, large.byteOffset);
    for (let at = 0; at < large.length - 4; at += 1) {
      if (view.getUint32(at, true) === 0x02014b50) {
        view.setUint32(at + 24, 0x7fffffff, true);
      }
    }
    assert.equal(open(large), "log.size");
  });
});

/** An archive of nothing but a directory, of files without names; its first head may be changed. */
function directory(files: number, change: (head: DataView) => void = () => {}): Uint8Array {
  const heads = new Uint8Array(46 * files + 22);
  const view = new DataView(heads.buffer);
  view.setUint32(0, 0x02014b50, true);
  heads.copyWithin(46, 0, 46);
  for (let done = 46; done < 46 * files; done *= 2) {
    heads.copyWithin(done, 0, Math.min(done, 46 * files - done));
  }
  change(view);
  const end = 46 * files;
  view.setUint32(end, 0x06054b50, true);
  view.setUint32(end + 12, end, true);
  return heads;
}

describe("directories", () => {
  test("of files without names, up to the most there can be", () => {
    assert.deepEqual([...new ZipReader(directory(1)).paths()], [""]);
    assert.equal(open(directory(0)), null);
    assert.equal(open(directory(MOST_FILES + 1)), null);
    assert.equal(open(directory(MOST_FILES + 2)), "log.size");
  });

  test("of heads that are known, whole and not too large", () => {
    const changed = (at: number, value: number) =>
      open(directory(1, (head) => head.setUint8(at, value)));
    assert.equal(changed(6, 63), null);
    assert.equal(changed(6, 64), "log.size");
    assert.equal(changed(0, 0x51), "log.size");
    const sized = (size: number) => open(directory(1, (head) => head.setUint32(24, size, true)));
    assert.equal(sized(LARGEST_RECORD), null);
    assert.equal(sized(LARGEST_RECORD + 1), "log.size");
  });

  test("of heads with more behind them, and nothing besides", () => {
    const behind = (extra: number, comment: number, bytes: number): Uint8Array => {
      const data = directory(1, (head) => {
        head.setUint16(30, extra, true);
        head.setUint16(32, comment, true);
      });
      const end = data.slice(46);
      new DataView(end.buffer).setUint32(12, 46 + bytes, true);
      return concat(data.slice(0, 46), new Uint8Array(bytes), end);
    };
    assert.equal(open(behind(3, 2, 5)), null);
    assert.equal(open(behind(3, 2, 6)), "log.size");
    assert.equal(open(behind(0, 0, 5)), "log.size");
  });

  test("before the longest comment, and no longer one", () => {
    assert.equal(open(concat(directory(1), new Uint8Array(65_535))), null);
    assert.equal(open(concat(directory(1), new Uint8Array(65_536))), "log.size");
  });

  test("of many files' kind without any file", () => {
    const data = new Uint8Array(98);
    const view = new DataView(data.buffer);
    view.setUint32(0, 0x06064b50, true);
    view.setUint32(76, 0x06054b50, true);
    data.fill(0xff, 80, 96);
    assert.deepEqual([...new ZipReader(data).paths()], []);
  });

  test("tell folders from files", () => {
    const empty = new Uint8Array();
    const data = zipSync({ "d/": empty, e: empty, "f/": utf8("x") });
    assert.deepEqual([...new ZipReader(data).paths()], ["e", "f/"]);
  });
});

describe("files in archives", () => {
  /** Let the directory tell another size of the only file, unpacked or packed. */
  const told = (data: Uint8Array, size: number, at = 24): Uint8Array => {
    const other = data.slice();
    const head = data.length - 22 - 46 - "f".length;
    new DataView(other.buffer).setUint32(head + at, size, true);
    return other;
  };

  test("may be as large as a file can be, and no larger", async () => {
    const zip = (size: number): Uint8Array => zipSync({ f: new Uint8Array(size) });
    assert.equal((await new ZipReader(zip(LARGEST_FILE)).read("f"))?.length, LARGEST_FILE);
    assert.equal(await rule(zip(LARGEST_FILE + 1), "f"), "log.size");
  });

  test("have the size that the directory tells", async () => {
    for (const level of [0, 9] as const) {
      const data = zipSync({ f: utf8("hello".repeat(50)) }, { level });
      assert.equal(await rule(told(data, 250), "f"), null);
      assert.equal(await rule(told(data, 10), "f"), "log.size");
      assert.equal(await rule(told(data, 1, 20), "f"), "log.size");
    }
  });

  test("have a head of their own, with what else is told of them", async () => {
    const extra = { 0x1234: Uint8Array.of(1, 2, 3) };
    const data = zipSync({ c: [utf8("c"), { level: 0, extra }] });
    assert.deepEqual(await new ZipReader(data).read("c"), utf8("c"));
    assert.equal(await rule(flipped(data, 0), "c"), "log.size");
  });

  test("may have that head at the very end", async () => {
    const data = directory(1, (head) => head.setUint32(42, 46 + 22, true));
    const local = new Uint8Array(30);
    new DataView(local.buffer).setUint32(0, 0x04034b50, true);
    assert.deepEqual(await new ZipReader(concat(data, local)).read(""), new Uint8Array());
    assert.equal(await rule(concat(data, local.slice(1)), ""), "log.size");
  });
});

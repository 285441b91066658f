/** Receipts as text and in compact form: the vectors of `log.json`, and what is refused. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { concat, parseB64u, toB64, toB64u, utf8 } from "../ballots/encoding.js";
import { Checkpoint, entryBytes, makeCheckpoint, parseVerifierKey } from "../ballots/log.js";
import { EMPTY_ROOT, leafHash, nodesOf, root } from "../ballots/merkle.js";
import {
  Receipt,
  checkReceipt,
  makeReceipt,
  parseCompact,
  parseReceipt,
  receiptLink,
  toCompact,
} from "../ballots/receipt.js";
import { LOG_KEY, LOG_SEED, ORIGIN, ruleOf } from "./congress.js";
import { vector } from "./vectors.js";

interface Receipts {
  readonly vkey: string;
  readonly witness_vkey: string;
  readonly receipts: readonly {
    readonly tracker: string;
    readonly index: number;
    readonly text: string;
    readonly compact: string;
    readonly witnessed: string;
    readonly compact_witnessed: string;
  }[];
}

const vectors = vector<Receipts>("log.json");
const key = parseVerifierKey(vectors.vkey);
const witness = parseVerifierKey(vectors.witness_vkey);

describe("receipts", () => {
  const [first] = vectors.receipts;

  test("of log.json in all forms", () => {
    for (const {
      tracker,
      index,
      text,
      compact,
      witnessed,
      compact_witnessed,
    } of vectors.receipts) {
      const receipt = parseReceipt(text);
      assert.equal(receipt.index, index);
      assert.equal(checkReceipt(receipt, key), tracker);
      assert.equal(String(receipt), text);
      assert.equal(toCompact(receipt, key), compact);
      assert.equal(String(parseCompact(compact, [key])), text);
      const seen = parseReceipt(witnessed);
      assert.equal(checkReceipt(seen, key), tracker);
      assert.equal(toCompact(seen, key, [witness]), compact_witnessed);
      assert.equal(String(parseCompact(compact_witnessed, [key], [witness])), witnessed);
      // Cosignatures of witnesses whom nobody knows are left out.
      assert.equal(String(parseCompact(compact_witnessed, [LOG_KEY, key])), text);
      assert.equal(parseCompact(compact_witnessed, [key]).checkpoint.signatures.length, 1);
      assert.equal(toCompact(seen, key), compact);
    }
  });

  test("are made for a log of one entry, with no path", () => {
    const entry = entryBytes("0f".repeat(32), "ballot");
    const own = nodesOf([leafHash(entry)]);
    const receipt = makeReceipt(0, entry, makeCheckpoint(ORIGIN, 1, root(1, own), LOG_SEED), own);
    assert.equal(checkReceipt(parseReceipt(String(receipt)), LOG_KEY), "0f".repeat(32));
    const compact = toCompact(receipt, LOG_KEY);
    assert.equal(String(parseCompact(compact, [LOG_KEY])), String(receipt));
  });

  test("of another form are refused", () => {
    const { text } = first!;
    const note = text.slice(text.indexOf("\n\n"));
    for (const bad of [
      "",
      text.slice(0, -1),
      `${text}\n`,
      text.replace("v1", "v2"),
      text.replace("extra ", "extra  "),
      text.replace("extra ", ""),
      text.replace("index 17", "index 017"),
      text.replace("index 17", "index x"),
      text.replace("index 17", "index 9999999999999999"),
      text.replace("index 17", "index 9007199254740992"),
      text.replace("index 17", "index -17"),
      text.replace("index 17", "index 17.5"),
      text.replace("index 17", "index "),
      text.replace("index ", "place "),
      text.replace("extra ", "EXTRA "),
      text.replace("\n\n", "\n"),
      text.replace(/\nlpTA.*=/, "\nlpTA"),
      text.slice(0, text.indexOf("index")) + note,
      `${text.slice(0, text.indexOf(note))}${"\n".concat(toB64(EMPTY_ROOT)).repeat(60)}${note}`,
      `${text.slice(0, text.indexOf(note))}\nAAAA${note}`,
      `${text}${"x".repeat(70_000)}`,
      text.replace(/\n/g, "\r\n"),
    ]) {
      assert.equal(
        ruleOf(() => parseReceipt(bad)),
        "receipt.form",
        bad.slice(0, 60),
      );
    }
  });

  test("may have 63 hashes and 64 KiB, and no more", () => {
    const { index, entry, checkpoint } = parseReceipt(first!.text);
    const longer = (hashes: number): string =>
      String(new Receipt(index, entry, new Array<Uint8Array>(hashes).fill(EMPTY_ROOT), checkpoint));
    assert.equal(parseReceipt(longer(63)).path.length, 63);
    assert.equal(parseReceipt(first!.text.replace("index 17", "index 0")).index, 0);
    assert.equal(
      parseReceipt(first!.text.replace("index 17", "index 9007199254740991")).index,
      Number.MAX_SAFE_INTEGER,
    );
    const filled = (length: number): string => {
      const room = length - first!.text.length - "—  \n".length;
      const name = "n".repeat(4 + (room % 4));
      return `${first!.text}— ${name} ${"AAAA".repeat((room - name.length) / 4)}\n`;
    };
    assert.equal(parseReceipt(filled(65_536)).checkpoint.signatures.length, 2);
    for (const bad of [longer(64), filled(65_537)]) {
      assert.equal(
        ruleOf(() => parseReceipt(bad)),
        "receipt.form",
      );
    }
  });

  test("that claim something else are refused", () => {
    const { text } = first!;
    const receipt = parseReceipt(text);
    const check = (changed: Partial<typeof receipt>): string | null =>
      ruleOf(() => checkReceipt({ ...receipt, ...changed, toString: receipt.toString }, key));
    assert.equal(check({ index: 18 }), "log.inclusion");
    assert.equal(check({ path: receipt.path.slice(1) }), "log.inclusion");
    assert.equal(check({ entry: entryBytes("0f".repeat(32), "ballot") }), "log.inclusion");
    assert.equal(check({ entry: entryBytes("0f".repeat(32), "roll") }), "receipt.entry");
    assert.equal(check({ entry: utf8("ballot") }), "receipt.entry");
    assert.equal(
      ruleOf(() => checkReceipt(receipt, LOG_KEY)),
      "log.signature",
    );
  });

  test("A28: no receipt without a signed checkpoint that holds the ballot", () => {
    const receipt = parseReceipt(first!.text);
    const { size, root: head } = receipt.checkpoint;
    const unsigned = new Checkpoint(key.name, size, head);
    assert.equal(
      ruleOf(() => checkReceipt({ ...receipt, checkpoint: unsigned }, key)),
      "log.signature",
    );
  });

  test("in compact form, cut, long or of another log, are refused", () => {
    const data = parseB64u(first!.compact_witnessed);
    const read = (bad: Uint8Array | string, keys = [key]): string | null =>
      ruleOf(() => parseCompact(typeof bad === "string" ? bad : toB64u(bad), keys, [witness]));
    assert.equal(read(data), null);
    for (let length = 0; length < data.length; length += 29) {
      assert.equal(read(data.slice(0, length)), "receipt.form", `${length} bytes`);
    }
    assert.equal(read(concat(data, Uint8Array.of(0))), "receipt.form");
    assert.equal(read(data.map((byte, i) => (i === 0 ? 2 : byte))), "receipt.form");
    assert.equal(read(data.map((byte, i) => (i === 1 ? 255 : byte))), "receipt.form");
    assert.equal(read(data, [LOG_KEY]), "receipt.form");
    assert.equal(read(`${first!.compact}=`), "receipt.form");
    const moved = parseCompact(toB64u(data.map((byte, i) => (i === 12 ? byte ^ 1 : byte))), [key]);
    assert.equal(
      ruleOf(() => checkReceipt(moved, key)),
      "log.signature",
    );
  });

  test("of large logs or other logs have no compact form", () => {
    const receipt = parseReceipt(first!.text);
    const { origin, root: head, signatures } = receipt.checkpoint;
    const sized = (size: number) => {
      const checkpoint = new Checkpoint(origin, size, head, signatures);
      return () => toCompact({ ...receipt, checkpoint }, key);
    };
    const message = "the compact form ends at 2^32 entries";
    assert.throws(sized(2 ** 32), { name: "RangeError", message });
    assert.doesNotThrow(sized(2 ** 32 - 1));
    const unsigned = "the checkpoint is not signed by this log";
    assert.throws(() => toCompact(receipt, LOG_KEY), { name: "RangeError", message: unsigned });
  });

  test("for cameras are short links in capitals", () => {
    const link = receiptLink("vote.example", "TZC4-APQE-MX9B-E45D");
    assert.equal(link, "HTTPS://VOTE.EXAMPLE/R/TZC4APQEMX9BE45D");
    const message = "the link is too long for a small code: take a shorter host";
    const long = () => receiptLink("x".repeat(34), "TZC4-APQE-MX9B-E45D");
    assert.throws(long, { name: "RangeError", message });
    assert.equal(receiptLink("x".repeat(33), "TZC4-APQE-MX9B-E45D").length, 60);
  });
});

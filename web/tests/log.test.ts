/** The log, its notes and receipts: the vectors of `log.json`, and what is refused. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { concat, parseB64u, toB64, toB64u, toHex, utf8 } from "../ballots/encoding.js";
import {
  Checkpoint,
  SignatureLine,
  checkCheckpoint,
  checkCosignature,
  cosign,
  entryBundle,
  entryBytes,
  hashTile,
  makeCheckpoint,
  makeVerifierKey,
  parseCheckpoint,
  parseEntry,
  parseEntryBundle,
  parseVerifierKey,
  tilePath,
  tilePaths,
} from "../ballots/log.js";
import {
  EMPTY_ROOT,
  checkConsistency,
  checkInclusion,
  completeSubtrees,
  consistencyPath,
  inclusionPath,
  leafHash,
  nodesOf,
  root,
  rootOfPath,
} from "../ballots/merkle.js";
import {
  checkReceipt,
  makeReceipt,
  parseCompact,
  parseReceipt,
  receiptLink,
  toCompact,
} from "../ballots/receipt.js";
import { LOG_KEY, LOG_SEED, ORIGIN, ruleOf, secret } from "./congress.js";
import { vector } from "./vectors.js";

interface LogVector {
  readonly entries: readonly string[];
  readonly roots: readonly string[];
  readonly paths: { readonly [place: string]: readonly string[] };
  readonly consistency: { readonly [sizes: string]: readonly string[] };
  readonly vkey: string;
  readonly witness_vkey: string;
  readonly checkpoint: string;
  readonly witnessed_checkpoint: string;
  readonly receipts: readonly {
    readonly tracker: string;
    readonly index: number;
    readonly text: string;
    readonly compact: string;
    readonly witnessed: string;
    readonly compact_witnessed: string;
  }[];
}

const vectors = vector<LogVector>("log.json");
const leaves = vectors.entries.map((entry) => leafHash(utf8(entry)));
const nodes = nodesOf(leaves);
const key = parseVerifierKey(vectors.vkey);
const witness = parseVerifierKey(vectors.witness_vkey);
const places = (name: string): [number, number] => name.split("/").map(Number) as [number, number];

describe("trees of log.json", () => {
  test("roots", () => {
    vectors.roots.forEach((expected, size) => {
      assert.equal(toHex(root(size, nodes)), expected);
    });
  });

  test("inclusion", () => {
    for (const [place, expected] of Object.entries(vectors.paths)) {
      const [index, size] = places(place);
      const path = inclusionPath(index, size, nodes);
      assert.deepEqual(path.map(toHex), expected);
      checkInclusion(leaves[index]!, index, size, { path, expected: root(size, nodes) });
    }
  });

  test("consistency", () => {
    for (const [sizes, expected] of Object.entries(vectors.consistency)) {
      const [smaller, size] = places(sizes);
      const path = consistencyPath(smaller, size, nodes);
      assert.deepEqual(path.map(toHex), expected);
      checkConsistency([smaller, root(smaller, nodes)], [size, root(size, nodes)], path);
    }
  });
});

describe("trees", () => {
  const many = Array.from({ length: 40 }, (_, i) => leafHash(utf8(`leaf ${i}`)));
  const all = nodesOf(many);
  const tree = (size: number): [number, Uint8Array] => [size, root(size, all)];
  const consistent = (...given: Parameters<typeof checkConsistency>): string | null =>
    ruleOf(() => checkConsistency(...given));
  const spoilt = (node: Uint8Array): Uint8Array =>
    node.map((byte, i) => (i === 0 ? byte ^ 1 : byte));

  test("every leaf of every size has a path, and no other place or size has it", () => {
    for (let size = 1; size <= many.length; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const path = inclusionPath(index, size, all);
        checkInclusion(many[index]!, index, size, { path, expected: root(size, all) });
      }
    }
    const path = inclusionPath(5, 13, all);
    const expected = root(13, all);
    const at = (index: number, size: number, of = path): string | null =>
      ruleOf(() => checkInclusion(many[5]!, index, size, { path: of, expected }));
    for (const [index, size] of [
      [4, 13],
      [5, 7],
      [5, 17],
      [13, 13],
      [-1, 13],
      [5, 5],
    ] as const) {
      assert.equal(at(index, size), "log.inclusion", `${index} of ${size}`);
    }
    for (const other of [
      path.slice(1),
      [...path, path[0]!],
      [...path].reverse(),
      path.map(spoilt),
      [],
    ]) {
      assert.equal(at(5, 13, other), "log.inclusion");
    }
    assert.deepEqual(rootOfPath(many[0]!, 0, 1, []), many[0]);
  });

  test("every size begins every larger one", () => {
    for (let size = 1; size <= many.length; size += 1) {
      for (let smaller = 1; smaller <= size; smaller += 1) {
        checkConsistency(tree(smaller), tree(size), consistencyPath(smaller, size, all));
      }
      checkConsistency([0, EMPTY_ROOT], tree(size), []);
    }
    checkConsistency([0, EMPTY_ROOT], [0, EMPTY_ROOT], []);
  });

  test("A26: a tree that does not begin the other is told", () => {
    const fork = root(6, nodesOf(many.map(spoilt)));
    const path = consistencyPath(6, 13, all);
    assert.equal(consistent([6, fork], tree(13), path), "log.consistency");
    assert.equal(consistent(tree(6), [13, fork], path), "log.consistency");
    assert.equal(consistent(tree(6), [6, fork], []), "log.consistency");
    assert.equal(consistent([8, fork], tree(13), consistencyPath(8, 13, all)), "log.consistency");
    assert.equal(consistent(tree(13), tree(6), path), "log.consistency");
    assert.equal(consistent([0, fork], tree(6), []), "log.consistency");
    assert.equal(consistent([0, fork], [0, fork], []), "log.consistency");
    assert.equal(consistent(tree(6), tree(6), path), "log.consistency");
    assert.equal(consistent([0, EMPTY_ROOT], tree(6), path), "log.consistency");
    for (const other of [[], path.slice(1), [...path, path[0]!], path.map(spoilt)]) {
      assert.equal(consistent(tree(6), tree(13), other), "log.consistency");
    }
    assert.equal(consistent(tree(8), tree(13), []), "log.consistency");
  });

  test("places outside a tree are a mistake of the caller", () => {
    assert.throws(() => inclusionPath(5, 5, all), RangeError);
    assert.throws(() => consistencyPath(0, 5, all), RangeError);
    assert.throws(() => consistencyPath(6, 5, all), RangeError);
    assert.throws(() => root(41, all), RangeError);
    assert.deepEqual(completeSubtrees([]), [[]]);
  });
});

describe("tiles and entries", () => {
  test("paths in groups of three digits", () => {
    assert.equal(tilePath(0, 0), "tile/0/000");
    assert.equal(tilePath(null, 0, 70), "tile/entries/000.p/70");
    assert.equal(tilePath(1, 1234067, 8), "tile/1/x001/x234/067.p/8");
    assert.equal(tilePath(3, 1000), "tile/3/x001/000");
  });

  test("the tiles of a size", () => {
    const paths = [...tilePaths(70_000)].map((place) => tilePath(...place));
    assert.equal(paths.length, 274 + 274 + 2 + 1);
    assert.deepEqual(paths.slice(-4), [
      "tile/0/273.p/112",
      "tile/1/000",
      "tile/1/001.p/17",
      "tile/2/000.p/1",
    ]);
    assert.deepEqual([...tilePaths(0)], []);
    const level = nodesOf(Array.from({ length: 512 }, (_, i) => leafHash(utf8(`${i}`))));
    assert.deepEqual(hashTile(1, 0, 2, level), concat(level(8, 0), level(8, 1)));
  });

  test("an entry has one form", () => {
    const id = "0f".repeat(32);
    assert.deepEqual(parseEntry(entryBytes(id, "ballot")), { object: id, type: "ballot" });
    for (const bad of [
      "",
      `{"object":"${id}"}`,
      `{"type":"ballot","object":"${id}"}`,
      `{"object":"${id.toUpperCase()}","type":"ballot"}`,
      `{"object":"${id}","type":"ballot"} `,
      `{"object":"${id}","type":"ballot"}\n`,
      `{"object":"${id}","type":"Ballot"}`,
      `{"object":"${id}","more":1,"type":"ballot"}`,
    ]) {
      assert.equal(
        ruleOf(() => parseEntry(utf8(bad))),
        "log.entry",
        bad,
      );
    }
    assert.equal(
      ruleOf(() => parseEntry(Uint8Array.of(0xff))),
      "log.entry",
    );
  });

  test("a bundle has whole entries", () => {
    const entries = [utf8("a"), utf8(""), utf8("x".repeat(300))];
    const bundle = entryBundle(entries);
    assert.deepEqual(parseEntryBundle(bundle), entries);
    for (const bad of [
      bundle.slice(1),
      bundle.slice(0, -1),
      Uint8Array.of(0),
      Uint8Array.of(0, 1),
    ]) {
      assert.equal(
        ruleOf(() => parseEntryBundle(bad)),
        "log.entry",
      );
    }
  });
});

describe("verifier keys", () => {
  test("are read and written", () => {
    assert.equal(String(key), vectors.vkey);
    assert.equal(String(witness), vectors.witness_vkey);
    assert.deepEqual([key.isWitness, witness.isWitness], [false, true]);
    assert.equal(String(parseVerifierKey(String(LOG_KEY))), String(LOG_KEY));
    assert.throws(() => makeVerifierKey("a b", LOG_SEED), RangeError);
    assert.throws(() => makeVerifierKey("a+b", LOG_SEED), RangeError);
    assert.throws(() => makeVerifierKey("", LOG_SEED), RangeError);
  });

  test("of another form are refused", () => {
    const [name, id, rest] = vectors.vkey.split("+") as [string, string, string];
    const zero = toB64(concat(Uint8Array.of(1), new Uint8Array(32)));
    for (const bad of [
      "",
      "a",
      "a+b",
      `${name}+${id}`,
      `${name}+00000000+${rest}`,
      `${name}+${id.toUpperCase()}+${rest}`,
      `x${name}+${id}+${rest}`,
      `+${id}+${rest}`,
      `a b+${id}+${rest}`,
      `${name}+${id}+${rest.slice(4)}`,
      `${name}+${id}+${zero}`,
      `${name}+${id}+${toB64(concat(Uint8Array.of(2), key.key))}`,
      `${vectors.vkey}\n`,
      ` ${vectors.vkey}`,
    ]) {
      assert.equal(
        ruleOf(() => parseVerifierKey(bad)),
        "log.vkey",
        bad,
      );
    }
  });
});

describe("checkpoints", () => {
  test("of log.json are read, written and checked", () => {
    for (const text of [vectors.checkpoint, vectors.witnessed_checkpoint]) {
      const checkpoint = parseCheckpoint(text);
      assert.equal(String(checkpoint), text);
      checkCheckpoint(checkpoint, key);
    }
    const time = checkCosignature(parseCheckpoint(vectors.witnessed_checkpoint), witness);
    assert.equal(time, 0x697f1610);
  });

  test("are made and cosigned", () => {
    const checkpoint = makeCheckpoint(ORIGIN, 6, root(6, nodes), LOG_SEED);
    checkCheckpoint(parseCheckpoint(String(checkpoint)), LOG_KEY);
    const line = cosign(checkpoint, "w.example/1", secret("witness"), 1_770_000_000);
    const { origin, size, root: head, signatures } = checkpoint;
    const cosigned = new Checkpoint(origin, size, head, [...signatures, line]);
    const watcher = makeVerifierKey("w.example/1", secret("witness"), true);
    assert.equal(checkCosignature(parseCheckpoint(String(cosigned)), watcher), 1_770_000_000);
  });

  test("of another form are refused", () => {
    const good = vectors.checkpoint;
    const [origin, size, head] = good.split("\n") as [string, string, string];
    const lines = good.slice(good.indexOf("\n\n") + 2);
    for (const bad of [
      "",
      good.slice(0, -1),
      good.replace("\n\n", "\n"),
      `${origin}\n${size}\n${head}\n\n`,
      `${origin}\n${size}\n${head}\nmore\n\n${lines}`,
      `${origin}\n${size}\n\n${lines}`,
      `${origin}\n070\n${head}\n\n${lines}`,
      `${origin}\n-1\n${head}\n\n${lines}`,
      `${origin}\n99999999999999999\n${head}\n\n${lines}`,
      `${origin}\n9999999999999999\n${head}\n\n${lines}`,
      `${origin} \n${size}\n${head}\n\n${lines}`,
      `\n${size}\n${head}\n\n${lines}`,
      `${origin}\n${size}\n${head.slice(4)}\n\n${lines}`,
      `${origin}\n${size}\n${head}\n\n${lines}\n`,
      `${origin}\n${size}\n${head}\n\n${lines.replace("—", "-")}`,
      `${origin}\n${size}\n${head}\n\n${lines.replace("— ", "—  ")}`,
      `${origin}\n${size}\n${head}\n\n— ${origin}\n`,
      `${origin}\n${size}\n${head}\n\n— ${origin} AAAA\n`,
      `${origin}\n${size}\n${head}\n\n— ${origin} !\n`,
      `${origin}\n${size}\n${head}\n\n${lines.repeat(1000)}`,
    ]) {
      assert.equal(
        ruleOf(() => parseCheckpoint(bad)),
        "log.checkpoint",
        bad.slice(0, 90),
      );
    }
  });

  test("not signed by the key are refused", () => {
    const checkpoint = parseCheckpoint(vectors.witnessed_checkpoint);
    const { origin, size, root: head, signatures } = checkpoint;
    const check = (...given: Parameters<typeof checkCheckpoint>): void =>
      assert.equal(
        ruleOf(() => checkCheckpoint(...given)),
        "log.signature",
      );
    check(checkpoint, LOG_KEY);
    check(checkpoint, makeVerifierKey(origin, LOG_SEED));
    check(checkpoint, witness);
    check(checkpoint, parseVerifierKey(String(makeVerifierKey(origin, LOG_SEED, true))));
    check(new Checkpoint(origin, size + 1, head, signatures), key);
    check(new Checkpoint(origin, size, EMPTY_ROOT, signatures), key);
    check(new Checkpoint(origin, size, head, signatures.slice(1)), key);
    check(new Checkpoint(ORIGIN, size, head, signatures), key);
    const [own, other] = signatures as [SignatureLine, SignatureLine];
    const short = new SignatureLine(own.name, own.keyId, own.data.slice(1));
    check(new Checkpoint(origin, size, head, [short]), key);

    const cosigned = (c: Checkpoint, k = witness): void =>
      assert.equal(
        ruleOf(() => checkCosignature(c, k)),
        "log.signature",
      );
    cosigned(new Checkpoint(origin, size + 1, head, signatures));
    cosigned(new Checkpoint(origin, size, head, [own]));
    cosigned(checkpoint, key);
    const late = other.data.map((byte, i) => (i === 7 ? byte ^ 1 : byte));
    cosigned(
      new Checkpoint(origin, size, head, [new SignatureLine(other.name, other.keyId, late)]),
    );
    const cut = new SignatureLine(other.name, other.keyId, other.data.slice(1));
    cosigned(new Checkpoint(origin, size, head, [cut]));
  });
});

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
    const large = new Checkpoint(origin, 2 ** 32, head, signatures);
    assert.throws(() => toCompact({ ...receipt, checkpoint: large }, key), RangeError);
    assert.throws(() => toCompact(receipt, LOG_KEY), RangeError);
  });

  test("for cameras are short links in capitals", () => {
    const link = receiptLink("vote.example", "TZC4-APQE-MX9B-E45D");
    assert.equal(link, "HTTPS://VOTE.EXAMPLE/R/TZC4APQEMX9BE45D");
    assert.throws(() => receiptLink("x".repeat(40), "TZC4-APQE-MX9B-E45D"), RangeError);
  });
});
